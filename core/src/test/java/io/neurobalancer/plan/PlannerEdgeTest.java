package io.neurobalancer.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.neurobalancer.cost.CostTable;
import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.device.SwitchCost;
import io.neurobalancer.device.SwitchCosts;
import io.neurobalancer.unit.NeuroBalancerException;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The corners: ties, one of everything, costs of every size, and input that makes no sense. */
final class PlannerEdgeTest {

  private static final List<Planner> PROVING = List.of(new LagrangianPlanner(), new ExactPlanner());

  private static void bothAgreeWithExhaustive(PlanningProblem problem) {
    Plan optimum = new ExhaustivePlanner().plan(problem);
    for (Planner planner : PROVING) {
      Plan plan = planner.plan(problem);
      assertThat(PlanChecker.check(plan)).as(planner.name()).isEmpty();
      assertThat(plan.energyJoules() / optimum.energyJoules())
          .as(planner.name())
          .isCloseTo(1, within(1e-8));
    }
  }

  @Test
  void oneOperatorAtOneSetting_hasOnePlan() {
    CostTable costs = Problems.costs(Problems.grid(1), new double[] {2}, new double[] {3});
    bothAgreeWithExhaustive(PlanningProblem.builder(costs, 2).build());
  }

  @Test
  void whereAllSettingsAreEqual_nothingIsSwitched() {
    SettingGrid grid = Problems.grid(2, 2);
    double[] ones = new double[12];
    Arrays.fill(ones, 1);
    for (SwitchCost cost : List.of(SwitchCost.FREE, SwitchCost.symmetric(0.1, 0.1))) {
      PlanningProblem problem =
          PlanningProblem.builder(Problems.costs(grid, ones, ones), 3)
              .switchCosts(new SwitchCosts(Collections.nCopies(2, cost)))
              .build();
      bothAgreeWithExhaustive(problem);
      assertThat(new ExactPlanner().plan(problem).switches()).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void costsOverNineOrdersOfMagnitude_areWeighedRight(int domains) {
    SettingGrid grid =
        domains == 1
            ? Problems.grid(4)
            : domains == 2 ? Problems.grid(2, 2) : Problems.grid(2, 2, 2);
    Random random = new Random(domains);
    int operators = domains == 3 ? 4 : 5;
    double[] latency = new double[operators * grid.size()];
    double[] energy = new double[operators * grid.size()];
    for (int j = 0; j < latency.length; j++) {
      int operator = j / grid.size();
      double scale = StrictMath.pow(10, 9.0 * (operator / (operators - 1.0) - 1));
      latency[j] = scale * (1 + random.nextDouble());
      energy[j] = scale * (3 - latency[j] / scale);
    }
    PlanningProblem problem =
        PlanningProblem.builder(Problems.costs(grid, latency, energy), 1)
            .switchCosts(
                new SwitchCosts(Collections.nCopies(domains, SwitchCost.symmetric(1e-6, 1e-6))))
            .build();
    bothAgreeWithExhaustive(problem.withBudget(1.3 * Problems.fastestMakespan(problem)));
  }

  @Test
  void costsInWholeNumbers_tieOften_andAreStillPlannedOptimally() {
    Random random = new Random(5);
    SettingGrid grid = Problems.grid(2, 2);
    for (int round = 0; round < 100; round++) {
      double[] latency = random.doubles(16).map(x -> 1 + Math.floor(3 * x)).toArray();
      double[] energy = random.doubles(16).map(x -> 1 + Math.floor(3 * x)).toArray();
      PlanningProblem problem =
          PlanningProblem.builder(Problems.costs(grid, latency, energy), 1)
              .start(round % 2 == 0 ? Start.steadyState() : Start.from(3))
              .build();
      double deadline = Problems.fastestMakespan(problem) + round % 3;
      Plan optimum = new ExhaustivePlanner().plan(problem.withBudget(deadline));
      Plan exact = new ExactPlanner().plan(problem.withBudget(deadline));
      assertThat(exact.energyJoules()).isCloseTo(optimum.energyJoules(), within(1e-7));
    }
  }

  @Test
  void aHugeDeadline_isPlannedAsIfTimeWereFree() {
    Random random = new Random(3);
    PlanningProblem problem =
        PlanningProblem.builder(Problems.physical(Problems.grid(2, 3), 4, random), 1e6)
            .switchCosts(Problems.switches(Problems.grid(2, 3), 1e-5, random))
            .build();
    bothAgreeWithExhaustive(problem);
    assertThat(new LagrangianPlanner().plan(problem).gap()).isLessThan(1e-9);
  }

  @Test
  void moreSettingsOrMoreTime_neverRaiseTheOptimum() {
    for (long seed = 0; seed < 30; seed++) {
      Random random = new Random(seed);
      SettingGrid grid = Problems.grid(4, 3);
      PlanningProblem problem =
          PlanningProblem.builder(Problems.physical(grid, 8, random), 1)
              .switchCosts(Problems.switches(grid, 1e-4, random))
              .start(Start.from(11))
              .periodSeconds(1)
              .build();
      double deadline = 1.2 * Problems.fastestMakespan(problem);
      double energy = new ExactPlanner().plan(problem.withBudget(deadline)).energyJoules();
      assertThat(new ExactPlanner().plan(problem.withBudget(1.1 * deadline)).energyJoules())
          .isLessThanOrEqualTo(energy * (1 + 1e-8));
      PlanningProblem fewer = problem.withForbidden(random.nextInt(11));
      try {
        assertThat(new ExactPlanner().plan(fewer.withBudget(deadline)).energyJoules())
            .isGreaterThanOrEqualTo(energy * (1 - 1e-8));
      } catch (DeadlineUnreachableException e) {
        assertThat(e.fastest().makespanSeconds()).isGreaterThan(deadline);
      }
    }
  }

  @Test
  void cuts_keepGroupsTogether() {
    // Fast takes 1 s, slow 2 s; operator 1 saves 9 J by being slow, operators 0 and 2 save 1 J
    // each.
    SettingGrid grid = Problems.grid(2);
    CostTable costs =
        Problems.costs(grid, new double[] {2, 1, 2, 1, 2, 1}, new double[] {4, 5, 1, 10, 4, 5});
    PlanningProblem free = PlanningProblem.builder(costs, 4).build();
    assertThat(new ExactPlanner().plan(free).settings()).containsExactly(1, 0, 1);
    PlanningProblem grouped = PlanningProblem.builder(costs, 5).cuts(1).build();
    // Two of the three may be slow; 1 and 2 go together, so it is them: 5 + 1 + 4 J.
    Plan plan = new ExactPlanner().plan(grouped);
    assertThat(plan.settings()).containsExactly(1, 0, 0);
    assertThat(plan.energyJoules()).isEqualTo(10);
    Plan forged = new Plan("forged", grouped, new int[] {0, 1, 0});
    assertThat(PlanChecker.check(forged))
        .contains(
            new PlanChecker.Finding(
                PlanChecker.Kind.NOT_ALLOWED,
                "The setting changes before operator 2, where no cut is."));
  }

  @Test
  void aLimitOnSwitches_isKept_andForgeriesAreFound() {
    SettingGrid grid = Problems.grid(2);
    CostTable costs =
        Problems.costs(grid, new double[] {2, 1, 2, 1, 2, 1}, new double[] {4.5, 5, 1, 10, 4, 5});
    PlanningProblem once =
        PlanningProblem.builder(costs, 4)
            .start(Start.from(1))
            .switchLimit(0, SwitchLimit.atMost(1))
            .build();
    // One switch down is one more back on return: nothing may be slow.
    for (Planner planner : PROVING) {
      assertThat(planner.plan(once).settings()).containsExactly(1, 1, 1);
    }
    Plan forged = new Plan("forged", once, new int[] {1, 0, 1});
    assertThat(PlanChecker.check(forged))
        .containsExactly(
            new PlanChecker.Finding(
                PlanChecker.Kind.SWITCH_LIMIT, "Domain 'core0' switches 2 times; it may 1 times."));
    PlanningProblem slowly =
        PlanningProblem.builder(costs, 5)
            .start(Start.from(1))
            .switchLimit(0, SwitchLimit.dwell(2.5))
            .build();
    // Operator 1 alone would be slow for 2 s only; with operator 2 it is 4 s: 5 + 1 + 4 J.
    for (Planner planner : PROVING) {
      assertThat(planner.plan(slowly).settings()).containsExactly(1, 0, 0);
    }
    Plan hasty = new Plan("forged", slowly, new int[] {1, 0, 1});
    assertThat(PlanChecker.check(hasty))
        .containsExactly(
            new PlanChecker.Finding(
                PlanChecker.Kind.SWITCH_LIMIT,
                "Domain 'core0' switches before operator 2 after 2.00000000 s; it must keep its clock for 2.50000000 s."));
  }

  @Test
  void anExactSearchThatGivesUp_saysSo_andKeepsItsCertificate() {
    Random random = new Random(9);
    SettingGrid grid = Problems.grid(20, 10);
    PlanningProblem problem =
        PlanningProblem.builder(Problems.physical(grid, 16, random), 1)
            .switchCosts(Problems.switches(grid, 1e-5, random))
            .build();
    problem = problem.withBudget(1.5 * Problems.fastestMakespan(problem));
    Plan plan = new ExactPlanner(1).plan(problem);
    assertThat(plan.planner()).isEqualTo("lagrangian");
    assertThat(plan.note()).startsWith("exact gave up after 1 partial plans");
    assertThat(plan.gap()).isBetween(1e-9, 0.05);
    assertThat(PlanChecker.check(plan)).isEmpty();
  }

  @Test
  void nonsense_isRefusedByType_withTheValues() {
    SettingGrid grid = Problems.grid(2);
    double[] good = {1, 1};
    for (double bad : new double[] {Double.NaN, -1, Double.POSITIVE_INFINITY}) {
      assertThatThrownBy(() -> Problems.costs(grid, new double[] {1, bad}, good))
          .isInstanceOf(NeuroBalancerException.class)
          .hasMessageContaining(String.valueOf(bad))
          .hasMessageContaining("op0");
      assertThatThrownBy(() -> Problems.costs(grid, good, new double[] {bad, 1}))
          .isInstanceOf(NeuroBalancerException.class)
          .hasMessageContaining(String.valueOf(bad));
      assertThatThrownBy(() -> SwitchCost.symmetric(bad, 0))
          .isInstanceOf(NeuroBalancerException.class)
          .hasMessageContaining(String.valueOf(bad));
      assertThatThrownBy(
              () ->
                  PlanningProblem.builder(Problems.costs(grid, good, good), 1)
                      .idlePowerWatts(bad)
                      .build())
          .isInstanceOf(NeuroBalancerException.class)
          .hasMessageContaining("idle power (" + bad + ")");
      assertThatThrownBy(() -> SwitchLimit.dwell(bad))
          .isInstanceOf(NeuroBalancerException.class)
          .hasMessageContaining(String.valueOf(bad));
    }
    assertThatThrownBy(
            () -> new CostTable(grid, List.of(), new double[0], new double[0], new double[0]))
        .isInstanceOf(NeuroBalancerException.class)
        .hasMessageContaining("at least one operator");
    assertThatThrownBy(() -> new CostTable(grid, List.of("a"), good, new double[3], good))
        .isInstanceOf(NeuroBalancerException.class)
        .hasMessageContaining("3 values");
    PlanningProblem.Builder builder = PlanningProblem.builder(Problems.costs(grid, good, good), 1);
    assertThatThrownBy(() -> builder.forbid(2))
        .isInstanceOf(NeuroBalancerException.class)
        .hasMessageContaining("(2)");
    assertThatThrownBy(() -> builder.cuts(1))
        .isInstanceOf(NeuroBalancerException.class)
        .hasMessageContaining("operator 1");
    assertThatThrownBy(() -> builder.switchLimit(1, SwitchLimit.NONE))
        .isInstanceOf(NeuroBalancerException.class);
    assertThatThrownBy(() -> builder.start(Start.from(7)).build())
        .isInstanceOf(NeuroBalancerException.class)
        .hasMessageContaining("(7)");
  }

  @Test
  void limitsThatLeaveNoPlan_areRefused() {
    SettingGrid grid = Problems.grid(2);
    PlanningProblem problem =
        PlanningProblem.builder(Problems.costs(grid, new double[] {2, 1}, new double[] {1, 2}), 5)
            .start(Start.from(0))
            .forbid(0)
            .switchLimit(0, SwitchLimit.atMost(0))
            .build();
    for (Planner planner : PROVING) {
      assertThatThrownBy(() -> planner.plan(problem))
          .isInstanceOf(NeuroBalancerException.class)
          .hasMessageContaining("limits leave no plan");
    }
  }
}
