package io.neurobalancer.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import io.neurobalancer.cost.CostTable;
import io.neurobalancer.device.SettingGrid;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * The searches under switch limits against all paths of small problems, whose limits and costs are
 * counted here anew.
 */
final class EnumeratedPathsTest {

  private static final double CLOSE = 1e-12;

  /**
   * A small problem with limits.
   *
   * @param even whether a row takes equally long at all settings, so that a dwell is a number of
   *     rows
   */
  private static Trellis limited(Random random, Start start, boolean even, boolean dwells) {
    SettingGrid grid = Problems.grid(random.nextBoolean() ? new int[] {2, 3} : new int[] {4});
    int rows = 3 + random.nextInt(3);
    CostTable costs = Problems.physical(grid, rows, random);
    if (even) {
      double[] seconds = new double[rows * grid.size()];
      for (int i = 0; i < rows; i++) {
        Arrays.fill(
            seconds, i * grid.size(), (i + 1) * grid.size(), 1e-3 * (1 + random.nextInt(3)));
      }
      costs = Problems.costs(grid, seconds, costs.energyJoules());
    }
    PlanningProblem.Builder builder =
        PlanningProblem.builder(costs, 1)
            .switchCosts(
                Problems.switches(grid, StrictMath.pow(10, -5 + 2 * random.nextDouble()), random))
            .idlePowerWatts(random.nextInt(2) * random.nextDouble())
            .start(start);
    for (int d = 0; d < grid.dimensions(); d++) {
      int most = random.nextInt(4);
      double dwell = dwells ? 1e-3 * random.nextInt(6) : 0;
      builder.switchLimit(d, new SwitchLimit(most == 3 ? rows + 2 : most, dwell));
    }
    if (random.nextInt(4) == 0) {
      builder.forbid(grid.size() - 1);
    }
    return new Trellis(builder.build());
  }

  /** Whether a path keeps the limits; {@code inner} leaves out how it is entered and left. */
  private static boolean keeps(Trellis flat, int[] path, boolean inner) {
    for (int d = 0; d < flat.domains(); d++) {
      SwitchLimit limit = flat.problem.switchLimit(d);
      SettingGrid grid = flat.problem.grid();
      int domain = d;
      int[] opps = Arrays.stream(path).map(x -> grid.oppIndex(flat.original[x], domain)).toArray();
      List<Integer> into = new ArrayList<>();
      int last = opps[opps.length - 1];
      int away = 0;
      if (!inner && flat.problem.start() instanceof Start.SteadyState && last != opps[0]) {
        into.add(0);
      }
      if (flat.problem.start() instanceof Start.FromSetting from) {
        int outside = grid.oppIndex(from.setting(), d);
        if (outside != opps[0]) {
          into.add(0);
        }
        away = outside == last ? 0 : 1;
      }
      IntStream.range(1, opps.length).filter(i -> opps[i] != opps[i - 1]).forEach(into::add);
      if (into.size() + away > limit.maximumSwitches()) {
        return false;
      }
      for (int k = 1; k < into.size(); k++) {
        double between =
            IntStream.range(into.get(k - 1), into.get(k))
                .mapToDouble(i -> flat.seconds[i * flat.settings + path[i]])
                .sum();
        if (between < limit.minimumDwellSeconds() - 1e-9) {
          return false;
        }
      }
    }
    return true;
  }

  /**
   * What a path costs at a price of time; {@code open} leaves out the way from its end to its
   * start.
   */
  private static double cost(Trellis flat, int[] path, double price, boolean open) {
    double cost = 0;
    for (int i = 0; i < path.length; i++) {
      int j = i * flat.settings + path[i];
      cost += flat.joules[j] + price * flat.seconds[j];
      if (i > 0) {
        cost += price * flat.switchSeconds(path[i - 1], path[i]);
        cost += flat.switchJoules(path[i - 1], path[i]);
      }
    }
    int first = path[0];
    int last = path[path.length - 1];
    if (flat.problem.start() instanceof Start.FromSetting) {
      cost += flat.entryJoules[first] + price * flat.entrySeconds[first] + flat.exitJoules[last];
    } else if (flat.problem.start() instanceof Start.SteadyState && !open) {
      cost += flat.switchJoules(last, first) + price * flat.switchSeconds(last, first);
    }
    return cost;
  }

