package io.neurobalancer.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.device.SwitchCost;
import io.neurobalancer.device.SwitchCosts;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * How many partial plans the label search looks at, counted by a search that compares everything
 * with everything and takes every bound over all settings.
 */
final class LabelSearchCountTest {

  /** A partial plan; per limited domain its switches, and for how long it has kept its OPP. */
  private static final class Label {
    final int x;
    final double seconds;
    final double joules;
    final double bound;
    final int[] switches;
    final double[] dwelt;
    final boolean[] hurried;

    Label(
        int x,
        double seconds,
        double joules,
        double bound,
        int[] switches,
        double[] dwelt,
        boolean[] hurried) {
      this.x = x;
      this.seconds = seconds;
      this.joules = joules;
      this.bound = bound;
      this.switches = switches;
      this.dwelt = dwelt;
      this.hurried = hurried;
    }

    boolean isFreer(Label other) {
      return IntStream.range(0, switches.length)
          .allMatch(
              d ->
                  switches[d] <= other.switches[d]
                      && dwelt[d] >= other.dwelt[d]
                      && (other.hurried[d] || !hurried[d]));
    }
  }

  /** The slow search. */
  private static final class Counted {
    final Trellis flat;
    final int n;
    final int m;
    final int row;
    final int setting;
    final double[] prices;
    final double best;
    final double[][] arrivals;
    final double[][] completions;
    final double[] fastest;
    final boolean limited;
    final int[] domains;
    long spent;
    double found;

    Counted(Trellis flat, int row, int setting, double[] prices, double best) {
      this.flat = flat;
      this.n = flat.rows;
      this.m = flat.settings;
      this.row = row;
      this.setting = setting;
      this.prices = prices;
      this.best = best;
      this.domains =
          IntStream.range(0, flat.domains())
              .filter(d -> !flat.problem.switchLimit(d).isNone())
              .toArray();
      this.limited = domains.length > 0;
      this.arrivals = new double[prices.length][];
      this.completions = new double[prices.length][];
      for (int p = 0; p < prices.length; p++) {
        arrivals[p] = arrivals(prices[p]);
        completions[p] = completions(1, prices[p]);
      }
      this.fastest = completions(0, 1);
    }

    private double[] arrivals(double price) {
      double[] least = new double[n * m];
      for (int step = 0; step < n; step++) {
        int i = (row + step) % n;
        for (int x = 0; x < m; x++) {
          double before = step == 0 && setting >= 0 && x != setting ? 1e300 : 0;
          if (step == 0 && setting < 0) {
            before = flat.entryJoules[x] + price * flat.entrySeconds[x];
          } else if (step > 0) {
            before = Double.POSITIVE_INFINITY;
            for (int y = 0; y < m; y++) {
              before =
                  Math.min(
                      before,
                      least[(i + n - 1) % n * m + y]
                          + flat.switchJoules(y, x)
                          + price * flat.switchSeconds(y, x));
            }
          }
          least[i * m + x] = before + flat.joules[i * m + x] + price * flat.seconds[i * m + x];
        }
      }
      return least;
    }

    private double[] completions(double energy, double price) {
      double[] least = new double[n * m];
      for (int step = n - 1; step >= 0; step--) {
        int i = (row + step) % n;
        int next = (i + 1) % n;
        for (int x = 0; x < m; x++) {
          double after = energy * flat.exitJoules[x];
          if (step < n - 1 || setting >= 0) {
            after = Double.POSITIVE_INFINITY;
            for (int y = 0; y < m; y++) {
              boolean closing = step == n - 1;
              double rest =
                  closing
                      ? y == setting ? 0 : Double.POSITIVE_INFINITY
                      : least[next * m + y]
                          + energy * flat.joules[next * m + y]
                          + price * flat.seconds[next * m + y];
              after =
                  Math.min(
                      after,
                      rest + energy * flat.switchJoules(x, y) + price * flat.switchSeconds(x, y));
            }
          }
          least[i * m + x] = after;
        }
      }
      return least;
    }

    private boolean wins(int i, int x) {
      double closing = 0;
      for (int d = 0; d < flat.domains() && setting < 0 && flat.cyclic(); d++) {
        closing += Math.min(0, Math.min(flat.upJoules[d], flat.downJoules[d]));
      }
      int j = i * m + x;
      boolean wins = flat.allowed(i, x);
      for (int p = 0; p < prices.length; p++) {
        double limit = best + prices[p] * flat.problem.budgetSeconds() - closing;
        wins &= arrivals[p][j] + completions[p][j] < limit;
      }
      return wins;
    }

