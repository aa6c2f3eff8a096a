package io.neurobalancer.plan;

import java.util.Arrays;
import java.util.Comparator;

/**
 * Label setting: every way to have run the first rows that could still lead to the best plan.
 *
 * <p>A label is a setting, the time and the energy taken so far. It is dropped if another in the
 * same setting is no later and no dearer, if one in another setting is so even with a switch there
 * and back added, if even the fastest way to finish misses the budget, or if its energy and a
 * Lagrangian bound on the rest cannot beat the best plan known. Bounds at several prices of time
 * are used, since far from the average pace another price bounds better.
 *
 * <p>Switch limits travel with the labels: one that has switched more often, or more recently,
 * never displaces one that has not.
 */
final class LabelSearch {

  private final Trellis flat;
  private final Viterbi paths;
  private final double[] prices;
  private final double[][] completions;
  private final double[] fastest;
  private final int[][] alive;
  private final int[] limitedDomains;
  private final double budget;
  private final double tolerance;
  private final long mostLabels;
  private final int n;
  private final int m;
  private double detourSeconds;
  private double detourJoules;
  private double cheapestClosingJoules;
  private int row;
  private int setting = -1;
  private int[] best;
  private double bestEnergy;
  private long spent;

  /**
   * Prepares a search.
   *
   * @param known a feasible path to beat
   * @param knownJoules its folded energy
   * @param prices of time, for the bounds, joules per second
   * @param tolerance plans closer to each other than this are as good as each other, joules
   * @param mostLabels where to give up
   */
  LabelSearch(
      Trellis flat,
      int[] known,
      double knownJoules,
      double[] prices,
      double tolerance,
      long mostLabels) {
    this.flat = flat;
    this.paths = new Viterbi(flat);
    this.n = flat.rows;
    this.m = flat.settings;
    this.prices = prices.clone();
    this.completions = new double[prices.length][n * m];
    this.fastest = new double[n * m];
    this.alive = new int[n][];
    this.budget = flat.problem.budgetSeconds();
    this.tolerance = tolerance;
    this.mostLabels = mostLabels;
    this.best = known.clone();
    this.bestEnergy = knownJoules;
    this.limitedDomains = limitedDomains(flat);
    for (int d = 0; d < flat.domains(); d++) {
      detourSeconds += detour(flat.upSeconds[d], flat.downSeconds[d]);
      detourJoules += detourJoules(d);
      cheapestClosingJoules += Math.min(0, Math.min(flat.upJoules[d], flat.downJoules[d]));
    }
  }

  private static int[] limitedDomains(Trellis flat) {
    int[] limited = new int[flat.domains()];
    int count = 0;
    for (int d = 0; d < flat.domains(); d++) {
      if (!flat.problem.switchLimit(d).isNone()) {
        limited[count++] = d;
      }
    }
    return Arrays.copyOf(limited, count);
  }

  private double detourJoules(int d) {
    return Math.max(
        detour(flat.upJoules[d], flat.downJoules[d]),
        detour(
            flat.problem.switchCosts().domain(d).upJoules(),
            flat.problem.switchCosts().domain(d).downJoules()));
  }

  /** Returns by how much taking another OPP for one row can at most raise the switches' cost. */
  private static double detour(double up, double down) {
    return Math.max(Math.max(0, up), Math.max(up - down, -down))
        + Math.max(Math.max(0, down), Math.max(down - up, -up));
  }

  /** Returns how many partial plans were looked at. */
  long spent() {
    return spent;
  }

  /** Returns the best path found, or the one known. */
  int[] best() {
    return best;
  }

  /**
   * Returns the settings of a row, of which a best plan has one, that could still win, the most
   * promising first; a single -1 if the problem is no cycle and need not be cut.
   */
  int[] cuts(int atRow) {
    return flat.cyclic() ? survivors(atRow) : new int[] {-1};
  }

  /** Returns the settings of a row that could still win, the most promising first. */
  int[] survivors(int atRow) {
    row = 0;
    setting = -1;
    bound();
    int[] settings = alive[atRow].clone();
    double[] key = new double[m];
    for (int x : settings) {
      key[x] = paths.arrivals()[atRow * m + x] + paths.completions()[atRow * m + x];
    }
    return Arrays.stream(settings)
        .boxed()
        .sorted(Comparator.comparingDouble(x -> key[x]))
        .mapToInt(Integer::intValue)
        .toArray();
  }

