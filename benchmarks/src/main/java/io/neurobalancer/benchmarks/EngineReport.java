package io.neurobalancer.benchmarks;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import com.sun.management.ThreadMXBean;
import io.neurobalancer.onnx.engine.BalancedSession;
import io.neurobalancer.onnx.engine.Cutting;
import io.neurobalancer.onnx.engine.EngineOptions;
import io.neurobalancer.onnx.engine.OperatorProfile;
import io.neurobalancer.onnx.engine.OperatorProfiler;
import io.neurobalancer.onnx.engine.OrtRuntime;
import io.neurobalancer.onnx.zoo.ModelZoo;
import io.neurobalancer.target.RunClock;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * Models whole and in segments, side by side: latency, what a boundary costs, allocation, opening,
 * and whether profiled operators add up.
 *
 * <pre>
 *   java -cp benchmarks.jar io.neurobalancer.benchmarks.EngineReport FOLDER RUNS MODEL...
 * </pre>
 *
 * <p>All variants run in turn within each round, beginning with another one each time. A latency is
 * reported as the median over the rounds of its ratio to the whole model's in the same round, so a
 * machine that others use disturbs both. Beside the wall's time stands the processor time of the
 * thread, which runs the whole inference and which other load disturbs less. The whole model runs
 * twice per round: the second one's ratio shows what is noise.
 */
public final class EngineReport {

  private static final int[] SEGMENTS = {2, 4, 8};

  private EngineReport() {}

  /** Takes a folder for caches, the rounds, and names of zoo models or paths. */
  public static void main(String[] arguments) throws IOException, OrtException {
    Path folder = Path.of(arguments[0]);
    int runs = Integer.parseInt(arguments[1]);
    System.out.printf(
        Locale.ROOT,
        "ONNX Runtime, 1 thread, %d rounds; load %.1f on %d processors%n",
        runs,
        ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage(),
        Runtime.getRuntime().availableProcessors());
    for (String name : List.of(arguments).subList(2, arguments.length)) {
      Path model =
          name.endsWith(".onnx")
              ? Path.of(name)
              : ModelZoo.materialize(ModelZoo.find(name).orElseThrow(), folder);
      report(name, model, folder, runs);
    }
  }

  /** Something that runs the model once. */
  private interface Variant {
    void run() throws OrtException;
  }

  private static void report(String name, Path model, Path folder, int runs)
      throws IOException, OrtException {
    EngineOptions options =
        EngineOptions.defaults().withThreads(1).withCacheFolder(folder.resolve("segments"));
    OrtEnvironment environment = OrtRuntime.environment(options);
    List<BalancedSession> sessions = new ArrayList<>();
    try (OrtSession.SessionOptions plain = oneThread();
        OrtSession whole = environment.createSession(model.toString(), plain)) {
      Map<String, OnnxTensor> feeds = feeds(environment, whole);
      Map<String, Variant> variants = new LinkedHashMap<>();
      variants.put("whole", () -> whole.run(feeds).close());
      variants.put("whole again", () -> whole.run(feeds).close());
      for (int k : SEGMENTS) {
        for (Cutting cutting : List.of(new Cutting.AtMost(k), new Cutting.Exactly(k))) {
          BalancedSession session = BalancedSession.open(model, options.withCutting(cutting));
          sessions.add(session);
          variants.put(
              (cutting instanceof Cutting.AtMost ? "at most " : "exactly ")
                  + k
                  + ": "
                  + session.streams().get(0).segments(),
              () -> session.run(feeds).close());
        }
      }
      System.out.println();
      System.out.println(name);
      latencies(variants, runs);
      opening(model, environment, options, sessions);
      profile(model, options, runs);
      OnnxValue.close(feeds.values());
    }
    sessions.forEach(BalancedSession::close);
  }

