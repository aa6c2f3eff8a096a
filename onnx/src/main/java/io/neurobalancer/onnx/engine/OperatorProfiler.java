package io.neurobalancer.onnx.engine;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import io.neurobalancer.files.IoReason;
import io.neurobalancer.unit.NeuroBalancerException;
import io.neurobalancer.workload.Operator;
import io.neurobalancer.workload.Workload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * Measures a model operator by operator.
 *
 * <p>ONNX Runtime's own profile tells the time of every node, in whole microseconds and with its
 * own work inside. How much that is, is measured on a chain of nodes that do next to nothing: the
 * time per node in its profile less the time per node without one. Runs with and without a profile
 * alternate, so that a busy machine disturbs both alike.
 */
public final class OperatorProfiler {

  private static final int CHAIN = 200;
  private static final int CHAIN_RUNS = 60;

  private final ModelFile file;
  private final EngineOptions engine;

  private OperatorProfiler(ModelFile file, EngineOptions engine) {
    this.file = file;
    this.engine = engine;
  }

  /**
   * Measures a model on inputs that are made up.
   *
   * @param runs with a profile, and as many without
   * @throws NeuroBalancerException if the model cannot be run
   */
  public static OperatorProfile profile(Path model, EngineOptions options, int runs) {
    if (runs < 1) {
      throw new IllegalArgumentException(
          "The number of runs (%d) must be positive.".formatted(runs));
    }
    OperatorProfiler profiler = new OperatorProfiler(ModelFile.of(model), options);
    try {
      Path folder = Files.createTempDirectory("neurobalancer-profile-");
      try {
        return profiler.profile(folder, runs);
      } finally {
        delete(folder);
      }
    } catch (OrtException e) {
      throw OrtRuntime.explain(
          "ONNX Runtime cannot run the model '" + profiler.file.name() + "'",
          e,
          "Maybe give the shapes of its inputs.");
    } catch (IOException e) {
      throw NeuroBalancerException.invalid(
          "A temporary file cannot be written (%s).%nMaybe free some space or set java.io.tmpdir."
              .formatted(IoReason.of(e)),
          e);
    }
  }

  private OperatorProfile profile(Path folder, int runs) throws IOException, OrtException {
    OrtRuntime.environment(engine);
    ModelProto given = file.read();
    ModelCompiler compiler = new ModelCompiler(file, engine);
    Workload workload = compiler.workload();
    double overheadMicros = overheadMicros(folder);
    try (SharedWeights weights = new SharedWeights(OrtRuntime.environment(engine), file)) {
      ModelCompiler.Analysis analysis = compiler.analyse(given, workload, weights, folder);
      ModelProto numbered = NodeTimes.numbered(analysis.graph().model());
      int nodes = numbered.getGraph().getNodeCount();
      double[] plain = new double[runs];
      List<double[]> profiled;
      try (OrtSession.SessionOptions options = OrtRuntime.options(engine, OptLevel.ALL_OPT);
          OrtSession whole =
              OrtRuntime.environment(engine).createSession(file.file().toString(), options);
          OrtSession watched = NodeTimes.open(numbered, engine, weights, folder)) {
        Map<String, OnnxTensor> feeds =
            Feeds.of(OrtRuntime.environment(engine), whole, engine.shapes());
        try {
          whole.run(feeds).close();
          watched.run(feeds).close();
          for (int r = 0; r < runs; r++) {
            long start = engine.clock().nanoTime();
            whole.run(feeds).close();
            plain[r] = (engine.clock().nanoTime() - start) * 1e-9;
            watched.run(feeds).close();
          }
        } finally {
          OnnxValue.close(feeds.values());
        }
        profiled = NodeTimes.end(watched, nodes);
      }
      return result(analysis, profiled.subList(1, profiled.size()), overheadMicros * 1e-6, plain);
    }
  }