    /** Returns what the best path through a setting costs at the first price. */
    double least(int i, int x) {
      return arrivals[0][i * m + x] + completions[0][i * m + x];
    }

    int[] alive(int i) {
      if (i == row && setting >= 0) {
        return wins(i, setting) ? new int[] {setting} : new int[0];
      }
      int[] winners = IntStream.range(0, m).filter(x -> wins(i, x)).toArray();
      return Arrays.stream(winners)
          .filter(x -> Arrays.stream(winners).noneMatch(y -> y != x && beats(i, y, x)))
          .toArray();
    }

    private boolean beats(int i, int y, int x) {
      double seconds = flat.seconds[i * m + y];
      double joules = flat.joules[i * m + y];
      for (int d = 0; d < flat.domains(); d++) {
        if (flat.opp[d * m + y] != flat.opp[d * m + x]) {
          if (!flat.problem.switchLimit(d).isNone()) {
            return false;
          }
          seconds += detour(flat.upSeconds[d], flat.downSeconds[d]);
          joules += detourJoules(flat, d);
        }
      }
      // Where a dwell counts, a faster row may be too fast.
      double otherSeconds = flat.seconds[i * m + x];
      double otherJoules = flat.joules[i * m + x];
      if (seconds == otherSeconds && joules == otherJoules) {
        return y < x;
      }
      return (limited ? seconds == otherSeconds : seconds <= otherSeconds) && joules <= otherJoules;
    }

    private double bound(int j, double seconds, double joules) {
      double left = flat.problem.budgetSeconds() - seconds;
      double bound = Double.NEGATIVE_INFINITY;
      for (int p = 0; p < prices.length; p++) {
        bound = Math.max(bound, joules + completions[p][j] - prices[p] * left);
      }
      return fastest[j] > left + 1e-12 || bound >= best ? Double.POSITIVE_INFINITY : bound;
    }

    /**
     * Returns the label that follows; its bound is infinite if it is hopeless or breaks a limit.
     */
    private Label follow(Label from, int i, int x) {
      double own = flat.seconds[i * m + x];
      double seconds = from.seconds + flat.switchSeconds(from.x, x) + own;
      double joules = from.joules + flat.switchJoules(from.x, x) + flat.joules[i * m + x];
      int[] switches = from.switches.clone();
      double[] dwelt = from.dwelt.clone();
      boolean[] hurried = from.hurried.clone();
      boolean keeps = true;
      for (int l = 0; l < switches.length; l++) {
        int d = domains[l];
        SwitchLimit limit = flat.problem.switchLimit(d);
        if (flat.opp[d * m + from.x] != flat.opp[d * m + x]) {
          boolean soon = dwelt[l] < limit.minimumDwellSeconds() * (1 - 1e-12);
          keeps &= !soon || switches[l] == 0;
          hurried[l] |= soon && switches[l] == 0 && flat.cyclic();
          switches[l]++;
          dwelt[l] = 0;
        }
        keeps &= switches[l] <= limit.maximumSwitches();
        dwelt[l] = Math.min(dwelt[l] + own, limit.minimumDwellSeconds());
      }
      double bound = bound(i * m + x, seconds, joules);
      return new Label(
          x, seconds, joules, keeps ? bound : Double.POSITIVE_INFINITY, switches, dwelt, hurried);
    }

    private Label first(int x) {
      double seconds = flat.seconds[row * m + x] + (setting < 0 ? flat.entrySeconds[x] : 0);
      double joules = flat.joules[row * m + x] + (setting < 0 ? flat.entryJoules[x] : 0);
      int[] switches = new int[domains.length];
      double[] dwelt = new double[domains.length];
      for (int l = 0; l < domains.length; l++) {
        int d = domains[l];
        boolean entered = flat.problem.start() instanceof Start.FromSetting;
        boolean switched = entered && flat.entryOpp(d, x) != flat.originalOpp(d, x);
        boolean settled = !switched && !flat.cyclic();
        switches[l] = switched ? 1 : 0;
        dwelt[l] = flat.problem.switchLimit(d).minimumDwellSeconds();
        dwelt[l] = settled ? dwelt[l] : Math.min(dwelt[l], flat.seconds[row * m + x]);
      }
      double bound = bound(row * m + x, seconds, joules);
      return new Label(x, seconds, joules, bound, switches, dwelt, new boolean[domains.length]);
    }

