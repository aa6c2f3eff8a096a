package io.neurobalancer.governor;

import io.neurobalancer.device.FrequencyDomain;
import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.device.SwitchCost;
import io.neurobalancer.device.SwitchCosts;
import io.neurobalancer.plan.Deadline;
import io.neurobalancer.plan.SuffixFrontier;
import java.util.List;

/**
 * A plan whose every figure can be followed by hand: two operators that take 10 ms each at the slow
 * clock and 5 ms at the fast one. With 20 ms left both run slow, with 15 ms the second runs fast,
 * with less both do. The plan says slow, then fast; the device rests at the slow clock.
 */
final class TwoStepPlan {

  static final int SLOW = 1;
  static final int FAST = 2;

  static final FrequencyDomain CPU =
      new FrequencyDomain("cpu", FrequencyDomain.Kind.CORE, FakeBoard.megahertz(500, 1_000, 2_000));
  static final SettingGrid GRID = new SettingGrid(List.of(CPU));

  /** Rows of both operators, from both settings, with three prices of time. */
  static final SuffixFrontier FRONTIER =
      new SuffixFrontier(
          new int[] {0, 1},
          new int[] {SLOW, FAST},
          new byte[] {0, 0, 1},
          new float[] {
            20e-3f, 15e-3f, 10e-3f, 20e-3f, 15e-3f, 10e-3f, 10e-3f, 5e-3f, 5e-3f, 10e-3f, 5e-3f,
            5e-3f
          },
          new byte[] {0, 0, 1, 0, 0, 1, 0, 1, 1, 0, 1, 1});

  static final float[] LATENCY = {20e-3f, 10e-3f, 5e-3f, 20e-3f, 10e-3f, 5e-3f};

  private TwoStepPlan() {}

  static FeedbackPlan of(Deadline deadline, double idleResidencySeconds, SwitchCost switchCost) {
    return new FeedbackPlan(
        GRID,
        new int[] {SLOW, FAST},
        SLOW,
        deadline,
        idleResidencySeconds,
        FRONTIER,
        LATENCY,
        new SwitchCosts(List.of(switchCost)));
  }

  static FeedbackPlan of(Deadline deadline) {
    return of(deadline, 0, SwitchCost.symmetric(0, 0));
  }
}
