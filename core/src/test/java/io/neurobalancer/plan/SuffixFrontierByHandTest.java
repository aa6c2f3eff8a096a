package io.neurobalancer.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neurobalancer.cost.CostTable;
import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.device.SwitchCosts;
import io.neurobalancer.unit.NeuroBalancerException;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The tables of a suffix frontier, against all ways to finish and against counts by hand. */
final class SuffixFrontierByHandTest {

  private static PlanningProblem problem(
      SettingGrid grid, double[] seconds, double[] joules, double budget) {
    return PlanningProblem.builder(Problems.costs(grid, seconds, joules), budget)
        .start(Start.free())
        .build();
  }

  private static PlanningProblem random(long seed) {
    Random random = new Random(seed);
    int[][] shapes = {{2, 2}, {4}, {2, 3}};
    SettingGrid grid = Problems.grid(shapes[(int) (seed % 3)]);
    PlanningProblem open =
        PlanningProblem.builder(Problems.physical(grid, 4, random), 1)
            .switchCosts(Problems.switches(grid, 4e-4, random))
            .idlePowerWatts(random.nextDouble())
            .start(Problems.start(grid, random))
            .build();
    return open.withBudget(Problems.fastestMakespan(open) * (1.2 + random.nextDouble()));
  }

  /** What finishing along settings takes and burns beyond idling, from a present setting. */
  private static double[] finish(PlanningProblem problem, int first, int present, int[] path) {
    CostTable costs = problem.costs();
    SwitchCosts switches = problem.switchCosts();
    double seconds = 0;
    double joules = 0;
    int at = present;
    for (int i = first; i < costs.operators(); i++) {
      int x = path[i - first];
      seconds += switches.seconds(problem.grid(), at, x) + costs.latencySeconds(i, x);
      joules += switches.joules(problem.grid(), at, x) + costs.energyJoules(i, x);
      at = x;
    }
    joules -= problem.idlePowerWatts() * seconds;
    if (problem.start() instanceof Start.FromSetting from) {
      joules += switches.joules(problem.grid(), at, from.setting());
    }
    return new double[] {seconds, joules};
  }

  @Test
  void everyRung_isTheCheapestWayToFinish_atOnePriceOfTime() {
    for (long seed = 0; seed < 9; seed++) {
      PlanningProblem problem = random(seed);
      SuffixFrontier frontier = SuffixFrontier.of(problem);
      int[] settings = frontier.settings();
      int n = problem.costs().operators();
      int count = settings.length;
      float[] remaining = frontier.remainingSeconds();
      byte[] next = frontier.next();
      int rungs = next.length / (n * count);
      double before = 0;
      for (int k = 0; k < rungs; k++) {
        // Between which prices the ways that this rung tells are the cheapest ones.
        double[] prices = {Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY};
        for (int first = 0; first < n; first++) {
          for (int s = 0; s < count; s++) {
            int[] told = new int[n - first];
            int at = s;
            for (int i = first; i < n; i++) {
              at = next[(i * count + at) * rungs + k];
              told[i - first] = settings[at];
            }
            double[] own = finish(problem, first, settings[s], told);
            assertThat((double) remaining[(first * count + s) * rungs + k])
                .isBetween(own[0], own[0] * (1 + 3e-7));
            narrow(problem, first, settings[s], settings, own, prices);
          }
        }
        assertThat(prices[0]).as("seed %d rung %d", seed, k).isLessThan(prices[1] + 1e-9);
        if (k == 0) {
          assertThat(prices[0]).isLessThan(1e-9);
        }
        assertThat(prices[1]).isGreaterThan(before - 1e-9);
        before = Math.max(before, prices[0]);
        if (k == rungs - 1) {
          assertThat(prices[1]).isInfinite();
        }
      }
      for (int i = 0; i < n; i++) {
        for (int s = 0; s < count; s++) {
          assertThat(frontier.fastestSeconds(i, settings[s]))
              .isEqualTo(remaining[(i * count + s + 1) * rungs - 1]);
        }
      }
    }
  }

