package io.neurobalancer.plan;

/**
 * The best paths through every row and setting: one half found at one price of time, the other half
 * at another. One of two neighbouring prices ends too early and the other too late; among the N x M
 * joints there is nearly always one that ends just in time.
 *
 * <p>Passes track the time of each partial path beside its cost, so that a joint's makespan is a
 * sum.
 */
final class TwoPricePaths {

  private final Trellis flat;
  private final int n;
  private final int m;
  private final double[] headCost;
  private final double[] headSeconds;
  private final int[] headFrom;
  private final double[] tailCost;
  private final double[] tailSeconds;
  private final int[] tailTo;
  private final Layer a;
  private final Layer b;
  private int row;
  private int setting = -1;

  /** One layer's values while it is relaxed. */
  private static final class Layer {
    final double[] cost;
    final double[] seconds;
    final int[] argument;

    Layer(int settings) {
      cost = new double[settings];
      seconds = new double[settings];
      argument = new int[settings];
    }
  }

  TwoPricePaths(Trellis flat) {
    this.flat = flat;
    this.n = flat.rows;
    this.m = flat.settings;
    this.headCost = new double[n * m];
    this.headSeconds = new double[n * m];
    this.headFrom = new int[n * m];
    this.tailCost = new double[n * m];
    this.tailSeconds = new double[n * m];
    this.tailTo = new int[n * m];
    this.a = new Layer(m);
    this.b = new Layer(m);
  }

  /** Sets where a cycle is cut open, -1 where there is no cycle; returns whether that is new. */
  boolean cutAt(int newRow, int newSetting) {
    boolean changed = row != newRow || setting != newSetting;
    row = newRow;
    setting = newSetting;
    return changed;
  }

  /** Finds the first halves at a price of time, joules per second. */
  void heads(double price) {
    for (int x = 0; x < m; x++) {
      int j = row * m + x;
      boolean open = setting < 0 || x == setting;
      headSeconds[j] = flat.seconds[j] + (setting < 0 ? flat.entrySeconds[x] : 0);
      headCost[j] =
          open
              ? flat.joules[j] + (setting < 0 ? flat.entryJoules[x] : 0) + price * headSeconds[j]
              : Trellis.FORBIDDEN;
    }
    for (int step = 1, i = next(row); step < n; step++, i = next(i)) {
      int from = before(i) * m;
      System.arraycopy(headCost, from, a.cost, 0, m);
      System.arraycopy(headSeconds, from, a.seconds, 0, m);
      Layer relaxed = relax(price, false);
      for (int x = 0; x < m; x++) {
        int j = i * m + x;
        headCost[j] = relaxed.cost[x] + flat.joules[j] + price * flat.seconds[j];
        headSeconds[j] = relaxed.seconds[x] + flat.seconds[j];
        headFrom[j] = relaxed.argument[x];
      }
    }
  }

  /** Finds the second halves, what follows a row at a setting, at a price of time. */
  void tails(double price) {
    int end = before(row);
    for (int x = 0; x < m; x++) {
      tailSeconds[end * m + x] = setting < 0 ? 0 : flat.switchSeconds(x, setting);
      tailCost[end * m + x] =
          setting < 0
              ? flat.exitJoules[x]
              : flat.switchJoules(x, setting) + price * tailSeconds[end * m + x];
    }
    for (int step = 1, i = end; step < n; step++, i = before(i)) {
      for (int x = 0; x < m; x++) {
        int j = i * m + x;
        a.cost[x] = tailCost[j] + flat.joules[j] + price * flat.seconds[j];
        a.seconds[x] = tailSeconds[j] + flat.seconds[j];
      }
      Layer relaxed = relax(price, true);
      int to = before(i) * m;
      System.arraycopy(relaxed.cost, 0, tailCost, to, m);
      System.arraycopy(relaxed.seconds, 0, tailSeconds, to, m);
      System.arraycopy(relaxed.argument, 0, tailTo, to, m);
    }
  }

