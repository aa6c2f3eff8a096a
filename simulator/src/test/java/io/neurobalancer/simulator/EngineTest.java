package io.neurobalancer.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.neurobalancer.files.DeviceDescription;
import io.neurobalancer.files.DeviceDescriptions;
import io.neurobalancer.governor.Governor;
import io.neurobalancer.governor.Machine;
import io.neurobalancer.simulator.baseline.FixedGovernor;
import io.neurobalancer.simulator.baseline.StockGovernor;
import io.neurobalancer.simulator.physics.DevicePhysics;
import io.neurobalancer.simulator.physics.Weather;
import io.neurobalancer.workload.Workload;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
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

  private static Experiment experiment(Weather weather, double period, int jobs) {
    return new Experiment(PHYSICS, weather, 11, period, period, jobs);
  }

  @Test
  void aFixedClock_takesTheSumOfItsOperators_andWaking() {
    int top = PHYSICS.grid().fastest();
    double period = 2 * sum(top) + 0.02;
    List<Double> responses = new ArrayList<>();
    RunResult run =
        experiment(Weather.STILL, period, 5)
            .run(
                FixedGovernor.performance(PHYSICS.grid()),
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
  }

  @Test
  void aClockChangeInTheMiddleOfAnOperator_speedsUpWhatIsLeftOfIt() {
    // One operator at the slowest core clock; half-way through it the fastest is asked for.
    DevicePhysics one = new DevicePhysics(PIXEL_4, TestWorkloads.convolutions(1), 1);
    int slow = one.grid().slowest();
    int fast = one.grid().with(slow, DeviceDescription.CORE, 16);
    double slowSeconds = one.seconds(0, slow);
    double half = slowSeconds / 2;
    Governor booster = new Booster(half);
    List<Double> responses = new ArrayList<>();
    new Experiment(one, Weather.STILL, 1, 1, 1, 3)
        .run(booster, (job, seconds, joules) -> responses.add(seconds));
    double expected =
        PIXEL_4.idle().wakeSeconds()
            + half
            + PIXEL_4.coreTransition().stallSeconds()
            + 0.5 * one.seconds(0, fast);
    assertThat(responses.get(1)).isCloseTo(expected, within(2e-9));
  }

  /** Asks for the fastest core clock some time after the first operator began. */
  private static final class Booster implements Governor {
    private final double delaySeconds;
    private @Nullable Machine machine;
    private long due = NEVER;

    Booster(double delaySeconds) {
      this.delaySeconds = delaySeconds;
    }

    @Override
    public String name() {
      return "booster";
    }

    @Override
    public void start(long nowNanos, Machine device) {
      machine = device;
    }

    @Override
    public long nextTickNanos() {
      return due;
    }

    @Override
    public void operatorStarting(int operator, long nowNanos) {
      due = nowNanos + Math.round(delaySeconds * 1e9);
    }

    @Override
    public void tick(long nowNanos) {
      due = NEVER;
      request(16);
    }

    @Override
    public void jobFinished(long nowNanos) {
      request(0);
    }

    private void request(int opp) {
      if (machine != null) {
        machine.actuator().request(DeviceDescription.CORE, opp);
      }
    }
  }

  @Test
  void governors_areCalledInTheOrderThatTheirContractStates() {
    List<String> log = new ArrayList<>();
    Governor recorder =
        new Governor() {
          @Override
          public String name() {
            return "recorder";
          }

          @Override
          public void start(long nowNanos, Machine machine) {
            log.add("start");
          }

          @Override
          public void jobReleased(long nowNanos, long deadlineNanos) {
            log.add("released, due in " + (deadlineNanos - nowNanos) / 1_000_000 + " ms");
          }

          @Override
          public void operatorStarting(int operator, long nowNanos) {
            log.add("operator " + operator);
          }

          @Override
          public void jobFinished(long nowNanos) {
            log.add("finished");
          }
        };
    DevicePhysics two = new DevicePhysics(PIXEL_4, TestWorkloads.random(3, 2), 1);
    new Experiment(two, Weather.STILL, 1, 0.5, 1, 2).run(recorder);
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
                FixedGovernor.powersave(PHYSICS.grid()),
                (job, seconds, joules) -> responses.add(seconds));
    assertThat(run.missRate()).isEqualTo(1);
    // Each job ends a fifth of its length later after its release than the one before.
    double behind = responses.get(2) - responses.get(1);
    assertThat(behind).isCloseTo(sum(PHYSICS.grid().slowest()) - period, within(1e-9));
  }

  @Test
  void sameSeed_givesTheSameNumbers_andAnotherSeedOthers() {
    double period = 2 * sum(PHYSICS.grid().fastest()) + 0.02;
    RunResult first = experiment(Weather.BUSY, period, 50).run(StockGovernor.of(PIXEL_4));
    RunResult again = experiment(Weather.BUSY, period, 50).run(StockGovernor.of(PIXEL_4));
    RunResult other =
        new Experiment(PHYSICS, Weather.BUSY, 12, period, period, 50)
            .run(StockGovernor.of(PIXEL_4));
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
    RunResult oracle =
        new Experiment(physics, Weather.BUSY, 3, deadline, deadline, 40).runClairvoyant();
    assertThat(oracle.missRate()).isZero();
  }

  @Test
  void clairvoyant_meetsEveryDeadline_andNoOtherFeasibleGovernorBurnsLess() {
    DevicePhysics large = new DevicePhysics(PIXEL_4, TestWorkloads.convolutions(12), 1);
    double fastest = 0;
    for (int i = 0; i < 12; i++) {
      fastest += large.seconds(i, large.grid().fastest());
    }
    Experiment experiment =
        new Experiment(large, Weather.NOMINAL, 11, 1.6 * fastest, 1.6 * fastest, 60);
    RunResult oracle = experiment.runClairvoyant();
    RunResult stock = experiment.run(StockGovernor.of(PIXEL_4));
    RunResult performance = experiment.run(FixedGovernor.performance(large.grid()));
    assertThat(oracle.missRate()).isZero();
    assertThat(oracle.energyJoulesPerJob())
        .isLessThan(stock.energyJoulesPerJob())
        .isLessThan(performance.energyJoulesPerJob());
  }
}