  private static void narrow(
      PlanningProblem problem,
      int first,
      int present,
      int[] settings,
      double[] own,
      double[] prices) {
    int[] index = new int[problem.costs().operators() - first];
    for (int i = 0; i < index.length; ) {
      int[] path = Arrays.stream(index).map(s -> settings[s]).toArray();
      double[] other = finish(problem, first, present, path);
      double later = other[0] - own[0];
      if (Math.abs(later) < 1e-12) {
        assertThat(other[1]).isGreaterThan(own[1] - 1e-9);
      } else if (later > 0) {
        prices[0] = Math.max(prices[0], (own[1] - other[1]) / later);
      } else {
        prices[1] = Math.min(prices[1], (other[1] - own[1]) / -later);
      }
      for (i = 0; i < index.length && ++index[i] == settings.length; i++) {
        index[i] = 0;
      }
    }
  }

  @Test
  void whereTheBudgetPressesNobody_theRungsLieAroundWhatASecondIsWorthOnTheWhole() {
    // A slow millisecond spares 0.97 mJ in one operator and 1.03 mJ in the other: 1 W on the whole.
    double[] seconds = {2e-3, 1e-3, 2e-3, 1e-3};
    double[] joules = {4.03e-3, 5e-3, 3.97e-3, 5e-3};
    SuffixFrontier frontier = SuffixFrontier.of(problem(Problems.grid(2), seconds, joules, 1));
    assertThat(frontier.next(0, 3.001e-3, 0)).isEqualTo(1);
    assertThat(frontier.next(1, 2.001e-3, 1)).isZero();
    assertThat(frontier.next(0, 4.001e-3, 1)).isZero();
    assertThat(frontier.next(0, 2.999e-3, 0)).isEqualTo(1);
    assertThat(frontier.next(1, 1.999e-3, 0)).isEqualTo(1);
  }

  @Test
  void whatOnlyTheFastestOrOnlyTheCheapestPlanNeeds_isThere() {
    // The third setting is worth 6 W of hurry, the last one a thousand; the first saves hardly
    // anything for much time; the second is never any good.
    SettingGrid grid = Problems.grid(5);
    double[] seconds = {9, 6, 4, 2, 1};
    double[] joules = {3.9, 17, 4, 16, 1016};
    SuffixFrontier frontier = SuffixFrontier.of(problem(grid, seconds, joules, 3));
    assertThat(frontier.settings()).containsExactly(0, 2, 3, 4);
    assertThat(frontier.next(0, 9.001, 2)).isZero();
    assertThat(frontier.next(0, 8.999, 2)).isEqualTo(2);
    assertThat(frontier.next(0, 3.999, 2)).isEqualTo(3);
    assertThat(frontier.next(0, 1.999, 2)).isEqualTo(4);
    // A way that fits exactly is taken.
    for (float fits : frontier.remainingSeconds()) {
      assertThat(seconds[frontier.next(0, fits, 2)]).isGreaterThan(fits - 1e-5);
    }
  }

  @Test
  void ofMoreSettingsThanHaveRows_thoseInWhichMostTimeIsSpentAreKept() {
    // Operators 1 to 30 are fast and cheap at a setting of their own, 22 of them long and 8 short.
    // Operator 0 is faster at the first setting, at any price, and operator 31 a little cheaper at
    // the last one, in any time.
    int m = 32;
    double[] seconds = new double[m * m];
    double[] joules = new double[m * m];
    for (int i = 0; i < m; i++) {
      double length = (i > 0 && i % 4 == 0) || i == 30 ? 0.05 : 1;
      for (int x = 0; x < m; x++) {
        seconds[i * m + x] = length * (x == i ? 1 : 1.5);
        joules[i * m + x] = length * (x == i ? 1 : 1.5);
      }
    }
    seconds[0] = 0.7;
    joules[0] = 1e9;
    seconds[m * m - 1] = 3;
    joules[m * m - 1] = 1.4999;
    SuffixFrontier frontier = SuffixFrontier.of(problem(Problems.grid(m), seconds, joules, 26));
    int[] expected = IntStream.range(0, m).filter(x -> x == 0 || (x % 4 != 0 && x != 30)).toArray();
    assertThat(frontier.settings()).startsWith(0).endsWith(31);
    assertThat(frontier.settings()).isEqualTo(expected).hasSize(24);
  }

