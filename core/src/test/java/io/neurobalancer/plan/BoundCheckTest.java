package io.neurobalancer.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.device.SwitchCost;
import io.neurobalancer.device.SwitchCosts;
import java.util.Arrays;
import java.util.Collections;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The bound of a price against all assignments, also where it stops early. */
final class BoundCheckTest {

  private static final double CLOSE = 1e-12;

  /** Switches take so long that idling through them may burn more than they do. */
  private static PlanningProblem small(Random random) {
    int[][] shapes = {{4}, {2, 3}, {3, 2}, {2, 2, 2}};
    SettingGrid grid = Problems.grid(shapes[random.nextInt(shapes.length)]);
    int operators = 1 + random.nextInt(3);
    PlanningProblem.Builder builder =
        PlanningProblem.builder(Problems.physical(grid, operators, random), 1)
            .switchCosts(Problems.switches(grid, 3e-3, random))
            .idlePowerWatts(random.nextInt(2) * 3 * random.nextDouble())
            .wakingJoules(random.nextDouble())
            .periodSeconds(0.1)
            .start(Problems.start(grid, random));
    if (random.nextInt(2) == 0) {
      builder.forbid(random.nextInt(grid.size()));
    }
    if (random.nextInt(3) == 0) {
      builder.cuts(operators - 1);
    }
    return builder.build().withBudget(0.05 * (1 + random.nextDouble()));
  }

  /** The least over all allowed assignments of energy less the price of the time left. */
  private static double least(PlanningProblem problem, double price) {
    double[] least = {Double.POSITIVE_INFINITY};
    ExhaustivePlanner.forEach(
        problem,
        path -> {
          boolean allowed =
              IntStream.range(0, path.length)
                  .allMatch(
                      i ->
                          !problem.forbidden(path[i])
                              && (i == 0 || problem.cutBefore(i) || path[i] == path[i - 1]));
          if (allowed) {
            Plan plan = new Plan("any", problem, path);
            least[0] = Math.min(least[0], plan.energyJoules() - price * plan.slackSeconds());
          }
        });
    return least[0];
  }

  @Test
  void itIsTheLeastPricedCost_orNotBelowWhatWasAskedFor() {
    for (int seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      PlanningProblem problem = small(random);
      double price = random.nextInt(2) * 2 * random.nextDouble();
      double least = least(problem, price);
      for (double above : new double[] {1, 1e-3, 1e-5, 0, -1e-5, -1e-3, -1}) {
        double wanted = least + above;
        double joules = BoundCheck.joules(problem, price, wanted);
        if (above > 0) {
          assertThat(joules).as("seed %d", seed).isCloseTo(least, within(CLOSE));
        } else {
          assertThat(joules).isBetween(wanted - CLOSE, least + CLOSE);
        }
      }
    }
  }

  @Test
  void aJobThatMustPassOneSetting_isFollowedFromThere() {
    // Operators that do not care for their setting, but for one that only a single setting suits.
    // Followed through another operator it would be a cycle for each of 1024 settings.
    SettingGrid grid = Problems.grid(32, 32);
    int n = 100;
    double[] seconds = new double[n * grid.size()];
    Arrays.fill(seconds, 1e-3);
    SwitchCosts switches = new SwitchCosts(Collections.nCopies(2, SwitchCost.symmetric(0, 0.2)));
    for (int particular : new int[] {0, n / 2}) {
      double[] joules = new double[n * grid.size()];
      Arrays.fill(joules, 1);
      Arrays.fill(joules, particular * grid.size(), (particular + 1) * grid.size(), 3);
      joules[particular * grid.size() + 70] = 1;
      PlanningProblem problem =
          PlanningProblem.builder(Problems.costs(grid, seconds, joules), 1)
              .switchCosts(switches)
              .build();
      assertThat(BoundCheck.joules(problem, 0, n + 0.9)).isCloseTo(n, within(1e-9));
    }
  }
}
