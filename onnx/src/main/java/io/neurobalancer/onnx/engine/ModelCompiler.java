package io.neurobalancer.onnx.engine;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import io.neurobalancer.onnx.importer.InputBindings;
import io.neurobalancer.onnx.importer.OnnxWorkloads;
import io.neurobalancer.unit.NeuroBalancerException;
import io.neurobalancer.workload.Workload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Makes what the cache keeps of a model: its operators, its cuts, its segments. */
final class ModelCompiler {

  private final ModelFile file;
  private final EngineOptions engine;

  ModelCompiler(ModelFile file, EngineOptions engine) {
    this.file = file;
    this.engine = engine;
  }

  /** A graph that can be cut, and what is known of it. */
  record Analysis(Workload workload, OptimizedGraph graph, GraphProbe probe, OperatorMatch match) {}

  /** Compiles into an empty folder. */
  Manifest compile(CacheKey key, Path folder) throws IOException {
    ModelProto given = file.read();
    List<Manifest.Outside> outside = new ArrayList<>();
    for (Path path : file.externalFiles(given)) {
      outside.add(Manifest.Outside.of(path));
    }
    OrtRuntime.environment(engine); // before the importer makes one without a pool of threads
    Workload workload = workload();
    GraphProto graph = given.getGraph();
    List<String> inputs = SegmentCompiler.inputs(graph);
    List<String> outputs = graph.getOutputList().stream().map(ValueInfoProto::getName).toList();
    CompiledModel model;
    try (SharedWeights weights = new SharedWeights(OrtRuntime.environment(engine), file)) {
      model = cut(given, workload, inputs, outputs, weights, folder);
    } catch (OrtException | NeuroBalancerException e) {
      // The model itself runs all the same, in one piece.
      model = CompiledModel.whole(workload, List.of(), inputs, outputs, firstLine(e));
    }
    if (model.isWhole()) {
      empty(folder);
    }
    return Manifest.of(key, outside, model, folder);
  }

  /** Returns the operators of the model. */
  Workload workload() {
    return OnnxWorkloads.load(file.file(), new InputBindings(engine.shapes(), Map.of()));
  }

  /** Lets ONNX Runtime optimise the model, and finds out which operator each node works for. */
  Analysis analyse(ModelProto given, Workload workload, SharedWeights weights, Path folder)
      throws IOException, OrtException {
    boolean ownKernels = engine.providers() == ProviderSetup.CPU;
    Path scratch = Files.createDirectories(folder.resolve("scratch"));
    try {
      GraphProto reference =
          OptimizedGraph.of(
                  file,
                  given,
                  ownKernels ? OptLevel.EXTENDED_OPT : OptLevel.BASIC_OPT,
                  engine,
                  scratch)
              .model()
              .getGraph();
      OptimizedGraph graph =
          OptimizedGraph.of(
              file, given, ownKernels ? OptLevel.ALL_OPT : OptLevel.BASIC_OPT, engine, folder);
      GraphProbe probe = GraphProbe.of(graph, engine, weights, folder);
      OperatorMatch match = OperatorMatch.of(workload, reference, graph.model().getGraph());
      return new Analysis(workload, graph, probe, match);
    } finally {
      empty(scratch);
      Files.deleteIfExists(scratch);
    }
  }

  private CompiledModel cut(
      ModelProto given,
      Workload workload,
      List<String> inputs,
      List<String> outputs,
      SharedWeights weights,
      Path folder)
      throws IOException, OrtException {
    Analysis analysis = analyse(given, workload, weights, folder);
    SegmentCompiler compiler =
        new SegmentCompiler(workload, analysis.graph(), analysis.probe(), analysis.match());
    List<Cut> allowed = compiler.allowed();
    List<Cut> chosen = new CutChooser(allowed, compiler.operatorSeconds()).choose(engine.cutting());
    if (chosen.isEmpty()) {
      return CompiledModel.whole(workload, allowed, inputs, outputs, "");
    }
    CompiledModel model =
        new CompiledModel(workload, allowed, compiler.write(chosen, folder), inputs, outputs, "");
    String difference = new SplitCheck(file, engine, weights).difference(model, folder);
    return difference.isEmpty()
        ? model
        : CompiledModel.whole(workload, List.of(), inputs, outputs, difference);
  }

  private static String firstLine(Exception e) {
    return "not cut: " + String.valueOf(e.getMessage()).lines().findFirst().orElse("");
  }

  private static void empty(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