  private static double least(Trellis flat, double price, int first, boolean open) {
    double[] least = {Double.POSITIVE_INFINITY};
    AllPaths.forEach(
        flat,
        path -> {
          if ((first < 0 || path[0] == first) && keeps(flat, path, open)) {
            least[0] = Math.min(least[0], cost(flat, path, price, open));
          }
        });
    return least[0];
  }

  private static void assertIsAPath(Trellis flat, double price, int[] path, double value) {
    assertThat(keeps(flat, path, false)).isTrue();
    assertThat(flat.keepsLimits(path)).isTrue();
    assertThat(cost(flat, path, price, false)).isCloseTo(value, offset(CLOSE));
  }

  @Test
  void whereRowsAreEven_bothSearchesFindTheBestPathThatKeepsTheLimits() {
    for (int seed = 0; seed < 80; seed++) {
      Random random = new Random(seed);
      Start start = seed % 2 == 0 ? Start.from(random.nextInt(4)) : Start.free();
      Trellis flat = limited(random, start, true, true);
      double price = seed % 3 == 0 ? 0 : random.nextDouble();
      double least = least(flat, price, -1, false);
      int[] path = new int[flat.rows];
      for (boolean cautious : new boolean[] {false, true}) {
        double found = new LimitedPath(flat, cautious).find(1, price, -1, path);
        if (least == Double.POSITIVE_INFINITY) {
          assertThat(found).as("seed %d", seed).isInfinite();
        } else {
          assertThat(found).as("seed %d", seed).isCloseTo(least, offset(CLOSE));
          assertIsAPath(flat, price, path, found);
        }
      }
    }
  }

  @Test
  void inASteadyState_theCautiousSearchCloses_andTheHopefulOneIsTheBestOpenPath() {
    for (int seed = 0; seed < 80; seed++) {
      Random random = new Random(seed);
      boolean dwells = seed % 2 == 0;
      Trellis flat = limited(random, Start.steadyState(), true, dwells);
      double price = random.nextDouble();
      int[] path = new int[flat.rows];
      double open = new LimitedPath(flat, false).find(1, price, -1, path);
      assertThat(open).as("seed %d", seed).isCloseTo(least(flat, price, -1, true), offset(CLOSE));
      LimitedPath cautious = new LimitedPath(flat, true);
      for (int x = 0; x < flat.settings; x++) {
        if (flat.allowed(x)) {
          double closed = cautious.find(1, price, x, path);
          double least = least(flat, price, x, false);
          if (closed < Double.POSITIVE_INFINITY) {
            assertIsAPath(flat, price, path, closed);
            assertThat(path[0]).isEqualTo(x);
          }
          assertThat(closed).as("seed %d", seed).isGreaterThanOrEqualTo(least - CLOSE);
          if (!dwells) {
            assertThat(closed).as("seed %d", seed).isCloseTo(least, offset(CLOSE));
          }
        }
      }
    }
  }

  @Test
  void whereRowsAreUneven_theBestPathLiesBetweenTheHopefulAndTheCautiousOne() {
    int cautiousFound = 0;
    for (int seed = 0; seed < 60; seed++) {
      Random random = new Random(seed);
      Trellis flat = limited(random, Start.free(), false, true);
      double least = least(flat, 0.3, -1, false);
      int[] path = new int[flat.rows];
      assertThat(new LimitedPath(flat, false).find(1, 0.3, -1, path))
          .as("seed %d", seed)
          .isLessThanOrEqualTo(least + CLOSE);
      double found = new LimitedPath(flat, true).find(1, 0.3, -1, path);
      assertIsAPath(flat, 0.3, path, found);
      assertThat(found).as("seed %d", seed).isGreaterThanOrEqualTo(least - CLOSE);
      cautiousFound += found < least + CLOSE ? 1 : 0;
    }
    assertThat(cautiousFound).isGreaterThan(40);
  }

