package io.neurobalancer.simulator.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.neurobalancer.files.DeviceDescription;
import io.neurobalancer.files.DeviceDescriptions;
import io.neurobalancer.governor.GovernorSpec;
import io.neurobalancer.simulator.Experiment;
import io.neurobalancer.simulator.RunResult;
import io.neurobalancer.simulator.TestWorkloads;
import io.neurobalancer.simulator.physics.DevicePhysics;
import io.neurobalancer.simulator.physics.Weather;
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
    Experiment experiment = new Experiment(PHYSICS, Weather.BUSY, seed, period, period, 60);
    RunResult bound =
        experiment.run(HindsightPair.choose(GovernorSpec.of("single-pair-hindsight"), experiment));
    double allowed =
        Math.max(0.001, experiment.run(FixedGovernor.performance(PHYSICS.grid())).missRate());
    assertThat(bound.missRate()).isLessThanOrEqualTo(allowed);
    for (int x = 0; x < PHYSICS.grid().size(); x++) {
      RunResult held = experiment.run(FixedGovernor.userspace(x));
      if (held.missRate() <= allowed) {
        assertThat(bound.energyJoulesPerJob())
            .as(PHYSICS.grid().describe(x))
            .isLessThanOrEqualTo(held.energyJoulesPerJob());
      }
    }
  }
}
