package io.neurobalancer.governor;

import static io.neurobalancer.governor.TwoStepPlan.FAST;
import static io.neurobalancer.governor.TwoStepPlan.SLOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neurobalancer.device.SwitchCost;
import io.neurobalancer.plan.Deadline;
import io.neurobalancer.unit.NeuroBalancerException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Budgets of several streams, spent by hand. */
final class StreamsDecisionsTest {

  private static final long US = 1_000;
  private static final Deadline DEADLINE = new Deadline(40e-3, 200e-3, 1);

  private final FakeBoard board = new FakeBoard(TwoStepPlan.CPU);

  private Governor governor(FeedbackPlan plan, double budgetSeconds) {
    return StreamsGovernor.of(List.of(plan, plan), List.of(budgetSeconds, budgetSeconds))
        .on(board, 0);
  }

  @Test
  void theDeviceRests_fromTheStart_andOnceNoStreamIsActive() {
    Governor governor = governor(TwoStepPlan.of(DEADLINE), 9e-3);
    assertThat(board.requested(0)).isEqualTo(SLOW);
    governor.released(0, 0, 40_000 * US);
    governor.released(1, 0, 40_000 * US);
    governor.segmentStarting(0, 0, 0);
    assertThat(board.requested(0)).isEqualTo(FAST);
    governor.finished(0, 5_000 * US);
    assertThat(board.requested(0)).isEqualTo(FAST);
    governor.segmentStarting(1, 0, 5_000 * US);
    governor.finished(1, 10_000 * US);
    assertThat(board.requested(0)).isEqualTo(SLOW);
  }

  @Test
  void whatASegmentTook_isGoneFromItsOwnBudget_andAJobBeginsWithAFullOne() {
    // 20.5 ms: slow at first; 10 ms later 10.5 ms are left, which is slow again.
    Governor governor = governor(TwoStepPlan.of(DEADLINE), 20.5e-3);
    governor.released(0, 0, 40_000 * US);
    governor.segmentStarting(0, 0, 0);
    assertThat(board.requested(0)).isEqualTo(SLOW);
    // The other stream runs for 100 ms in between, on its own account.
    governor.released(1, 10_000 * US, 200_000 * US);
    governor.segmentStarting(1, 0, 10_000 * US);
    governor.segmentStarting(0, 1, 110_000 * US);
    assertThat(board.requested(0)).isEqualTo(SLOW);
    governor.finished(0, 120_000 * US);
    // The other has overdrawn its budget.
    governor.segmentStarting(1, 1, 120_000 * US);
    assertThat(board.requested(0)).isEqualTo(FAST);
    governor.finished(1, 125_000 * US);
    governor.released(0, 200_000 * US, 240_000 * US);
    governor.segmentStarting(0, 0, 200_000 * US);
    governor.segmentStarting(0, 1, 210_000 * US);
    assertThat(board.requested(0)).isEqualTo(SLOW);
  }

  @Test
  void aPaceLearned_shrinksTheBudget_andJobsAreCountedOneByOne() {
    // A job half as long again raises the level to 1.125. It weighs as much as 10.1 ms: the noise
    // 0.92 * 0.03^2 * 7.5 ms + 0.08 * 0.5^2 * 10 ms over the variance 0.92 * 0.02^2 + 0.08 * 0.5^2.
    // After 10 ms as predicted the pace is (10.1 * 1.125 + 10) / 20.1 = 1.063.
    Governor governor = governor(TwoStepPlan.of(DEADLINE), 22e-3);
    governor.released(0, 0, 40_000 * US);
    governor.segmentStarting(0, 0, 0);
    governor.finished(0, 15_000 * US);
    governor.released(0, 200_000 * US, 240_000 * US);
    governor.segmentStarting(0, 0, 200_000 * US);
    governor.segmentStarting(0, 1, 210_000 * US);
    assertThat(board.requested(0)).isEqualTo(SLOW);
    // 12 ms are enough for a slow segment at that pace; 10.6 are not.
    Governor tighter = governor(TwoStepPlan.of(DEADLINE), 20.6e-3);
    tighter.released(0, 0, 40_000 * US);
    tighter.segmentStarting(0, 0, 0);
    tighter.finished(0, 15_000 * US);
    tighter.released(0, 200_000 * US, 240_000 * US);
    tighter.segmentStarting(0, 0, 200_000 * US);
    tighter.segmentStarting(0, 1, 210_000 * US);
    assertThat(board.requested(0)).isEqualTo(FAST);
  }

  @Test
  void whatASwitchTakes_isNoDelay() {
    // From slow to fast in 1 ms and back: 6 ms for the fast segment leave the pace at 1, so that
    // 10.1 ms of budget are enough for a slow one.
    FeedbackPlan plan = TwoStepPlan.of(DEADLINE, 0, SwitchCost.symmetric(1e-3, 0));
    Governor governor = governor(plan, 10.1e-3);
    governor.released(0, 0, 40_000 * US);
    governor.segmentStarting(0, 0, 0);
    assertThat(board.requested(0)).isEqualTo(FAST);
    governor.finished(0, 6_000 * US);
    governor.released(0, 200_000 * US, 240_000 * US);
    governor.segmentStarting(0, 1, 200_000 * US);
    assertThat(board.requested(0)).isEqualTo(SLOW);
  }

  @Test
  void eachStream_needsAPlanForTheseClocks_andABudget() {
    FeedbackPlan plan = TwoStepPlan.of(DEADLINE);
    assertThatThrownBy(() -> StreamsGovernor.of(List.of(plan, plan), List.of(1.0)))
        .isInstanceOf(NeuroBalancerException.class)
        .hasMessageContaining("There are 2 plans and 1 budgets");
    FakeBoard other = new FakeBoard(BalancedGovernorTest.CORE);
    assertThatThrownBy(() -> StreamsGovernor.of(List.of(plan), List.of(1.0)).on(other, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("other clocks");
  }
}
