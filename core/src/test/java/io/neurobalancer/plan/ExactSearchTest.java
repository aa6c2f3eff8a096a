package io.neurobalancer.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import io.neurobalancer.device.SettingGrid;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Branch and bound against all paths of small problems, and where it has to branch. */
final class ExactSearchTest {

  private static PlanningProblem problem(Random random, int seed) {
    PlanningProblem open = AllPaths.problem(1 + random.nextInt(4), AllPaths.start(random), random);
    PlanningProblem.Builder builder =
        PlanningProblem.builder(open.costs(), 1)
            .switchCosts(open.switchCosts())
            .idlePowerWatts(open.idlePowerWatts())
            .start(open.start());
    if (seed % 3 == 0) {
      builder.switchLimit(0, new SwitchLimit(random.nextInt(3), 2e-3 * random.nextDouble()));
    }
    return builder.build();
  }

  @Test
  void fromTheWorstPath_theBestOfAllIsFound() {
    int searched = 0;
    for (int seed = 0; seed < 60; seed++) {
      Random random = new Random(seed);
      Trellis open = new Trellis(problem(random, seed));
      double[] span = {Double.POSITIVE_INFINITY, 0};
      AllPaths.forEach(
          open,
          path -> {
            if (open.keepsLimits(path)) {
              span[0] = Math.min(span[0], open.makespan(path));
              span[1] = Math.max(span[1], open.makespan(path));
            }
          });
      for (double share : new double[] {0, 0.1, 0.5, 1}) {
        double budget = (1 - share) * span[0] + share * span[1];
        if (!Double.isFinite(budget)) {
          continue;
        }
        Trellis flat = new Trellis(open.problem.withBudget(budget * (1 + 1e-12)));
        if (!LagrangianSearch.ignoringLimits(flat).solve(flat.problem.budgetSeconds())) {
          continue; // the fastest of all paths breaks a limit
        }
        double[] least = {Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY};
        int[] worst = new int[flat.rows];
        AllPaths.forEach(
            flat,
            path -> {
              if (flat.feasible(path)) {
                least[0] = Math.min(least[0], flat.folded(path));
                if (flat.folded(path) > least[1]) {
                  least[1] = flat.folded(path);
                  System.arraycopy(path, 0, worst, 0, path.length);
                }
              }
            });
        ExactSearch search = new ExactSearch(flat, worst, 0, Long.MAX_VALUE);
        assertThat(search.best()).containsExactly(worst).isNotSameAs(worst);
        assertThat(search.run()).isTrue();
        assertThat(flat.feasible(search.best())).isTrue();
        assertThat(flat.folded(search.best()))
            .as("seed %d, share %s", seed, share)
            .isCloseTo(least[0], offset(1e-13));

        Plan plan = new ExactPlanner().plan(flat.problem);
        assertThat(plan.planner()).isEqualTo(new ExactPlanner().name()).isEqualTo("exact");
        assertThat(plan.note()).isEmpty();
        double energy = least[0] + flat.idleJoules();
        assertThat(plan.energyJoules()).isCloseTo(energy, offset(1e-9 * Math.abs(energy)));
        assertThat(plan.lowerBoundJoules())
            .isLessThanOrEqualTo(plan.energyJoules())
            .isGreaterThan(energy - 3e-9 * Math.abs(energy));
        assertThat(plan.marginalJoulesPerSecond()).isPresent();
        searched++;
      }
    }
    assertThat(searched).isGreaterThan(150);
  }

  /** One operator of ten takes fifty times as long as each of the others. */
  private static PlanningProblem heavy(long seed, Start start) {
    Random random = new Random(seed);
    int opps = 60;
    int rows = 10;
    SettingGrid grid = Problems.grid(opps);
    double[] seconds = new double[rows * opps];
    double[] joules = new double[rows * opps];
    for (int i = 0; i < rows; i++) {
      double work = i == rows / 2 ? 5e-2 : 1e-3;
      for (int x = 0; x < opps; x++) {
        seconds[i * opps + x] = work * (opps - x + 0.9 * random.nextDouble());
        joules[i * opps + x] = work * (1 + x + 0.9 * random.nextDouble());
      }
    }
    PlanningProblem open =
        PlanningProblem.builder(Problems.costs(grid, seconds, joules), 1).start(start).build();
    double fastest = Problems.fastestMakespan(open);
    return open.withBudget(
        0.6 * fastest + 0.4 * new LagrangianPlanner().plan(open.withBudget(100)).makespanSeconds());
  }

  @Test
  void whereOneRowHoldsMuchOfTheWork_branchesFindWhatOneLongSearchFinds() {
    for (int seed = 0; seed < 2; seed++) {
      Trellis flat = new Trellis(heavy(seed, Start.free()));
      int[] fastest = flat.compress(Planner.fastest(flat.problem).settings());
      LagrangianSearch prices = new LagrangianSearch(flat);
      assertThat(prices.solve(flat.problem.budgetSeconds())).isTrue();
      int[] known = prices.best().clone();
      double[] price = {prices.price()};
      LabelSearch unbranched =
          new LabelSearch(flat, known, flat.folded(known), price, 0, Long.MAX_VALUE);
      assertThat(unbranched.run(0, -1, Integer.MAX_VALUE)).isTrue();
      ExactSearch search = new ExactSearch(flat, fastest, 0, 10_000_000);
      assertThat(search.run()).isTrue();
      assertThat(search.best()).as("seed %d", seed).containsExactly(unbranched.best());
      // More labels than a search may look at before it is split.
      assertThat(unbranched.spent()).isGreaterThan(150_000);
    }
  }
}
