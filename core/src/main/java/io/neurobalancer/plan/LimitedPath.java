package io.neurobalancer.plan;

import java.util.Arrays;

/**
 * The best path under switch limits: a Viterbi pass over rows, settings and, per limited domain,
 * how often it has switched and for how many more rows it may not.
 *
 * <p>How many rows a dwell spans depends on the settings of those rows. The cautious search counts
 * each row with its fastest latency, so that its paths keep every dwell; the hopeful one counts the
 * slowest, so that no path costs less than what it finds. In the same way, where more switches or
 * longer dwells are allowed than the search keeps track of, the cautious one allows fewer switches
 * and the hopeful one more.
 */
final class LimitedPath {

  /** Rows times states that are kept at most: as many four-byte numbers. */
  private static final long MOST_KEPT = 30_000_000;

  private final Trellis flat;
  private final boolean cautious;
  private final int n;
  private final int m;
  private final int domains;
  private final int states;
  private int mostCounted = 12;
  private int mostLocked = 64;

  /** Per domain, how many counts of switches and how many counts of locked rows are told apart. */
  private final int[] counts;

  private final int[] locks;
  private final int[] stateStride;

  /** Per domain and row, for how many more rows a switch into that row locks the domain. */
  private final int[][] lockAfter;

  private final int[] back;
  private double[] value;
  private double[] next;
  private int[] argument;
  private int[] nextArgument;

  LimitedPath(Trellis flat, boolean cautious) {
    this.flat = flat;
    this.cautious = cautious;
    this.n = flat.rows;
    this.m = flat.settings;
    this.domains = flat.domains();
    this.counts = new int[domains];
    this.locks = new int[domains];
    this.stateStride = new int[domains];
    this.lockAfter = new int[domains][];
    long product = layOut();
    while (n * product > MOST_KEPT && mostLocked > 1) {
      mostCounted = Math.max(1, mostCounted / 2);
      mostLocked /= 2;
      product = layOut();
    }
    this.states = Math.toIntExact(product);
    this.value = new double[states];
    this.next = new double[states];
    this.argument = new int[states];
    this.nextArgument = new int[states];
    this.back = new int[n * states];
  }

  /** Numbers the states and returns how many there are. */
  private long layOut() {
    long product = m;
    for (int d = 0; d < domains; d++) {
      SwitchLimit limit = flat.problem.switchLimit(d);
      counts[d] = counts(limit.maximumSwitches());
      lockAfter[d] = lockAfter(limit.minimumDwellSeconds());
      locks[d] = 1 + Arrays.stream(lockAfter[d]).max().orElse(0);
      stateStride[d] = Math.toIntExact(product);
      product *= (long) counts[d] * locks[d];
    }
    return product;
  }

  private int counts(int maximumSwitches) {
    if (maximumSwitches >= n + 1) {
      return 1; // no path has more
    }
    if (maximumSwitches <= mostCounted) {
      return maximumSwitches + 1;
    }
    return cautious ? mostCounted + 1 : 1;
  }

  private boolean counted(int d) {
    return counts[d] > 1 || flat.problem.switchLimit(d).maximumSwitches() == 0;
  }

  private int[] lockAfter(double dwellSeconds) {
    int[] rows = new int[n];
    for (int first = 0; first < n; first++) {
      double sum = 0;
      int i = first;
      while (i < n && sum < dwellSeconds * (1 - 1e-12)) {
        sum += rowSeconds(i++);
      }
      rows[first] = Math.max(0, i - first - 1);
      if (rows[first] > mostLocked) {
        // The cautious search takes a lock that long for one until the end of the job.
        rows[first] = mostLocked + (cautious ? 1 : 0);
      }
    }
    return rows;
  }

  private double rowSeconds(int row) {
    double least = Double.POSITIVE_INFINITY;
    double most = 0;
    for (int x = 0; x < m; x++) {
      if (flat.allowed(row, x)) {
        least = Math.min(least, flat.seconds[row * m + x]);
        most = Math.max(most, flat.seconds[row * m + x]);
      }
    }
    return cautious ? least : most;
  }

  /**
   * Finds the best path and writes it into {@code path}.
   *
   * @param start the first row's setting, to which the path closes; -1 for any, without closing
   * @return what it costs, infinite if the limits leave none
   */
  double find(double energyWeight, double timeWeight, int start, int[] path) {
    Arrays.fill(value, Double.POSITIVE_INFINITY);
    for (int x = 0; x < m; x++) {
      if ((start < 0 || x == start) && flat.allowed(0, x)) {
        int state = startState(x, start);
        if (state >= 0) {
          value[state] =
              weight(x, energyWeight, timeWeight)
                  + energyWeight * flat.entryJoules[x]
                  + timeWeight * flat.entrySeconds[x];
        }
      }
    }
    for (int i = 1; i < n; i++) {
      for (int s = 0; s < states; s++) {
        argument[s] = s;
      }
      for (int d = 0; d < domains; d++) {
        relax(
            d,
            i,
            energyWeight * flat.upJoules[d] + timeWeight * flat.upSeconds[d],
            energyWeight * flat.downJoules[d] + timeWeight * flat.downSeconds[d]);
      }
      System.arraycopy(argument, 0, back, i * states, states);
      for (int s = 0; s < states; s++) {
        value[s] += weight(i * m + s % m, energyWeight, timeWeight);
      }
    }
    return finish(energyWeight, timeWeight, start, path);
  }

