package io.neurobalancer.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.neurobalancer.files.DeviceDescription;
import io.neurobalancer.files.DeviceDescriptions;
import io.neurobalancer.governor.Board;
import io.neurobalancer.governor.Governor;
import io.neurobalancer.simulator.oracle.ClairvoyantGovernor;
import io.neurobalancer.simulator.physics.DevicePhysics;
import io.neurobalancer.simulator.physics.Weather;
import io.neurobalancer.target.RunResult;
import io.neurobalancer.workload.Workload;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class EngineTest {

  private static final DeviceDescription PIXEL_4 =
      DeviceDescriptions.bundled("pixel-4-cpu").orElseThrow();
  private static final Workload WORKLOAD = TestWorkloads.random(3, 20);
  private static final DevicePhysics PHYSICS = new DevicePhysics(PIXEL_4, WORKLOAD, 1);

  private static double sum(int setting) {
    double sum = 0;
    for (int i = 0; i < WORKLOAD.size(); i++) {
      sum += PHYSICS.seconds(i, setting);
    }
    return sum;
  }

  private static SimRun experiment(Weather weather, double period, int jobs) {
    return SimRun.of(PIXEL_4, WORKLOAD, 1, weather, 11, period, period, jobs);
  }

  @Test
  void aFixedClock_takesTheSumOfItsOperators_andWaking() {
    int top = PHYSICS.grid().fastest();
    double period = 2 * sum(top) + 0.02;
    List<Double> responses = new ArrayList<>();
    RunResult run =
        experiment(Weather.STILL, period, 5)
            .run(
                SimRun.hold(PHYSICS.grid().fastest()),
                (job, seconds, joules) -> responses.add(seconds));
    double response = sum(top) + PIXEL_4.idle().wakeSeconds();
    assertThat(responses)
        .hasSize(5)
        .allSatisfy(r -> assertThat(r).isCloseTo(response, within(1e-9)));
    assertThat(run.missRate()).isZero();
    assertThat(run.switchesPerJob()).isZero();
    // Energy by hand: entering the idle state and waking at stalled power, each operator at its
    // own, idling for the rest. The die is at most a few kelvin warmer than 30 degrees, so leakage
    // is a little below its value at 40 degrees.
    double entry = PIXEL_4.idle().entrySeconds();
    double energy =
        (PIXEL_4.idle().wakeSeconds() + entry) * PHYSICS.stallWatts(top)
            + (period - response - entry) * PHYSICS.idleWatts(top);
    for (int i = 0; i < WORKLOAD.size(); i++) {
      energy += PHYSICS.seconds(i, top) * PHYSICS.watts(i, top);
    }
    assertThat(run.energyJoulesPerJob() / energy).isBetween(0.97, 1.0);
    // Its parts, by hand too: what the cores burned, what else burned meanwhile, idling.
    Map<String, Double> parts = run.joulesBySource();
    assertThat(parts.values().stream().mapToDouble(Double::doubleValue).sum())
        .isCloseTo(run.joules(), within(1e-12 * run.joules()));
    double cores = 0;
    double others = 0;
    for (int i = 0; i < WORKLOAD.size(); i++) {
      double watts = PHYSICS.costs().coreWatts(i, top);
      cores += PHYSICS.seconds(i, top) * watts;
      others += PHYSICS.seconds(i, top) * (PHYSICS.watts(i, top) - watts);
    }
    assertThat(parts.getOrDefault("cores", Double.NaN) / 5 / cores).isBetween(0.95, 1.0);
    assertThat(parts.getOrDefault("memory and chip", Double.NaN) / 5)
        .isCloseTo(others, within(1e-9 * others));
    assertThat(
            parts.getOrDefault("idle", Double.NaN)
                + parts.getOrDefault("standing still", Double.NaN))
        .isCloseTo(
            run.joules() - 5 * others - parts.getOrDefault("cores", Double.NaN), within(1e-9));
    assertThat(parts.getOrDefault("switches", Double.NaN)).isZero();
  }

  @Test
  void aClockChangeInTheMiddleOfAnOperator_speedsUpWhatIsLeftOfIt() {
    // One operator at the slowest core clock; half-way through it the fastest is asked for.
    SimRun run = SimRun.of(PIXEL_4, TestWorkloads.convolutions(1), 1, Weather.STILL, 1, 1, 1, 3);
    DevicePhysics one = run.physics();
    int slow = one.grid().slowest();
    int fast = one.grid().with(slow, 0, 16);
    double slowSeconds = one.seconds(0, slow);
    double half = slowSeconds / 2;
    List<Double> responses = new ArrayList<>();
    run.run(
        (board, nowNanos) -> new Booster(board, half),
        (job, seconds, joules) -> responses.add(seconds));
    double expected =
        PIXEL_4.idle().wakeSeconds()
            + half
            + PIXEL_4.core().transition().stallSeconds()
            + 0.5 * one.seconds(0, fast);
    assertThat(responses.get(1)).isCloseTo(expected, within(2e-9));
  }

  /** Asks for the fastest core clock some time after the first operator began. */
  private static final class Booster implements Governor {
    private final Board board;
    private final double delaySeconds;
    private long due = NEVER;

    Booster(Board board, double delaySeconds) {
      this.board = board;
      this.delaySeconds = delaySeconds;
    }

    @Override
    public long nextTickNanos() {
      return due;
    }

    @Override
    public void segmentStarting(int stream, int segment, long nowNanos) {
      due = nowNanos + Math.round(delaySeconds * 1e9);
    }

    @Override
    public void tick(long nowNanos) {
      due = NEVER;
      board.request(0, 16);
    }

    @Override
    public void finished(int stream, long nowNanos) {
      board.request(0, 0);
    }
  }

  @Test
  void governors_areCalledInTheOrderThatTheirContractStates() {
    List<String> log = new ArrayList<>();
    Governor.Factory recorder =
        (board, started) -> {
          log.add("start");
          return new Governor() {
            @Override
            public void released(int stream, long nowNanos, long deadlineNanos) {
              log.add("released, due in " + (deadlineNanos - nowNanos) / 1_000_000 + " ms");
            }

            @Override
            public void segmentStarting(int stream, int segment, long nowNanos) {
              log.add("operator " + segment);
            }

            @Override
            public void finished(int stream, long nowNanos) {
              log.add("finished");
            }
          };
        };
    SimRun.of(PIXEL_4, TestWorkloads.random(3, 2), 1, Weather.STILL, 1, 0.5, 1, 2).run(recorder);
    assertThat(log)
        .containsExactly(
            "start",
            "released, due in 500 ms",
            "operator 0",
            "operator 1",
            "finished",
            "released, due in 500 ms",
            "operator 0",
            "operator 1",
            "finished");
  }

  @Test
  void aJobThatOverrunsItsPeriod_delaysTheNext_andCountsAsMissed() {
    double period = sum(PHYSICS.grid().slowest()) * 0.8;
    List<Double> responses = new ArrayList<>();
    RunResult run =
        experiment(Weather.STILL, period, 4)
            .run(
                SimRun.hold(PHYSICS.grid().slowest()),
                (job, seconds, joules) -> responses.add(seconds));
    assertThat(run.missRate()).isEqualTo(1);
    // Each job ends a fifth of its length later after its release than the one before.
    double behind = responses.get(2) - responses.get(1);
    assertThat(behind).isCloseTo(sum(PHYSICS.grid().slowest()) - period, within(1e-9));
  }

  @Test
  void sameSeed_givesTheSameNumbers_andAnotherSeedOthers() {
    double period = 2 * sum(PHYSICS.grid().fastest()) + 0.02;
    SimRun run = experiment(Weather.BUSY, period, 50);
    RunResult first = run.run(run.baseline("stock"));
    RunResult again = run.run(run.baseline("stock"));
    RunResult other =
        SimRun.of(PIXEL_4, WORKLOAD, 1, Weather.BUSY, 12, period, period, 50)
            .run(run.baseline("stock"));
    assertThat(again.energyJoulesPerJob()).isEqualTo(first.energyJoulesPerJob());
    assertThat(other.energyJoulesPerJob()).isNotEqualTo(first.energyJoulesPerJob());
  }

  @ParameterizedTest
  @ValueSource(strings = {"pixel-7-gpu", "rk3588-gpu", "pixel-6-cpu-big", "odroid-xu3-cpu-big"})
  void clairvoyant_knowsThatClocksMustSettle_andMeetsEveryDeadline(String name) {
    DeviceDescription profile = DeviceDescriptions.bundled(name).orElseThrow();
    DevicePhysics physics = new DevicePhysics(profile, TestWorkloads.random(8, 60), 1);
    double fastest = 0;
    for (int i = 0; i < 60; i++) {
      fastest += physics.seconds(i, physics.grid().fastest());
    }
    double deadline = 1.4 * fastest + 2 * profile.idle().wakeSeconds() + 2e-3;
    SimRun run =
        SimRun.of(profile, TestWorkloads.random(8, 60), 1, Weather.BUSY, 3, deadline, deadline, 40);
    RunResult oracle = run.run(ClairvoyantGovernor.of(run.target(), run.schedule()));
    assertThat(oracle.missRate()).isZero();
  }

  @Test
  void clairvoyant_meetsEveryDeadline_andNoOtherFeasibleGovernorBurnsLess() {
    DevicePhysics large = new DevicePhysics(PIXEL_4, TestWorkloads.convolutions(12), 1);
    double fastest = 0;
    for (int i = 0; i < 12; i++) {
      fastest += large.seconds(i, large.grid().fastest());
    }
    SimRun run =
        SimRun.of(
            PIXEL_4,
            TestWorkloads.convolutions(12),
            1,
            Weather.NOMINAL,
            11,
            1.6 * fastest,
            1.6 * fastest,
            60);
    RunResult oracle = run.run(ClairvoyantGovernor.of(run.target(), run.schedule()));
    RunResult stock = run.run(run.baseline("stock"));
    RunResult performance = run.run(run.baseline("performance"));
    assertThat(oracle.missRate()).isZero();
    assertThat(oracle.energyJoulesPerJob())
        .isLessThan(stock.energyJoulesPerJob())
        .isLessThan(performance.energyJoulesPerJob());
  }
}
