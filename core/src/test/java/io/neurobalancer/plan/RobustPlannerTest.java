package io.neurobalancer.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.neurobalancer.cost.CostTable;
import io.neurobalancer.device.SettingGrid;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RobustPlannerTest {

  private static final RobustTarget TARGET = new RobustTarget(0.999, 0.99, 0.03);

  private static PlanningProblem problem(SettingGrid grid, int operators, long seed) {
    Random random = new Random(seed);
    CostTable costs = Problems.physical(grid, operators, random);
    double[] spread =
        Arrays.stream(costs.latencySeconds())
            .map(t -> t * (0.1 + 0.2 * random.nextDouble()))
            .toArray();
    PlanningProblem problem =
        PlanningProblem.builder(
                new CostTable(
                    grid,
                    costs.operatorNames(),
                    costs.latencySeconds(),
                    costs.energyJoules(),
                    spread),
                1)
            .switchCosts(Problems.switches(grid, 1e-5, random))
            .idlePowerWatts(0.2)
            .build();
    return problem.withDeadline(1.35 * Problems.fastestMakespan(problem));
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {0, 1, 2, 3})
  void theShareAskedFor_endsInTime_inAMonteCarlo(long seed) {
    PlanningProblem problem = problem(Problems.grid(6, 4), 30, seed);
    Plan plan = new RobustPlanner(TARGET).plan(problem);
    assertThat(PlanChecker.check(plan)).isEmpty();
    Random random = new Random(100 + seed);
    int jobs = 200_000;
    double[] makespans = new double[jobs];
    for (int job = 0; job < jobs; job++) {
      // The factor multiplies here, jitter included, as it does on a device.
      double sum = plan.makespanSeconds();
      for (int i = 0; i < plan.operators(); i++) {
        double deviation = problem.costs().spreadSeconds(i, plan.setting(i)) / 2.326348;
        sum += deviation * random.nextGaussian();
      }
      makespans[job] = sum * (1 + TARGET.commonDeviation() * random.nextGaussian());
    }
    Arrays.sort(makespans);
    double within = 0;
    for (double makespan : makespans) {
      within += makespan <= problem.deadlineSeconds() ? 1.0 / jobs : 0;
    }
    // Three standard errors of a share of 0.999 over 200 000 jobs are 0.0002.
    assertThat(within).isGreaterThan(0.999 - 0.0003);
    assertThat(makespans[(int) (0.999 * jobs)])
        .isCloseTo(
            TARGET.makespanSeconds(plan), org.assertj.core.data.Percentage.withPercentage(1.5));
    // The deadline is used, not merely met.
    assertThat(TARGET.makespanSeconds(plan)).isGreaterThan(0.97 * problem.deadlineSeconds());
    // A plan for the average job, or for independent jitter only, would be late more often.
    RobustTarget independent = new RobustTarget(0.999, 0.99, 0);
    assertThat(TARGET.makespanSeconds(new RobustPlanner(independent).plan(problem)))
        .isGreaterThan(problem.deadlineSeconds());
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11})
  void smallPlans_areCloseToTheBestAdmissibleOne_andItsBoundHolds(long seed) {
    PlanningProblem problem = problem(Problems.grid(2, 3), 4, seed);
    double optimum = Double.POSITIVE_INFINITY;
    for (int code = 0; code < 6 * 6 * 6 * 6; code++) {
      int[] settings = {code % 6, code / 6 % 6, code / 36 % 6, code / 216};
      Plan plan = new Plan("any", problem, settings, Double.NEGATIVE_INFINITY);
      if (TARGET.makespanSeconds(plan) <= problem.deadlineSeconds()) {
        optimum = Math.min(optimum, plan.energyJoules());
      }
    }
    Plan plan = new RobustPlanner(TARGET).plan(problem);
    assertThat(plan.energyJoules()).isBetween(optimum * (1 - 1e-9), optimum * 1.06);
    assertThat(plan.lowerBoundJoules()).isLessThanOrEqualTo(optimum * (1 + 1e-9));
    assertThat(plan.lowerBoundJoules()).isGreaterThan(0.7 * optimum);
  }

  @Test
  void withoutSpread_itIsTheUsualPlan() {
    SettingGrid grid = Problems.grid(4, 3);
    CostTable costs = Problems.physical(grid, 12, new Random(1));
    PlanningProblem open = PlanningProblem.builder(costs, 1).build();
    PlanningProblem problem = open.withDeadline(1.5 * Problems.fastestMakespan(open));
    Plan robust = new RobustPlanner(new RobustTarget(0.999, 0.99, 0)).plan(problem);
    assertThat(robust.energyJoules())
        .isCloseTo(new LagrangianPlanner().plan(problem).energyJoules(), within(1e-12));
  }

  @Test
  void aDeadlineThatTooFewJobsMeet_isUnreachable() {
    PlanningProblem problem = problem(Problems.grid(4, 3), 10, 1);
    PlanningProblem tight = problem.withDeadline(problem.deadlineSeconds() / 1.35 * 1.05);
    assertThatThrownBy(() -> new RobustPlanner(TARGET).plan(tight))
        .isInstanceOf(DeadlineUnreachableException.class)
        .hasMessageContaining("99.9 % of jobs");
  }

  @Test
  void nonsense_isRefused() {
    assertThatThrownBy(() -> new RobustTarget(99.9, 0.99, 0))
        .hasMessageContaining("(99.9)")
        .hasMessageContaining("0.999");
    assertThatThrownBy(() -> new RobustTarget(0.999, 0.99, 0.4)).hasMessageContaining("(0.4)");
    assertThatThrownBy(() -> new RobustTarget(0.999, 0.99, -1)).hasMessageContaining("(-1.0)");
  }
}
