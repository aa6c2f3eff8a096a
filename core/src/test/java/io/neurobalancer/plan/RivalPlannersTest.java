package io.neurobalancer.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.neurobalancer.cost.CostTable;
import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.device.SwitchCost;
import io.neurobalancer.device.SwitchCosts;
import io.neurobalancer.unit.NeuroBalancerException;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The planners that ours is compared with, each on a problem solved by hand. */
final class RivalPlannersTest {

  private static final SettingGrid TWO = Problems.grid(2);

  /** Fast takes 1 s and 5 J; slow 2 s and 2, 3, 2 and 3 J. */
  private static final CostTable FOUR =
      Problems.costs(
          TWO, new double[] {2, 1, 2, 1, 2, 1, 2, 1}, new double[] {2, 5, 3, 5, 2, 5, 3, 5});

  private static PlanningProblem four(double budget, double switchJoules, String... classes) {
    PlanningProblem.Builder builder =
        PlanningProblem.builder(FOUR, budget)
            .start(Start.from(1))
            .switchCosts(new SwitchCosts(List.of(SwitchCost.symmetric(0.1, switchJoules))));
    return (classes.length == 0 ? builder : builder.classes(List.of(classes))).build();
  }

  @Test
  void everyPlanner_isFoundByItsName() {
    for (Planner planner : Planners.all()) {
      assertThat(Planners.named(planner.name())).isSameAs(planner);
    }
    assertThat(Planners.all())
        .extracting(Planner::name)
        .containsExactly(
            "lagrangian",
            "exact",
            "two-pair",
            "single-pair",
            "class-greedy",
            "mckp-greedy",
            "hull-greedy",
            "core-only",
            "memory-only",
            "race-to-idle");
    assertThatThrownBy(() -> Planners.named("best"))
        .isInstanceOf(NeuroBalancerException.class)
        .hasMessageContaining("'best'")
        .hasMessageContaining("two-pair");
  }

  @Test
  void twoPair_cutsOnce_andPaysForEverySwitch() {
    // 5.3 s allow one slow operator and three switches of 0.1 s. Slow first: in and up, 2 + 15 J;
    // alone in the middle would be as good, but is no one-cut plan.
    Plan plan = new TwoPairPlanner().plan(four(5.3, 0.2));
    assertThat(plan.settings()).containsExactly(0, 1, 1, 1);
    assertThat(plan.makespanSeconds()).isCloseTo(5.2, within(1e-12));
    assertThat(plan.energyJoules()).isCloseTo(17.4, within(1e-12));
    // Down, up: 3.2 J for the 3 J that slow saves.
    assertThat(new TwoPairPlanner().plan(four(5.3, 1.6)).settings()).containsExactly(1, 1, 1, 1);
    assertThatThrownBy(() -> new TwoPairPlanner().plan(four(3.9, 0)))
        .isInstanceOf(DeadlineUnreachableException.class);
  }

  @Test
  void twoPair_findsTheOnePlanInTime_amongMillionsThatAreCheapAndLate() {
    // A hundred settings and five hundred operators: at the last setting a second and 2 J each, at
    // any other a tenth more and 1 J, for which there is no time even once.
    int m = 100;
    int n = 500;
    double[] seconds = new double[n * m];
    double[] joules = new double[n * m];
    for (int j = 0; j < seconds.length; j++) {
      seconds[j] = j % m == m - 1 ? 1 : 1.1;
      joules[j] = j % m == m - 1 ? 2 : 1;
    }
    PlanningProblem problem =
        PlanningProblem.builder(Problems.costs(Problems.grid(m), seconds, joules), n + 0.05)
            .build();
    Plan plan = new TwoPairPlanner().plan(problem);
    assertThat(plan.settings()).containsOnly(m - 1);
    // With time for one it is the first or the last.
    plan = new TwoPairPlanner().plan(problem.withBudget(n + 0.15));
    assertThat(plan.energyJoules()).isCloseTo(2 * n - 1, within(1e-9));
  }

