package io.neurobalancer.onnx.engine;

import static io.neurobalancer.onnx.engine.TestGraph.FLOAT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.neurobalancer.cost.CostTable;
import io.neurobalancer.device.FrequencyDomain;
import io.neurobalancer.device.OppTable;
import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.governor.DrivenBoard;
import io.neurobalancer.governor.Governor;
import io.neurobalancer.plan.LagrangianPlanner;
import io.neurobalancer.plan.Plan;
import io.neurobalancer.plan.PlanningProblem;
import io.neurobalancer.target.NullBoard;
import io.neurobalancer.target.RunClock;
import io.neurobalancer.unit.Frequency;
import io.neurobalancer.unit.NeuroBalancerException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BalancedSessionTest {

  private static final int WIDTH = 48;

  @TempDir private Path folder;

  private EngineOptions options(int segments) {
    return EngineOptions.defaults()
        .withThreads(1)
        .withCacheFolder(folder.resolve("cache"))
        .withCutting(new Cutting.Exactly(segments));
  }

  private Path chain(Object rows) throws IOException {
    return TestGraph.chain("chain", 6, WIDTH, rows).write(folder);
  }

  private static OnnxTensor input(int rows, int seed) throws OrtException {
    FloatBuffer data =
        ByteBuffer.allocateDirect(4 * rows * WIDTH).order(ByteOrder.nativeOrder()).asFloatBuffer();
    for (int i = 0; i < rows * WIDTH; i++) {
      data.put(i, ((i * 31 + seed * 17) % 97) / 97f);
    }
    return OnnxTensor.createTensor(OrtEnvironment.getEnvironment(), data, new long[] {rows, WIDTH});
  }

  private static ByteBuffer whole(Path model, OnnxTensor input) throws OrtException {
    try (OrtSession.SessionOptions options =
            OrtRuntime.options(
                EngineOptions.defaults().withThreads(1),
                OrtSession.SessionOptions.OptLevel.ALL_OPT);
        OrtSession session =
            OrtEnvironment.getEnvironment().createSession(model.toString(), options);
        OrtSession.Result result = session.run(Map.of("x", input))) {
      return Splits.bits(result.get(0));
    }
  }

  private static ByteBuffer output(BalancedSession session, OnnxTensor input) {
    try (SessionResult result = session.run(Map.of("x", input))) {
      return Splits.bits(result.get("y").orElseThrow());
    }
  }

  @Test
  void itLooksLikeASession() throws IOException, OrtException {
    Path model = chain(4);
    try (BalancedSession session = BalancedSession.open(model, options(4));
        OnnxTensor x = input(4, 1)) {
      assertThat(session.getInputNames()).containsExactly("x");
      assertThat(session.getOutputNames()).containsExactly("y");
      assertThat(session.getInputInfo()).containsOnlyKeys("x");
      assertThat(session.getOutputInfo()).containsOnlyKeys("y");
      assertThat(session.note()).isEmpty();
      assertThat(session.streams().get(0).segments()).isEqualTo(4);
      SessionResult result = session.run(Map.of("x", x));
      assertThat(result.size()).isEqualTo(1);
      assertThat(result.get("no such output")).isEmpty();
      List<String> names = new ArrayList<>();
      for (Map.Entry<String, OnnxValue> output : result) {
        names.add(output.getKey());
      }
      assertThat(names).containsExactly("y");
      OnnxTensor y = (OnnxTensor) result.get(0);
      assertThat(Splits.bits(y)).isEqualTo(whole(model, x));
      result.close();
      result.close();
      assertThat(y.isClosed()).isTrue();
      assertThat(x.isClosed()).isFalse();
      assertThatThrownBy(() -> result.get(0)).hasMessageContaining("closed");
    }
  }

  @Test
  void openDimensions_stayOpen() throws IOException, OrtException {
    Path model = chain("rows");
    try (BalancedSession session = BalancedSession.open(model, options(4))) {
      for (int rows : new int[] {1, 7, 3}) {
        try (OnnxTensor x = input(rows, rows)) {
          assertThat(output(session, x)).isEqualTo(whole(model, x));
        }
      }
    }
  }

  @Test
  void theInferencePort_runsTheSameSegments() throws IOException, OrtException {
    Path model = chain(4);
    try (BalancedSession session = BalancedSession.open(model, options(3));
        OnnxTensor x = input(4, 5)) {
      session.feed(Map.of("x", x));
      for (int job = 0; job < 3; job++) {
        for (int s = 0; s < 3; s++) {
          session.run(0, s);
        }
        assertThat(Splits.bits(session.lastOutputs().get(0))).isEqualTo(whole(model, x));
      }
    }
  }

  /** Notes what a governor is told. */
  private static final class Spy implements Governor {
    private final List<String> calls = Collections.synchronizedList(new ArrayList<>());

    @Override
    public void released(int stream, long now, long deadline) {
      calls.add("released, " + (deadline - now) / 1_000_000 + " ms left");
    }

    @Override
    public void segmentStarting(int stream, int segment, long now) {
      calls.add("segment " + segment);
    }

    @Override
    public void finished(int stream, long now) {
      calls.add("finished");
    }
  }

  private static SettingGrid grid(int opps) {
    return new SettingGrid(
        List.of(
            new FrequencyDomain(
                "cpu",
                FrequencyDomain.Kind.CORE,
                OppTable.of(
                    IntStream.rangeClosed(1, opps)
                        .mapToObj(o -> new Frequency(o * 1_000_000L))
                        .toList()))));
  }

  @Test
  void theGovernor_isAskedAtEveryBoundary() throws IOException, OrtException {
    Spy spy = new Spy();
    DrivenBoard board = new NullBoard(grid(2), 1);
    try (BalancedSession session =
            BalancedSession.open(chain(4), options(3).governed((b, now) -> spy, board, 0.033));
        OnnxTensor x = input(4, 1)) {
      output(session, x);
    }
    assertThat(spy.calls)
        .containsExactly("released, 33 ms left", "segment 0", "segment 1", "segment 2", "finished");
  }

  @Test
  void whenTheGovernorFails_theJobGoesOn_andLaterOnesRunInOnePiece()
      throws IOException, OrtException {
    List<String> calls = new ArrayList<>();
    Governor.Factory failing =
        (b, now) ->
            new Governor() {
              @Override
              public void segmentStarting(int stream, int segment, long time) {
                calls.add("segment " + segment);
                if (segment == 1) {
                  throw new NeuroBalancerException(
                      NeuroBalancerException.Kind.HARDWARE_REFUSED, "the clock did not follow");
                }
              }
            };
    Path model = chain(4);
    try (BalancedSession session =
            BalancedSession.open(
                model, options(3).governed(failing, new NullBoard(grid(2), 1), 0.033));
        OnnxTensor x = input(4, 1)) {
      ByteBuffer expected = whole(model, x);
      assertThat(output(session, x)).isEqualTo(expected);
      assertThat(session.controlLost()).contains("the clock did not follow");
      assertThat(output(session, x)).isEqualTo(expected);
      assertThat(calls).containsExactly("segment 0", "segment 1");
    }
  }

  @Test
  void manyThreads_getTheirOwnOutputs() throws Exception {
    Path model = chain(4);
    try (BalancedSession session = BalancedSession.open(model, options(4))) {
      concurrently(session, model);
    }
  }

  @Test
  void underAGovernor_jobsOfManyThreads_runOneAfterTheOther() throws Exception {
    Path model = chain(4);
    Spy spy = new Spy();
    try (BalancedSession session =
        BalancedSession.open(
            model, options(2).governed((b, now) -> spy, new NullBoard(grid(2), 1), 0.033))) {
      concurrently(session, model);
    }
    assertThat(spy.calls).hasSize(4 * 200 * 4);
    for (int i = 0; i < spy.calls.size(); i += 4) {
      assertThat(spy.calls.subList(i, i + 4))
          .containsExactly("released, 33 ms left", "segment 0", "segment 1", "finished");
    }
  }

  private static void concurrently(BalancedSession session, Path model) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<?>> all = new ArrayList<>();
      for (int t = 0; t < 4; t++) {
        OnnxTensor x = input(4, t);
        ByteBuffer expected = whole(model, x);
        all.add(
            threads.submit(
                () -> {
                  for (int r = 0; r < 200; r++) {
                    assertThat(output(session, x)).isEqualTo(expected);
                  }
                  x.close();
                }));
      }
      for (Future<?> one : all) {
        one.get(60, TimeUnit.SECONDS);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void closing_waitsForTheRunThatHasBegun_andRefusesLaterOnes() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    RunClock slow =
        new RunClock() {
          @Override
          public long nanoTime() {
            return System.nanoTime();
          }

          @Override
          public void sleepUntil(long nanoTime) {}
        };
    Governor.Factory waiting =
        (b, now) ->
            new Governor() {
              @Override
              public void segmentStarting(int stream, int segment, long time) {
                begun.countDown();
                try {
                  goOn.await();
                } catch (InterruptedException e) {
                  throw new IllegalStateException(e);
                }
              }
            };
    BalancedSession session =
        BalancedSession.open(
            chain(4), options(2).withClock(slow).governed(waiting, new NullBoard(grid(2), 1), 1));
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try (OnnxTensor x = input(4, 1)) {
      Future<ByteBuffer> running = threads.submit(() -> output(session, x));
      begun.await();
      Future<?> closing = threads.submit(session::close);
      while (!isClosed(session)) {
        Thread.onSpinWait();
      }
      assertThat(closing.isDone()).isFalse();
      goOn.countDown();
      assertThat(running.get(20, TimeUnit.SECONDS).remaining()).isPositive();
      closing.get(20, TimeUnit.SECONDS);
      session.close();
      assertThatThrownBy(() -> output(session, x))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("The session of 'chain' is closed.");
    } finally {
      threads.shutdownNow();
    }
  }

  private static boolean isClosed(BalancedSession session) {
    try (SessionResult result = session.run(Map.of())) {
      throw new AssertionError(result);
    } catch (IllegalStateException e) {
      return true;
    } catch (NeuroBalancerException e) {
      return false; // refused for its inputs while open
    }
  }

  @Test
  void wrongInputs_areRefused_withOnnxRuntimesWordsAndOurs() throws IOException, OrtException {
    try (BalancedSession session = BalancedSession.open(chain(4), options(2));
        OnnxTensor x = input(4, 1);
        OnnxTensor tall = input(5, 1)) {
      assertThatThrownBy(() -> session.run(Map.of()))
          .isInstanceOf(NeuroBalancerException.class)
          .hasMessageContaining("The input 'x' of the model 'chain' is missing.")
          .hasMessageContaining("Maybe give one tensor for each of [x].");
      assertThatThrownBy(() -> session.run(Map.of("x", x, "z", x)))
          .hasMessageContaining("The model 'chain' has no input 'z'.");
      assertThatThrownBy(() -> session.run(Map.of("x", tall)))
          .isInstanceOf(NeuroBalancerException.class)
          .hasMessageContaining("Got invalid dimensions for input: x")
          .hasMessageContaining("Maybe check the inputs: it takes x TensorInfo");
      assertThat(output(session, x).remaining()).isEqualTo(4 * 4 * WIDTH);
      OnnxTensor used = input(4, 2);
      used.close();
      assertThatThrownBy(() -> session.run(Map.of("x", used)))
          .isInstanceOf(NeuroBalancerException.class)
          .hasMessageContaining("The input 'x' of the model 'chain' is closed.");
      assertThat(output(session, x).remaining()).isEqualTo(4 * 4 * WIDTH);
    }
  }

  private static Plan plan(int operators, int switchAt, int opps) {
    SettingGrid grid = grid(opps);
    double[] seconds = new double[operators * opps];
    double[] joules = new double[operators * opps];
    for (int i = 0; i < operators; i++) {
      for (int x = 0; x < opps; x++) {
        boolean fast = x == opps - 1;
        seconds[i * opps + x] = fast ? 0.001 : 0.002;
        joules[i * opps + x] = i < switchAt == fast ? 0.1 : 1.0;
      }
    }
    CostTable costs =
        new CostTable(
            grid,
            IntStream.range(0, operators).mapToObj(i -> "o" + i).toList(),
            seconds,
            joules,
            new double[operators * opps]);
    return new LagrangianPlanner().plan(PlanningProblem.builder(costs, 1).build());
  }

  @Test
  void aPlan_isCutWhereItSwitches_orRefusedIfItIsForSomethingElse()
      throws IOException, OrtException {
    Path model = chain(4);
    String hash;
    int operators;
    try (BalancedSession session = BalancedSession.open(model, options(1))) {
      hash = session.streams().get(0).workload().hash();
      operators = session.streams().get(0).workload().size();
    }
    Plan plan = plan(operators, 5, 2);
    EngineOptions governed =
        options(1).governed((b, now) -> new Spy(), new NullBoard(grid(2), 1), 0.033);
    try (BalancedSession session = BalancedSession.open(model, plan, hash, governed)) {
      assertThat(session.streams().get(0).segmentStarts()).containsExactly(0, 5);
    }
    assertThatThrownBy(() -> BalancedSession.open(model, plan, "0123456789abcdef", governed))
        .hasMessageContaining("has changed since it was planned")
        .hasMessageContaining("0123456789ab then");
    assertThatThrownBy(() -> BalancedSession.open(model, plan(operators + 2, 5, 2), hash, governed))
        .hasMessageContaining("The plan has 15 operators, the model 'chain' 13.");
    assertThatThrownBy(() -> BalancedSession.open(model, plan(operators, 5, 3), hash, governed))
        .hasMessageContaining("The plan is for another device: it has 3 settings");
  }

  @Test
  void tenThousandRuns_leaveMemoryAsItWas() throws IOException, OrtException {
    for (Object rows : new Object[] {64, "rows"}) {
      try (BalancedSession session = BalancedSession.open(chain(rows), options(4));
          OnnxTensor x = input(64, 1)) {
        runs(session, x, 2_000);
        long heap = heapBytes();
        long resident = residentBytes();
        runs(session, x, 10_000);
        // A boundary tensor has 12 KB: kept by mistake, 10,000 x 3 of them would be 369 MB. What
        // the
        // heap touches for the first time meanwhile, some 20 MB of garbage, counts as resident too.
        assertThat(heapBytes() - heap).isLessThan(2 << 20);
        assertThat(residentBytes() - resident).isLessThan(64 << 20);
      }
    }
  }

  private static void runs(BalancedSession session, OnnxTensor x, int runs) {
    for (int r = 0; r < runs; r++) {
      session.run(Map.of("x", x)).close();
    }
  }

  private static long heapBytes() {
    Runtime runtime = Runtime.getRuntime();
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    return runtime.totalMemory() - runtime.freeMemory();
  }

  /** Returns what the process has in memory outside the heap and inside; 0 where none tells. */
  private static long residentBytes() throws IOException {
    Path status = Path.of("/proc/self/status");
    if (!Files.exists(status)) {
      return 0;
    }
    return Files.readAllLines(status).stream()
        .filter(line -> line.startsWith("RssAnon"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
        .findFirst()
        .orElse(0);
  }

  @Test
  void severalThreadsInAnOperator_giveTheSameBits() throws IOException, OrtException {
    Path model = chain(4);
    try (BalancedSession session = BalancedSession.open(model, options(4).withThreads(2));
        OnnxTensor x = input(4, 3)) {
      assertThat(output(session, x)).isEqualTo(whole(model, x));
    }
  }

  @Test
  void executionProviders_arePassedThrough() throws IOException, OrtException {
    List<String> added = new ArrayList<>();
    ProviderSetup provider =
        sessionOptions -> {
          sessionOptions.addCPU(true);
          added.add("cpu");
        };
    Path model = chain(4);
    try (BalancedSession session = BalancedSession.open(model, options(3).withProviders(provider));
        OnnxTensor x = input(4, 3)) {
      added.clear();
      assertThat(output(session, x)).isEqualTo(whole(model, x));
      assertThat(session.streams().get(0).segments()).isEqualTo(3);
    }
    BalancedSession.open(model, options(3).withProviders(provider)).close();
    assertThat(added).hasSize(3);
  }

  @Test
  void aModelThatDrawsRandomNumbers_isNotCut() throws IOException {
    TestGraph graph =
        new TestGraph("dice")
            .input("in", FLOAT, 4, 4)
            .node("Softmax", "in", "a")
            .node("Tanh", "a", "b")
            .node("Softmax", "b", "x")
            .node("RandomNormalLike", "x", "noise")
            .node("Add", "x", "noise", "noisy")
            .node("Softmax", "noisy", "s")
            .node("Tanh", "s", "y")
            .output("y", FLOAT, 4, 4);
    try (BalancedSession session = BalancedSession.open(graph.write(folder), options(2))) {
      assertThat(session.note())
          .isEqualTo("not cut: the output 'y' differs between two runs of the model");
      assertThat(session.streams().get(0).segments()).isEqualTo(1);
    }
  }
}