  /**
   * Searches all paths, or the cycles through one setting at one row.
   *
   * @param newRow where the paths begin
   * @param newSetting the setting there, or -1
   * @param beam most labels per row, for a quick search that proves nothing
   * @return whether the search was completed
   */
  boolean run(int newRow, int newSetting, int beam) {
    row = newRow;
    setting = newSetting;
    bound();
    if (alive[row].length == 0) {
      return true;
    }
    LabelStore labels = new LabelStore(limitedDomains.length);
    int begin = 0;
    for (int x : alive[row]) {
      start(labels, x);
    }
    for (int step = 1, i = next(row); step < n; step++, i = next(i)) {
      int end = labels.size();
      for (int x : alive[i]) {
        int first = labels.size();
        for (int label = begin; label < end; label++) {
          extend(labels, label, i, x);
        }
        spent += labels.size() - first;
        labels.keepUndominated(first);
        if (spent > mostLabels) {
          return false;
        }
      }
      if (limitedDomains.length == 0 && labels.size() > end) {
        labels.keepUndominatedAcross(end, detourSeconds, detourJoules);
      }
      labels.thin(end, beam);
      begin = end;
    }
    for (int label = begin; label < labels.size(); label++) {
      finish(labels, label);
    }
    return true;
  }

  /** Computes the bounds on the rest of a path, and which settings of each row can still win. */
  private void bound() {
    boolean[] wins = new boolean[n * m];
    Arrays.fill(wins, true);
    double closing = setting < 0 && flat.cyclic() ? cheapestClosingJoules : 0;
    for (int p = prices.length - 1; p >= 0; p--) {
      paths.price(1, prices[p]);
      paths.backwardPass(row, setting);
      paths.pass(row, setting);
      System.arraycopy(paths.completions(), 0, completions[p], 0, n * m);
      double limit = bestEnergy - tolerance + prices[p] * budget - closing;
      int left = 0;
      for (int j = 0; j < n * m; j++) {
        wins[j] &= paths.arrivals()[j] + completions[p][j] < limit;
        left += wins[j] ? 1 : 0;
      }
      if (left == 0) {
        Arrays.fill(alive, new int[0]);
        return;
      }
    }
    for (int i = 0; i < n; i++) {
      int[] kept = new int[m];
      int count = 0;
      for (int x = 0; x < m; x++) {
        if (wins[i * m + x] && flat.allowed(i, x)) {
          kept[count++] = x;
        }
      }
      alive[i] =
          i == row && setting >= 0 ? only(wins[i * m + setting]) : undominated(i, kept, count);
    }
    paths.price(0, 1);
    paths.backwardPass(row, setting);
    System.arraycopy(paths.completions(), 0, fastest, 0, n * m);
    paths.price(1, prices[0]);
    paths.backwardPass(row, setting);
  }

  private int[] only(boolean wins) {
    return wins ? new int[] {setting} : new int[0];
  }

