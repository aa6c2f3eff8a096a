package io.neurobalancer.plan;

import java.util.Arrays;

/**
 * The path of least {@code energyWeight * energy + timeWeight * time}, by a Viterbi pass over rows
 * and settings.
 *
 * <p>A layer costs O(k M), not O(M^2): switching costs add up over the domains, so the minimum over
 * all predecessors is taken one domain at a time, with a running minimum from the slower and one
 * from the faster side. A pass keeps values only; the one path wanted is traced back from them in
 * O(k M) per row as well. Buffers are reused: a pass allocates nothing.
 *
 * <p>In the steady state the path closes to a cycle, the switch from the last setting back to the
 * first included. A cycle may be cut open anywhere, so it is cut at the row where fewest settings
 * can still win, and one pass is run per such setting.
 */
final class Viterbi {

  /** More settings than this are not tried at a cut; the bound stays valid, see {@link #bound}. */
  private static final int MOST_CUTS = 64;

  private final Trellis flat;
  private final int n;
  private final int m;
  private final double[] forward;
  private final double[] backward;
  private final double[] left;
  private final double[] right;
  private final double[] up;
  private final double[] down;
  private final int[] cutOrder;
  private final double[] carry;
  private final double[] least;
  private final double[] running;
  private double energyWeight;
  private double timeWeight;
  private int cutRow;
  private int cutSetting = -1;
  private double bound;

  Viterbi(Trellis flat) {
    this.flat = flat;
    this.n = flat.rows;
    this.m = flat.settings;
    this.forward = new double[n * m];
    this.backward = new double[n * m];
    this.left = new double[m];
    this.right = new double[m];
    this.up = new double[flat.domains()];
    this.down = new double[flat.domains()];
    this.cutOrder = new int[m];
    this.carry = new double[m];
    this.least = new double[m];
    this.running = new double[m];
  }

  /** Returns what no path of the last search costs less than, entry and cycle included. */
  double bound() {
    return bound;
  }

  /** Returns the row at which the last closed search cut its cycle open; 0 without a cycle. */
  int cutRow() {
    return cutRow;
  }

  /** Returns the setting that the last closed search found best at its cut; -1 without a cycle. */
  int cutSetting() {
    return cutSetting;
  }

  /**
   * Returns, per row and setting, what the best way to finish costs after the last backward pass.
   */
  double[] completions() {
    return backward;
  }

  /** Returns, per row and setting, what the best way there costs after the last forward pass. */
  double[] arrivals() {
    return forward;
  }

  /**
   * Finds the best path, ignoring the closing switch of a cycle: with switches that cost nothing
   * less than nothing, its {@link #bound} holds for cycles too.
   */
  void open(double newEnergyWeight, double newTimeWeight, int[] path) {
    price(newEnergyWeight, newTimeWeight);
    bound = pass(0, -1) + (flat.cyclic() ? cheapestClosing() : 0);
    trace(0, -1, path);
  }

  /** Finds the best cycle through one setting at one row, or the best path if that is -1. */
  void through(double newEnergyWeight, double newTimeWeight, int row, int setting, int[] path) {
    price(newEnergyWeight, newTimeWeight);
    bound = pass(row, setting);
    trace(row, setting, path);
  }

  /** Finds the best path, the closing switch of a cycle included. */
  void closed(double newEnergyWeight, double newTimeWeight, int[] path) {
    open(newEnergyWeight, newTimeWeight, path);
    if (!flat.cyclic()) {
      return;
    }
    double best = cost(path);
    backwardPass(0, -1);
    double closing = cheapestClosing();
    cutRow = fewestSurvivors(best - closing);
    int survivors = 0;
    for (int x = 0; x < m; x++) {
      int j = cutRow * m + x;
      least[x] = forward[j] + backward[j] + closing;
      if (least[x] < best) {
        int at = survivors++;
        while (at > 0 && least[cutOrder[at - 1]] > least[x]) {
          cutOrder[at] = cutOrder[at - 1];
          at--;
        }
        cutOrder[at] = x;
      }
    }
    cutSetting = path[cutRow];
    bound = best;
    for (int s = 0; s < survivors; s++) {
      int x = cutOrder[s];
      if (least[x] >= best) {
        break;
      }
      if (s == MOST_CUTS) {
        bound = Math.min(best, least[x]);
        return;
      }
      double value = pass(cutRow, x);
      if (value < best) {
        best = value;
        cutSetting = x;
        trace(cutRow, x, path);
      }
    }
    bound = best;
  }

