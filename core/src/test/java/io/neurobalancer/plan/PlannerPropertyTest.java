package io.neurobalancer.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.neurobalancer.cost.CostTable;
import io.neurobalancer.device.FrequencyDomain;
import io.neurobalancer.device.SettingGrid;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class PlannerPropertyTest {

  static LongStream seeds() {
    return Seeds.upTo(150);
  }

  private static final Map<Long, PlanningProblem> SMALL = new HashMap<>();

  /**
   * A problem small enough to try every assignment, with every kind of entry and 1 to 3 domains.
   */
  private static PlanningProblem small(long seed) {
    return SMALL.computeIfAbsent(seed, PlannerPropertyTest::drawn);
  }

  private static PlanningProblem drawn(long seed) {
    Random random = new Random(seed);
    int[][] shapes = {{4}, {2, 3}, {3, 2}, {2, 2, 2}, {1, 3}, {1}};
    SettingGrid grid = Problems.grid(shapes[random.nextInt(shapes.length)]);
    CostTable costs = Problems.physical(grid, 1 + random.nextInt(4), random);
    Start entry =
        switch (random.nextInt(3)) {
          case 0 -> Start.steadyState();
          case 1 -> Start.from(random.nextInt(grid.size()));
          default -> Start.free();
        };
    PlanningProblem.Builder builder =
        PlanningProblem.builder(costs, 1)
            .switchCosts(
                Problems.switches(grid, StrictMath.pow(10, -5 + 2 * random.nextDouble()), random))
            .idlePowerWatts(random.nextInt(3) == 0 ? 0 : random.nextDouble())
            .start(entry);
    if (grid.size() > 2 && random.nextInt(4) == 0) {
      builder.forbid(random.nextInt(grid.size()));
    }
    return withBudget(builder.build(), random);
  }

  private static PlanningProblem withBudget(PlanningProblem problem, Random random) {
    double fastest = ExhaustivePlanner.fastestSeconds(problem.withBudget(1e9));
    return problem.withBudget(fastest * (1 + 2 * random.nextDouble()));
  }

  /** A small problem with cuts, switch limits, or both. */
  private static PlanningProblem restricted(long seed) {
    Random random = new Random(1_000 + seed);
    int[][] shapes = {{4}, {2, 3}, {3, 2}, {2, 2, 2}};
    SettingGrid grid = Problems.grid(shapes[random.nextInt(shapes.length)]);
    int operators = 2 + random.nextInt(3);
    PlanningProblem.Builder builder =
        PlanningProblem.builder(Problems.physical(grid, operators, random), 1)
            .switchCosts(Problems.switches(grid, 1e-5, random))
            .idlePowerWatts(random.nextInt(3) == 0 ? 0 : random.nextDouble())
            .start(
                switch (random.nextInt(3)) {
                  case 0 -> Start.steadyState();
                  case 1 -> Start.from(random.nextInt(grid.size()));
                  default -> Start.free();
                });
    if (random.nextBoolean()) {
      builder.cuts(random.ints(2, 0, operators).toArray());
    }
    for (int d = 0; d < grid.dimensions(); d++) {
      switch (random.nextInt(4)) {
        case 0 -> builder.switchLimit(d, SwitchLimit.atMost(1 + random.nextInt(3)));
        case 1 -> builder.switchLimit(d, SwitchLimit.dwell(5e-3 * random.nextDouble()));
        case 2 -> builder.switchLimit(d, new SwitchLimit(2, 2e-3 * random.nextDouble()));
        default -> {}
      }
    }
    return withBudget(builder.build(), random);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void withCutsAndLimits_exactIsTheOptimum_andLagrangianIsCertified(long seed) {
    PlanningProblem problem = restricted(seed);
    Plan optimum = new ExhaustivePlanner().plan(problem);
    Plan exact = new ExactPlanner().plan(problem);
    assertThat(PlanChecker.check(exact)).isEmpty();
    assertThat(exact.planner()).isEqualTo("exact");
    assertThat(exact.energyJoules())
        .isCloseTo(optimum.energyJoules(), org.assertj.core.data.Percentage.withPercentage(1e-6));
    Plan plan = new LagrangianPlanner().plan(problem);
    assertThat(PlanChecker.check(plan)).isEmpty();
    assertThat(plan.lowerBoundJoules()).isLessThanOrEqualTo(optimum.energyJoules() * (1 + 1e-9));
    assertThat(plan.energyJoules()).isLessThanOrEqualTo(optimum.energyJoules() * 1.3);
  }

  @Test
  void onAverage_theLagrangianPlanIsNearlyOptimal_evenOfAFewOperators() {
    double plain = 0;
    double limited = 0;
    for (long seed = 0; seed < 100; seed++) {
      plain += aboveOptimum(small(seed)) / 100;
      limited += aboveOptimum(restricted(seed)) / 100;
    }
    assertThat(plain).isLessThan(1e-3);
    assertThat(limited).isLessThan(1e-2);
  }

  private static double aboveOptimum(PlanningProblem problem) {
    double optimum = ExhaustivePlanner.least(problem, path -> true);
    return new LagrangianPlanner().plan(problem).energyJoules() / optimum - 1;
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void lagrangian_boundHolds_andOptimumLiesWithinTheGap(long seed) {
    PlanningProblem problem = small(seed);
    Plan optimum = new ExhaustivePlanner().plan(problem);
    Plan plan = new LagrangianPlanner().plan(problem);
    assertThat(PlanChecker.check(plan)).isEmpty();
    double tolerance = 1e-9 * Math.abs(optimum.energyJoules());
    assertThat(plan.lowerBoundJoules()).isLessThanOrEqualTo(optimum.energyJoules() + tolerance);
    assertThat(plan.energyJoules()).isGreaterThanOrEqualTo(optimum.energyJoules() - tolerance);
    // Few operators leave real integrality gaps; the plan itself still comes close.
    assertThat(plan.energyJoules()).isLessThanOrEqualTo(optimum.energyJoules() * 1.05 + tolerance);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void exact_isTheOptimum_andProvesIt(long seed) {
    PlanningProblem problem = small(seed);
    Plan optimum = new ExhaustivePlanner().plan(problem);
    Plan plan = new ExactPlanner().plan(problem);
    assertThat(PlanChecker.check(plan)).isEmpty();
    assertThat(plan.planner()).isEqualTo("exact");
    assertThat(plan.energyJoules())
        .isCloseTo(optimum.energyJoules(), org.assertj.core.data.Percentage.withPercentage(1e-6));
    assertThat(plan.gap()).isLessThan(1e-8);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("someSeeds")
  void exact_neverLiesBelowTheLagrangianBound_norAboveItsPlan(long seed) {
    Random random = new Random(seed);
    SettingGrid grid = Problems.grid(20, 10);
    CostTable costs = Problems.physical(grid, 16, random);
    for (Start entry : List.of(Start.from(0), Start.steadyState())) {
      PlanningProblem open =
          PlanningProblem.builder(costs, 1)
              .switchCosts(Problems.switches(grid, 1e-5, random))
              .idlePowerWatts(0.1)
              .start(entry)
              .build();
      PlanningProblem problem = open.withBudget(1.5 * Problems.fastestMakespan(open));
      Plan lagrangian = new LagrangianPlanner().plan(problem);
      Plan exact = new ExactPlanner().plan(problem);
      assertThat(PlanChecker.check(exact)).isEmpty();
      assertThat(exact.planner()).isEqualTo("exact");
      assertThat(exact.energyJoules())
          .isLessThanOrEqualTo(lagrangian.energyJoules() * (1 + 1e-12))
          .isGreaterThanOrEqualTo(lagrangian.lowerBoundJoules() * (1 - 1e-9));
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void everyPlanner_findsThePlanItLooksFor_orSaysThatThereIsNone(long seed) {
    PlanningProblem problem = small(seed);
    double constant = ExhaustivePlanner.least(problem, path -> changes(path) == 0);
    double oneCut = ExhaustivePlanner.least(problem, path -> changes(path) <= 1);
    isTheBest(new SinglePairPlanner(), problem, constant);
    isTheBest(new TwoPairPlanner(), problem, oneCut);
    for (FrequencyDomain.Kind knob : FrequencyDomain.Kind.values()) {
      double own = ExhaustivePlanner.least(problem, path -> movesOnly(problem, knob, path));
      Plan plan = planned(new SingleDomainPlanner(knob), problem, own);
      assertThat(plan == null || movesOnly(problem, knob, plan.settings())).isTrue();
    }
    Plan race = planned(new RaceToIdlePlanner(), problem, constant);
    Plan classes = planned(new ClassGreedyPlanner(), problem, constant);
    if (race != null && classes != null) {
      assertThat(changes(race.settings())).isZero();
      // Every constant path as fast as this one is no faster.
      double least = race.makespanSeconds() * (1 - 1e-8);
      PlanningProblem tighter = problem.withBudget(least);
      assertThat(ExhaustivePlanner.least(tighter, path -> changes(path) == 0)).isInfinite();
      assertThat(classes.energyJoules()).isLessThanOrEqualTo(race.energyJoules() * (1 + 1e-9));
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void greedyPlanners_failOnlyWhereNoSingleSettingFits(long seed) {
    PlanningProblem problem = small(seed);
    double constant = ExhaustivePlanner.least(problem, path -> changes(path) == 0);
    double optimum = ExhaustivePlanner.least(problem, path -> true);
    for (Planner planner : List.of(GreedyPlanner.mckp(), GreedyPlanner.hull())) {
      try {
        Plan plan = planner.plan(problem);
        assertThat(PlanChecker.check(plan)).isEmpty();
        assertThat(plan.energyJoules()).isGreaterThanOrEqualTo(optimum * (1 - 1e-9));
        if (!plan.note().isEmpty()) {
          assertThat(plan.energyJoules()).isCloseTo(constant, within(1e-9 * constant));
        }
      } catch (DeadlineUnreachableException e) {
        assertThat(constant).isInfinite();
      }
    }
  }

  @Test
  void withFreeSwitches_theHullGreedyIsNearlyOptimal() {
    double worst = 0;
    double sum = 0;
    for (long seed = 0; seed < 100; seed++) {
      PlanningProblem problem = small(seed).withFreeSwitches();
      double optimum = ExhaustivePlanner.least(problem, path -> true);
      double ratio = GreedyPlanner.hull().plan(problem).energyJoules() / optimum;
      worst = Math.max(worst, ratio);
      sum += ratio / 100;
    }
    assertThat(sum).isLessThan(1.02);
    assertThat(worst).isLessThan(1.5);
  }

  private static int changes(int[] path) {
    return (int) IntStream.range(1, path.length).filter(i -> path[i] != path[i - 1]).count();
  }

  private static boolean movesOnly(PlanningProblem problem, FrequencyDomain.Kind knob, int[] path) {
    SettingGrid grid = problem.grid();
    for (int d = 0; d < grid.dimensions(); d++) {
      int domain = d;
      int fastest =
          IntStream.range(0, grid.size())
              .filter(x -> !problem.forbidden(x))
              .map(x -> grid.oppIndex(x, domain))
              .max()
              .orElseThrow();
      if (grid.domains().get(d).kind() != knob
          && Arrays.stream(path).anyMatch(x -> grid.oppIndex(x, domain) < fastest)) {
        return false;
      }
    }
    return true;
  }

  /** Returns a planner's plan; null where, rightly, it finds none. */
  private static @Nullable Plan planned(Planner planner, PlanningProblem problem, double best) {
    try {
      Plan plan = planner.plan(problem);
      assertThat(PlanChecker.check(plan)).as(planner.name()).isEmpty();
      assertThat(plan.energyJoules()).as(planner.name()).isGreaterThanOrEqualTo(best * (1 - 1e-9));
      return plan;
    } catch (DeadlineUnreachableException e) {
      assertThat(best).as(planner.name()).isInfinite();
      assertThat(e.fastest().slackSeconds()).isNegative();
      return null;
    }
  }

  private static void isTheBest(Planner planner, PlanningProblem problem, double best) {
    Plan plan = planned(planner, problem, best);
    if (plan != null) {
      assertThat(plan.energyJoules()).as(planner.name()).isCloseTo(best, within(1e-9 * best));
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void fastestMakespan_isTheOptimum(long seed) {
    PlanningProblem problem = small(seed);
    double fastest = Problems.fastestMakespan(problem);
    double truth = ExhaustivePlanner.fastestSeconds(problem);
    assertThat(fastest).isCloseTo(truth, org.assertj.core.data.Percentage.withPercentage(1e-7));
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("someSeeds")
  void largeProblems_areCertifiedClosely(long seed) {
    Random random = new Random(seed);
    SettingGrid grid = Problems.grid(12, 8);
    CostTable costs = Problems.physical(grid, 80, random);
    PlanningProblem problem =
        PlanningProblem.builder(costs, 1)
            .switchCosts(Problems.switches(grid, 1e-5, random))
            .idlePowerWatts(0.2)
            .build();
    double fastest = Problems.fastestMakespan(problem);
    double before = Double.POSITIVE_INFINITY;
    for (double factor : new double[] {1.05, 1.3, 2, 4}) {
      PlanningProblem here = problem.withBudget(fastest * factor);
      Plan plan = new LagrangianPlanner().plan(here);
      assertThat(PlanChecker.check(plan)).isEmpty();
      // One of these operators can hold a third of the work, which leaves a real integrality gap.
      assertThat(plan.gap()).isLessThan(0.02);
      // More time never raises the energy, idling aside.
      double folded = plan.energyJoules() - 0.2 * here.periodSeconds();
      assertThat(folded).isLessThanOrEqualTo(before + 0.02 * Math.abs(before));
      before = folded;
    }
  }

  static LongStream someSeeds() {
    return Seeds.upTo(12);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("someSeeds")
  void scalingEnergies_scalesThePlan(long seed) {
    Random random = new Random(seed);
    SettingGrid grid = Problems.grid(4, 3);
    CostTable costs = Problems.physical(grid, 12, random);
    double deadline = 1.4 * Problems.fastestMakespan(PlanningProblem.builder(costs, 1).build());
    CostTable scaled =
        new CostTable(
            grid,
            costs.operatorNames(),
            costs.latencySeconds(),
            Arrays.stream(costs.energyJoules()).map(e -> 1e6 * e).toArray(),
            costs.spreadSeconds());
    Plan plan = new LagrangianPlanner().plan(PlanningProblem.builder(costs, deadline).build());
    Plan large = new LagrangianPlanner().plan(PlanningProblem.builder(scaled, deadline).build());
    assertThat(large.energyJoules() / plan.energyJoules())
        .isCloseTo(1e6, org.assertj.core.data.Percentage.withPercentage(0.1));
  }
}