    Counted run(int beam) {
      List<Label> labels = new ArrayList<>();
      for (int x : alive(row)) {
        labels.add(first(x));
      }
      labels.removeIf(label -> label.bound == Double.POSITIVE_INFINITY);
      for (int step = 1; step < n; step++) {
        int i = (row + step) % n;
        List<Label> next = new ArrayList<>();
        for (int x : alive(i)) {
          List<Label> here = new ArrayList<>();
          labels.forEach(label -> here.add(follow(label, i, x)));
          here.removeIf(label -> label.bound == Double.POSITIVE_INFINITY);
          spent += here.size();
          for (Label b : here) {
            boolean first = true;
            boolean beaten = false;
            for (Label a : here) {
              first &= a != b;
              // Of two that cost the same the first one stays.
              boolean better = a.seconds < b.seconds || a.joules < b.joules;
              beaten |= a != b && beats(a, b) && (first || better);
            }
            if (!beaten) {
              next.add(b);
            }
          }
        }
        labels = limited ? next : across(next);
        double[] bounds = labels.stream().mapToDouble(label -> label.bound).sorted().toArray();
        labels.removeIf(label -> bounds.length > beam && label.bound >= bounds[beam]);
      }
      found = best;
      for (Label label : labels) {
        double closing =
            setting < 0 ? flat.exitJoules[label.x] : flat.switchJoules(label.x, setting);
        found = Math.min(found, label.joules + closing);
      }
      return this;
    }

    private static boolean beats(Label a, Label b) {
      return a.seconds <= b.seconds && a.joules <= b.joules && a.isFreer(b);
    }

    private List<Label> across(List<Label> labels) {
      double seconds = 0;
      double joules = 0;
      for (int d = 0; d < flat.domains(); d++) {
        seconds += detour(flat.upSeconds[d], flat.downSeconds[d]);
        joules += detourJoules(flat, d);
      }
      List<Label> kept = new ArrayList<>();
      for (Label b : labels) {
        boolean beaten = false;
        for (Label a : labels) {
          beaten |= a.seconds + seconds < b.seconds && a.joules + joules < b.joules;
        }
        if (!beaten) {
          kept.add(b);
        }
      }
      return kept;
    }
  }

  /** What another OPP for one row can cost at most, tried from and to every OPP around two. */
  private static double detour(double up, double down) {
    double into = Double.NEGATIVE_INFINITY;
    double outOf = Double.NEGATIVE_INFINITY;
    for (int other = 0; other < 7; other++) {
      into = Math.max(into, step(other, 4, up, down) - step(other, 2, up, down));
      outOf = Math.max(outOf, step(4, other, up, down) - step(2, other, up, down));
    }
    return into + outOf;
  }

  private static double step(int from, int to, double up, double down) {
    return to > from ? up : to < from ? down : 0;
  }

  private static double detourJoules(Trellis flat, int d) {
    double idle = flat.problem.idlePowerWatts();
    return Math.max(
        detour(flat.upJoules[d], flat.downJoules[d]),
        detour(
            flat.upJoules[d] + idle * flat.upSeconds[d],
            flat.downJoules[d] + idle * flat.downSeconds[d]));
  }

  private static Trellis problem(Random random, boolean limited) {
    PlanningProblem open = AllPaths.problem(2 + random.nextInt(5), AllPaths.start(random), random);
    PlanningProblem.Builder builder =
        PlanningProblem.builder(open.costs(), 1)
            .switchCosts(
                Problems.switches(
                    open.grid(), StrictMath.pow(10, -6 + 4 * random.nextDouble()), random))
            .idlePowerWatts(random.nextInt(3) * random.nextDouble())
            .start(open.start());
    limit(builder, open.grid().dimensions(), limited, 2e-3 * random.nextDouble(), random);
    if (random.nextInt(3) == 0) {
      builder.forbid(random.nextInt(open.grid().size()));
    }
    Trellis flat = new Trellis(builder.build());
    int[] path = new int[flat.rows];
    new Viterbi(flat).closed(0, 1, path);
    double fastest = flat.makespan(path);
    new Viterbi(flat).closed(1, 0, path);
    double budget = fastest + random.nextDouble() * (flat.makespan(path) - fastest);
    return new Trellis(builder.build().withBudget(budget * (1 + 1e-9)));
  }

  /** Limits the first domain, and perhaps the others. */
  private static void limit(
      PlanningProblem.Builder builder,
      int domains,
      boolean limited,
      double dwellSeconds,
      Random random) {
    for (int d = 0; d < domains && limited; d++) {
      if (d == 0 || random.nextBoolean()) {
        int most = random.nextInt(4);
        builder.switchLimit(
            d, new SwitchLimit(most == 3 ? 9 : most, random.nextInt(3) == 0 ? 0 : dwellSeconds));
      }
    }
  }

