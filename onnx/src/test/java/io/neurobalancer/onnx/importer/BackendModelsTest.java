package io.neurobalancer.onnx.importer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.neurobalancer.workload.Operator;
import io.neurobalancer.workload.Workload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * The models that ONNX tests its backends with (1,072 in Debian's package {@code libonnx-testdata};
 * their folder is given with {@code -Dneurobalancer.backend}): what ONNX Runtime runs is read, the
 * rest is refused in a sentence, and FLOPs are what {@link CountedByHand} finds in the graph as it
 * was exported.
 */
final class BackendModelsTest {

  private static final String FOLDER = System.getProperty("neurobalancer.backend", "");

  /** A model of these may take the process along that runs it, so it gets one of its own. */
  private static final String OPTIONAL = "Optional";

  private int runs;
  private int read;
  private int equal;
  private final List<String> missed = new ArrayList<>();
  private final List<String> defects = new ArrayList<>();
  private final List<String> different = new ArrayList<>();
  private final Map<String, Integer> uncompared = new TreeMap<>();

  @Test
  void whatTheRuntimeRuns_isRead_andItsFlopsAreThoseCountedByHand() throws IOException {
    assumeTrue(
        !FOLDER.isEmpty(),
        "give the folder of ONNX's backend models with -Dneurobalancer.backend=FOLDER");
    List<Path> models;
    try (Stream<Path> files = Files.walk(Path.of(FOLDER))) {
      models = files.filter(file -> file.endsWith("model.onnx")).sorted().toList();
    }
    for (Path file : models) {
      one(file);
    }
    System.out.printf(
        "Backend models: %d, run by ONNX Runtime %d, read %d of those; FLOPs equal %d, not compared %s%n",
        models.size(), runs, read, equal, uncompared);
    missed.forEach(System.out::println);
    assertThat(defects).isEmpty();
    assertThat(different).isEmpty();
    assertThat(read).isGreaterThanOrEqualTo((int) Math.ceil(0.97 * runs));
    assertThat(equal).isGreaterThan(models.size() / 2);
  }

  private void one(Path file) throws IOException {
    String name = String.valueOf(file.getName(file.getNameCount() - 2));
    ModelProto model = ModelProto.parseFrom(Files.readAllBytes(file));
    String text = model.toString();
    boolean deadly = text.contains("optional_type") || text.contains(OPTIONAL);
    boolean ran = !deadly && runs(model, file);
    runs += ran ? 1 : 0;
    Workload workload;
    try {
      workload =
          deadly
              ? OnnxWorkloads.load(file, InputBindings.NONE)
              : Probing.load(file, InputBindings.NONE);
    } catch (OnnxModelException e) {
      if (ran) {
        missed.add("not read: " + name + ": " + e.getMessage());
      }
      return;
    } catch (RuntimeException e) {
      defects.add(name + ": " + e);
      return;
    }
    read += ran ? 1 : 0;
    if (!deadly) {
      compare(name, file, workload);
    }
  }

  /** Whether ONNX Runtime runs the model on the data that comes with it. */
  private static boolean runs(ModelProto given, Path file) throws IOException {
    ModelProto.Builder model = given.toBuilder();
    model.setIrVersion(Math.max(4, model.getIrVersion()));
    Path data = file.resolveSibling("test_data_set_0");
    int number = 0;
    for (ValueInfoProto input : given.getGraph().getInputList()) {
      Path tensor = data.resolve("input_" + number++ + ".pb");
      if (!input.getType().hasTensorType() || !Files.exists(tensor)) {
        return false;
      }
      model
          .getGraphBuilder()
          .addInitializer(
              TensorProto.parseFrom(Files.readAllBytes(tensor)).toBuilder()
                  .setName(input.getName()));
    }
    try (OrtSession.SessionOptions options =
            OnnxSessions.options(OrtSession.SessionOptions.OptLevel.EXTENDED_OPT);
        OrtSession session =
            OnnxSessions.environment().createSession(model.build().toByteArray(), options)) {
      session.run(Map.of()).close();
      return true;
    } catch (OrtException e) {
      return false;
    }
  }

