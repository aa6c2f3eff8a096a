package io.neurobalancer.onnx.engine;

import static io.neurobalancer.onnx.engine.TestGraph.FLOAT;
import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnxruntime.OrtException;
import io.neurobalancer.onnx.TestProtos;
import io.neurobalancer.onnx.zoo.ModelZoo;
import io.neurobalancer.onnx.zoo.ZooModel;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whole and in segments a model gives the same bits, since the kernels are the same: the pieces are
 * cut from the graph that ONNX Runtime made of the whole.
 *
 * <p>{@code -Dneurobalancer.zoo=all} runs every model of the zoo, which takes minutes.
 */
final class SegmentedOutputsTest {

  private static final Set<String> QUICK = Set.of("shufflenet-v2-1.0x", "tinybert-4");

  @TempDir private Path folder;

  private EngineOptions options() {
    return EngineOptions.defaults().withThreads(1).withCacheFolder(folder.resolve("cache"));
  }

  private Splits split(Path model, EngineOptions options) throws IOException, OrtException {
    return new Splits(model, options, folder.resolve("segments"));
  }

  private void assertSameAtAllCounts(Path model, EngineOptions options, int most)
      throws IOException, OrtException {
    try (Splits splits = split(model, options)) {
      for (int segments : new int[] {1, 2, 4, 8, 16}) {
        if (segments <= most) {
          assertThat(splits.assertSameBits(segments)).isEqualTo(segments);
        }
      }
    }
  }

  private Path resource(String name) throws IOException {
    Path file = folder.resolve(name.replace('/', '-'));
    try (InputStream in =
        Objects.requireNonNull(getClass().getClassLoader().getResourceAsStream(name), name)) {
      Files.copy(in, file);
    }
    return file;
  }

