package io.neurobalancer.planner;

import java.util.Arrays;

/**
 * The path of least {@code energyWeight * energy + timeWeight * time}, by a Viterbi pass over
 * operators and settings.
 *
 * <p>A layer costs O(k M), not O(M^2): switching costs add up over the domains, so the minimum over
 * all predecessors is taken one domain at a time, with a running minimum from the slower and one
 * from the faster side.
 *
 * <p>In the steady state the path closes to a cycle: the switch from the last setting back to the
 * first is paid as well. The pass is then run for one first setting after another, in the order of
 * what they cost at least, until no further one can win. Buffers are reused from call to call.
 */
final class ShortestPath {

  /** More first settings than this are not tried; the bound stays valid, see {@link #bound}. */
  private static final int MOST_STARTS = 48;

  private final FlatProblem flat;
  private final int n;
  private final int m;
  private final double[] weight;
  private final double[] value;
  private final double[] next;
  private final double[] best;
  private final int[] argument;
  private final int[] nextArgument;
  private final int[] back;
  private final double[] up;
  private final double[] down;
  private double bound;

  ShortestPath(FlatProblem flat) {
    this.flat = flat;
    this.n = flat.operators;
    this.m = flat.settings;
    this.weight = new double[n * m];
    this.value = new double[m];
    this.next = new double[m];
    this.best = new double[m];
    this.argument = new int[m];
    this.nextArgument = new int[m];
    this.back = new int[n * m];
    this.up = new double[flat.size.length];
    this.down = new double[flat.size.length];
  }

  /** Returns what no path of the last search costs less than, entry and cycle included. */
  double bound() {
    return bound;
  }

  /**
   * Returns the best path, ignoring the closing switch of a cycle: with switches that cost nothing
   * less than nothing, its {@link #bound} holds for cycles too.
   */
  int[] open(double energyWeight, double timeWeight) {
    weigh(energyWeight, timeWeight);
    return openWeighed(energyWeight, timeWeight);
  }

  private int[] openWeighed(double energyWeight, double timeWeight) {
    for (int x = 0; x < m; x++) {
      value[x] = weight[x] + energyWeight * flat.entryJoules[x] + timeWeight * flat.entrySeconds[x];
    }
    pass();
    for (int x = 0; x < m; x++) {
      value[x] += energyWeight * flat.exitJoules[x];
    }
    int last = leastIndex(value);
    bound = value[last];
    if (flat.cyclic()) {
      bound += cheapestClosing();
    }
    return trace(last);
  }

  /** Returns the best path, the closing switch of a cycle included. */
  int[] closed(double energyWeight, double timeWeight) {
    weigh(energyWeight, timeWeight);
    int[] bestPath = openWeighed(energyWeight, timeWeight);
    if (!flat.cyclic()) {
      return bestPath;
    }
    double closing = cheapestClosing();
    double bestCost = cost(bestPath, energyWeight, timeWeight);
    double[] least = leastByStart();
    Integer[] order = new Integer[m];
    Arrays.setAll(order, x -> x);
    Arrays.sort(order, (a, b) -> Double.compare(least[a], least[b]));
    bound = bestCost;
    for (int s = 0; s < m; s++) {
      int start = order[s];
      if (least[start] + closing >= bestCost) {
        break;
      }
      if (s == MOST_STARTS) {
        bound = Math.min(bestCost, least[start] + closing);
        return bestPath;
      }
      Arrays.fill(value, Double.POSITIVE_INFINITY);
      value[start] = weight[start];
      pass();
      for (int x = 0; x < m; x++) {
        value[x] += closing(x, start);
      }
      int last = leastIndex(value);
      if (value[last] < bestCost) {
        bestCost = value[last];
        bestPath = trace(last);
      }
    }
    bound = bestCost;
    return bestPath;
  }

  private double cost(int[] path, double energyWeight, double timeWeight) {
    return energyWeight * flat.folded(path) + timeWeight * flat.makespan(path);
  }

