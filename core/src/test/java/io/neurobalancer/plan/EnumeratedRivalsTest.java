package io.neurobalancer.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.neurobalancer.cost.CostTable;
import io.neurobalancer.device.FrequencyDomain;
import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.unit.NeuroBalancerException;
import java.util.Arrays;
import java.util.Random;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The rivals against all plans of their kind, on small problems with everything in them. */
final class EnumeratedRivalsTest {

  private static int changes(int[] path) {
    return (int) IntStream.range(1, path.length).filter(i -> path[i] != path[i - 1]).count();
  }

  /** Faster clocks take less time, and burn anything between nothing and a millijoule. */
  private static CostTable costs(SettingGrid grid, int operators, Random random) {
    double[] seconds = new double[operators * grid.size()];
    for (int j = 0; j < seconds.length; j++) {
      int steps = 1;
      for (int d = 0; d < grid.dimensions(); d++) {
        steps += grid.oppIndex(j % grid.size(), d);
      }
      seconds[j] = 1e-3 * (1 + random.nextDouble()) / steps;
    }
    return Problems.costs(grid, seconds, random.doubles(seconds.length, 0, 1e-3).toArray());
  }

  private static PlanningProblem small(Random random) {
    int[][] shapes = {{4}, {2, 2}, {2, 3}};
    SettingGrid grid = Problems.grid(shapes[random.nextInt(3)]);
    int operators = 2 + random.nextInt(3);
    PlanningProblem.Builder builder =
        PlanningProblem.builder(costs(grid, operators, random), 1)
            .switchCosts(Problems.switches(grid, 1e-4, random))
            .idlePowerWatts(random.nextInt(2) * random.nextDouble())
            .periodSeconds(1)
            .start(Problems.start(grid, random));
    if (random.nextInt(3) == 0) {
      builder.forbid(random.nextInt(grid.size()));
    }
    if (random.nextInt(3) == 0) {
      builder.cuts(1);
    }
    if (random.nextInt(3) == 0) {
      builder.switchLimit(0, new SwitchLimit(random.nextInt(3), 1e-3 * random.nextInt(2)));
    }
    return builder.build();
  }

  /** Returns the plan that takes least time of those that are allowed and pass a test, if any. */
  private static double leastSeconds(PlanningProblem problem, Predicate<int[]> some) {
    double[] least = {Double.POSITIVE_INFINITY};
    ExhaustivePlanner.forEach(
        problem,
        path -> {
          if (some.test(path)) {
            Plan plan = new Plan("any", problem, path);
            if (PlanChecker.check(plan).stream()
                .allMatch(finding -> finding.kind() == PlanChecker.Kind.LATE)) {
              least[0] = Math.min(least[0], plan.makespanSeconds());
            }
          }
        });
    return least[0];
  }

  /** A budget between the least and the most, or just what some plan of one cut takes. */
  private static PlanningProblem withBudget(PlanningProblem open, Random random) {
    int n = open.costs().operators();
    int[] path = new int[n];
    int cut = random.nextInt(n);
    Arrays.fill(path, 0, cut, random.nextInt(open.costs().settings()));
    Arrays.fill(path, cut, n, random.nextInt(open.costs().settings()));
    double exactly = new Plan("any", open, path).makespanSeconds();
    return open.withBudget(random.nextBoolean() ? exactly : exactly * (0.5 + random.nextDouble()));
  }

  @Test
  void eachFindsTheBestOfItsKind_orSaysThatNoneFits() {
    int late = 0;
    for (int seed = 0; seed < 60; seed++) {
      Random random = new Random(seed);
      PlanningProblem problem = withBudget(small(random), random);
      double fastest = leastSeconds(problem, path -> changes(path) == 0);
      for (Planner planner : new Planner[] {new SinglePairPlanner(), new TwoPairPlanner()}) {
        int most = planner instanceof TwoPairPlanner ? 1 : 0;
        double least = ExhaustivePlanner.least(problem, path -> changes(path) <= most);
        if (least == Double.POSITIVE_INFINITY) {
          late++;
          assertThatThrownBy(() -> planner.plan(problem))
              .isInstanceOfSatisfying(
                  DeadlineUnreachableException.class,
                  e -> assertThat(e.neededSeconds()).isCloseTo(fastest, within(1e-12)));
        } else {
          Plan plan = planner.plan(problem);
          assertThat(changes(plan.settings())).isLessThanOrEqualTo(most);
          assertThat(PlanChecker.check(plan)).as("seed %d", seed).isEmpty();
          assertThat(plan.energyJoules()).as("seed %d", seed).isCloseTo(least, within(1e-12));
        }
      }
      Planner race = new RaceToIdlePlanner();
      if (fastest > problem.budgetSeconds()) {
        assertThatThrownBy(() -> race.plan(problem))
            .isInstanceOf(DeadlineUnreachableException.class);
      } else {
        Plan plan = race.plan(problem);
        assertThat(changes(plan.settings())).isZero();
        assertThat(plan.makespanSeconds()).isCloseTo(fastest, within(1e-12));
      }
    }
    assertThat(late).isGreaterThan(2);
  }

