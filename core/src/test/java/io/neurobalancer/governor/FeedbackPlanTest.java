package io.neurobalancer.governor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.neurobalancer.cost.Calibration;
import io.neurobalancer.cost.CostTable;
import io.neurobalancer.device.FrequencyDomain;
import io.neurobalancer.device.IdleState;
import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.device.SwitchCost;
import io.neurobalancer.device.SwitchCosts;
import io.neurobalancer.plan.Deadline;
import io.neurobalancer.plan.JobPlan;
import io.neurobalancer.plan.Plan;
import io.neurobalancer.plan.PlanningProblem;
import io.neurobalancer.plan.Start;
import io.neurobalancer.unit.NeuroBalancerException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class FeedbackPlanTest {

  private static final SettingGrid GRID =
      new SettingGrid(
          List.of(
              new FrequencyDomain(
                  "cpu", FrequencyDomain.Kind.CORE, FakeBoard.megahertz(500, 1_000))));

  /** Two operators; the second saves 0.4 J at the fast clock. */
  private static final CostTable COSTS =
      new CostTable(
          GRID,
          List.of("a", "b"),
          new double[] {2, 1, 2, 1},
          new double[] {1, 3, 1, 0.6},
          new double[4]);

  /** A switch costs 0.3 J. */
  private static FeedbackPlan plan() {
    SwitchCosts switches = new SwitchCosts(List.of(SwitchCost.symmetric(0, 0.3)));
    PlanningProblem problem =
        PlanningProblem.builder(COSTS, 10).switchCosts(switches).start(Start.steadyState()).build();
    return FeedbackPlan.of(
        new JobPlan(new Plan("by hand", problem, new int[] {0, 0}), 0, 0),
        new Deadline(10, 10, 1.1),
        new Calibration(
            switches,
            List.of(0.0),
            List.of(new IdleState("idle", 0, 0, 0)),
            List.of(List.of(0.0, 0.0)),
            Map.of()));
  }

  @Test
  void theWayBackToRest_isPriced_alsoWhereThePlanStaysWhereItEnds() {
    FeedbackPlan plan = plan();
    assertThat(plan.frontier().next(1, 100, 0)).isZero();
    // Who is fast already has only the way back to pay, and pays it either way.
    assertThat(plan.frontier().next(1, 100, 1)).isEqualTo(1);
    assertThat(plan.frontier().next(1, 1.5, 0)).isEqualTo(1);
  }

  @Test
  void theGapToLeave_isThePlansOwn_orWhatSlowRunsNeedToReachTheIdleState() {
    FeedbackPlan plan = plan();
    Calibration device =
        new Calibration(
            plan.switchCosts(),
            List.of(0.0),
            List.of(new IdleState("idle", 0, 0, 0), new IdleState("off", 0, 0.5, 5)),
            List.of(List.of(0.0, 0.0), List.of(0.0, 0.0)),
            Map.of());
    PlanningProblem problem = PlanningProblem.builder(COSTS, 10).start(Start.steadyState()).build();
    JobPlan job = new JobPlan(new Plan("by hand", problem, new int[] {0, 0}), 0, 1);
    // The job takes 4 s after a wake-up of 0.5 s. With 9.7 s from release to release it may take
    // 4.2 s and still leave 5 s, which jobs a tenth slower than planned do not.
    assertThat(FeedbackPlan.of(job, new Deadline(9, 9.7, 1.1), device).idleResidencySeconds())
        .isCloseTo(5.2, within(1e-12));
    // With 10 s it may take 4.5 s; as slow runs take a tenth more, 4.5 / 1.1 s is aimed at.
    assertThat(FeedbackPlan.of(job, new Deadline(9, 10, 1.1), device).idleResidencySeconds())
        .isCloseTo(10 - 0.5 - 4.5 / 1.1, within(1e-12));
    assertThat(plan.idleResidencySeconds()).isZero();
  }

  @Test
  void anotherDeadline_keepsTheMargin_andTablesThatDoNotFit_areRefused() {
    FeedbackPlan plan = plan();
    FeedbackPlan other = plan.withDeadline(5, 6);
    assertThat(other.deadline()).isEqualTo(new Deadline(5, 6, 1.1));
    assertThat(other.frontier()).isSameAs(plan.frontier());
    assertThat(plan.makespanSeconds()).isEqualTo(4);
    assertThatThrownBy(
            () ->
                new FeedbackPlan(
                    GRID,
                    new int[] {0, 0},
                    0,
                    plan.deadline(),
                    0,
                    plan.frontier(),
                    new float[3],
                    plan.switchCosts()))
        .isInstanceOf(NeuroBalancerException.class)
        .hasMessageContaining("2 operators at 2 settings");
  }
}
