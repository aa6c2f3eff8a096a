package io.neurobalancer.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.neurobalancer.cost.Calibration;
import io.neurobalancer.cost.CostTable;
import io.neurobalancer.device.IdleState;
import io.neurobalancer.device.SwitchCost;
import io.neurobalancer.device.SwitchCosts;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class IdlePricingTest {

  private static final CostTable COSTS =
      Problems.costs(Problems.grid(2), new double[] {2, 1}, new double[] {6, 10});

  private static IdlePricing pricing(Deadline deadline, List<IdleState> states) {
    return new IdlePricing(COSTS, device(states), deadline);
  }

  private static Calibration device(List<IdleState> states) {
    return new Calibration(
        new SwitchCosts(List.of(SwitchCost.FREE)),
        List.of(0.0),
        states,
        Collections.nCopies(states.size(), List.of(1.0, 1.0)),
        Map.of());
  }

  @Test
  void shares_areThoseOfJobsThatWereDrawn() {
    Random random = new Random(11);
    for (int round = 0; round < 20; round++) {
      List<IdleState> states =
          List.of(
              new IdleState("wfi", 0, 0.01 * random.nextDouble(), 0),
              new IdleState("off", 0, 0.05 * random.nextDouble(), 0.9 + 0.1 * random.nextDouble()),
              new IdleState("power", 0, 0.1, 1 + 0.1 * random.nextDouble()));
      Deadline deadline = new Deadline(3, 3, 1.01 + 0.2 * random.nextDouble());
      double makespan = 1.8 + 0.4 * random.nextDouble();
      double[] shares = pricing(deadline, states).shares(1, makespan);
      int draws = 40_000;
      double[] drawn = new double[states.size()];
      for (int i = 0; i < draws; i++) {
        double seconds = makespan * (1 + (deadline.marginFactor() - 1) / 3 * random.nextGaussian());
        double gap = 3 - seconds - states.get(1).wakeSeconds();
        drawn[device(states).idleState(gap)] += 1.0 / draws;
      }
      for (int s = 0; s < shares.length; s++) {
        assertThat(shares[s]).isCloseTo(drawn[s], within(0.012));
      }
      assertThat(shares[0] + shares[1] + shares[2]).isCloseTo(1, within(1e-12));
    }
  }

  @Test
  void withoutAMargin_everyJobIsAsPlanned() {
    List<IdleState> states =
        List.of(new IdleState("wfi", 0, 0, 0), new IdleState("off", 0, 0.1, 1));
    Deadline deadline = new Deadline(3, 3, 1);
    assertThat(pricing(deadline, states).shares(1, 1.9)).containsExactly(0, 1);
    assertThat(pricing(deadline, states).shares(1, 1.91)).containsExactly(1, 0);
  }
}