  private double weight(int j, double energyWeight, double timeWeight) {
    return energyWeight * flat.joules[j] + timeWeight * flat.seconds[j];
  }

  /** Returns the state in which a job begins that is entered at a setting; -1 if it may not be. */
  private int startState(int x, int start) {
    int state = x;
    for (int d = 0; d < domains; d++) {
      int before = flat.cyclic() ? -1 : flat.entryOpp(d, x);
      boolean switched = before >= 0 && before != flat.originalOpp(d, x);
      if (switched && counted(d) && counts[d] == 1) {
        return -1;
      }
      int count = switched && counts[d] > 1 ? 1 : 0;
      // The cautious search takes a cycle to be entered by a switch, which it mostly is.
      boolean locked = switched || (start >= 0 && cautious);
      int lock = locked ? Math.min(lockAfter[d][0], locks[d] - 1) : 0;
      state += (count * locks[d] + lock) * stateStride[d];
    }
    return state;
  }

  private double finish(double energyWeight, double timeWeight, int start, int[] path) {
    double least = Double.POSITIVE_INFINITY;
    int end = -1;
    for (int s = 0; s < states; s++) {
      int x = s % m;
      double cost = value[s];
      if (start >= 0) {
        cost +=
            energyWeight * flat.switchJoules(x, start) + timeWeight * flat.switchSeconds(x, start);
      } else {
        cost += energyWeight * flat.exitJoules[x];
      }
      if (cost < least && leavingKeepsLimits(s, start)) {
        least = cost;
        end = s;
      }
    }
    if (end >= 0 && least < Trellis.FORBIDDEN) {
      for (int i = n - 1; i >= 0; i--) {
        path[i] = end % m;
        end = i == 0 ? end : back[i * states + end];
      }
      return least;
    }
    return Double.POSITIVE_INFINITY;
  }

  private boolean leavingKeepsLimits(int s, int start) {
    for (int d = 0; d < domains; d++) {
      int after =
          start >= 0 ? flat.originalOpp(d, start) : flat.cyclic() ? -1 : flat.entryOpp(d, 0);
      boolean switched = after >= 0 && after != flat.originalOpp(d, s % m);
      int count = s / stateStride[d] % (counts[d] * locks[d]) / locks[d];
      if (switched && counted(d) && count + 1 >= counts[d]) {
        return false;
      }
    }
    return true;
  }

  /** Lets one domain stay or switch into row {@code i}. */
  private void relax(int d, int i, double upCost, double downCost) {
    Arrays.fill(next, Double.POSITIVE_INFINITY);
    int lockedFor = Math.min(lockAfter[d][i], locks[d] - 1);
    boolean untilTheEnd = lockedFor > mostLocked;
    for (int s = 0; s < states; s++) {
      int lock = s / stateStride[d] % locks[d];
      boolean forever = lock > mostLocked;
      offer(lock == 0 || forever ? s : s - stateStride[d], value[s], argument[s]);
    }
    int target = (untilTheEnd ? locks[d] - 1 : lockedFor) * stateStride[d];
    int perCount = locks[d] * stateStride[d];
    int span = flat.size[d] * flat.stride[d];
    for (int s = 0; s < states; s++) {
      boolean lineHead = s % m % span / flat.stride[d] == 0;
      int automaton = s / stateStride[d] % (counts[d] * locks[d]);
      int count = automaton / locks[d];
      boolean mayCount = !counted(d) || count + 1 < counts[d];
      if (lineHead && automaton % locks[d] == 0 && mayCount) {
        line(d, s, s + target + (counted(d) ? perCount : 0), upCost, downCost);
      }
    }
    double[] swap = value;
    value = next;
    next = swap;
    int[] swapArgument = argument;
    argument = nextArgument;
    nextArgument = swapArgument;
  }

  private void line(int d, int from, int to, double upCost, double downCost) {
    int stride = flat.stride[d];
    int least = -1;
    for (int j = 0, at = 0; j < flat.size[d]; j++, at += stride) {
      if (least >= 0) {
        offer(to + at, value[least] + upCost, argument[least]);
      }
      if (least < 0 || value[from + at] < value[least]) {
        least = from + at;
      }
    }
    least = -1;
    for (int j = flat.size[d] - 1, at = j * stride; j >= 0; j--, at -= stride) {
      if (least >= 0) {
        offer(to + at, value[least] + downCost, argument[least]);
      }
      if (least < 0 || value[from + at] < value[least]) {
        least = from + at;
      }
    }
  }

  private void offer(int state, double cost, int from) {
    if (cost < next[state]) {
      next[state] = cost;
      nextArgument[state] = from;
    }
  }
}
