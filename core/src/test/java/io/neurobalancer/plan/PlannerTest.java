package io.neurobalancer.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neurobalancer.cost.CostTable;
import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.device.SwitchCost;
import io.neurobalancer.device.SwitchCosts;
import java.util.List;
import org.junit.jupiter.api.Test;

final class PlannerTest {

  private static final SettingGrid TWO = Problems.grid(2);

  /**
   * Two operators; the fast setting takes 1 s and the slow one 2 s, saving 3 J in one, 1 J in the
   * other.
   */
  private static final CostTable COSTS =
      Problems.costs(TWO, new double[] {2, 1, 2, 1}, new double[] {2, 5, 4, 5});

  private static PlanningProblem problem(double deadline) {
    return PlanningProblem.builder(COSTS, deadline).build();
  }

  @Test
  void slack_isSpentWhereASecondSavesMost() {
    // Three seconds allow one operator to be slow: the first saves 3 J, the second 1 J. 2 + 5 = 7
    // J.
    Plan plan = new LagrangianPlanner().plan(problem(3));
    assertThat(plan.settings()).containsExactly(0, 1);
    assertThat(plan.energyJoules()).isEqualTo(7);
    assertThat(plan.makespanSeconds()).isEqualTo(3);
    assertThat(plan.segments())
        .containsExactly(new Segment(0, 0, 0, 2, 2), new Segment(1, 1, 1, 1, 5));
  }

  @Test
  void aSwitchDearerThanItsGain_isNotMade() {
    // Going down and back up costs 4 J, the mixed plan saves 3 J against all fast: stay fast, 10 J.
    PlanningProblem dear =
        PlanningProblem.builder(COSTS, 3)
            .switchCosts(new SwitchCosts(List.of(new SwitchCost(0, 0, 2, 2))))
            .build();
    Plan plan = new LagrangianPlanner().plan(dear);
    assertThat(plan.settings()).containsExactly(1, 1);
    assertThat(plan.switches()).isZero();
    assertThat(plan.energyJoules()).isEqualTo(10);
  }

  @Test
  void idlePower_canMakeRacingRight() {
    // With 4 W of idle power a second of slowness replaces 4 J of idling: slow saves 3 + 4 J per
    // second
    // in the first operator. With a fast setting that is cheap anyway, slow never pays.
    CostTable cheapFast = Problems.costs(TWO, new double[] {2, 1}, new double[] {9, 4});
    Plan plan =
        new LagrangianPlanner()
            .plan(PlanningProblem.builder(cheapFast, 5).idlePowerWatts(4).build());
    // 4 J running and 4 W for the remaining 4 s; slow would be 9 + 4 * 3 = 21 J.
    assertThat(plan.settings()).containsExactly(1);
    assertThat(plan.energyJoules()).isEqualTo(20);
    assertThat(plan.gap()).isZero();
  }

  @Test
  void aDeadlineOfExactlyTheFastestMakespan_isMet() {
    Plan plan = new LagrangianPlanner().plan(problem(2));
    assertThat(plan.settings()).containsExactly(1, 1);
    assertThat(plan.slackSeconds()).isZero();
  }

  @Test
  void anUnreachableDeadline_carriesTheFastestPlan() {
    for (Planner planner :
        List.of(
            new LagrangianPlanner(),
            new SinglePairPlanner(),
            new RaceToIdlePlanner(),
            GreedyPlanner.mckp(),
            GreedyPlanner.hull())) {
      assertThatThrownBy(() -> planner.plan(problem(1.5)))
          .isInstanceOfSatisfying(
              DeadlineUnreachableException.class,
              e -> {
                assertThat(e.fastest().makespanSeconds()).isEqualTo(2);
                assertThat(e).hasMessageContaining("1.500 s").hasMessageContaining("2.000 s");
              });
    }
  }

  @Test
  void hullGreedy_isNotMisledByAPoorFirstStep_thatHidesAGoodSecondOne() {
    // Operator 0 saves 1 J in its first extra second but 9 more in its second; operator 1 saves 2 J
    // in one.
    SettingGrid three = Problems.grid(3);
    CostTable costs =
        Problems.costs(three, new double[] {3, 2, 1, 9, 2, 1}, new double[] {0, 9, 10, 20, 8, 10});
    PlanningProblem problem = PlanningProblem.builder(costs, 4).build();
    assertThat(GreedyPlanner.mckp().plan(problem).energyJoules()).isEqualTo(9 + 8);
    assertThat(GreedyPlanner.hull().plan(problem).energyJoules()).isEqualTo(0 + 10);
    assertThat(new LagrangianPlanner().plan(problem).energyJoules()).isEqualTo(0 + 10);
  }

  @Test
  void checker_findsAForgedCertificate() {
    Plan honest = new LagrangianPlanner().plan(problem(3));
    assertThat(PlanChecker.check(honest)).isEmpty();
    Plan late = new Plan("forged", problem(3), new int[] {0, 0});
    assertThat(PlanChecker.check(late))
        .containsExactly(
            new PlanChecker.Finding(
                PlanChecker.Kind.LATE,
                "The makespan (4.00000000 s) exceeds the budget (3.00000000 s)."));
  }

  @Test
  void problem_refusesNonsense() {
    assertThatThrownBy(() -> problem(0)).hasMessageContaining("budget (0.0)");
    assertThatThrownBy(() -> problem(Double.NaN)).hasMessageContaining("budget (NaN)");
    assertThatThrownBy(() -> problem(1).withForbidden(0).withForbidden(1))
        .hasMessageContaining("Every setting is forbidden");
    assertThatThrownBy(
            () -> PlanningProblem.builder(COSTS, 1).switchCosts(SwitchCosts.free(2)).build())
        .hasMessageContaining("2 domains; the device has 1");
  }
}
