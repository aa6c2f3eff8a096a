package io.neurobalancer.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.neurobalancer.cost.CostTable;
import io.neurobalancer.device.SettingGrid;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A plan's lower bound is true, or it is found out. */
final class CertificateTest {

  /** Fast 1 s at 5 J; slow 2 s at 2 J and 4 J. */
  private static final CostTable COSTS =
      Problems.costs(Problems.grid(2), new double[] {2, 1, 2, 1}, new double[] {2, 5, 4, 5});

  private static final PlanningProblem THREE_SECONDS = PlanningProblem.builder(COSTS, 3).build();

  static LongStream seeds() {
    return Seeds.upTo(100);
  }

  private static PlanningProblem small(long seed) {
    Random random = new Random(seed);
    int[][] shapes = {{4}, {2, 3}, {2, 2, 2}};
    SettingGrid grid = Problems.grid(shapes[random.nextInt(shapes.length)]);
    int operators = 1 + random.nextInt(4);
    PlanningProblem.Builder builder =
        PlanningProblem.builder(Problems.physical(grid, operators, random), 1)
            .switchCosts(Problems.switches(grid, 1e-3, random))
            .idlePowerWatts(random.nextInt(2) * 2 * random.nextDouble())
            .start(Problems.start(grid, random));
    if (random.nextInt(3) == 0) {
      builder.forbid(random.nextInt(grid.size()));
    }
    if (random.nextInt(3) == 0) {
      builder.cuts(random.nextInt(operators));
    }
    PlanningProblem open = builder.build();
    return open.withBudget(Problems.fastestMakespan(open) * (1 + random.nextDouble()));
  }

  @Test
  void aBoundAboveTheEnergy_isRefused() {
    // One slow and one fast operator: 2 + 5 J.
    int[] settings = {0, 1};
    assertThat(new Plan("honest", THREE_SECONDS, settings, 7, 2).gap()).isZero();
    assertThatThrownBy(() -> new Plan("forged", THREE_SECONDS, settings, 7.07, 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("7.07000000 J")
        .hasMessageContaining("'forged'");
    assertThatThrownBy(() -> new Plan("forged", THREE_SECONDS, settings, Double.NaN, 2))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Plan("forged", THREE_SECONDS, settings, 6, -1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aBoundThatItsPriceDoesNotProve_isFound() {
    // At 2 J/s: slow costs 2 + 4 and 4 + 4, fast 5 + 2, so L = 6 + 7 and the bound is 13 - 6 = 7.
    int[] dear = {1, 1};
    assertThat(PlanChecker.check(new Plan("honest", THREE_SECONDS, dear, 7, 2))).isEmpty();
    assertThat(PlanChecker.check(new Plan("forged", THREE_SECONDS, dear, 7.07, 2)))
        .containsExactly(
            new PlanChecker.Finding(
                PlanChecker.Kind.BOUND,
                "The lower bound (7.07000000 J) exceeds what its price of time (2.00000000 J/s) proves (7.00000000 J)."));
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void theRecomputedBound_isTheLeastPricedCostOfAllAssignments(long seed) {
    PlanningProblem problem = small(seed);
    double price = new Random(seed).nextDouble() * 3;
    double least = Double.POSITIVE_INFINITY;
    int[] path = new int[problem.costs().operators()];
    int[] any = {};
    for (int i = 0; i < path.length; ) {
      Plan plan = new Plan("any", problem, path);
      if (PlanChecker.check(plan).stream()
          .noneMatch(f -> f.kind() == PlanChecker.Kind.NOT_ALLOWED)) {
        least = Math.min(least, plan.energyJoules() - price * plan.slackSeconds());
        any = path.clone();
      }
      for (i = 0; i < path.length && ++path[i] == problem.costs().settings(); i++) {
        path[i] = 0;
      }
    }
    Plan claim = new Plan("any", problem, any);
    Plan priced = new Plan("any", problem, any, claim.energyJoules(), price);
    assertThat(PlanChecker.boundJoules(priced))
        .isCloseTo(least, within(1e-12 * (1 + Math.abs(least))));
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void aBoundOnePercentTooHigh_isFound_whateverThePlan(long seed) {
    Random random = new Random(seed);
    SettingGrid grid = Problems.grid(6, 4);
    PlanningProblem open =
        PlanningProblem.builder(Problems.physical(grid, 40, random), 1)
            .switchCosts(Problems.switches(grid, 1e-5, random))
            .idlePowerWatts(0.2)
            .start(Problems.start(grid, random))
            .build();
    PlanningProblem problem = open.withBudget(1.4 * Problems.fastestMakespan(open));
    Plan plan = new LagrangianPlanner().plan(problem);
    assertThat(plan.proof()).isEqualTo(Plan.Proof.PRICE);
    assertThat(PlanChecker.check(plan)).isEmpty();
    double price = plan.marginalJoulesPerSecond().orElseThrow();
    double claimed = 1.01 * plan.lowerBoundJoules();
    Plan dear = new RaceToIdlePlanner().plan(problem);
    assertThat(dear.energyJoules()).isGreaterThan(claimed);
    Plan forged = new Plan("forged", problem, dear.settings(), claimed, price);
    assertThat(PlanChecker.check(forged))
        .extracting(PlanChecker.Finding::kind)
        .containsExactly(PlanChecker.Kind.BOUND);
  }

  @Test
  void aPlan_saysWhatItIs() {
    assertThat(new LagrangianPlanner().plan(THREE_SECONDS).withNote("so").withNote("and so"))
        .hasToString(
            "lagrangian: 2 operators in 2 segments, 2 switches, 3.000 s of 3.000 s, 7000 mJ, within 0.0000 % of the least (so; and so)");
    assertThat(new Plan("any", THREE_SECONDS, new int[] {1, 1}).toString())
        .contains("nothing proven");
  }
}
