package io.neurobalancer.plan;

import java.util.Arrays;

/** Keeps the best feasible path offered and spends what slack it leaves on single changes. */
final class PathImprover {

  /** A sweep looks at every row and setting; large problems gain little from many. */
  private static final int MOST_SWEEPS = 30;

  private static final int MOST_LOOKED_AT = 100_000;

  private final Trellis flat;
  private final boolean limits;
  private final double switchSecondsAtStake;
  private final int[] best;
  private double budget;
  private double bestEnergy = Double.POSITIVE_INFINITY;

  PathImprover(Trellis flat) {
    this(flat, true);
  }

  private PathImprover(Trellis flat, boolean limits) {
    this.flat = flat;
    this.limits = limits;
    this.best = new int[flat.rows];
    double sum = 0;
    for (int d = 0; d < flat.domains(); d++) {
      sum += 2 * Math.max(flat.upSeconds[d], flat.downSeconds[d]);
    }
    this.switchSecondsAtStake = sum;
  }

  /** Returns one that takes paths that break the limits on switches too. */
  static PathImprover ignoringLimits(Trellis flat) {
    return new PathImprover(flat, false);
  }

  /** Forgets all paths and begins anew for a budget. */
  void begin(double budgetSeconds) {
    budget = budgetSeconds;
    bestEnergy = Double.POSITIVE_INFINITY;
  }

  /** Returns the best feasible path so far; later offers change it. */
  int[] best() {
    return best;
  }

  /** Returns the folded energy of the best path so far; infinite if there is none. */
  double bestEnergy() {
    return bestEnergy;
  }

  /** Keeps the path if it meets the budget with less energy. */
  void offer(int[] path) {
    double energy = flat.folded(path);
    boolean wins = energy < bestEnergy && flat.makespan(path) <= budget;
    if (wins && (!limits || flat.keepsLimits(path))) {
      System.arraycopy(path, 0, best, 0, best.length);
      bestEnergy = energy;
    }
  }

  /**
   * Applies, as long as one helps, the change that saves most: another setting for one segment, for
   * one operator, or for the operators between a segment's border and some operator in it.
   *
   * @param goal folded energy at which the path is good enough, joules
   */
  void polish(double goal) {
    int sweeps = Math.max(1, Math.min(MOST_SWEEPS, MOST_LOOKED_AT / (flat.rows * flat.settings)));
    for (int sweep = 0; sweep < sweeps && bestEnergy > goal; sweep++) {
      double makespan = flat.makespan(best);
      int[] candidate = new Sweep(best, budget - makespan).run();
      double before = bestEnergy;
      offer(candidate);
      if (!(bestEnergy < before - 1e-12 * Math.abs(before))) {
        return;
      }
    }
  }

  /** One search for the best change of a run of operators that lie in one segment. */
  private final class Sweep {
    private final int[] path;
    private final double slack;
    private final int n = flat.rows;
    private final int m = flat.settings;
    private int bestFirst = -1;
    private int bestLast = -1;
    private int bestSetting = -1;
    private double bestDelta;

    Sweep(int[] path, double slack) {
      this.path = path;
      this.slack = slack;
    }

    int[] run() {
      int first = 0;
      for (int i = 1; i <= n; i++) {
        if (i == n || path[i] != path[first]) {
          segment(first, i - 1);
          first = i;
        }
      }
      int[] changed = path.clone();
      if (bestFirst >= 0) {
        Arrays.fill(changed, bestFirst, bestLast + 1, bestSetting);
      }
      return changed;
    }

    private void segment(int first, int last) {
      int old = path[first];
      for (int x = 0; x < m; x++) {
        if (x == old || !flat.allowed(x)) {
          continue;
        }
        double seconds = 0;
        double joules = 0;
        for (int i = first; i <= last; i++) { // the run first..i
          double dt = flat.seconds[i * m + x] - flat.seconds[i * m + old];
          double de = flat.joules[i * m + x] - flat.joules[i * m + old];
          seconds += dt;
          joules += de;
          consider(first, i, x, seconds, joules);
          if (i > first) {
            consider(i, i, x, dt, de);
          }
        }
        for (int i = first; i < last; i++) { // the run i + 1..last
          seconds -= flat.seconds[i * m + x] - flat.seconds[i * m + old];
          joules -= flat.joules[i * m + x] - flat.joules[i * m + old];
          consider(i + 1, last, x, seconds, joules);
        }
      }
    }

    private void consider(int first, int last, int x, double seconds, double joules) {
      // Switches that burn less than idling are rare; without them only a cheaper run can help.
      if (joules > 0 || seconds > slack + switchSecondsAtStake) {
        return;
      }
      double before = joules;
      double switchSeconds = seconds;
      int old = path[first];
      if (first > 0) {
        before += flat.switchJoules(path[first - 1], x) - flat.switchJoules(path[first - 1], old);
        switchSeconds +=
            flat.switchSeconds(path[first - 1], x) - flat.switchSeconds(path[first - 1], old);
      }
      if (last < n - 1) {
        before += flat.switchJoules(x, path[last + 1]) - flat.switchJoules(old, path[last + 1]);
        switchSeconds +=
            flat.switchSeconds(x, path[last + 1]) - flat.switchSeconds(old, path[last + 1]);
      }
      if (first == 0 || last == n - 1) {
        int newFirst = first == 0 ? x : path[0];
        int newLast = last == n - 1 ? x : path[n - 1];
        before +=
            flat.boundaryJoules(newLast, newFirst) - flat.boundaryJoules(path[n - 1], path[0]);
        switchSeconds +=
            flat.boundarySeconds(newLast, newFirst) - flat.boundarySeconds(path[n - 1], path[0]);
      }
      if (before < bestDelta && switchSeconds <= slack) {
        bestDelta = before;
        bestFirst = first;
        bestLast = last;
        bestSetting = x;
      }
    }
  }
}
