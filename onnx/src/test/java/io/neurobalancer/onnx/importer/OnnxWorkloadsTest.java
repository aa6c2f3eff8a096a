package io.neurobalancer.onnx.importer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import io.neurobalancer.onnx.TestProtos;
import io.neurobalancer.workload.DataType;
import io.neurobalancer.workload.Operator;
import io.neurobalancer.workload.OperatorKind;
import io.neurobalancer.workload.TensorShape;
import io.neurobalancer.workload.Workload;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class OnnxWorkloadsTest {

  private static byte[] resource(String name) throws IOException {
    try (InputStream in =
        Objects.requireNonNull(
            OnnxWorkloadsTest.class.getClassLoader().getResourceAsStream(name), name)) {
      return in.readAllBytes();
    }
  }

  private static InputBindings bind(String... texts) {
    return InputBindings.parse(List.of(texts));
  }

  @Test
  void aConvolution_isCountedByHand() {
    byte[] model = TinyModels.convolution(TensorProto.DataType.FLOAT, 4, 1, 4, 10, 12);
    Workload workload = Probing.load("tiny", model, InputBindings.NONE);
    // The rectifier is fused. 8 x 8 x 10 outputs of 4 x 3 x 3 multiply-adds: 2 * 640 * 36 = 46,080.
    assertThat(workload.operators()).hasSize(1);
    Operator operator = workload.operators().get(0);
    assertThat(operator.type()).isEqualTo("FusedConv");
    assertThat(operator.kind()).isEqualTo(OperatorKind.CONVOLUTION);
    assertThat(operator.flops()).isEqualTo(46_080);
    assertThat(operator.weightBytes()).isEqualTo(8 * 36 * 4);
    assertThat(operator.inputBytes()).isEqualTo(4 * 10 * 12 * 4);
    assertThat(operator.outputBytes()).isEqualTo(640 * 4);
    assertThat(operator.outputShapes()).containsExactly(TensorShape.of(1, 8, 8, 10));
    assertThat(operator.dataType()).isEqualTo(DataType.FLOAT32);
  }

  @Test
  void miniLm_int8_isCountedByHand() throws IOException {
    Workload workload =
        Probing.load("minilm", resource("all-minilm-l6-v2-q.onnx"), InputBindings.NONE);
    // Six layers of width d = 384, inner width 1536, n = 128 tokens: 4 d^2 + 2 d * 1536 per token
    // for the
    // projections, 2 n^2 d for scores and values; two per multiply-add.
    double tokens = 128;
    double perLayer = tokens * (4 * 384.0 * 384 + 2 * 384.0 * 1536) + 2 * tokens * tokens * 384;
    double flops =
        workload.operators().stream()
            .filter(o -> o.kind() == OperatorKind.MATMUL || o.kind() == OperatorKind.ATTENTION)
            .mapToLong(Operator::flops)
            .sum();
    assertThat(flops / (6 * 2 * perLayer)).isCloseTo(1, within(0.005));
    assertThat(workload.unknownOperators()).isEmpty();
    assertThat(workload.operators()).anyMatch(o -> o.dataType() == DataType.INT8);
  }

  @Test
  void aDetector_withDynamicSize_needsABinding_andThenLoads() throws IOException {
    byte[] model = resource("models/ch_PP-OCRv4_det_infer.onnx");
    assertThatThrownBy(() -> Probing.load("det", model, InputBindings.NONE))
        .isInstanceOf(OnnxModelException.class)
        .hasMessageContaining("dynamic dimension that has no usual size")
        .hasMessageContaining("--shape x=1,3,224,224");
    Workload workload = Probing.load("det", model, bind("x=1,3,320,320"));
    assertThat(workload.unknownOperators()).isEmpty();
    assertThat(workload.flops()).isGreaterThan(1_000_000_000L);
    Workload doubled = Probing.load("det", model, bind("x=1,3,640,320"));
    assertThat((double) doubled.flops() / workload.flops()).isCloseTo(2, within(0.02));
    assertThat(doubled.hash()).isNotEqualTo(workload.hash());
  }

  @Test
  void anUnknownInput_orRank_orFixedDimension_isNamed() {
    byte[] model = TinyModels.convolution(TensorProto.DataType.FLOAT, 4, 1, 4, "h", "w");
    assertThatThrownBy(() -> Probing.load("tiny", model, bind("y=1,4,10,10")))
        .hasMessageContaining("has no input 'y'");
    assertThatThrownBy(() -> Probing.load("tiny", model, bind("x=1,4,9,9", "y=1")))
        .hasMessageContaining("has no input 'y'")
        .hasMessageContaining("x[1, 4, h, w]");
    assertThatThrownBy(() -> Probing.load("tiny", model, bind("x=1,4,10")))
        .hasMessageContaining("has 4 dimensions, the binding 3");
    assertThatThrownBy(() -> Probing.load("tiny", model, bind("x=1,3,10,10")))
        .hasMessageContaining("fixes dimension 1")
        .hasMessageContaining("to 4; the binding says 3");
  }

  @Test
  void aBindingThatIsNone_isShownHow() {
    for (String text : List.of("x", "x=", "=1,2", "x=1,two", "x=1,-3")) {
      assertThatThrownBy(() -> bind(text))
          .isInstanceOf(OnnxModelException.class)
          .hasMessageContaining("'" + text + "'")
          .hasMessageContaining("Maybe write it as");
    }
  }

  @Test
  void filesThatAreNoModel_areRefusedInOneSentence(@TempDir Path folder) throws IOException {
    Path missing = folder.resolve("missing.onnx");
    Path text = Files.writeString(folder.resolve("text.onnx"), "this is no model at all");
    Path empty = Files.createFile(folder.resolve("empty.onnx"));
    byte[] whole = TinyModels.convolution(TensorProto.DataType.FLOAT, 4, 1, 4, 10, 12);
    Path cut = Files.write(folder.resolve("cut.onnx"), Arrays.copyOf(whole, whole.length / 2));
    assertMessage(missing, "There is no model file");
    assertMessage(folder, "is a folder, not a model file");
    assertMessage(text, "'text' is no ONNX model");
    assertMessage(empty, "is empty");
    assertMessage(cut, "'cut' is cut off or damaged");
  }

  private static void assertMessage(Path file, String part) {
    assertThatThrownBy(() -> Probing.load(file, InputBindings.NONE))
        .isInstanceOf(OnnxModelException.class)
        .hasMessageContaining(part)
        .hasMessageContaining("Maybe");
  }

  @Test
  void aCustomOperator_isNamed() {
    ModelProto model =
        TinyModels.model()
            .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("my.domain").setVersion(1))
            .setGraph(
                GraphProto.newBuilder()
                    .setName("custom")
                    .addInput(TestProtos.value("x", TensorProto.DataType.FLOAT, 1, 4))
                    .addNode(
                        TinyModels.node("Frobnicate", List.of("x"), "y").toBuilder()
                            .setDomain("my.domain"))
                    .addOutput(TestProtos.value("y", TensorProto.DataType.FLOAT, 1, 4)))
            .build();
    assertThatThrownBy(() -> Probing.load("custom", model.toByteArray(), InputBindings.NONE))
        .isInstanceOf(OnnxModelException.class)
        .hasMessage(
            "The model 'custom' needs the operator my.domain:Frobnicate, which ONNX Runtime does not have.%nMaybe export it without custom operators."
                .formatted());
  }

  @Test
  void weightsInAnotherFile_areRead_orTheirFileIsNamed(@TempDir Path folder) throws IOException {
    ModelProto.Builder model =
        ModelProto.parseFrom(TinyModels.convolution(TensorProto.DataType.FLOAT, 4, 1, 4, 10, 12))
            .toBuilder();
    TensorProto.Builder weight = model.getGraphBuilder().getInitializerBuilder(0);
    byte[] data = weight.getRawData().toByteArray();
    weight
        .clearRawData()
        .setDataLocation(TensorProto.DataLocation.EXTERNAL)
        .addExternalData(
            StringStringEntryProto.newBuilder().setKey("location").setValue("weights.bin"));
    Path file = Files.write(folder.resolve("split.onnx"), model.build().toByteArray());
    assertMessage(file, "keeps its weights in '" + folder.resolve("weights.bin"));
    Files.write(folder.resolve("weights.bin"), data);
    assertThat(Probing.load(file, InputBindings.NONE).flops()).isEqualTo(46_080);
  }

  @Test
  void notOnnx_butLongText_isNoModel() {
    byte[] text = "lorem ipsum ".repeat(1_000).getBytes(StandardCharsets.UTF_8);
    assertThatThrownBy(() -> Probing.load("text", text, InputBindings.NONE))
        .isInstanceOf(OnnxModelException.class)
        .hasMessageContaining("is no ONNX model");
  }

  @Test
  void kernelsWithoutAFormula_areUnknown_notDropped() {
    ModelProto model =
        TinyModels.model()
            .setGraph(
                GraphProto.newBuilder()
                    .setName("repeats")
                    .addInput(TestProtos.value("ids", TensorProto.DataType.INT64, 1, 8))
                    .addInput(TestProtos.value("scores", TensorProto.DataType.FLOAT, 1, 16))
                    .addNode(
                        TinyModels.node("NGramRepeatBlock", List.of("ids", "scores"), "y")
                            .toBuilder()
                            .setDomain("com.microsoft")
                            .addAttribute(TestProtos.integer("ngram_size", 3)))
                    .addOutput(TestProtos.value("y", TensorProto.DataType.FLOAT, 1, 16)))
            .addOpsetImport(
                OperatorSetIdProto.newBuilder().setDomain("com.microsoft").setVersion(1))
            .build();
    Workload workload = Probing.load("repeats", model.toByteArray(), InputBindings.NONE);
    assertThat(workload.unknownOperators()).hasSize(1);
    assertThat(workload.operators().get(0).inputBytes()).isEqualTo(8 * 8 + 16 * 4);
    assertThat(workload.operators().get(0).outputBytes()).isEqualTo(64);
  }
}