  private static OperatorProfile result(
      ModelCompiler.Analysis analysis, List<double[]> micros, double overhead, double[] plain) {
    Workload workload = analysis.workload();
    OperatorMatch match = analysis.match();
    int runs = micros.size();
    double[][] seconds = new double[workload.size()][runs];
    List<List<String>> kernels = new ArrayList<>();
    workload.operators().forEach(operator -> kernels.add(new ArrayList<>()));
    List<String> reorders = new ArrayList<>();
    for (int n = 0; n < match.nodes(); n++) {
      NodeProto node = analysis.graph().nodes().get(match.place(n));
      String label = node.getName() + " (" + node.getOpType() + ")";
      int owner = match.owner(n);
      kernels.get(owner).add(label);
      if (!match.direct(n)) {
        reorders.add(label);
      }
      for (int r = 0; r < runs; r++) {
        seconds[owner][r] += Math.max(0, micros.get(r)[match.place(n)] * 1e-6 - overhead);
      }
    }
    List<OperatorProfile.OperatorTime> times = new ArrayList<>();
    for (int i = 0; i < workload.size(); i++) {
      int kernel = match.kernel(i);
      String name = workload.operators().get(i).name();
      if (kernel < 0) {
        times.add(
            new OperatorProfile.OperatorTime(
                name, OperatorProfile.Match.NOT_FOUND, List.of(), Double.NaN, Double.NaN));
      } else {
        double share = share(workload, match, i);
        double median = quantile(seconds[kernel], 0.5);
        times.add(
            new OperatorProfile.OperatorTime(
                name,
                kernel == i ? OperatorProfile.Match.OWN : OperatorProfile.Match.FUSED,
                kernels.get(kernel),
                median * share,
                (quantile(seconds[kernel], 0.9) - median) * share));
      }
    }
    double whole = quantile(plain, 0.5);
    return new OperatorProfile(
        workload, times, reorders, whole, quantile(plain, 0.9) - whole, overhead, runs);
  }

  /** Returns the part of a kernel's work, FLOPs and bytes, that is one operator's. */
  private static double share(Workload workload, OperatorMatch match, int operator) {
    double own = 0;
    double all = 0;
    for (int i = 0; i < workload.size(); i++) {
      if (match.kernel(i) == match.kernel(operator)) {
        Operator part = workload.operators().get(i);
        double work = 1.0 + part.flops() + part.bytes();
        all += work;
        own = i == operator ? work : own;
      }
    }
    return own / all;
  }

  /** Returns the time within which that share of the runs ended. */
  private static double quantile(double[] seconds, double share) {
    double[] sorted = seconds.clone();
    Arrays.sort(sorted);
    double place = share * (sorted.length - 1);
    int below = (int) place;
    int above = Math.min(sorted.length - 1, below + 1);
    return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
  }

  /** Measures what the profile adds to a node's time, microseconds. */
  private double overheadMicros(Path folder) throws IOException, OrtException {
    ModelProto chain = NodeTimes.numbered(chain());
    Path plainFile = folder.resolve("chain.onnx");
    Graphs.write(chain, plainFile);
    try (SharedWeights none = new SharedWeights(OrtRuntime.environment(engine), file);
        OrtSession.SessionOptions options = OrtRuntime.options(engine, OptLevel.NO_OPT);
        OrtSession plain =
            OrtRuntime.environment(engine).createSession(plainFile.toString(), options);
        OrtSession watched = NodeTimes.open(chain, engine, none, folder)) {
      double[] plainMicros = new double[CHAIN_RUNS];
      Map<String, OnnxTensor> feeds = Feeds.of(OrtRuntime.environment(engine), plain, Map.of());
      try {
        for (int r = 0; r < CHAIN_RUNS; r++) {
          long start = engine.clock().nanoTime();
          plain.run(feeds).close();
          plainMicros[r] = (engine.clock().nanoTime() - start) * 1e-3 / CHAIN;
          watched.run(feeds).close();
        }
      } finally {
        OnnxValue.close(feeds.values());
      }
      double[] inProfile =
          NodeTimes.end(watched, CHAIN).stream()
              .mapToDouble(run -> Arrays.stream(run).sum() / CHAIN)
              .toArray();
      return quantile(inProfile, 0.5) - quantile(plainMicros, 0.5);
    } finally {
      Files.deleteIfExists(plainFile);
    }
  }

  private static ModelProto chain() {
    GraphProto.Builder graph = GraphProto.newBuilder().setName("chain").addInput(number("t0"));
    for (int n = 0; n < CHAIN; n++) {
      graph.addNode(
          NodeProto.newBuilder().setOpType("Neg").addInput("t" + n).addOutput("t" + (n + 1)));
    }
    return ModelProto.newBuilder()
        .setIrVersion(8)
        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17))
        .setGraph(graph.addOutput(number("t" + CHAIN)))
        .build();
  }

  private static ValueInfoProto number(String name) {
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(
            TypeProto.newBuilder()
                .setTensorType(
                    TypeProto.Tensor.newBuilder()
                        .setElemType(TensorProto.DataType.FLOAT.getNumber())
                        .setShape(
                            TensorShapeProto.newBuilder()
                                .addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(1)))))
        .build();
  }

  private static void delete(Path folder) throws IOException {
    try (var files = Files.walk(folder)) {
      for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }
}
