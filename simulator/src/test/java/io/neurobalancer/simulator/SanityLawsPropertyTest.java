package io.neurobalancer.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.files.DeviceDescription;
import io.neurobalancer.files.DeviceDescriptions;
import io.neurobalancer.governor.Board;
import io.neurobalancer.governor.Governor;
import io.neurobalancer.simulator.physics.DevicePhysics;
import io.neurobalancer.simulator.physics.Weather;
import io.neurobalancer.target.RunResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Laws that hold on any device, whatever its figures. */
final class SanityLawsPropertyTest {

  static LongStream seeds() {
    return LongStream.range(0, 40);
  }

  private static DevicePhysics anyDevice(Random random, int operators) {
    List<String> names = DeviceDescriptions.names();
    DeviceDescription profile =
        DeviceDescriptions.bundled(names.get(random.nextInt(names.size()))).orElseThrow();
    return new DevicePhysics(
        profile,
        TestWorkloads.random(random.nextLong(), operators),
        1 + random.nextInt(profile.cores().count()));
  }

  private static double makespan(DevicePhysics physics, int setting) {
    double sum = 0;
    for (int i = 0; i < physics.workload().size(); i++) {
      sum += physics.seconds(i, setting);
    }
    return sum;
  }

  /** Stays at a setting; may tick at random moments, where it reads the meter and does nothing. */
  private static final class Holder implements Governor {
    private final Board board;
    private final Random moments;
    private final double meanGapSeconds;
    private final List<double[]> readings;
    private long next = NEVER;

    private Holder(
        Board board,
        long nowNanos,
        Random moments,
        double meanGapSeconds,
        List<double[]> readings) {
      this.board = board;
      this.moments = moments;
      this.meanGapSeconds = meanGapSeconds;
      this.readings = readings;
      schedule(nowNanos);
    }

    static Factory of(int setting, Random moments, double meanGapSeconds, List<double[]> readings) {
      return (board, nowNanos) -> {
        board.request(setting);
        return new Holder(board, nowNanos, moments, meanGapSeconds, readings);
      };
    }

    private void schedule(long nowNanos) {
      if (meanGapSeconds > 0) {
        next = nowNanos + 1_000 + (long) (moments.nextDouble() * 2e9 * meanGapSeconds);
      }
    }

    @Override
    public long nextTickNanos() {
      return next;
    }

    @Override
    public void tick(long nowNanos) {
      readings.add(new double[] {nowNanos * 1e-9, board.joules(0)});
      schedule(nowNanos);
    }
  }

  private static SimRun experiment(DevicePhysics physics, Weather weather, int jobs) {
    double period = 1.3 * makespan(physics, physics.grid().slowest()) + 0.01;
    return run(physics, weather, 17, period, jobs);
  }

