package io.neurobalancer.governor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.device.SwitchCosts;
import io.neurobalancer.plan.Deadline;
import io.neurobalancer.plan.SuffixFrontier;
import io.neurobalancer.unit.NeuroBalancerException;
import org.junit.jupiter.api.Test;

/** Tables that were read from a file must fit each other. */
final class FeedbackTablesTest {

  private static final SettingGrid GRID = TwoStepPlan.GRID;
  private static final float[] LATENCY = TwoStepPlan.LATENCY;
  private static final SuffixFrontier FRONTIER = TwoStepPlan.FRONTIER;

  private static FeedbackPlan plan(
      int[] settings, SuffixFrontier frontier, float[] latency, SwitchCosts switches) {
    return new FeedbackPlan(GRID, settings, 1, Deadline.of(1), 0, frontier, latency, switches);
  }

  private static void refused(
      int[] settings, SuffixFrontier frontier, float[] latency, SwitchCosts switches) {
    assertThatThrownBy(() -> plan(settings, frontier, latency, switches))
        .isInstanceOf(NeuroBalancerException.class)
        .hasMessageContaining("at 3 settings");
  }

  /** One row, one price. */
  private static SuffixFrontier frontier(int operators, byte[] nearest, int... kept) {
    return new SuffixFrontier(
        new int[operators], kept, nearest, new float[kept.length], new byte[kept.length]);
  }

  @Test
  void tablesThatFit_areTaken_theLowestAndTheHighestSettingIncluded() {
    int[] two = {1, 2};
    SwitchCosts free = SwitchCosts.free(1);
    assertThat(plan(two, FRONTIER, LATENCY, free).operators()).isEqualTo(2);
    assertThat(plan(two, frontier(2, new byte[3], 0, 2), LATENCY, free).operators()).isEqualTo(2);
  }

  @Test
  void eachTableOfAnotherSize_isRefused() {
    int[] two = {1, 2};
    SwitchCosts free = SwitchCosts.free(1);
    refused(new int[0], FRONTIER, new float[0], free);
    refused(two, frontier(3, new byte[3], 1, 2), LATENCY, free);
    refused(two, frontier(2, new byte[2], 1, 2), LATENCY, free);
    refused(two, FRONTIER, new float[5], free);
    refused(two, FRONTIER, LATENCY, SwitchCosts.free(2));
    refused(two, frontier(2, new byte[3], -1, 2), LATENCY, free);
    refused(two, frontier(2, new byte[3], 1, 3), LATENCY, free);
  }
}
