package io.neurobalancer.planner;

import java.util.Arrays;

/**
 * Keeps the best feasible path offered and makes it better: by splicing two paths and by changes
 * that spend what slack is left.
 */
final class PathImprover {

  private static final int MOST_SWEEPS = 30;

  private final FlatProblem flat;
  private final double deadline;
  private int[] best = {};
  private double bestEnergy = Double.POSITIVE_INFINITY;

  PathImprover(FlatProblem flat) {
    this.flat = flat;
    this.deadline = flat.problem.deadlineSeconds();
  }

  /** Returns the best feasible path so far. */
  int[] best() {
    return best.clone();
  }

  /** Keeps the path if it meets the deadline with less energy. */
  void offer(int[] path) {
    double energy = flat.folded(path);
    if (energy < bestEnergy && flat.makespan(path) <= deadline) {
      best = path.clone();
      bestEnergy = energy;
    }
  }

  /** Tries every path that follows one of the two except for one run of operators of the other. */
  void splice(int[] left, int[] right) {
    spliceRun(left, right);
    spliceRun(right, left);
  }

  private void spliceRun(int[] base, int[] donor) {
    int n = flat.operators;
    double[] baseSeconds = prefix(base, true);
    double[] baseJoules = prefix(base, false);
    double[] donorSeconds = prefix(donor, true);
    double[] donorJoules = prefix(donor, false);
    int bestFirst = -1;
    int bestEnd = -1;
    double leastEnergy = bestEnergy;
    for (int first = 0; first < n; first++) {
      // The run first..end-1 is the donor's; a run that reaches neither end of the job joins twice.
      double headSeconds = first == 0 ? 0 : baseSeconds[first - 1];
      double headJoules = first == 0 ? 0 : baseJoules[first - 1];
      if (first > 0) {
        headSeconds += flat.switchSeconds(base[first - 1], donor[first]);
        headJoules += flat.switchJoules(base[first - 1], donor[first]);
      }
      headSeconds += ownCost(donor, first, true) - donorSeconds[first];
      headJoules += ownCost(donor, first, false) - donorJoules[first];
      for (int end = first + 1; end <= n; end++) {
        double seconds = headSeconds + donorSeconds[end - 1];
        double joules = headJoules + donorJoules[end - 1];
        int last = donor[n - 1];
        if (end < n) {
          last = base[n - 1];
          seconds +=
              flat.switchSeconds(donor[end - 1], base[end])
                  + ownCost(base, end, true)
                  + baseSeconds[n - 1]
                  - baseSeconds[end];
          joules +=
              flat.switchJoules(donor[end - 1], base[end])
                  + ownCost(base, end, false)
                  + baseJoules[n - 1]
                  - baseJoules[end];
        }
        int start = first == 0 ? donor[0] : base[0];
        joules += flat.boundaryJoules(last, start);
        if (joules < leastEnergy
            && seconds + flat.boundarySeconds(last, start) <= deadline * (1 - 1e-12)) {
          leastEnergy = joules;
          bestFirst = first;
          bestEnd = end;
        }
      }
    }
    if (bestFirst >= 0) {
      int[] path = base.clone();
      System.arraycopy(donor, bestFirst, path, bestFirst, bestEnd - bestFirst);
      offer(path);
    }
  }

  private double ownCost(int[] path, int operator, boolean time) {
    int j = operator * flat.settings + path[operator];
    return time ? flat.seconds[j] : flat.joules[j];
  }

  /** Returns, per operator, the cost of the path up to and including it, entry left aside. */
  private double[] prefix(int[] path, boolean time) {
    double[] sums = new double[path.length];
    sums[0] = ownCost(path, 0, time);
    for (int i = 1; i < path.length; i++) {
      sums[i] =
          sums[i - 1]
              + ownCost(path, i, time)
              + (time
                  ? flat.switchSeconds(path[i - 1], path[i])
                  : flat.switchJoules(path[i - 1], path[i]));
    }
    return sums;
  }

  /**
   * Applies, as long as one helps, the change that saves most: another setting for one segment, for
   * one operator, or for the operators between a segment's border and some operator in it.
   */
  void polish() {
    for (int sweep = 0; sweep < MOST_SWEEPS; sweep++) {
      double makespan = flat.makespan(best);
      int[] candidate = new Sweep(best, deadline - makespan).run();
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
    private final int n = flat.operators;
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
        if (x == old || flat.seconds[x] == Double.POSITIVE_INFINITY) {
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
      if (joules >= bestDelta && joules > 0) {
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