  /**
   * Drops a row's settings that another one beats in time and energy even if it costs a switch
   * there and one back in every domain where the two differ: what remains contains an optimal plan.
   */
  private int[] undominated(int i, int[] settings, int count) {
    int[] kept = new int[count];
    int size = 0;
    for (int a = 0; a < count; a++) {
      boolean beaten = false;
      for (int b = 0; b < count && !beaten; b++) {
        beaten = a != b && beats(i, settings[b], settings[a]);
      }
      if (!beaten) {
        kept[size++] = settings[a];
      }
    }
    return Arrays.copyOf(kept, size);
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
        joules += detourJoules(d);
      }
    }
    double slower = flat.seconds[i * m + x];
    double dearer = flat.joules[i * m + x];
    // With a dwell to keep, a faster row is not always better.
    if (limitedDomains.length > 0 && seconds != slower) {
      return false;
    }
    boolean tie = seconds == slower && joules == dearer;
    return seconds <= slower && joules <= dearer && (!tie || y < x);
  }

  private void start(LabelStore labels, int x) {
    double seconds = flat.seconds[row * m + x] + (setting < 0 ? flat.entrySeconds[x] : 0);
    double joules = flat.joules[row * m + x] + (setting < 0 ? flat.entryJoules[x] : 0);
    double bound = bound(row * m + x, seconds, joules);
    if (bound == Double.POSITIVE_INFINITY) {
      return;
    }
    int label = labels.add(x, seconds, joules, bound, -1);
    for (int l = 0; l < limitedDomains.length; l++) {
      int d = limitedDomains[l];
      double own = flat.seconds[row * m + x];
      int before = flat.cyclic() ? -1 : flat.entryOpp(d, x);
      boolean switched = before >= 0 && before != flat.originalOpp(d, x);
      double dwelt = switched || flat.cyclic() ? own : Double.POSITIVE_INFINITY;
      labels.limit(label, l, switched ? 1 : 0, capped(d, dwelt), false);
    }
  }

  /** Having dwelt for longer than a domain must makes no difference. */
  private double capped(int domain, double dwelt) {
    return Math.min(dwelt, flat.problem.switchLimit(domain).minimumDwellSeconds());
  }

  /** Adds the label that a path leads to in a row's setting, unless it is hopeless. */
  private void extend(LabelStore labels, int from, int i, int x) {
    int y = labels.setting(from);
    double own = flat.seconds[i * m + x];
    double seconds = labels.seconds(from) + flat.switchSeconds(y, x) + own;
    double joules = labels.joules(from) + flat.switchJoules(y, x) + flat.joules[i * m + x];
    double bound = bound(i * m + x, seconds, joules);
    if (bound == Double.POSITIVE_INFINITY) {
      return;
    }
    int label = labels.add(x, seconds, joules, bound, from);
    for (int l = 0; l < limitedDomains.length; l++) {
      int d = limitedDomains[l];
      SwitchLimit limit = flat.problem.switchLimit(d);
      boolean switched = flat.opp[d * m + y] != flat.opp[d * m + x];
      double dwelt = labels.dwelt(from, l);
      boolean settled = dwelt >= limit.minimumDwellSeconds() * (1 - 1e-12);
      boolean untouched = labels.switches(from, l) == 0;
      int switches = labels.switches(from, l) + (switched ? 1 : 0);
      if (switches > limit.maximumSwitches() || (switched && !settled && !untouched)) {
        labels.truncate(label);
        return;
      }
      boolean hurried =
          labels.hurriedStart(from, l) || (switched && untouched && !settled && flat.cyclic());
      labels.limit(label, l, switches, capped(d, (switched ? 0 : dwelt) + own), hurried);
    }
  }

  /**
   * Returns the joules that no way to finish falls below; infinite if none can beat the best path.
   */
  private double bound(int j, double seconds, double joules) {
    if (seconds + fastest[j] > budget * (1 + 1e-12)) {
      return Double.POSITIVE_INFINITY;
    }
    double limit = bestEnergy - tolerance - joules;
    double left = budget - seconds;
    double bound = Double.NEGATIVE_INFINITY;
    for (int p = 0; p < prices.length; p++) {
      bound = Math.max(bound, completions[p][j] - prices[p] * left);
      if (bound >= limit) {
        return Double.POSITIVE_INFINITY;
      }
    }
    return bound + joules;
  }

  private void finish(LabelStore labels, int label) {
    int last = labels.setting(label);
    double joules = labels.joules(label);
    joules += setting < 0 ? flat.exitJoules[last] : flat.switchJoules(last, setting);
    if (joules >= bestEnergy) {
      return;
    }
    int[] backwards = labels.trace(label, n);
    int[] path = new int[n];
    for (int step = 0, i = row == 0 ? n - 1 : row - 1; step < n; step++) {
      path[i] = backwards[step];
      i = i == 0 ? n - 1 : i - 1;
    }
    // The path's own sum decides: sums taken in another order may differ in the last digit.
    if (flat.feasible(path) && flat.folded(path) < bestEnergy) {
      best = path;
      bestEnergy = flat.folded(path);
    }
  }

  private int next(int i) {
    return i == n - 1 ? 0 : i + 1;
  }
}
