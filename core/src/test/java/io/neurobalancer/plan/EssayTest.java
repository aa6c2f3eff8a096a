package io.neurobalancer.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.neurobalancer.device.SwitchCost;
import io.neurobalancer.device.SwitchCosts;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The worked example of the package's documentation, number by number. */
final class EssayTest {

  private static PlanningProblem problem(double deadline, double switchJoules) {
    return PlanningProblem.builder(
            Problems.costs(
                Problems.grid(2),
                new double[] {2, 1, 2, 1, 2, 1},
                new double[] {2, 5, 3, 5, 4.5, 5}),
            deadline)
        .switchCosts(new SwitchCosts(List.of(SwitchCost.symmetric(0, switchJoules))))
        .build();
  }

  /** L(price) - price * deadline, by hand: with free switches each operator chooses alone. */
  private static double bound(double price, double deadline) {
    double[] slow = {2, 3, 4.5};
    double sum = 0;
    for (double joules : slow) {
      sum += Math.min(joules + price * 2, 5 + price);
    }
    return sum - price * deadline;
  }

  @Test
  void atTheRightPrice_thePlanIsItsOwnProof() {
    assertThat(bound(2.5, 4)).isEqualTo(12);
    assertThat(bound(1, 4)).isEqualTo(11);
    Plan plan = new LagrangianPlanner().plan(problem(4, 0));
    assertThat(plan.settings()).containsExactly(0, 1, 1);
    assertThat(plan.energyJoules()).isEqualTo(12);
    assertThat(plan.makespanSeconds()).isEqualTo(4);
    assertThat(plan.lowerBoundJoules()).isCloseTo(12, within(1e-12));
  }

  @Test
  void aSwitch_isMadeWhereItPaysForItself() {
    Plan pays = new ExactPlanner().plan(problem(4, 0.7));
    assertThat(pays.settings()).containsExactly(0, 1, 1);
    assertThat(pays.energyJoules()).isCloseTo(13.4, within(1e-12));
    List<SegmentExplanation> why = SegmentExplanation.of(pays);
    assertThat(why).hasSize(2);
    assertThat(why.get(0).substitute()).isEqualTo(1);
    assertThat(why.get(0).switchesCostJoules()).isCloseTo(1.4, within(1e-12));
    Plan dear = new ExactPlanner().plan(problem(4, 1.6));
    assertThat(dear.settings()).containsExactly(1, 1, 1);
    assertThat(dear.energyJoules()).isEqualTo(15);
    assertThat(SegmentExplanation.of(dear).get(0).netJoules()).isZero();
  }

  @Test
  void halfASecond_buysNothing_andOnlyTheExactPlannerProvesIt() {
    assertThat(bound(2, 4.5)).isEqualTo(11);
    Plan lagrangian = new LagrangianPlanner().plan(problem(4.5, 0));
    assertThat(lagrangian.energyJoules()).isEqualTo(12);
    assertThat(lagrangian.lowerBoundJoules()).isCloseTo(11, within(1e-9));
    assertThat(lagrangian.gap()).isCloseTo(1 / 12.0, within(1e-9));
    Plan exact = new ExactPlanner().plan(problem(4.5, 0));
    assertThat(exact.energyJoules()).isEqualTo(12);
    assertThat(exact.gap()).isLessThan(1e-8);
  }

  @Test
  void anExplanation_givesTheOperatorsOwnRates() {
    Plan plan = new LagrangianPlanner().plan(problem(4, 0));
    List<Explanation> why = Explanation.of(plan);
    // A is slow already; B would save 2 J with another second, C half a joule.
    assertThat(why.stream().map(Explanation::marginalJoulesPerSecond))
        .containsExactly(0.0, 2.0, 0.5);
    assertThat(why.get(0).savedJoules()).isEqualTo(3);
    assertThat(why.get(0).slackTakenSeconds()).isEqualTo(1);
    assertThat(why.get(1).runnerUp()).isZero();
  }
}
