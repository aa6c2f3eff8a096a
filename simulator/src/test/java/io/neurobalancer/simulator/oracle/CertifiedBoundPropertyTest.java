package io.neurobalancer.simulator.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.neurobalancer.files.DeviceDescription;
import io.neurobalancer.files.DeviceDescriptions;
import io.neurobalancer.governor.Governor;
import io.neurobalancer.simulator.SimulatedTarget;
import io.neurobalancer.simulator.TestWorkloads;
import io.neurobalancer.simulator.physics.DevicePhysics;
import io.neurobalancer.simulator.physics.Weather;
import io.neurobalancer.target.RunObserver;
import io.neurobalancer.target.RunResult;
import io.neurobalancer.target.Schedule;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Nothing that runs on a simulated device uses less than the certified bound says. */
final class CertifiedBoundPropertyTest {

  private static final int JOBS = 8;
  private static final int GOVERNORS = 25;

  static LongStream seeds() {
    // 400 devices times 25 governors are 10,000 random runs.
    return LongStream.range(0, 400);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void noRandomGovernor_fallsBelowTheBound(long seed) {
    Random random = new Random(seed);
    List<String> names = DeviceDescriptions.names();
    DeviceDescription device =
        DeviceDescriptions.bundled(names.get(random.nextInt(names.size()))).orElseThrow();
    Weather weather = Weather.presets().get(random.nextInt(Weather.presets().size()));
    SimulatedTarget target =
        SimulatedTarget.of(
            device,
            TestWorkloads.random(random.nextLong(), 1 + random.nextInt(8)),
            1 + random.nextInt(device.cores().count()),
            weather,
            seed);
    double fastest = makespan(target, target.grid().fastest());
    double deadline =
        fastest * (1.02 + 3 * random.nextDouble())
            + device.idle().wakeSeconds() * random.nextInt(2);
    double period = deadline * (random.nextBoolean() ? 1 : 1 + random.nextDouble());
    Schedule schedule = Schedule.of(period, deadline, JOBS).warmUp(2);
    for (int g = 0; g < GOVERNORS; g++) {
      long choice = random.nextLong();
      boolean frugal = random.nextBoolean();
      BitSet late = new BitSet();
      RunResult run =
          target.run(
              (board, nowNanos) -> new Restless(board, choice, frugal),
              schedule,
              new RunObserver() {
                @Override
                public void finished(int stream, int job, double response, double joules) {
                  if (job >= 0 && response > deadline) {
                    late.set(job);
                  }
                }
              });
      double bound = CertifiedBound.joulesPerJob(target, schedule, late::get);
      assertThat(run.energyJoulesPerJob())
          .as("%s, %s, deadline %s, late %s", device.name(), weather.name(), deadline, late)
          .isGreaterThanOrEqualTo(bound * (1 - 1e-9));
    }
  }

  private static double makespan(SimulatedTarget target, int setting) {
    DevicePhysics physics = target.physics(0);
    double sum = 0;
    for (int i = 0; i < physics.workload().size(); i++) {
      sum += physics.seconds(i, setting);
    }
    return sum;
  }

  /** Asks for random settings at random moments, in the middle of operators too. */
  private static final class Restless implements Governor {
    private final io.neurobalancer.governor.Board board;
    private final Random random;
    private final boolean frugal;
    private final int home;
    private long next;

    Restless(io.neurobalancer.governor.Board board, long seed, boolean frugal) {
      this.board = board;
      this.random = new Random(seed);
      this.frugal = frugal;
      this.home = random.nextInt(board.grid().size());
      this.next = 1;
      board.request(home);
    }

    private void move() {
      int wanted = random.nextInt(4) == 0 ? random.nextInt(board.grid().size()) : home;
      board.request(frugal ? home : wanted);
    }

    @Override
    public void segmentStarting(int stream, int segment, long nowNanos) {
      move();
    }

    @Override
    public void finished(int stream, long nowNanos) {
      board.request(frugal ? board.grid().slowest() : random.nextInt(board.grid().size()));
    }

    @Override
    public void released(int stream, long nowNanos, long deadlineNanos) {
      board.request(home);
    }

    @Override
    public long nextTickNanos() {
      return next;
    }

    @Override
    public void tick(long nowNanos) {
      next = nowNanos + 1_000 + random.nextInt(20_000_000);
      if (!frugal) {
        move();
      }
    }
  }
}
