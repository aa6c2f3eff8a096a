package io.neurobalancer.onnx.engine;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import ai.onnxruntime.TensorInfo;
import io.neurobalancer.unit.NeuroBalancerException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What is known of a graph's tensors and nodes once it has been opened, and run where inputs can be
 * made up for it.
 *
 * @param types by tensor, only of those that certainly are tensors
 * @param bytes by tensor, as one run left them, else as declared
 * @param nodeSeconds by place in the graph; empty if the graph could not be run
 */
record GraphProbe(
    Map<String, TensorType> types, Map<String, Long> bytes, Optional<double[]> nodeSeconds) {

  /** A model that takes longer on made-up inputs is priced by its declared shapes. */
  private static final long MOST_MILLIS = 20_000;

  private static final int RUNS = 3;

  static GraphProbe of(
      OptimizedGraph graph, EngineOptions engine, SharedWeights weights, Path folder)
      throws IOException, OrtException {
    Map<String, TensorType> types = new HashMap<>();
    Map<String, Long> bytes = new HashMap<>();
    ModelProto probe = withAllOutputs(graph);
    Path file = folder.resolve("probe.onnx");
    Graphs.write(probe, file);
    try (OrtSession.SessionOptions options = OrtRuntime.options(engine, OptLevel.NO_OPT)) {
      weights.addTo(options, probe.getGraph().getInitializerList());
      try (OrtSession session =
          OrtRuntime.environment(engine).createSession(file.toString(), options)) {
        for (Map.Entry<String, NodeInfo> output : session.getOutputInfo().entrySet()) {
          if (output.getValue().getInfo() instanceof TensorInfo info) {
            types.put(output.getKey(), TensorType.of(info));
            bytes.put(output.getKey(), TensorType.of(info).bytes());
          }
        }
        return new GraphProbe(
            types, bytes, run(graph, session, engine, weights, folder, types, bytes));
      }
    } finally {
      Files.deleteIfExists(file);
    }
  }

  private static Optional<double[]> run(
      OptimizedGraph graph,
      OrtSession session,
      EngineOptions engine,
      SharedWeights weights,
      Path folder,
      Map<String, TensorType> types,
      Map<String, Long> bytes)
      throws IOException {
    Map<String, OnnxTensor> feeds = Map.of();
    try (Watchdog watchdog = new Watchdog(MOST_MILLIS)) {
      feeds = Feeds.of(OrtRuntime.environment(engine), session, engine.shapes());
      try (OrtSession.Result result = session.run(feeds, watchdog.options())) {
        for (Map.Entry<String, OnnxValue> output : result) {
          if (output.getValue().getInfo() instanceof TensorInfo info) {
            TensorType declared = types.get(output.getKey());
            TensorType seen = TensorType.of(info);
            bytes.put(output.getKey(), seen.elements() * seen.bytesEach());
            if (declared != null && declared.fixed() && !declared.equals(seen)) {
              types.put(output.getKey(), new TensorType(declared.onnxType(), List.of()));
            }
          }
        }
      }
      return Optional.of(
          NodeTimes.roughly(
              graph.model(), engine, weights, folder, feeds, watchdog.options(), RUNS));
    } catch (OrtException | NeuroBalancerException e) {
      return Optional.empty(); // no inputs for it, or it does not like them: priced as declared
    } finally {
      OnnxValue.close(feeds.values());
    }
  }

  private static ModelProto withAllOutputs(OptimizedGraph graph) {
    ModelProto.Builder probe = graph.model().toBuilder();
    boolean optionals = Graphs.hasOptionals(graph.nodes());
    Set<String> outputs = new HashSet<>();
    probe.getGraphBuilder().getOutputList().forEach(output -> outputs.add(output.getName()));
    for (NodeProto node : graph.nodes()) {
      if (!Graphs.mayMakeOther(node, optionals)) {
        for (String output : node.getOutputList()) {
          if (!output.isEmpty() && outputs.add(output)) {
            probe.getGraphBuilder().addOutput(ValueInfoProto.newBuilder().setName(output));
          }
        }
      }
    }
    return probe.build();
  }
}