  private void compare(String name, Path file, Workload workload) {
    if (!workload.unknownOperators().isEmpty()) {
      skip("no formula: " + workload.unknownOperators().get(0).type());
      return;
    }
    Counted counted;
    try {
      counted = byHand(BoundModel.open(file, InputBindings.NONE));
    } catch (OrtException | RuntimeException e) {
      skip("its inner tensors cannot be looked at");
      return;
    }
    if (counted.without() != null) {
      skip("not counted by hand: " + counted.without());
    } else if (counted.flops() == workload.flops()) {
      equal++;
    } else if (!counted.types().equals(types(workload))) {
      skip("fused or expanded by the runtime");
    } else {
      different.add(
          "%s: %d read, %d counted by hand".formatted(name, workload.flops(), counted.flops()));
    }
  }

  private void skip(String reason) {
    uncompared.merge(reason, 1, Integer::sum);
  }

  private static List<String> types(Workload workload) {
    return workload.operators().stream().map(Operator::type).sorted().toList();
  }

  /**
   * What counting by hand gave.
   *
   * @param types of the nodes that something but constants goes into, in order
   * @param without the type of a node that there is no arithmetic for
   */
  private record Counted(long flops, List<String> types, @Nullable String without) {}

  /** Runs the graph as it was exported, unoptimized, with every tensor inside it as an output. */
  private static Counted byHand(BoundModel bound) throws OrtException {
    GraphProto graph = bound.model().getGraph();
    Map<String, long[]> shapes = new HashMap<>();
    Set<String> constants = new HashSet<>();
    graph
        .getInitializerList()
        .forEach(
            tensor -> {
              shapes.put(tensor.getName(), extents(tensor));
              constants.add(tensor.getName());
            });
    bound
        .shapes()
        .forEach(
            (input, extents) ->
                shapes.put(input, extents.stream().mapToLong(Long::longValue).toArray()));
    ModelProto.Builder open = bound.model().toBuilder();
    Set<String> already = new HashSet<>();
    graph.getOutputList().forEach(output -> already.add(output.getName()));
    for (NodeProto node : graph.getNodeList()) {
      for (String output : node.getOutputList()) {
        if (!output.isEmpty() && already.add(output)) {
          open.getGraphBuilder().addOutput(ValueInfoProto.newBuilder().setName(output));
        }
      }
    }
    try (OrtSession.SessionOptions options =
            OnnxSessions.options(OrtSession.SessionOptions.OptLevel.NO_OPT);
        OrtSession session =
            OnnxSessions.environment().createSession(open.build().toByteArray(), options);
        OrtSession.Result results = bound.run(session)) {
      for (Map.Entry<String, OnnxValue> result : results) {
        if (result.getValue() instanceof OnnxTensor tensor) {
          shapes.put(result.getKey(), tensor.getInfo().getShape());
        }
      }
    }
    long flops = 0;
    List<String> types = new ArrayList<>();
    String without = null;
    for (NodeProto node : graph.getNodeList()) {
      boolean fixed = constants.containsAll(node.getInputList()) && !random(node);
      if (fixed) {
        constants.addAll(node.getOutputList());
        continue;
      }
      types.add(node.getOpType());
      OptionalLong one =
          CountedByHand.flops(
              node, shapes(node.getInputList(), shapes), shapes(node.getOutputList(), shapes));
      if (one.isEmpty()) {
        without = node.getOpType();
      }
      flops += one.orElse(0);
    }
    return new Counted(flops, types.stream().sorted().toList(), without);
  }

  private static boolean random(NodeProto node) {
    return node.getOpType().startsWith("Random");
  }

  private static long[] extents(TensorProto tensor) {
    return tensor.getDimsList().stream().mapToLong(Long::longValue).toArray();
  }

  private static List<long @Nullable []> shapes(List<String> names, Map<String, long[]> known) {
    List<long @Nullable []> shapes = new ArrayList<>();
    names.forEach(name -> shapes.add(name.isEmpty() ? null : known.get(name)));
    return shapes;
  }
}