  /**
   * Writes the cheapest joint path that ends by a budget into {@code path}; returns whether there
   * is one below a limit of energy.
   */
  boolean join(
      double headPrice, double tailPrice, double budgetSeconds, double limitJoules, int[] path) {
    double best = limitJoules;
    int bestJoint = -1;
    double latest = budgetSeconds * (1 + 1e-13);
    for (int j = 0; j < headCost.length; j++) {
      double seconds = headSeconds[j] + tailSeconds[j];
      if (seconds <= latest) {
        double joules =
            headCost[j] - headPrice * headSeconds[j] + tailCost[j] - tailPrice * tailSeconds[j];
        if (joules < best) {
          best = joules;
          bestJoint = j;
        }
      }
    }
    if (bestJoint < 0) {
      return false;
    }
    int joint = bestJoint / m;
    path[joint] = bestJoint % m;
    for (int i = joint; i != row; i = before(i)) {
      path[before(i)] = headFrom[i * m + path[i]];
    }
    for (int i = joint; next(i) != row; i = next(i)) {
      path[next(i)] = tailTo[i * m + path[i]];
    }
    return true;
  }

  private int next(int i) {
    return i == n - 1 ? 0 : i + 1;
  }

  private int before(int i) {
    return i == 0 ? n - 1 : i - 1;
  }

  /** Relaxes layer {@code a}, switches priced; backwards in time a switch up is a switch down. */
  private Layer relax(double price, boolean backwards) {
    for (int x = 0; x < m; x++) {
      a.argument[x] = x;
    }
    Layer from = a;
    Layer to = b;
    for (int d = flat.domains() - 1; d >= 0; d--) {
      double upSeconds = backwards ? flat.downSeconds[d] : flat.upSeconds[d];
      double downSeconds = backwards ? flat.upSeconds[d] : flat.downSeconds[d];
      double upCost = (backwards ? flat.downJoules[d] : flat.upJoules[d]) + price * upSeconds;
      double downCost = (backwards ? flat.upJoules[d] : flat.downJoules[d]) + price * downSeconds;
      int span = flat.size[d] * flat.stride[d];
      for (int block = 0; block < m; block += span) {
        for (int line = block; line < block + flat.stride[d]; line++) {
          sweep(from, to, line, flat.stride[d], flat.size[d], upCost, upSeconds);
          descend(
              from,
              to,
              line + span - flat.stride[d],
              flat.stride[d],
              flat.size[d],
              downCost,
              downSeconds);
        }
      }
      Layer swap = from;
      from = to;
      to = swap;
    }
    return from;
  }

  private static void sweep(
      Layer from, Layer to, int first, int stride, int size, double cost, double seconds) {
    int least = first;
    double leastCost = Double.POSITIVE_INFINITY;
    for (int j = 0, x = first; j < size; j++, x += stride) {
      double here = from.cost[x];
      boolean switched = leastCost + cost < here;
      to.cost[x] = switched ? leastCost + cost : here;
      to.seconds[x] = switched ? from.seconds[least] + seconds : from.seconds[x];
      to.argument[x] = switched ? from.argument[least] : from.argument[x];
      if (here < leastCost) {
        leastCost = here;
        least = x;
      }
    }
  }

  private static void descend(
      Layer from, Layer to, int last, int stride, int size, double cost, double seconds) {
    int least = last;
    double leastCost = Double.POSITIVE_INFINITY;
    for (int j = 0, x = last; j < size; j++, x -= stride) {
      double here = from.cost[x];
      if (leastCost + cost < to.cost[x]) {
        to.cost[x] = leastCost + cost;
        to.seconds[x] = from.seconds[least] + seconds;
        to.argument[x] = from.argument[least];
      }
      if (here < leastCost) {
        leastCost = here;
        least = x;
      }
    }
  }
}