  private double cost(int[] path) {
    return energyWeight * flat.folded(path) + timeWeight * flat.makespan(path);
  }

  /** Returns the row where fewest settings lie on a path cheaper than {@code limit}. */
  private int fewestSurvivors(double limit) {
    int row = 0;
    int fewest = Integer.MAX_VALUE;
    for (int i = 0; i < n; i++) {
      int count = 0;
      for (int j = i * m; j < (i + 1) * m; j++) {
        count += forward[j] + backward[j] < limit ? 1 : 0;
      }
      if (count < fewest) {
        fewest = count;
        row = i;
      }
    }
    return row;
  }

  void price(double newEnergyWeight, double newTimeWeight) {
    energyWeight = newEnergyWeight;
    timeWeight = newTimeWeight;
    for (int d = 0; d < up.length; d++) {
      up[d] = energyWeight * flat.upJoules[d] + timeWeight * flat.upSeconds[d];
      down[d] = energyWeight * flat.downJoules[d] + timeWeight * flat.downSeconds[d];
    }
  }

  double weight(int j) {
    return energyWeight * flat.joules[j] + timeWeight * flat.seconds[j];
  }

  double switchWeight(int from, int to) {
    double sum = 0;
    for (int d = 0, at = 0; d < up.length; d++, at += m) {
      int a = flat.opp[at + from];
      int b = flat.opp[at + to];
      sum += b > a ? up[d] : b < a ? down[d] : 0;
    }
    return sum;
  }

  double entryWeight(int x) {
    return energyWeight * flat.entryJoules[x] + timeWeight * flat.entrySeconds[x];
  }

  /** Returns the least a closing switch can cost: zero unless idling costs more than switching. */
  private double cheapestClosing() {
    double sum = 0;
    for (int d = 0; d < up.length; d++) {
      sum += Math.min(0, Math.min(up[d], down[d]));
    }
    return sum;
  }

  /**
   * Fills the arrivals, own weight included, and returns the least cost of a whole path.
   *
   * @param row where the path begins
   * @param setting the only one allowed there, to which the cycle closes; -1 for all and no closing
   */
  double pass(int row, int setting) {
    int base = row * m;
    if (setting < 0) {
      for (int x = 0; x < m; x++) {
        forward[base + x] = weight(base + x) + entryWeight(x);
      }
    } else {
      Arrays.fill(forward, base, base + m, Double.POSITIVE_INFINITY);
      forward[base + setting] = weight(base + setting);
    }
    double[] seconds = flat.seconds;
    double[] joules = flat.joules;
    for (int step = 1, i = next(row); step < n; step++, i = next(i)) {
      int to = i * m;
      double[] relaxed = relax(forward, (i == 0 ? n - 1 : i - 1) * m, up, down);
      for (int x = 0; x < m; x++) {
        forward[to + x] = relaxed[x] + energyWeight * joules[to + x] + timeWeight * seconds[to + x];
      }
    }
    int end = lastRow(row) * m;
    double cheapest = Double.POSITIVE_INFINITY;
    for (int x = 0; x < m; x++) {
      cheapest = Math.min(cheapest, forward[end + x] + leaving(x, setting));
    }
    return cheapest;
  }

  /** Fills the completions: what is to be paid after a row has run at a setting. */
  void backwardPass(int row, int setting) {
    int end = lastRow(row) * m;
    for (int x = 0; x < m; x++) {
      backward[end + x] = leaving(x, setting);
    }
    for (int step = 1, i = lastRow(row); step < n; step++) {
      int from = i * m;
      for (int x = 0; x < m; x++) {
        carry[x] = backward[from + x] + weight(from + x);
      }
      i = i == 0 ? n - 1 : i - 1;
      if (setting >= 0 && step == n - 1) {
        // Only one setting is allowed at the cut; what the others would cost is of no use.
        Arrays.fill(backward, i * m, (i + 1) * m, Double.POSITIVE_INFINITY);
        double cheapest = Double.POSITIVE_INFINITY;
        for (int x = 0; x < m; x++) {
          cheapest = Math.min(cheapest, carry[x] + switchWeight(setting, x));
        }
        backward[i * m + setting] = cheapest;
      } else {
        // Backwards in time a switch up is a switch down.
        System.arraycopy(relax(carry, 0, down, up), 0, backward, i * m, m);
      }
    }
  }

