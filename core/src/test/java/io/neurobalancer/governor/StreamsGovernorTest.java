package io.neurobalancer.governor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neurobalancer.unit.NeuroBalancerException;
import java.util.List;
import org.junit.jupiter.api.Test;

final class StreamsGovernorTest {

  private static final long MS = 1_000_000;

  @Test
  void timeThatAnotherStreamTakes_isNotCounted_andTimeThatAStallTakesIs() {
    FeedbackPlan plan = BalancedGovernorTest.plan(1.02);
    List<FeedbackPlan> plans = List.of(plan, plan);
    List<Double> budgets = List.of(0.0201, 0.0201);
    int[] undisturbed = run(plans, budgets, 0, 0);
    int[] interrupted = run(plans, budgets, 30 * MS, 0);
    int[] stalled = run(plans, budgets, 0, 4 * MS);
    assertThat(interrupted).isEqualTo(undisturbed);
    assertThat(stalled[10]).isGreaterThan(undisturbed[10]);
  }

  /** Runs a job of the first stream; before its sixth operator another takes its time. */
  private static int[] run(
      List<FeedbackPlan> plans, List<Double> budgets, long interruption, long stall) {
    FakeBoard board = new FakeBoard(BalancedGovernorTest.CORE);
    Governor governor = StreamsGovernor.of(plans, budgets).on(board, 0);
    int[] opps = new int[plans.get(0).operators()];
    long now = 0;
    governor.released(0, now, 100 * MS);
    for (int i = 0; i < opps.length; i++) {
      if (i == 5 && interruption > 0) {
        int before = board.requested(0);
        governor.released(1, now, now + 50 * MS);
        governor.segmentStarting(1, 0, now);
        // What ran before the interruption is entered again, so that nothing else differs.
        board.request(0, before);
        now += interruption;
      }
      governor.segmentStarting(0, i, now);
      opps[i] = board.requested(0);
      now += (long) (1e9 * BalancedGovernorTest.seconds(opps[i])) + (i == 5 ? stall : 0);
    }
    governor.finished(0, now);
    return opps;
  }

  @Test
  void plansWithoutBudgets_areRefused() {
    assertThatThrownBy(() -> StreamsGovernor.of(List.of(), List.of()))
        .isInstanceOf(NeuroBalancerException.class);
  }
}