  @Test
  void classGreedy_givesAClassOneSetting_andPricesItsSwitches() {
    // Class a saves 6 J in 2 s and switches down and up twice, 0.4 s; b saves 4 J likewise.
    String[] classes = {"a", "b", "a", "b"};
    Plan plan = new ClassGreedyPlanner().plan(four(6.4, 1, classes));
    assertThat(plan.settings()).containsExactly(0, 1, 0, 1);
    // 14 J and four switches of 1 J.
    assertThat(plan.energyJoules()).isCloseTo(18, within(1e-12));
    assertThat(plan.note()).isEmpty();
    // A tenth of a second less, and neither class fits; four switches at 1.6 J do not pay.
    assertThat(new ClassGreedyPlanner().plan(four(6.3, 1, classes)).settings())
        .containsExactly(1, 1, 1, 1);
    assertThat(new ClassGreedyPlanner().plan(four(6.4, 1.6, classes)).settings())
        .containsExactly(1, 1, 1, 1);
    // With time for both, what is left between them are no switches.
    Plan both = new ClassGreedyPlanner().plan(four(8.1, 1, classes));
    assertThat(both.settings()).containsExactly(0, 0, 0, 0);
    assertThat(both.energyJoules()).isCloseTo(12, within(1e-12));
    // At 1.6 J neither class leaves alone; together they do.
    assertThat(new ClassGreedyPlanner().plan(four(8.3, 1.6, classes)).settings())
        .containsExactly(0, 0, 0, 0);
  }

  @Test
  void classGreedy_withoutClasses_saysSo() {
    Plan plan = new ClassGreedyPlanner().plan(four(9, 0));
    assertThat(plan.settings()).containsExactly(0, 0, 0, 0);
    assertThat(plan.note()).contains("no classes");
    assertThatThrownBy(() -> four(9, 0, "a")).hasMessageContaining("1 operators; there are 4");
  }

  @Test
  void operatorsThatTie_areNoReasonToSwitch() {
    // Every second operator is bound by its launch: 1 s at any setting, a hair less at the slow
    // one; the others take 1 s fast and 2 s slow. Six switches of 0.2 s would not fit.
    int n = 8;
    double[] latency = new double[2 * n];
    double[] energy = new double[2 * n];
    for (int i = 0; i < n; i++) {
      boolean launch = i % 2 == 1;
      latency[2 * i] = launch ? 1 - 1e-3 : 2;
      latency[2 * i + 1] = 1;
      energy[2 * i] = 2;
      energy[2 * i + 1] = launch ? 2 : 5;
    }
    PlanningProblem problem =
        PlanningProblem.builder(Problems.costs(TWO, latency, energy), 9.5)
            .switchCosts(new SwitchCosts(List.of(SwitchCost.symmetric(0.2, 0.01))))
            .build();
    for (Planner greedy : List.of(GreedyPlanner.mckp(), GreedyPlanner.hull())) {
      Plan plan = greedy.plan(problem);
      // One of the four is slow: 2 J instead of 5, for two switches.
      assertThat(plan.note()).isEmpty();
      assertThat(plan.energyJoules()).isCloseTo(28 - 3 + 0.02, within(1e-9));
      assertThat(plan.makespanSeconds()).isCloseTo(9.4, within(1e-9));
    }
  }

  @Test
  void whereNoCapacityFits_greedyFallsBackToOneSetting_andSaysSo() {
    // Each operator is fast at its own setting only, and a switch takes ten times as long.
    CostTable costs = Problems.costs(TWO, new double[] {1, 3, 3, 1}, new double[] {1, 1, 1, 1});
    PlanningProblem problem =
        PlanningProblem.builder(costs, 5)
            .switchCosts(new SwitchCosts(Collections.nCopies(1, SwitchCost.symmetric(0.9, 0))))
            .start(Start.from(0))
            .build();
    Plan plan = GreedyPlanner.mckp().plan(problem);
    assertThat(PlanChecker.check(plan)).isEmpty();
    PlanningProblem dear =
        PlanningProblem.builder(costs, 4)
            .switchCosts(new SwitchCosts(List.of(SwitchCost.symmetric(0.99, 0.5))))
            .start(Start.from(0))
            .switchLimit(0, SwitchLimit.atMost(0))
            .build();
    Plan fallen = GreedyPlanner.mckp().plan(dear);
    assertThat(fallen.settings()).containsExactly(0, 0);
    assertThat(fallen.planner()).isEqualTo("mckp-greedy");
    assertThat(fallen.note()).contains("single-pair");
  }
}
