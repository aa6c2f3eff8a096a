package io.neurobalancer.plan;

import java.util.Arrays;

/**
 * Mixes a path that ends in time with a cheaper one that ends too late.
 *
 * <p>Where the two run at the same setting they can be exchanged, so they fall into stretches in
 * which they differ, each of which may come from the one or the other whatever the rest does.
 * Taking the late path's stretches in the order of what they save per second they add is a knapsack
 * filled greedily; what does not fit as a whole may fit up to some row, or from some row on, at the
 * price of one switch more. All of it takes time linear in the rows.
 */
final class PathMix {

  private final Trellis flat;
  private final int n;
  private final int[] first;
  private final int[] length;
  private final double[] saved;
  private final double[] added;
  private final int[] path;
  private int stretches;

  PathMix(Trellis flat) {
    this.flat = flat;
    this.n = flat.rows;
    this.first = new int[n + 1];
    this.length = new int[n + 1];
    this.saved = new double[n + 1];
    this.added = new double[n + 1];
    this.path = new int[n];
  }

  /**
   * Mixes two paths.
   *
   * @param early a path that ends within the budget
   * @param late a cheaper one that does not
   * @return the mixture, in a buffer that the next call overwrites
   */
  int[] mix(int[] early, int[] late, double budget) {
    System.arraycopy(early, 0, path, 0, n);
    double left = budget - flat.makespan(early);
    findStretches(early, late);
    int[] order = order();
    for (int s : order) {
      if (saved[s] > 0 && added[s] <= left) {
        take(late, first[s], length[s]);
        left -= Math.max(0, added[s]);
        length[s] = 0;
      }
    }
    left = budget - flat.makespan(path);
    for (int s : order) {
      if (length[s] > 1 && saved[s] > 0 && left > 0) {
        left -= takePart(s, early, late, left);
      }
    }
    return path;
  }

  private void findStretches(int[] early, int[] late) {
    stretches = 0;
    int offset = 0;
    if (flat.cyclic()) {
      // Begin behind a row where both agree, so that no stretch reaches round the end.
      while (offset < n && early[offset] != late[offset]) {
        offset++;
      }
      offset = offset == n ? 0 : offset;
    }
    for (int step = 0; step < n; ) {
      int i = (offset + step) % n;
      if (early[i] == late[i]) {
        step++;
        continue;
      }
      int begin = step;
      while (step < n && early[(offset + step) % n] != late[(offset + step) % n]) {
        step++;
      }
      first[stretches] = (offset + begin) % n;
      length[stretches] = step - begin;
      price(stretches, early, late);
      stretches++;
    }
  }

  /** Computes what taking a whole stretch from the late path changes. */
  private void price(int s, int[] early, int[] late) {
    double joules = 0;
    double seconds = 0;
    for (int step = 0; step < length[s]; step++) {
      int i = row(s, step);
      int j = i * flat.settings;
      joules += flat.joules[j + late[i]] - flat.joules[j + early[i]];
      seconds += flat.seconds[j + late[i]] - flat.seconds[j + early[i]];
      int before = step == 0 && length[s] < n ? early[previous(i)] : late[previous(i)];
      joules += intoJoules(i, before, late[i]) - intoJoules(i, early[previous(i)], early[i]);
      seconds += intoSeconds(i, before, late[i]) - intoSeconds(i, early[previous(i)], early[i]);
    }
    int end = row(s, length[s] - 1);
    int next = end == n - 1 ? 0 : end + 1;
    if (length[s] < n) {
      joules +=
          intoJoules(next, late[end], early[next]) - intoJoules(next, early[end], early[next]);
      seconds +=
          intoSeconds(next, late[end], early[next]) - intoSeconds(next, early[end], early[next]);
    }
    saved[s] = -joules;
    added[s] = seconds;
  }

  private int row(int s, int step) {
    int i = first[s] + step;
    return i >= n ? i - n : i;
  }

  private int previous(int i) {
    return i == 0 ? n - 1 : i - 1;
  }

  /** Returns the folded energy of getting into a row; into the first one, from outside the job. */
  private double intoJoules(int i, int before, int x) {
    return i == 0 ? flat.boundaryJoules(before, x) : flat.switchJoules(before, x);
  }

  private double intoSeconds(int i, int before, int x) {
    return i == 0 ? flat.boundarySeconds(before, x) : flat.switchSeconds(before, x);
  }

  private int[] order() {
    long[] keys = new long[stretches];
    for (int s = 0; s < stretches; s++) {
      double rate = added[s] > 0 ? saved[s] / added[s] : saved[s] > 0 ? Float.MAX_VALUE : 0;
      // Positive floats sort as their bits do; the index rides below them.
      long bits = Float.floatToIntBits((float) Math.max(0, rate));
      keys[s] = -(bits << 32) + s;
    }
    Arrays.sort(keys);
    int[] order = new int[stretches];
    for (int k = 0; k < stretches; k++) {
      order[k] = (int) (keys[k] & 0xFFFF_FFFFL);
    }
    return order;
  }

  private void take(int[] late, int from, int rows) {
    for (int step = 0, i = from; step < rows; step++, i = i == n - 1 ? 0 : i + 1) {
      path[i] = late[i];
    }
  }

  /**
   * Takes the part of a stretch, its beginning or its end, that saves most within the time left;
   * returns the time it adds.
   */
  private double takePart(int s, int[] early, int[] late, double left) {
    double best = 0;
    double bestSeconds = 0;
    int bestFrom = 0;
    int bestRows = 0;
    for (int side = 0; side < 2; side++) {
      double joules = 0;
      double seconds = 0;
      for (int step = 0; step < length[s] - 1; step++) {
        int i = row(s, side == 0 ? step : length[s] - 1 - step);
        int next = i == n - 1 ? 0 : i + 1;
        int before = previous(i);
        int j = i * flat.settings;
        joules += flat.joules[j + late[i]] - flat.joules[j + early[i]];
        seconds += flat.seconds[j + late[i]] - flat.seconds[j + early[i]];
        // On the side where the part began, its own rows are late already.
        boolean inside = step > 0;
        int from = side == 0 && inside ? late[before] : early[before];
        int to = side == 1 && inside ? late[next] : early[next];
        double enterJoules = intoJoules(i, from, late[i]) - intoJoules(i, early[before], early[i]);
        double enterSeconds =
            intoSeconds(i, from, late[i]) - intoSeconds(i, early[before], early[i]);
        double leaveJoules =
            intoJoules(next, late[i], to) - intoJoules(next, early[i], early[next]);
        double leaveSeconds =
            intoSeconds(next, late[i], to) - intoSeconds(next, early[i], early[next]);
        double total = -(joules + enterJoules + leaveJoules);
        double time = seconds + enterSeconds + leaveSeconds;
        if (total > best && time <= left) {
          best = total;
          bestSeconds = time;
          bestFrom = side == 0 ? first[s] : i;
          bestRows = step + 1;
        }
        // The border that lies inside from now on stays as it is; the other one moves on.
        joules += side == 0 ? enterJoules : leaveJoules;
        seconds += side == 0 ? enterSeconds : leaveSeconds;
      }
    }
    if (bestRows > 0) {
      take(late, bestFrom, bestRows);
    }
    return Math.max(0, bestSeconds);
  }
}