  /** Rows of a millisecond, each of which is cheap at one of two settings. */
  private static Trellis wishes(int rows, IntPredicate first, SwitchLimit limit) {
    SettingGrid grid = Problems.grid(2);
    double[] seconds = new double[2 * rows];
    double[] joules = new double[2 * rows];
    Arrays.fill(seconds, 1e-3);
    for (int i = 0; i < rows; i++) {
      joules[2 * i] = first.test(i) ? 1e-3 : 3e-3;
      joules[2 * i + 1] = first.test(i) ? 3e-3 : 1e-3;
    }
    return new Trellis(
        PlanningProblem.builder(Problems.costs(grid, seconds, joules), 1)
            .switchCosts(Problems.switches(grid, 1e-6, new Random(1)))
            .start(Start.free())
            .switchLimit(0, limit)
            .build());
  }

  @Test
  void moreSwitchesThanAreCounted_andLongerDwells_areBoundedFromBothSides() {
    // Every row wants to switch: 15 times, of which 14 are allowed and 12 are told apart.
    Trellis flat = wishes(16, i -> i % 2 == 0, SwitchLimit.atMost(14));
    int[] path = new int[16];
    double least = least(flat, 0.2, -1, false);
    assertThat(new LimitedPath(flat, false).find(1, 0.2, -1, path))
        .isLessThanOrEqualTo(least + CLOSE);
    double found = new LimitedPath(flat, true).find(1, 0.2, -1, path);
    assertIsAPath(flat, 0.2, path, found);
    assertThat(found).isGreaterThanOrEqualTo(least - CLOSE);

    // Two switches 70 rows apart are wanted. None may follow another: all paths with one are tried.
    Trellis job = wishes(90, i -> i < 10 || i >= 80, SwitchLimit.dwell(1));
    double once = Double.POSITIVE_INFINITY;
    int[] tried = new int[90];
    for (int from = 0; from < 2; from++) {
      for (int at = 0; at < 90; at++) {
        Arrays.fill(tried, from);
        Arrays.fill(tried, at, 90, 1 - from);
        once = Math.min(once, cost(job, tried, 0.2, false));
      }
    }
    int[] chosen = new int[90];
    assertThat(new LimitedPath(job, true).find(1, 0.2, -1, chosen)).isCloseTo(once, offset(CLOSE));
    assertThat(new LimitedPath(job, false).find(1, 0.2, -1, chosen))
        .isLessThanOrEqualTo(once + CLOSE);
  }

  @Test
  void theLabelSearch_findsTheBestPathInTime_fromTheWorstOne() {
    for (int seed = 0; seed < 80; seed++) {
      Random random = new Random(seed);
      Trellis open = limited(random, start(seed, random), false, seed % 2 == 0);
      double[] span = {Double.POSITIVE_INFINITY, 0};
      AllPaths.forEach(
          open,
          path -> {
            if (keeps(open, path, false)) {
              span[0] = Math.min(span[0], open.makespan(path));
              span[1] = Math.max(span[1], open.makespan(path));
            }
          });
      if (span[0] == Double.POSITIVE_INFINITY) {
        continue;
      }
      double budget = span[0] + (span[1] - span[0]) * random.nextDouble();
      Trellis flat = new Trellis(open.problem.withBudget(budget));
      double[] energies = {Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY};
      int[] worst = new int[flat.rows];
      AllPaths.forEach(
          flat,
          path -> {
            if (keeps(flat, path, false) && flat.makespan(path) <= budget) {
              double energy = cost(flat, path, 0, false);
              energies[0] = Math.min(energies[0], energy);
              if (energy > energies[1]) {
                energies[1] = energy;
                System.arraycopy(path, 0, worst, 0, path.length);
              }
            }
          });
      LagrangianSearch prices = new LagrangianSearch(flat);
      double price = prices.solve(budget) ? prices.price() : 0;
      LabelSearch search =
          new LabelSearch(
              flat, worst, energies[1], new double[] {price, 0.5 * price}, 0, Long.MAX_VALUE);
      for (int cut : search.cuts(0)) {
        assertThat(search.run(0, cut, Integer.MAX_VALUE)).isTrue();
      }
      int[] best = search.best();
      assertThat(keeps(flat, best, false)).as("seed %d", seed).isTrue();
      assertThat(flat.makespan(best)).isLessThanOrEqualTo(budget);
      assertThat(cost(flat, best, 0, false))
          .as("seed %d", seed)
          .isCloseTo(energies[0], offset(CLOSE));
    }
  }