  @Test
  void whereLimitsLeaveNoSingleSetting_thatIsSaid() {
    PlanningProblem problem =
        PlanningProblem.builder(
                Problems.costs(Problems.grid(2), new double[] {2, 1}, new double[] {2, 5}), 3)
            .start(Start.from(1))
            .forbid(1)
            .switchLimit(0, SwitchLimit.atMost(0))
            .build();
    for (Planner planner :
        new Planner[] {new RaceToIdlePlanner(), new SinglePairPlanner(), new TwoPairPlanner()}) {
      assertThatThrownBy(() -> planner.plan(problem))
          .isInstanceOf(NeuroBalancerException.class)
          .hasMessageContaining("no single setting");
    }
  }

  @Test
  void aBudgetOfJustTheirMakespan_isEnough() {
    // 2 s at the fast setting, and 4 s at the slow one that is cheaper.
    PlanningProblem problem =
        PlanningProblem.builder(
                Problems.costs(
                    Problems.grid(2), new double[] {2, 1, 2, 1}, new double[] {2, 5, 4, 5}),
                2)
            .build();
    for (Planner planner :
        new Planner[] {new RaceToIdlePlanner(), new SinglePairPlanner(), new TwoPairPlanner()}) {
      assertThat(planner.plan(problem).settings()).containsExactly(1, 1);
      assertThatThrownBy(() -> planner.plan(problem.withBudget(1.999)))
          .isInstanceOf(DeadlineUnreachableException.class)
          .hasMessageContaining("2 operators");
    }
    assertThat(new SinglePairPlanner().plan(problem.withBudget(4)).settings())
        .containsExactly(0, 0);
    assertThat(new TwoPairPlanner().plan(problem.withBudget(3)).settings()).containsExactly(0, 1);
  }

  @Test
  void oneKnobAlone_isTurnedAsItPaysBest_whileTheOtherStaysAtItsFastest() {
    for (int seed = 0; seed < 18; seed++) {
      Random random = new Random(seed);
      SettingGrid grid = Problems.grid(seed % 2 == 0 ? new int[] {3, 3} : new int[] {2, 2, 2});
      PlanningProblem.Builder builder =
          PlanningProblem.builder(costs(grid, 3, random), 1e6)
              .switchCosts(Problems.switches(grid, 1e-4, random))
              .start(Problems.start(grid, random));
      // Some of the problems forbid the fastest memory clock, or the fastest first core.
      int capped = seed % 3;
      int top = capped == 0 ? grid.dimensions() - 1 : 0;
      int[] opps = grid.domains().stream().mapToInt(d -> d.opps().size()).toArray();
      if (capped < 2) {
        opps[top]--;
        builder.forbid(
            IntStream.range(0, grid.size())
                .filter(x -> grid.oppIndex(x, top) == opps[top])
                .toArray());
      }
      PlanningProblem problem = builder.build();
      for (FrequencyDomain.Kind knob : FrequencyDomain.Kind.values()) {
        double least =
            ExhaustivePlanner.least(
                problem,
                path ->
                    Arrays.stream(path)
                        .allMatch(
                            x ->
                                IntStream.range(0, opps.length)
                                    .filter(d -> grid.domains().get(d).kind() != knob)
                                    .allMatch(d -> grid.oppIndex(x, d) == opps[d] - 1)));
        Plan plan = new SingleDomainPlanner(knob).plan(problem);
        assertThat(plan.energyJoules()).as("seed %d", seed).isCloseTo(least, within(1e-12));
        assertThat(plan.problem()).isSameAs(problem);
        // What it proves of one knob does not hold for both.
        assertThat(plan.proof()).isEqualTo(Plan.Proof.NONE);
        assertThat(plan.planner())
            .isEqualTo(knob == FrequencyDomain.Kind.CORE ? "core-only" : "memory-only");
      }
    }
  }
}