  /** Times and energies in small whole numbers, so that ties are many. */
  private static Trellis whole(Random random, boolean limited) {
    SettingGrid grid = random.nextBoolean() ? Problems.grid(2, 2) : Problems.grid(3);
    int rows = 2 + random.nextInt(4);
    int cells = rows * grid.size();
    double[] seconds = random.ints(cells, 1, 4).asDoubleStream().toArray();
    double[] joules = random.ints(cells, 3, 9).asDoubleStream().toArray();
    PlanningProblem.Builder builder =
        PlanningProblem.builder(
                Problems.costs(grid, seconds, joules), rows + random.nextInt(2 * rows))
            .switchCosts(
                new SwitchCosts(
                    Collections.nCopies(
                        grid.dimensions(),
                        new SwitchCost(
                            random.nextInt(2),
                            random.nextInt(2),
                            random.nextInt(2),
                            random.nextInt(3)))))
            .idlePowerWatts(random.nextInt(3))
            .start(AllPaths.start(random));
    limit(builder, grid.dimensions(), limited, 1 + random.nextInt(4), random);
    return new Trellis(builder.build());
  }

  @Test
  void everyPartialPlanLookedAt_isOneThatMayStillWin() {
    long looked = 0;
    for (int seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      boolean limited = seed % 2 == 0;
      boolean whole = seed % 3 == 0;
      Trellis flat = whole ? whole(random, limited) : problem(random, limited);
      LagrangianSearch lagrangian = new LagrangianSearch(flat);
      double fair = lagrangian.solve(flat.problem.budgetSeconds()) ? lagrangian.price() : 0.1;
      double price = whole ? random.nextInt(4) : fair;
      double[] prices = seed % 4 == 0 ? new double[] {price} : new double[] {price, price * 0.5};
      // From nearly the best plan, where bounds tell most, to one that all others beat.
      Viterbi paths = new Viterbi(flat);
      paths.closed(1, price, new int[flat.rows]);
      double bound = paths.bound() - price * flat.problem.budgetSeconds();
      double known = bound + Math.abs(bound) * StrictMath.pow(10, -3 + 3 * random.nextDouble());
      known = whole ? Math.rint(bound) + random.nextInt(8) : known;
      int row = limited || !flat.cyclic() ? 0 : random.nextInt(flat.rows);
      int beam = seed % 5 == 0 ? 1 + random.nextInt(4) : Integer.MAX_VALUE;
      int[] none = new int[flat.rows];
      LabelSearch search = new LabelSearch(flat, none, known, prices, 0, Long.MAX_VALUE);

      Counted open = new Counted(flat, 0, -1, prices, known);
      int[] survivors = search.survivors(row);
      assertThat(survivors).as("seed %d", seed).containsExactlyInAnyOrder(open.alive(row));
      for (int k = 1; k < survivors.length; k++) {
        assertThat(open.least(row, survivors[k]))
            .isGreaterThan(open.least(row, survivors[k - 1]) - 1e-12);
      }
      int[] cuts = search.cuts(row);
      assertThat(cuts).containsExactly(flat.cyclic() ? survivors : new int[] {-1});
      for (int cut : cuts) {
        // A search of its own each: what one finds is what the next has to beat.
        LabelSearch one = new LabelSearch(flat, none, known, prices, 0, Long.MAX_VALUE);
        Counted counted = new Counted(flat, row, cut, prices, known).run(beam);
        assertThat(one.run(row, cut, beam)).isTrue();
        assertThat(one.spent()).as("seed %d, cut %d", seed, cut).isEqualTo(counted.spent);
        looked += counted.spent;
        if (!limited && counted.found < known) {
          assertThat(flat.folded(one.best()))
              .as("seed %d, cut %d", seed, cut)
              .isCloseTo(counted.found, offset(1e-12));
          assertThat(flat.feasible(one.best())).isTrue();
        }
        LabelSearch stopped =
            new LabelSearch(flat, none, known, prices, 0, Math.max(0, counted.spent - 1));
        assertThat(stopped.run(row, cut, beam)).isEqualTo(counted.spent == 0);
        LabelSearch allowed = new LabelSearch(flat, none, known, prices, 0, counted.spent);
        assertThat(allowed.run(row, cut, beam)).isTrue();
        // Plans that are only a little better than this need not be found.
        LabelSearch content = new LabelSearch(flat, none, known + 0.5, prices, 0.5, Long.MAX_VALUE);
        assertThat(content.run(row, cut, beam)).isTrue();
        assertThat(content.spent()).as("seed %d, cut %d", seed, cut).isEqualTo(counted.spent);
      }
    }
    assertThat(looked).isGreaterThan(4_000);
  }
}