  private static Trellis free(Random random, Start start) {
    PlanningProblem.Builder builder =
        PlanningProblem.builder(limited(random, start, false, false).problem.costs(), 1);
    SettingGrid grid = builder.build().grid();
    return new Trellis(
        builder
            .switchCosts(
                Problems.switches(grid, StrictMath.pow(10, -4 + 2 * random.nextDouble()), random))
            .idlePowerWatts(random.nextInt(2) * random.nextDouble())
            .start(start)
            .build());
  }

  private static Start start(int seed, Random random) {
    return switch (seed % 3) {
      case 0 -> Start.steadyState();
      case 1 -> Start.from(random.nextInt(4));
      default -> Start.free();
    };
  }

  @Test
  void theBestWaysToAndFromEverySetting_areThoseOfAllPaths() {
    for (int seed = 0; seed < 60; seed++) {
      Random random = new Random(seed);
      Trellis flat = free(random, start(seed, random));
      double price = random.nextDouble();
      int m = flat.settings;
      double[] before = new double[flat.rows * m];
      double[] after = new double[flat.rows * m];
      Arrays.fill(before, Double.POSITIVE_INFINITY);
      Arrays.fill(after, Double.POSITIVE_INFINITY);
      AllPaths.forEach(
          flat,
          path -> {
            double whole = cost(flat, path, price, true);
            double soFar = flat.entryJoules[path[0]] + price * flat.entrySeconds[path[0]];
            for (int i = 0; i < path.length; i++) {
              int j = i * m + path[i];
              soFar += flat.joules[j] + price * flat.seconds[j];
              if (i > 0) {
                soFar += flat.switchJoules(path[i - 1], path[i]);
                soFar += price * flat.switchSeconds(path[i - 1], path[i]);
              }
              before[j] = Math.min(before[j], soFar);
              after[j] = Math.min(after[j], whole - soFar);
            }
          });
      Viterbi paths = new Viterbi(flat);
      paths.open(1, price, new int[flat.rows]);
      paths.backwardPass(0, -1);
      for (int j = 0; j < before.length; j++) {
        assertThat(paths.arrivals()[j]).as("seed %d", seed).isCloseTo(before[j], offset(CLOSE));
        assertThat(paths.completions()[j]).as("seed %d", seed).isCloseTo(after[j], offset(CLOSE));
      }
    }
  }

  @Test
  void theBestCycle_isThatOfAllPaths_wholeAndThroughEverySettingOfEveryRow() {
    for (int seed = 0; seed < 60; seed++) {
      Random random = new Random(seed);
      Trellis flat = free(random, Start.steadyState());
      double price = random.nextDouble();
      int m = flat.settings;
      double[] through = new double[flat.rows * m];
      Arrays.fill(through, Double.POSITIVE_INFINITY);
      AllPaths.forEach(
          flat,
          path -> {
            double whole = cost(flat, path, price, false);
            for (int i = 0; i < path.length; i++) {
              through[i * m + path[i]] = Math.min(through[i * m + path[i]], whole);
            }
          });
      Viterbi paths = new Viterbi(flat);
      int[] path = new int[flat.rows];
      for (int j = 0; j < through.length; j++) {
        paths.through(1, price, j / m, j % m, path);
        assertThat(paths.bound()).as("seed %d", seed).isCloseTo(through[j], offset(CLOSE));
        assertThat(path[j / m]).isEqualTo(j % m);
        assertThat(cost(flat, path, price, false)).isCloseTo(through[j], offset(CLOSE));
        // What is paid at the cut itself and what is paid after it are the whole cycle.
        paths.backwardPass(j / m, j % m);
        assertThat(paths.completions()[j] + flat.joules[j] + price * flat.seconds[j])
            .as("seed %d", seed)
            .isCloseTo(through[j], offset(CLOSE));
      }
      paths.closed(1, price, path);
      double best = Arrays.stream(through).min().orElseThrow();
      assertThat(paths.bound()).as("seed %d", seed).isCloseTo(best, offset(CLOSE));
      assertThat(cost(flat, path, price, false)).isCloseTo(best, offset(CLOSE));
      assertThat(path[paths.cutRow()]).isEqualTo(paths.cutSetting());
    }
  }
}