  static Stream<String> zoo() {
    boolean all = "all".equals(System.getProperty("neurobalancer.zoo"));
    return ModelZoo.models().stream()
        .map(ZooModel::name)
        .filter(name -> all || QUICK.contains(name));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("zoo")
  void zooModels(String name) throws IOException, OrtException {
    Path model = ModelZoo.materialize(ModelZoo.find(name).orElseThrow(), folder);
    assertSameAtAllCounts(model, options(), 16);
  }

  @Test
  void aRealTransformer_quantizedToInt8_withOpenDimensions() throws IOException, OrtException {
    assertSameAtAllCounts(resource("all-minilm-l6-v2-q.onnx"), options(), 16);
  }

  @Test
  void aRealNetwork_withItsShapeFixed() throws IOException, OrtException {
    assertSameAtAllCounts(
        resource("models/ch_ppocr_mobile_v2.0_cls_infer.onnx"),
        options().withShape("x", 1L, 3L, 48L, 192L),
        16);
  }

  @Test
  void severalInputsAndOutputs_someOfThemInTheMiddle() throws IOException, OrtException {
    TestGraph graph =
        new TestGraph("several")
            .input("a", FLOAT, 4, 16)
            .input("b", FLOAT, 4, 16)
            .weight("w", 16, 16)
            .node("Tanh", "a", "ta")
            .node("MatMul", "ta", "w", "m") // an output, and read further down
            .node("Sigmoid", "m", "s")
            .node("Mul", "s", "b", "p")
            .node("Sub", "p", "m", "q")
            .node("Softmax", "q", "r")
            .node("Tanh", "b", "late")
            .output("m", FLOAT, 4, 16)
            .output("r", FLOAT, 4, 16)
            .output("late", FLOAT, 4, 16);
    assertSameAtAllCounts(graph.write(folder), options(), 4);
  }

  @Test
  void aSkipConnection_overManyCuts() throws IOException, OrtException {
    TestGraph graph = new TestGraph("skip").input("x", FLOAT, 8, 32).node("Tanh", "x", "far");
    String last = "far";
    for (int i = 0; i < 12; i++) {
      graph.weight("w" + i, 32, 32).node("MatMul", last, "w" + i, "m" + i);
      graph.node("Softmax", "m" + i, "s" + i);
      last = "s" + i;
    }
    graph.node("Sub", last, "far", "y").output("y", FLOAT, 8, 32);
    assertSameAtAllCounts(graph.write(folder), options(), 16);
  }

  @Test
  void aWeightThatManySegmentsShare() throws IOException, OrtException {
    TestGraph graph = new TestGraph("shared").input("x", FLOAT, "rows", 32).weight("w", 32, 32);
    String last = "x";
    for (int i = 0; i < 10; i++) {
      graph.node("MatMul", last, "w", "m" + i).node("Softmax", "m" + i, "s" + i);
      last = "s" + i;
    }
    graph.node("Tanh", last, "y").output("y", FLOAT, "rows", 32);
    assertSameAtAllCounts(graph.write(folder), options(), 16);
  }

  @Test
  void operatorInputsThatAreLeftOut_andWeightsThatCouldBeOverridden()
      throws IOException, OrtException {
    TestGraph graph =
        new TestGraph("optional")
            .irVersion(3)
            .input("x", FLOAT, 1, 2, 8, 8)
            .input("high", FLOAT)
            .constant(TestGraph.scalar("high", 0.75f))
            .input("scales", FLOAT, 4)
            .constant(
                TensorProto.newBuilder()
                    .setName("scales")
                    .setDataType(FLOAT.getNumber())
                    .addDims(4)
                    .addFloatData(1)
                    .addFloatData(1)
                    .addFloatData(2)
                    .addFloatData(2)
                    .build())
            .node("Tanh", "x", "t")
            .node("Clip", List.of("t", "", "high"), List.of("c"))
            .node("Resize", List.of("c", "", "scales"), List.of("r"))
            .node("Softmax", "r", "s")
            .node("Tanh", "s", "y")
            .output("y", FLOAT, 1, 2, 16, 16);
    assertSameAtAllCounts(graph.write(folder), options(), 4);
  }

  @Test
  void controlFlow_staysWhole_andSeesTensorsOfEarlierSegments() throws IOException, OrtException {
    TestGraph then =
        new TestGraph("then")
            .node("Mul", "outer", "weight", "thenOut")
            .output("thenOut", FLOAT, 4, 4);
    TestGraph otherwise =
        new TestGraph("else").node("Sigmoid", "outer", "elseOut").output("elseOut", FLOAT, 4, 4);
    TestGraph loop =
        new TestGraph("loop")
            .input("i", TensorProto.DataType.INT64)
            .input("go", TensorProto.DataType.BOOL)
            .input("carried", FLOAT, 4, 4)
            .node("Identity", "go", "goOn")
            .node("MatMul", "carried", "weight", "product")
            .node("Softmax", "product", "next")
            .output("goOn", TensorProto.DataType.BOOL)
            .output("next", FLOAT, 4, 4);
    TestGraph graph =
        new TestGraph("control")
            .input("x", FLOAT, 4, 4)
            .weight("weight", 4, 4)
            .constant(TestGraph.longs("times", 5))
            .constant(TestGraph.scalar("half", 0.5f))
            .constant(
                TensorProto.newBuilder()
                    .setName("true")
                    .setDataType(TensorProto.DataType.BOOL.getNumber())
                    .addInt32Data(1)
                    .build())
            .node("Tanh", "x", "outer")
            .node("ReduceMean", "outer", "mean", TestProtos.integer("keepdims", 0))
            .node("Less", "mean", "half", "small")
            .node(
                "If",
                "small",
                "chosen",
                TestGraph.body("then_branch", then.graph()),
                TestGraph.body("else_branch", otherwise.graph()))
            .node("Softmax", "chosen", "soft")
            .node(
                "Loop",
                List.of("times", "true", "soft"),
                List.of("looped"),
                TestGraph.body("body", loop.graph()))
            .node("Sub", "looped", "outer", "y")
            .output("y", FLOAT, 4, 4);
    assertSameAtAllCounts(graph.write(folder), options(), 4);
  }

  @Test
  void weightsInAFileBesideTheModel_areUsedWhereTheyAre() throws IOException, OrtException {
    ModelProto.Builder model = TestGraph.chain("outside", 6, 32, 4).model();
    Path weights = folder.resolve("outside.bin");
    try (var out = Files.newOutputStream(weights)) {
      long offset = 0;
      for (TensorProto.Builder weight : model.getGraphBuilder().getInitializerBuilderList()) {
        byte[] data = weight.getRawData().toByteArray();
        out.write(data);
        weight
            .clearRawData()
            .setDataLocation(TensorProto.DataLocation.EXTERNAL)
            .addExternalData(Graphs.entry("location", "outside.bin"))
            .addExternalData(Graphs.entry("offset", String.valueOf(offset)))
            .addExternalData(Graphs.entry("length", String.valueOf(data.length)));
        offset += data.length;
      }
    }
    Path file = Files.write(folder.resolve("outside.onnx"), model.build().toByteArray());
    assertSameAtAllCounts(file, options(), 8);
    Path copied = folder.resolve("segments").resolve(OptimizedGraph.WEIGHTS);
    assertThat(Files.exists(copied) ? Files.size(copied) : 0)
        .as("bytes copied of %d", Files.size(weights))
        .isLessThan(Files.size(weights) / 10);
  }

  @Test
  void anOutputThatIsAnInput_orAConstant() throws IOException, OrtException {
    TestGraph graph =
        new TestGraph("through")
            .input("x", FLOAT, 4, 4)
            .weight("w", 4, 4)
            .node("Identity", "x", "same")
            .node("Identity", "w", "fixed")
            .node("MatMul", "x", "w", "m")
            .node("Softmax", "m", "s")
            .node("Tanh", "s", "y")
            .output("same", FLOAT, 4, 4)
            .output("y", FLOAT, 4, 4)
            .output("fixed", FLOAT, 4, 4);
    assertSameAtAllCounts(graph.write(folder), options(), 2);
  }
}