  private static SimRun run(
      DevicePhysics physics, Weather weather, long seed, double period, int jobs) {
    return SimRun.of(
        physics.profile(),
        physics.workload(),
        physics.threads(),
        weather,
        seed,
        period,
        period,
        jobs);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void inStillWeather_noJobIsFasterAtALowerClock(long seed) {
    Random random = new Random(seed);
    DevicePhysics physics = anyDevice(random, 6);
    SettingGrid grid = physics.grid();
    int setting = 1 + random.nextInt(grid.size() - 1);
    int domain = grid.oppIndex(setting, 0) > 0 ? 0 : 1;
    int slower = grid.with(setting, domain, grid.oppIndex(setting, domain) - 1);
    SimRun experiment = experiment(physics, Weather.STILL, 2);
    RunResult fast = experiment.run(SimRun.hold(setting));
    RunResult slow = experiment.run(SimRun.hold(slower));
    assertThat(slow.meanResponseSeconds()).isGreaterThanOrEqualTo(fast.meanResponseSeconds());
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void energyAddsUp_overAnyPartitionOfTime(long seed) {
    Random random = new Random(seed);
    DevicePhysics physics = anyDevice(random, 5);
    int setting = random.nextInt(physics.grid().size());
    SimRun experiment = experiment(physics, Weather.BUSY, 5);
    double[] jobs = new double[1];
    RunResult whole = experiment.run(SimRun.hold(setting));
    RunResult parted =
        experiment.run(
            Holder.of(setting, random, experiment.periodSeconds() / 50, new ArrayList<>()),
            (job, response, joules) -> jobs[0] += joules);
    assertThat(parted.energyJoulesPerJob())
        .isCloseTo(whole.energyJoulesPerJob(), within(1e-9 * whole.energyJoulesPerJob()));
    assertThat(parted.meanResponseSeconds()).isCloseTo(whole.meanResponseSeconds(), within(1e-9));
    assertThat(jobs[0] / 5)
        .isCloseTo(whole.energyJoulesPerJob(), within(1e-9 * whole.energyJoulesPerJob()));
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void powerIsNeverBelowThatOfTheDeepestIdleState(long seed) {
    Random random = new Random(seed);
    DevicePhysics physics = anyDevice(random, 5);
    int setting = random.nextInt(physics.grid().size());
    SimRun experiment = experiment(physics, Weather.CROWDED, 4);
    List<double[]> readings = new ArrayList<>();
    experiment.run(Holder.of(setting, random, experiment.periodSeconds() / 80, readings));
    assertThat(readings.size()).isGreaterThan(100);
    // The first reading may be of the setting before the one asked for.
    for (int k = 2; k < readings.size(); k++) {
      double[] from = readings.get(k - 1);
      double[] to = readings.get(k);
      double watts = (to[1] - from[1]) / (to[0] - from[0]);
      assertThat(watts).isGreaterThanOrEqualTo(physics.idleWatts(setting) * (1 - 1e-6));
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void aStall_costsItsTimeAndEnergyAboveIdling(long seed) {
    Random random = new Random(seed);
    DevicePhysics physics = anyDevice(random, 5);
    int setting = random.nextInt(physics.grid().size());
    double stall = 2e-3;
    // Every operator is stalled, and a Pareto law cut at its scale is a constant.
    Weather stalling =
        new Weather(
            "stalling",
            Weather.STILL.jitter(),
            new Weather.Stalls(1, 0, 1, 1, stall, stall),
            Weather.Crowd.NONE,
            0);
    double period = 2 * makespan(physics, setting) + 0.3;
    RunResult still = run(physics, Weather.STILL, 1, period, 3).run(SimRun.hold(setting));
    RunResult stalled = run(physics, stalling, 1, period, 3).run(SimRun.hold(setting));
    double later = stalled.meanResponseSeconds() - still.meanResponseSeconds();
    assertThat(later).isCloseTo(5 * stall, within(1e-8));
    double expected = 5 * stall * (physics.stallWatts(setting) - physics.idleWatts(setting));
    // Leakage moves a little with the temperature.
    assertThat(stalled.energyJoulesPerJob() - still.energyJoulesPerJob())
        .isCloseTo(expected, within(0.02 * expected + 1e-5));
    assertThat(expected).isPositive();
  }

  @Test
  void aShortGap_keepsTheCoresInTheShallowState_andWakesThemAtOnce() {
    DeviceDescription pixel = DeviceDescriptions.bundled("pixel-4-cpu").orElseThrow();
    DevicePhysics physics = new DevicePhysics(pixel, TestWorkloads.convolutions(2), 1);
    int top = physics.grid().fastest();
    double makespan = makespan(physics, top);
    List<Double> responses = new ArrayList<>();
    // A gap of 4.4 ms is shorter than the 4.488 ms that the deep state must last.
    double period = makespan + 4.4e-3;
    run(physics, Weather.STILL, 1, period, 4)
        .run(SimRun.hold(top), (job, response, joules) -> responses.add(response));
    // The first job follows a whole idle period, the others a short gap: 1461 us against 1 us.
    assertThat(responses.get(0)).isCloseTo(makespan + 1461e-6, within(1e-9));
    assertThat(responses.get(3)).isCloseTo(makespan + 1e-6, within(1e-9));
  }

  @Test
  void heat_takesTheFastestClocksAway_andLosingThemCoolsTheDie() {
    DeviceDescription pixel = DeviceDescriptions.bundled("pixel-6-cpu-big").orElseThrow();
    DevicePhysics physics = new DevicePhysics(pixel, TestWorkloads.convolutions(40), 2);
    int top = physics.grid().fastest();
    double busy = makespan(physics, top) * 1.02;
    int jobs = (int) (200 / busy);
    List<Double> responses = new ArrayList<>();
    double[] celsius = new double[1];
    Weather hotAndStill =
        new Weather(
            "hot and still",
            Weather.STILL.jitter(),
            Weather.STILL.stalls(),
            Weather.Crowd.NONE,
            Weather.HOT.warmerKelvin());
    run(physics, hotAndStill, 1, busy, jobs)
        .run(
            (board, nowNanos) -> {
              board.request(top);
              return new Governor() {
                @Override
                public void finished(int stream, long finishedNanos) {
                  celsius[0] = board.celsius();
                }
              };
            },
            (job, response, joules) -> responses.add(response));
    // Two busy cores and the DRAM burn about 4 W at the top: 45 + 12 x 4 = 93 degrees, above the
    // cap of 75. The die hovers at the cap, and jobs fall behind their period.
    assertThat(celsius[0]).isBetween(72.0, 77.0);
    assertThat(responses.get(jobs - 1)).isGreaterThan(5 * busy);
  }
}
