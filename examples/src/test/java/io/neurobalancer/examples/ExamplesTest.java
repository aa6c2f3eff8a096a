package io.neurobalancer.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.onnxruntime.OrtException;
import io.neurobalancer.NeuroBalancer;
import io.neurobalancer.cost.CostModel;
import io.neurobalancer.files.FeedbackTable;
import io.neurobalancer.governor.FeedbackPlan;
import io.neurobalancer.governor.Governor;
import io.neurobalancer.onnx.engine.Cutting;
import io.neurobalancer.onnx.engine.EngineOptions;
import io.neurobalancer.onnx.importer.InputBindings;
import io.neurobalancer.onnx.importer.OnnxWorkloads;
import io.neurobalancer.onnx.zoo.ModelZoo;
import io.neurobalancer.plan.Deadline;
import io.neurobalancer.plan.SuffixFrontier;
import io.neurobalancer.target.Budget;
import io.neurobalancer.target.Inference;
import io.neurobalancer.target.RunClock;
import io.neurobalancer.target.RunObserver;
import io.neurobalancer.target.RunResult;
import io.neurobalancer.target.Schedule;
import io.neurobalancer.target.Stream;
import io.neurobalancer.target.Target;
import io.neurobalancer.target.Targets;
import io.neurobalancer.unit.Frequency;
import io.neurobalancer.workload.Workload;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples run, and do what they say; how fast is the machine's affair. */
final class ExamplesTest {

  @TempDir private static Path folder;

  private static Path model;
  private static EngineOptions options;

  @BeforeAll
  static void aModel() {
    model = ModelZoo.materialize(ModelZoo.find("shufflenet-v2-1.0x").orElseThrow(), folder);
    options =
        EngineOptions.defaults()
            .withThreads(1)
            .withCacheFolder(folder.resolve("segments"))
            .withCutting(new Cutting.Exactly(3));
  }

  @Test
  void oneShot_givesTheSameClass_wholeAndInSegments() throws OrtException {
    int whole = OneShot.classify(model, options.withCutting(Cutting.NONE), OneShot.grey(224));
    assertThat(OneShot.classify(model, options, OneShot.grey(224))).isEqualTo(whole);
  }

  @Test
  void theCameraLoop_classifiesEveryFrame() throws OrtException {
    RunResult result = CameraLoop.run(model, options, 6);
    assertThat(result.jobs()).isEqualTo(6);
    assertThat(result.joules()).isNaN();
    assertThat(result.notes()).contains("Energy was not measured: no meter.");
  }

  @Test
  void twoModels_bothRun() {
    RunResult result = TwoModels.run(model, model, options, 3);
    assertThat(result.responses().get(0).count()).isEqualTo(3);
    assertThat(result.responses().get(1).count()).isEqualTo(1);
  }

  @Test
  void theFiveLines_planAndRunAModel_andMissNothing() {
    Workload workload = OnnxWorkloads.load(model, InputBindings.NONE);
    RunResult result = PlanAModel.run("sim:pixel-4-cpu", workload, "33ms", 50);
    assertThat(result.jobs()).isEqualTo(50);
    assertThat(result.missRate()).isZero();
    assertThat(result.energyJoulesPerJob()).isPositive();
  }

  @Test
  void aGovernorOfOnesOwn_getsSlowerWhileThereIsTime_andSavesEnergy() {
    Workload workload = OnnxWorkloads.load(model, InputBindings.NONE);
    try (Target target = Targets.open("sim:pixel-4-cpu", workload)) {
      Schedule schedule = Schedule.every("60ms").jobs(60).warmUp(30);
      RunResult lazy = target.run(LazyGovernor::new, schedule, RunObserver.NONE);
      RunResult fastest =
          target.run(
              (board, nowNanos) -> {
                board.request(board.grid().fastest());
                return new Governor() {};
              },
              schedule,
              RunObserver.NONE);
      assertThat(lazy.missRate()).isZero();
      assertThat(lazy.energyJoulesPerJob()).isLessThan(fastest.energyJoulesPerJob());
    }
  }

  @Test
  void anApp_followsAPlanFile_withItsOwnEngine_andCatchesUp() {
    Workload workload = OnnxWorkloads.load(model, InputBindings.NONE);
    FeedbackPlan plan;
    try (Target target = Targets.open("sim:pixel-4-cpu", workload)) {
      CostModel costs = NeuroBalancer.measure(target, Budget.settings(12));
      Deadline deadline = Deadline.of("33ms");
      plan = FeedbackPlan.of(NeuroBalancer.plan(costs, deadline), deadline, costs.calibration());
    }
    FeedbackTable file = FeedbackTable.of(plan);
    SuffixFrontier frontier =
        AppLoop.frontier(
            file.rowOfOperator().stream().mapToInt(Integer::intValue).toArray(),
            file.settings().stream().mapToInt(Integer::intValue).toArray(),
            file.nearest(),
            file.remainingSeconds(),
            file.next());
    float[] seconds = plan.latencySeconds();
    long hurried = (long) (1.25e9 * frontier.fastestSeconds(0, plan.idleSetting()));
    for (long stalled : new long[] {0, hurried / 10}) {
      long[] now = {0};
      int[] setting = {plan.idleSetting()};
      AppLoop app =
          new AppLoop(
              frontier,
              () -> now[0],
              wanted -> setting[0] = wanted,
              operator -> {
                now[0] += operator == 1 ? stalled : 0;
                now[0] += (long) (1e9 * seconds[operator * plan.grid().size() + setting[0]]);
              });

      assertThat(app.job(plan.operators(), plan.idleSetting(), hurried)).isEqualTo(setting[0]);
      // Whatever was lost is made good; what is not needed is not left over either.
      assertThat(now[0]).isBetween(hurried * 9 / 10, hurried);
    }
  }

  @Test
  void aTargetOfOnesOwn_isMeasuredAndRun_andSaysWhatItCannotTell() {
    long[] nanos = {0};
    Workload workload = OnnxWorkloads.load(model, InputBindings.NONE);
    Inference twoMilliseconds =
        new Inference() {
          @Override
          public List<Stream> streams() {
            return List.of(new Stream(workload, List.of(0)));
          }

          @Override
          public void run(int stream, int segment) {
            nanos[0] += 2_000_000;
          }

          @Override
          public void close() {}
        };
    RunClock clock =
        new RunClock() {
          @Override
          public long nanoTime() {
            return nanos[0];
          }

          @Override
          public void sleepUntil(long nanoTime) {
            nanos[0] = Math.max(nanos[0], nanoTime);
          }
        };
    try (Target target =
        new StopwatchTarget(twoMilliseconds, clock, Frequency.ofMegahertz(1_000))) {
      assertThat(target.measure(0, 0).totalSeconds()).isCloseTo(2e-3, within(1e-9));
      assertThat(target.measure(0, 0).energyJoules(0)).isNaN();
      RunResult result =
          target.run(
              (board, nowNanos) -> new Governor() {},
              Schedule.every("10ms").jobs(5),
              RunObserver.NONE);
      assertThat(result.meanResponseSeconds()).isCloseTo(2e-3, within(1e-6));
      assertThat(result.joules()).isNaN();
    }
  }
}
