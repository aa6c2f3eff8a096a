package io.neurobalancer.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.unit.NeuroBalancerException;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class FrontierTest {

  /** Fast 1 s at 5 J; slow 2 s at 2 J, 3 J and 4.9 J: seconds worth 3, 2 and 0.1 J. */
  private static final PlanningProblem STEPS =
      PlanningProblem.builder(
              Problems.costs(
                  Problems.grid(2),
                  new double[] {2, 1, 2, 1, 2, 1},
                  new double[] {2, 5, 3, 5, 4.9, 5}),
              1)
          .periodSeconds(10)
          .idlePowerWatts(0)
          .build();

  @Test
  void everyPoint_isTheBestPlanForItsDeadline() {
    Frontier frontier = Frontier.of(STEPS, 4);
    assertThat(frontier.plans().stream().map(p -> p.problem().budgetSeconds()))
        .containsExactly(3.0, 4.0, 5.0, 6.0);
    // 15 J all fast, then 3, 2 and 0.1 J less.
    assertThat(frontier.plans().stream().mapToDouble(Plan::energyJoules).toArray())
        .containsExactly(new double[] {15, 12, 10, 9.9}, within(1e-12));
    assertThat(frontier.fastestMakespanSeconds()).isEqualTo(3);
    assertThat(frontier.saturationSeconds()).isEqualTo(6);
    // From the line between (3 s, 15 J) and (6 s, 9.9 J) the third point lies farthest.
    assertThat(frontier.knee()).isEqualTo(2);
  }

  @Test
  void theEnergyOptimalPace_endsWhereBackgroundPowerEatsTheSavings() {
    // Idling burns 0.5 W. Above idling the seconds are worth 3.5, 2.5 and 0.6 J, so a fixed period
    // wants all slow; paced back to back the last second would save 0.1 J of running: all slow too.
    Frontier cheap = Frontier.of(with(0.5, 4.9), 4);
    assertThat(cheap.saturationSeconds()).isEqualTo(6);
    assertThat(cheap.energyOptimalSeconds()).isEqualTo(6);
    // If the third operator burns more when slow, 5.2 J, that still spares 0.3 J of a fixed
    // period's 0.5 J of idling, but back to back it is 0.2 J lost.
    Frontier dear = Frontier.of(with(0.5, 5.2), 4);
    assertThat(dear.saturationSeconds()).isEqualTo(6);
    assertThat(dear.energyOptimalSeconds()).isEqualTo(5);
  }

  private static PlanningProblem with(double idleWatts, double lastJoules) {
    return PlanningProblem.builder(
            Problems.costs(
                Problems.grid(2),
                new double[] {2, 1, 2, 1, 2, 1},
                new double[] {2, 5, 3, 5, lastJoules, 5}),
            1)
        .periodSeconds(10)
        .idlePowerWatts(idleWatts)
        .build();
  }

  @Test
  void whereFastIsCheapest_theCurveIsOnePoint() {
    PlanningProblem problem =
        PlanningProblem.builder(
                Problems.costs(Problems.grid(2), new double[] {2, 1}, new double[] {9, 4}), 1)
            .periodSeconds(5)
            .build();
    Frontier frontier = Frontier.of(problem, 10);
    assertThat(frontier.plans()).hasSize(1);
    assertThat(frontier.saturationSeconds()).isEqualTo(1);
    assertThat(frontier.energyOptimalSeconds()).isEqualTo(1);
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {0, 1, 2, 3, 4, 5})
  void aLargeCurve_falls_isCertified_andAgreesWithPlansMadeAlone(long seed) {
    Random random = new Random(seed);
    SettingGrid grid = Problems.grid(6, 4);
    PlanningProblem problem =
        PlanningProblem.builder(Problems.physical(grid, 90, random), 1)
            .switchCosts(Problems.switches(grid, 1e-5, random))
            .idlePowerWatts(0.1)
            .start(seed % 2 == 0 ? Start.steadyState() : Start.from(3))
            .periodSeconds(10)
            .build();
    Frontier frontier = Frontier.of(problem, 25);
    assertThat(frontier.plans()).hasSize(25);
    assertThat(frontier.plans().get(24).problem().budgetSeconds())
        .isEqualTo(frontier.saturationSeconds());
    assertThat(frontier.fastestMakespanSeconds()).isEqualTo(Problems.fastestMakespan(problem));
    for (int p = 0; p < 25; p++) {
      Plan plan = frontier.plans().get(p);
      assertThat(PlanChecker.check(plan)).isEmpty();
      assertThat(plan.gap()).isLessThan(0.01);
      if (p > 0) {
        assertThat(plan.energyJoules())
            .isLessThanOrEqualTo(frontier.plans().get(p - 1).energyJoules());
      }
      Plan alone = new LagrangianPlanner().plan(plan.problem());
      // Neither may beat the other's bound.
      assertThat(plan.energyJoules()).isGreaterThanOrEqualTo(alone.lowerBoundJoules() * (1 - 1e-9));
      assertThat(alone.energyJoules()).isGreaterThanOrEqualTo(plan.lowerBoundJoules() * (1 - 1e-9));
      assertThat(plan.energyJoules()).isLessThanOrEqualTo(alone.energyJoules() * 1.005);
    }
    assertThat(frontier.knee()).isBetween(1, 23);
  }

  @Test
  void limits_holdAlongTheCurve() {
    PlanningProblem problem =
        PlanningProblem.builder(STEPS.costs(), 1)
            .periodSeconds(10)
            .switchLimit(0, SwitchLimit.atMost(0))
            .build();
    List<Plan> plans = Frontier.of(problem, 4).plans();
    // All fast until all slow fits.
    assertThat(IntStream.range(0, 4).mapToObj(p -> plans.get(p).energyJoules()))
        .containsExactly(15.0, 15.0, 15.0, 9.9);
  }

  @Test
  void twoPoints_areTheEnds_andTheKneeLiesWhereBothAxesSpanTheSame() {
    Frontier ends = Frontier.of(STEPS, 2);
    assertThat(ends.plans().stream().map(p -> p.problem().budgetSeconds()))
        .containsExactly(3.0, 6.0);
    assertThat(ends.knee()).isZero();
    assertThat(Frontier.saturation(STEPS)).isEqualTo(6);
    // 1 kJ more in every operator moves the curve, and bends it no more and no less.
    PlanningProblem dear =
        PlanningProblem.builder(
                Problems.costs(
                    Problems.grid(2),
                    new double[] {2, 1, 2, 1, 2, 1},
                    new double[] {1002, 1005, 1003, 1005, 1004.9, 1005}),
                1)
            .periodSeconds(10)
            .build();
    assertThat(Frontier.of(dear, 4).knee()).isEqualTo(2);
    assertThat(Frontier.of(dear, 2).knee()).isZero();
  }

  @Test
  void theLastPoint_isTheCheapestPlan_toTheLastDigit() {
    // 0.2 and 0.9 less 0.2 add up to a little less than 0.9.
    PlanningProblem problem =
        PlanningProblem.builder(
                Problems.costs(Problems.grid(2), new double[] {0.9, 0.2}, new double[] {2, 5}), 1)
            .build();
    Plan last = Frontier.of(problem, 3).plans().get(2);
    assertThat(last.problem().budgetSeconds()).isEqualTo(0.9);
    assertThat(last.energyJoules()).isEqualTo(2);
  }

  @Test
  void onePoint_isRefused() {
    assertThatThrownBy(() -> Frontier.of(STEPS, 1)).isInstanceOf(NeuroBalancerException.class);
  }
}
