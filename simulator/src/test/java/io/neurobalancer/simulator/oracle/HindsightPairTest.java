package io.neurobalancer.simulator.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.neurobalancer.files.DeviceDescription;
import io.neurobalancer.files.DeviceDescriptions;
import io.neurobalancer.governor.Governor;
import io.neurobalancer.governor.GovernorSpec;
import io.neurobalancer.simulator.SimulatedTarget;
import io.neurobalancer.simulator.TestWorkloads;
import io.neurobalancer.simulator.physics.DevicePhysics;
import io.neurobalancer.simulator.physics.Weather;
import io.neurobalancer.target.RunObserver;
import io.neurobalancer.target.RunResult;
import io.neurobalancer.target.Schedule;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class HindsightPairTest {

  private static final DeviceDescription PIXEL_4 =
      DeviceDescriptions.bundled("pixel-4-cpu").orElseThrow();
  private static final DevicePhysics PHYSICS =
      new DevicePhysics(PIXEL_4, TestWorkloads.random(1, 12), 1);

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3})
  void noPairThatIsHeldAllTheTime_andMissesNoMore_usesLess(long seed) {
    double fastest = 0;
    for (int i = 0; i < PHYSICS.workload().size(); i++) {
      fastest += PHYSICS.seconds(i, PHYSICS.grid().fastest());
    }
    double period = 1.6 * fastest + PIXEL_4.idle().wakeSeconds();
    SimulatedTarget target = SimulatedTarget.of(PIXEL_4, PHYSICS.workload(), 1, Weather.BUSY, seed);
    Schedule schedule = Schedule.of(period, period, 60);
    HindsightPair chosen =
        HindsightPair.choose(GovernorSpec.of("single-pair-hindsight"), target, schedule);
    RunResult bound = target.run(chosen.factory(), schedule, RunObserver.NONE);
    double allowed = Math.max(0.001, held(target, schedule, PHYSICS.grid().fastest()).missRate());
    assertThat(bound.missRate()).isLessThanOrEqualTo(allowed);
    for (int x = 0; x < PHYSICS.grid().size(); x++) {
      RunResult held = held(target, schedule, x);
      if (held.missRate() <= allowed) {
        assertThat(bound.energyJoulesPerJob())
            .as(PHYSICS.grid().describe(x))
            .isLessThanOrEqualTo(held.energyJoulesPerJob());
      }
    }
  }

  private static RunResult held(SimulatedTarget target, Schedule schedule, int setting) {
    return target.run(
        (board, nowNanos) -> {
          board.request(setting);
          return new Governor() {};
        },
        schedule,
        RunObserver.NONE);
  }
}
