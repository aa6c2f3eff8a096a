package io.neurobalancer.governor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neurobalancer.cost.CostTable;
import io.neurobalancer.device.OppTable;
import io.neurobalancer.plan.Plan;
import io.neurobalancer.plan.PlanningProblem;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

final class PlanGovernorTest {

  private static final OppTable CORE = FakeBoard.megahertz(400, 800, 1_200);
  private static final OppTable MEMORY = FakeBoard.megahertz(300, 900);

  private final FakeBoard board = FakeBoard.of(CORE, MEMORY);

  /** Three operators, at (400, 300), (1200, 900) and (800, 300) MHz. */
  private Plan plan() {
    double[] latency = new double[3 * board.grid().size()];
    Arrays.fill(latency, 1e-3);
    CostTable costs =
        new CostTable(
            board.grid(),
            List.of("first", "second", "third"),
            latency,
            latency.clone(),
            new double[latency.length]);
    int[] settings = {
      board.grid().setting(0, 0), board.grid().setting(2, 1), board.grid().setting(1, 0)
    };
    return new Plan("by hand", PlanningProblem.builder(costs, 1).build(), settings);
  }

  @Test
  void eachSegmentRunsAtItsSetting_andTheDeviceRestsAtTheIdleOne() {
    int idle = board.grid().setting(0, 1);
    Timeline timeline = new Timeline(board, PlanGovernor.of(plan(), idle));
    timeline.workUntil(1).segment(0).workUntil(2).segment(1).workUntil(3).segment(2).sleepUntil(4);
    assertThat(board.log)
        .containsExactly(
            "0 us memory 900MHz", // at rest before the first job
            "1000 us memory 300MHz", // first
            "2000 us cpu 1200MHz", // second
            "2000 us memory 900MHz",
            "3000 us cpu 800MHz", // third
            "3000 us memory 300MHz",
            "3000 us cpu 400MHz", // at rest again
            "3000 us memory 900MHz");
  }

  @Test
  void withinASegment_nothingSwitches_theOperatorThatBeginsItDecides() {
    Governor.Factory factory =
        PlanGovernor.of(plan(), board.grid().setting(0, 0), new int[] {0, 2});
    Governor governor = factory.on(board, 0);
    governor.segmentStarting(0, 1, 0);
    assertThat(board.log).containsExactly("0 us cpu 800MHz");
  }

  @Test
  void otherStreams_areNotGoverned() {
    Governor governor = PlanGovernor.of(plan(), board.grid().setting(0, 0)).on(board, 0);
    governor.segmentStarting(1, 1, 0);
    governor.finished(1, 0);
    assertThat(board.log).isEmpty();
    governor.segmentStarting(0, 1, 0);
    governor.finished(1, 0);
    assertThat(board.requested(0)).isEqualTo(2);
  }

  @Test
  void aPlanForOtherClocks_isRefused() {
    FakeBoard other = FakeBoard.of(FakeBoard.megahertz(400, 800, 1_300), MEMORY);
    assertThatThrownBy(() -> PlanGovernor.of(plan(), 0).on(other, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("other clocks");
  }

  @Test
  void whereTheDeviceCannotTell_whatWasRequestedCounts() {
    board.request(board.grid().setting(2, 1));
    assertThat(board.actualOrRequested(0)).isEqualTo(2);
    board.hold(0, 1);
    assertThat(board.actualOrRequested(0)).isEqualTo(1);
    board.hold(0, Board.UNKNOWN);
    assertThat(board.actualOrRequested(0)).isEqualTo(2);
    assertThat(board.requested(1)).isEqualTo(1);
  }
}
