package io.neurobalancer.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.neurobalancer.device.SettingGrid;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The label search from a poor start: nothing but itself can find the optimum. */
final class LabelSearchPropertyTest {

  static LongStream seeds() {
    return Seeds.upTo(300);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void fromTheFastestPath_itFindsTheOptimum_withSwitchesOfEverySize(long seed) {
    Random random = new Random(seed);
    int[][] shapes = {{4}, {2, 3}, {3, 2}};
    SettingGrid grid = Problems.grid(shapes[random.nextInt(shapes.length)]);
    PlanningProblem open =
        PlanningProblem.builder(Problems.physical(grid, 3 + random.nextInt(3), random), 1)
            .switchCosts(
                Problems.switches(grid, StrictMath.pow(10, -5 + 3 * random.nextDouble()), random))
            .idlePowerWatts(random.nextInt(2) * random.nextDouble())
            .start(random.nextBoolean() ? Start.steadyState() : Start.from(0))
            .build();
    PlanningProblem problem =
        open.withBudget(Problems.fastestMakespan(open) * (1.05 + random.nextDouble()));
    Trellis flat = new Trellis(problem);
    int[] start = flat.compress(Planner.fastest(problem).settings());
    LabelSearch search =
        new LabelSearch(flat, start, flat.folded(start), new double[] {0}, 0, Long.MAX_VALUE);
    for (int cut : search.cuts(0)) {
      assertThat(search.run(0, cut, Integer.MAX_VALUE)).isTrue();
    }
    Plan found = new Plan("labels", problem, flat.expand(search.best()));
    Plan optimum = new ExhaustivePlanner().plan(problem);
    assertThat(PlanChecker.check(found)).isEmpty();
    assertThat(found.energyJoules()).isLessThanOrEqualTo(optimum.energyJoules() * (1 + 1e-9));
  }
}
