package io.neurobalancer.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import io.neurobalancer.device.SettingGrid;
import java.util.List;
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
    if (seed % 2 == 0) {
      builder.switchLimit(0, new SwitchLimit(random.nextInt(3), 2e-3 * random.nextDouble()));
    }
    return builder.build();
  }

  @Test
  void fromTheWorstPath_theBestOfAllIsFound() {
    int searched = 0;
    for (int seed = 0; seed < 90; seed++) {
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

  /** Some operators take fifty times as long as each of the others. */
  private static Trellis heavy(long seed, Start start, int opps, int rows, int from, int heavy) {
    Random random = new Random(seed);
    SettingGrid grid = Problems.grid(opps);
    double[] seconds = new double[rows * opps];
    double[] joules = new double[rows * opps];
    for (int i = 0; i < rows; i++) {
      double work = i >= from && i < from + heavy ? 5e-2 : 1e-3;
      for (int x = 0; x < opps; x++) {
        seconds[i * opps + x] = work * (opps - x + 0.9 * random.nextDouble());
        joules[i * opps + x] = work * (1 + x + 0.9 * random.nextDouble());
      }
    }
    PlanningProblem open =
        PlanningProblem.builder(Problems.costs(grid, seconds, joules), 1).start(start).build();
    double fastest = Problems.fastestMakespan(open);
    double thrifty = new LagrangianPlanner().plan(open.withBudget(100)).makespanSeconds();
    return new Trellis(open.withBudget(0.6 * fastest + 0.4 * thrifty));
  }

  private static ExactSearch search(Trellis flat, long mostLabels) {
    int[] fastest = flat.compress(Planner.fastest(flat.problem).settings());
    return new ExactSearch(flat, fastest, 0, mostLabels);
  }

  /** The energy that one label search finds that is never split, from the Lagrangian plan on. */
  private static double unsplit(Trellis flat) {
    LagrangianSearch lagrangian = new LagrangianSearch(flat);
    assertThat(lagrangian.solve(flat.problem.budgetSeconds())).isTrue();
    int[] known = lagrangian.best().clone();
    double price = lagrangian.price();
    double[] prices = {price, 0.98 * price, 1.02 * price, 0.9 * price, 1.1 * price};
    LabelSearch labels =
        new LabelSearch(flat, known, flat.folded(known), prices, 0, Long.MAX_VALUE);
    for (int cut : labels.cuts(0)) {
      assertThat(labels.run(0, cut, Integer.MAX_VALUE)).isTrue();
    }
    return flat.folded(labels.best());
  }

  @Test
  void aSearchThatStaysSmall_isNotSplit_howeverLittleItMayLookAt() {
    // 142,054 and 135,042 partial plans when this was written, of 150,000 before a split.
    for (Trellis flat :
        List.of(heavy(3, Start.free(), 60, 10, 0, 1), heavy(3, Start.steadyState(), 60, 8, 0, 2))) {
      ExactSearch search = search(flat, 1);
      assertThat(search.run()).isTrue();
      assertThat(flat.folded(search.best())).isCloseTo(unsplit(flat), offset(1e-12));
    }
  }

  @Test
  void whereOneRowHoldsMuchOfTheWork_branchesFindWhatOneLongSearchFinds() {
    // After 150,000 the search is split, and the branches take 2,312 more, 23,660, 308 and 48,931.
    for (Trellis flat :
        List.of(
            heavy(2, Start.free(), 60, 10, 0, 1),
            heavy(1, Start.free(), 60, 10, 5, 1),
            heavy(0, Start.steadyState(), 30, 6, 0, 1),
            heavy(0, Start.steadyState(), 60, 8, 0, 1))) {
      double best = unsplit(flat);
      ExactSearch split = search(flat, 155_000);
      assertThat(split.run()).isTrue();
      assertThat(flat.feasible(split.best())).isTrue();
      assertThat(flat.folded(split.best())).isCloseTo(best, offset(1e-12));
      ExactSearch givenUp = search(flat, 149_999);
      assertThat(givenUp.run()).isFalse();
      assertThat(flat.feasible(givenUp.best())).isTrue();
      assertThat(flat.folded(givenUp.best())).isGreaterThanOrEqualTo(best - 1e-12);
      Plan plan = new ExactPlanner(149_999).plan(flat.problem);
      assertThat(plan.planner()).isEqualTo("lagrangian");
      assertThat(plan.note()).startsWith("exact gave up after 149999 partial plans");
      assertThat(new ExactPlanner(155_000).plan(flat.problem).planner()).isEqualTo("exact");
    }
  }

  @Test
  void whereABranchGrowsTooLargeToo_theSearchIsGivenUp() {
    // Two heavy rows: the first branch takes more than 150,000 again.
    assertThat(search(heavy(0, Start.free(), 60, 10, 0, 2), 160_000).run()).isFalse();
    assertThat(search(heavy(2, Start.steadyState(), 30, 6, 0, 2), 160_000).run()).isFalse();
  }
}