  private void weigh(double energyWeight, double timeWeight) {
    for (int j = 0; j < weight.length; j++) {
      weight[j] =
          flat.seconds[j] == Double.POSITIVE_INFINITY
              ? Double.POSITIVE_INFINITY
              : energyWeight * flat.joules[j] + timeWeight * flat.seconds[j];
    }
    for (int d = 0; d < up.length; d++) {
      up[d] = energyWeight * flat.upJoules[d] + timeWeight * flat.upSeconds[d];
      down[d] = energyWeight * flat.downJoules[d] + timeWeight * flat.downSeconds[d];
    }
  }

  private double closing(int last, int first) {
    double sum = 0;
    for (int d = 0; d < up.length; d++) {
      int a = last / flat.stride[d] % flat.size[d];
      int b = first / flat.stride[d] % flat.size[d];
      sum += b > a ? up[d] : b < a ? down[d] : 0;
    }
    return sum;
  }

  private double cheapestClosing() {
    double sum = 0;
    for (int d = 0; d < up.length; d++) {
      sum += Math.min(0, Math.min(up[d], down[d]));
    }
    return sum;
  }

  /** Carries {@link #value} from the first operator's layer to the last one's. */
  private void pass() {
    for (int i = 1; i < n; i++) {
      for (int x = 0; x < m; x++) {
        argument[x] = x;
      }
      for (int d = 0; d < up.length; d++) {
        relax(d, up[d], down[d]);
      }
      System.arraycopy(argument, 0, back, i * m, m);
      int row = i * m;
      for (int x = 0; x < m; x++) {
        value[x] += weight[row + x];
      }
    }
  }

  /**
   * Replaces each value by the least over all OPPs of one domain, switches of that domain added.
   */
  private void relax(int domain, double upCost, double downCost) {
    int size = flat.size[domain];
    int stride = flat.stride[domain];
    for (int block = 0; block < m; block += size * stride) {
      for (int line = block; line < block + stride; line++) {
        double slower = Double.POSITIVE_INFINITY;
        int slowerArgument = -1;
        for (int j = 0, x = line; j < size; j++, x += stride) {
          double here = value[x];
          double fromBelow = slower + upCost;
          boolean switched = fromBelow < here;
          next[x] = switched ? fromBelow : here;
          nextArgument[x] = switched ? slowerArgument : argument[x];
          if (here < slower) {
            slower = here;
            slowerArgument = argument[x];
          }
        }
        double faster = Double.POSITIVE_INFINITY;
        int fasterArgument = -1;
        for (int j = size - 1, x = line + (size - 1) * stride; j >= 0; j--, x -= stride) {
          double here = value[x];
          double fromAbove = faster + downCost;
          if (fromAbove < next[x]) {
            next[x] = fromAbove;
            nextArgument[x] = fasterArgument;
          }
          if (here < faster) {
            faster = here;
            fasterArgument = argument[x];
          }
        }
      }
    }
    System.arraycopy(next, 0, value, 0, m);
    System.arraycopy(nextArgument, 0, argument, 0, m);
  }

  /**
   * Returns, per first setting, what the cheapest path from it costs without the closing switch.
   */
  private double[] leastByStart() {
    Arrays.fill(best, 0);
    double[] after = best.clone();
    for (int i = n - 1; i >= 0; i--) {
      for (int x = 0; x < m; x++) {
        value[x] = after[x] + weight[i * m + x];
      }
      if (i > 0) {
        // Backwards in time a switch up is a switch down.
        for (int d = 0; d < up.length; d++) {
          relax(d, down[d], up[d]);
        }
      }
      System.arraycopy(value, 0, after, 0, m);
    }
    return after;
  }

  private int[] trace(int last) {
    int[] path = new int[n];
    path[n - 1] = last;
    for (int i = n - 1; i > 0; i--) {
      path[i - 1] = back[i * m + path[i]];
    }
    return path;
  }

  private static int leastIndex(double[] values) {
    int index = 0;
    for (int x = 1; x < values.length; x++) {
      if (values[x] < values[index]) {
        index = x;
      }
    }
    return index;
  }
}