  private static void latencies(Map<String, Variant> variants, int runs) throws OrtException {
    List<String> names = new ArrayList<>(variants.keySet());
    double[][] seconds = new double[names.size()][runs];
    double[][] processor = new double[names.size()][runs];
    long[] allocated = new long[names.size()];
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long self = Thread.currentThread().getId();
    for (int round = -3; round < runs; round++) {
      for (int turn = 0; turn < names.size(); turn++) {
        int v = Math.floorMod(turn + round, names.size());
        Variant variant = Objects.requireNonNull(variants.get(names.get(v)));
        long before = threads.getThreadAllocatedBytes(self);
        long busy = threads.getCurrentThreadCpuTime();
        long start = System.nanoTime();
        variant.run();
        long end = System.nanoTime();
        if (round >= 0) {
          processor[v][round] = (threads.getCurrentThreadCpuTime() - busy) * 1e-9;
          seconds[v][round] = (end - start) * 1e-9;
          allocated[v] += threads.getThreadAllocatedBytes(self) - before;
        }
      }
    }
    double whole = median(processor[0]);
    for (int v = 0; v < names.size(); v++) {
      String text = names.get(v);
      int segments =
          text.contains(":") ? Integer.parseInt(text.substring(text.indexOf(':') + 2)) : 1;
      double extra = medianRatio(processor[v], processor[0]) - 1;
      System.out.printf(
          Locale.ROOT,
          "  %-14s wall %8.3f ms %+6.2f %%, processor %8.3f ms %+6.2f %%%s, %.0f bytes%n",
          text,
          median(seconds[v]) * 1e3,
          medianRatio(seconds[v], seconds[0]) * 100 - 100,
          median(processor[v]) * 1e3,
          extra * 100,
          segments > 1
              ? String.format(
                  Locale.ROOT, ", %+.1f us per cut", extra * whole * 1e6 / (segments - 1))
              : "",
          (double) allocated[v] / runs);
    }
  }

  private static double medianRatio(double[] some, double[] reference) {
    double[] ratios = new double[some.length];
    Arrays.setAll(ratios, r -> some[r] / reference[r]);
    return median(ratios);
  }

  private static void opening(
      Path model, OrtEnvironment environment, EngineOptions options, List<BalancedSession> sessions)
      throws OrtException {
    int times = 9;
    double[] whole = new double[times];
    double[] cut = new double[times];
    for (int t = 0; t < times; t++) {
      long start = System.nanoTime();
      try (OrtSession.SessionOptions plain = oneThread()) {
        environment.createSession(model.toString(), plain).close();
      }
      whole[t] = (System.nanoTime() - start) * 1e-9;
      start = System.nanoTime();
      BalancedSession.open(model, options.withCutting(new Cutting.Exactly(8))).close();
      cut[t] = (System.nanoTime() - start) * 1e-9;
    }
    System.out.printf(
        Locale.ROOT,
        "  opening: whole %.0f ms, 8 segments from the cache %.0f ms, %.2f x; %d of %d cuts"
            + " allowed%n",
        median(whole) * 1e3,
        median(cut) * 1e3,
        median(cut) / median(whole),
        sessions.get(0).cuts().size(),
        sessions.get(0).streams().get(0).workload().size() - 1);
  }

  private static void profile(Path model, EngineOptions options, int runs) {
    OperatorProfile profile =
        OperatorProfiler.profile(model, options.withClock(new ProcessorClock()), runs);
    System.out.printf(
        Locale.ROOT,
        "  profile: operators %.3f ms, whole %.3f ms processor (%+.1f %%), overhead %.1f us a node,"
            + " %d of %d fused, not found %s%n",
        profile.sumSeconds() * 1e3,
        profile.wholeSeconds() * 1e3,
        (profile.sumSeconds() / profile.wholeSeconds() - 1) * 100,
        profile.overheadSeconds() * 1e6,
        profile.operators().stream()
            .filter(operator -> operator.match() == OperatorProfile.Match.FUSED)
            .count(),
        profile.operators().size(),
        profile.notFound());
  }

  /** Tells the processor time of the thread: what a run took of it, whoever else was there. */
  private static final class ProcessorClock implements RunClock {
    @Override
    public long nanoTime() {
      return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    @Override
    public void sleepUntil(long nanoTime) {}
  }

  private static OrtSession.SessionOptions oneThread() throws OrtException {
    OrtSession.SessionOptions options = new OrtSession.SessionOptions();
    options.setIntraOpNumThreads(1);
    options.setInterOpNumThreads(1);
    return options;
  }

  private static Map<String, OnnxTensor> feeds(OrtEnvironment environment, OrtSession session)
      throws OrtException {
    Map<String, OnnxTensor> feeds = new LinkedHashMap<>();
    for (Map.Entry<String, NodeInfo> input : session.getInputInfo().entrySet()) {
      TensorInfo info = (TensorInfo) input.getValue().getInfo();
      long[] shape = info.getShape();
      for (int d = 0; d < shape.length; d++) {
        shape[d] = shape[d] > 0 ? shape[d] : d == 0 ? 1 : 128;
      }
      int elements = (int) Arrays.stream(shape).reduce(1, (a, b) -> a * b);
      ByteBuffer data =
          ByteBuffer.allocateDirect(elements * info.type.size).order(ByteOrder.nativeOrder());
      for (int e = 0; e < elements; e++) {
        if (info.type.size == 8) {
          data.putLong(1);
        } else {
          data.putFloat(e * 37 % 101 / 101f);
        }
      }
      feeds.put(
          input.getKey(), OnnxTensor.createTensor(environment, data.flip(), shape, info.type));
    }
    return feeds;
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
  }
}