  private double leaving(int x, int setting) {
    return setting < 0 ? energyWeight * flat.exitJoules[x] : switchWeight(x, setting);
  }

  private int next(int row) {
    return row == n - 1 ? 0 : row + 1;
  }

  private int lastRow(int row) {
    return row == 0 ? n - 1 : row - 1;
  }

  /**
   * Returns each setting's least value over all settings, the switches from there added, in a
   * buffer that the next call overwrites.
   */
  private double[] relax(double[] values, int offset, double[] upCost, double[] downCost) {
    double[] from = values;
    int at = offset;
    double[] to = left;
    for (int d = up.length - 1; d >= 0; d--) {
      to = from == left ? right : left;
      if (flat.stride[d] == 1) {
        relaxLines(from, at, to, flat.size[d], upCost[d], downCost[d]);
      } else {
        relaxStrided(from, at, to, flat.size[d], flat.stride[d], upCost[d], downCost[d]);
      }
      from = to;
      at = 0;
    }
    return to;
  }

  private void relaxLines(
      double[] from, int offset, double[] to, int size, double upCost, double downCost) {
    for (int line = 0; line < m; line += size) {
      double slower = from[offset + line];
      to[line] = slower;
      for (int x = line + 1; x < line + size; x++) {
        double here = from[offset + x];
        double fromBelow = slower + upCost;
        to[x] = fromBelow < here ? fromBelow : here;
        slower = here < slower ? here : slower;
      }
      double faster = from[offset + line + size - 1];
      for (int x = line + size - 2; x >= line; x--) {
        double here = from[offset + x];
        double fromAbove = faster + downCost;
        to[x] = fromAbove < to[x] ? fromAbove : to[x];
        faster = here < faster ? here : faster;
      }
    }
  }

  /** As {@link #relaxLines}, side by side for neighbouring lines, which compilers vectorize. */
  private void relaxStrided(
      double[] from,
      int offset,
      double[] to,
      int size,
      int stride,
      double upCost,
      double downCost) {
    int span = size * stride;
    for (int block = 0; block < m; block += span) {
      System.arraycopy(from, offset + block, running, 0, stride);
      System.arraycopy(from, offset + block, to, block, stride);
      for (int opp = block + stride; opp < block + span; opp += stride) {
        for (int line = 0; line < stride; line++) {
          double here = from[offset + opp + line];
          to[opp + line] = Math.min(running[line] + upCost, here);
          running[line] = Math.min(running[line], here);
        }
      }
      System.arraycopy(from, offset + block + span - stride, running, 0, stride);
      for (int opp = block + span - 2 * stride; opp >= block; opp -= stride) {
        for (int line = 0; line < stride; line++) {
          to[opp + line] = Math.min(running[line] + downCost, to[opp + line]);
          running[line] = Math.min(running[line], from[offset + opp + line]);
        }
      }
    }
  }

  /** Follows the arrivals back from the best end. */
  private void trace(int row, int setting, int[] path) {
    int end = lastRow(row);
    int x = 0;
    double cheapest = Double.POSITIVE_INFINITY;
    for (int y = 0; y < m; y++) {
      double value = forward[end * m + y] + leaving(y, setting);
      if (value < cheapest) {
        cheapest = value;
        x = y;
      }
    }
    path[end] = x;
    follow(row, end, x, path);
  }

  /** Completes a path backwards from a setting at {@code end} to the row where it begins. */
  void follow(int row, int end, int setting, int[] path) {
    double floor = cheapestClosing();
    int x = setting;
    path[end] = x;
    for (int i = end; i != row; ) {
      i = i == 0 ? n - 1 : i - 1;
      // Staying is tried first, so that a tie makes no switch.
      int best = x;
      double cheapest = forward[i * m + x];
      for (int y = 0; y < m; y++) {
        double value = forward[i * m + y];
        if (value + floor < cheapest) {
          value += switchWeight(y, x);
          if (value < cheapest) {
            cheapest = value;
            best = y;
          }
        }
      }
      x = best;
      path[i] = x;
    }
  }
}