  @Test
  void theNearestSetting_differsInFewestClocks_andThenByTheLeastSteps() {
    // Only these are of any use, each to one operator.
    SettingGrid grid = Problems.grid(4, 5);
    int[] good = {grid.setting(0, 0), grid.setting(0, 3), grid.setting(2, 2)};
    double[] seconds = new double[good.length * grid.size()];
    Arrays.fill(seconds, 2);
    for (int i = 0; i < good.length; i++) {
      seconds[i * grid.size() + good[i]] = 1;
    }
    SuffixFrontier frontier = SuffixFrontier.of(problem(grid, seconds, seconds, 10));
    assertThat(frontier.settings()).containsExactly(good);
    byte[] nearest = frontier.nearest();
    assertThat(nearest[grid.setting(0, 1)]).isZero();
    assertThat(nearest[grid.setting(0, 2)]).isEqualTo((byte) 1);
    assertThat(nearest[grid.setting(0, 3)]).isEqualTo((byte) 1);
    assertThat(nearest[grid.setting(1, 2)]).isEqualTo((byte) 2);
    assertThat(nearest[grid.setting(3, 2)]).isEqualTo((byte) 2);
    // One clock three steps away, rather than two clocks that are nearer.
    assertThat(nearest[grid.setting(3, 0)]).isZero();
    assertThat(nearest[grid.setting(3, 3)]).isEqualTo((byte) 1);
    // Without the second, both clocks differ: by three and by one step, or by one each.
    byte[] either =
        SuffixFrontier.of(
                PlanningProblem.builder(Problems.costs(grid, seconds, seconds), 10)
                    .forbid(grid.setting(0, 3))
                    .start(Start.free())
                    .build())
            .nearest();
    assertThat(either[grid.setting(1, 3)]).isEqualTo(either[grid.setting(2, 2)]);
    assertThat(either[grid.setting(3, 1)]).isEqualTo(either[grid.setting(2, 2)]);
    assertThat(either[grid.setting(2, 2)]).isNotEqualTo(either[grid.setting(0, 0)]);
  }

  @Test
  void whereAllSettingsAreAlike_thePresentOneStays() {
    double[] ones = {1, 1, 1, 1};
    double[] joules = {1, 1, 1, 1};
    SuffixFrontier frontier = SuffixFrontier.of(problem(Problems.grid(2), ones, joules, 2));
    for (int setting : frontier.settings()) {
      assertThat(frontier.next(0, 5, setting)).isEqualTo(setting);
      assertThat(frontier.next(0, 1, setting)).isEqualTo(setting);
    }
  }

  @Test
  void itsBytes_areThoseOfItsTables() {
    SuffixFrontier frontier =
        SuffixFrontier.of(
            problem(
                Problems.grid(2),
                new double[] {2, 1, 2, 1, 2, 1},
                new double[] {2, 5, 3, 5, 4, 5},
                4));
    // Three rows, two settings and 24 prices: 144 times of four bytes and as many bytes; and three
    // rows and two settings of four bytes, and a byte for each of two settings.
    assertThat(frontier.next()).hasSize(144);
    assertThat(frontier.bytes()).isEqualTo(5 * 144 + 4 * 3 + 4 * 2 + 2);
  }

  @Test
  void tablesOfNothing_areRefused() {
    assertThatThrownBy(
            () ->
                new SuffixFrontier(
                    new int[] {-1}, new int[] {0}, new byte[1], new float[0], new byte[0]))
        .isInstanceOf(NeuroBalancerException.class)
        .hasMessageContaining("0 rows and 1 settings");
    assertThatThrownBy(
            () ->
                new SuffixFrontier(
                    new int[] {0}, new int[] {0}, new byte[1], new float[0], new byte[0]))
        .isInstanceOf(NeuroBalancerException.class)
        .hasMessageContaining("0 times and 0 next settings");
  }
}
