package io.neurobalancer.plan;

import io.neurobalancer.unit.NeuroBalancerException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;

/**
 * What to do next, whatever has happened so far: for every operator, every present setting and
 * every remaining time, the setting that the operator should get.
 *
 * <p>It is the planner's own recursion, read from the end. At a price of time the cheapest way to
 * finish from an operator and a setting takes some time and begins with some setting; both are kept
 * for a ladder of prices, from "time costs nothing" to "nothing but time counts". With so much time
 * left, the lowest price at which the rest still fits decides. What that price leaves over is not
 * lost: the next operator looks again, and takes the next lower price as soon as it fits.
 *
 * <p>Only settings that plans at these prices use have a row of their own, at most {@value
 * #MOST_SETTINGS}; whoever comes from another one is treated as coming from the nearest. The job is
 * taken to end as its problem says: a return to a fixed setting is priced, the closing switch of a
 * steady state is not.
 *
 * <p>A look-up reads some numbers next to each other and allocates nothing. Instances are
 * immutable.
 */
public final class SuffixFrontier {

  private static final int MOST_SETTINGS = 24;

  /** Neighbouring rungs use nearly the same settings; a full pass for every other one will do. */
  private static final int RUNGS_APART = 2;

  /** Prices between the ends, as multiples of the price that the problem's own budget has. */
  private static final double[] LADDER = {
    0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.87, 0.94, 1, 1.07, 1.15, 1.25, 1.4, 1.6, 2, 2.7,
    4, 8, 20
  };

  private final int[] rowOfOperator;
  private final int[] settings;
  private final byte[] rowOfSetting;
  private final int prices;

  /** Per row, setting and rung of the ladder, what the rest takes, seconds, rounded up. */
  private final float[] remainingSeconds;

  /** Likewise, the next setting, an index into {@code settings}. */
  private final byte[] next;

  /**
   * Puts together what {@link #rowOfOperator}, {@link #settings}, {@link #nearest}, {@link
   * #remainingSeconds()} and {@link #next()} of another instance returned.
   *
   * @throws NeuroBalancerException if their sizes do not fit together
   */
  public SuffixFrontier(
      int[] rowOfOperator, int[] settings, byte[] nearest, float[] remainingSeconds, byte[] next) {
    this.rowOfOperator = rowOfOperator.clone();
    this.settings = settings.clone();
    this.rowOfSetting = nearest.clone();
    this.remainingSeconds = remainingSeconds.clone();
    this.next = next.clone();
    int rows = Arrays.stream(rowOfOperator).max().orElse(-1) + 1;
    int cells = rows * settings.length;
    this.prices = cells == 0 ? 0 : next.length / cells;
    if (prices == 0
        || next.length != prices * cells
        || remainingSeconds.length != next.length
        || !within(nearest, settings.length)
        || !within(next, settings.length)) {
      throw NeuroBalancerException.invalid(
          String.format(
              Locale.ROOT,
              "A suffix frontier of %d rows and %d settings cannot have %d times and %d next settings.%nMaybe the file was made by another version: plan again.",
              rows,
              settings.length,
              remainingSeconds.length,
              next.length));
    }
  }

  private static boolean within(byte[] indices, int size) {
    for (byte index : indices) {
      if (index < 0 || index >= size) {
        return false;
      }
    }
    return true;
  }

  /**
   * Computes the frontiers of all suffixes of a problem. Its budget says around which pace the
   * ladder of prices is dense.
   */
  public static SuffixFrontier of(PlanningProblem problem) {
    Trellis flat = new Trellis(problem);
    double[] ladder = ladder(flat);
    int[] kept = settings(flat, ladder);
    Builder builder = new Builder(flat, kept, ladder);
    builder.run();
    int[] originals = Arrays.stream(kept).map(x -> flat.original[x]).toArray();
    int[] rowOfOperator = new int[problem.costs().operators()];
    Arrays.fill(rowOfOperator, -1);
    for (int r = 0; r < flat.rows; r++) {
      rowOfOperator[flat.firstOperator[r]] = r;
    }
    byte[] nearest = new byte[problem.costs().settings()];
    for (int x = 0; x < nearest.length; x++) {
      nearest[x] = (byte) nearest(problem, originals, x);
    }
    return new SuffixFrontier(rowOfOperator, originals, nearest, builder.seconds, builder.next);
  }

  /** The prices of time, rising; the last one stands for infinity. */
  private static double[] ladder(Trellis flat) {
    LagrangianSearch search = LagrangianSearch.leavingOutLimits(flat, flat.problem.budgetSeconds());
    double price = search.met() ? search.price() : 0;
    if (!(price > 0)) {
      // The budget presses nobody: take what a second is worth between the cheapest and the
      // fastest plan.
      int[] path = new int[flat.rows];
      Viterbi paths = new Viterbi(flat);
      paths.open(0, 1, path);
      double fastest = flat.makespan(path);
      double dear = flat.folded(path);
      paths.open(1, 0, path);
      price = (dear - flat.folded(path)) / Math.max(flat.makespan(path) - fastest, 1e-12 * fastest);
    }
    double[] ladder = new double[LADDER.length + 2];
    for (int k = 0; k < LADDER.length; k++) {
      ladder[k + 1] = Math.max(price, 0) * LADDER[k];
    }
    ladder[ladder.length - 1] = Double.POSITIVE_INFINITY;
    return ladder;
  }

  /** Returns the settings in which plans at these prices spend most time, in ascending order. */
  private static int[] settings(Trellis flat, double[] ladder) {
    double[] spent = new double[flat.settings];
    Viterbi paths = new Viterbi(flat);
    int[] path = new int[flat.rows];
    for (int k = ladder.length - 1; k >= 0; k -= k == 1 ? 1 : RUNGS_APART) {
      double price = ladder[k];
      boolean fastest = Double.isInfinite(price);
      paths.open(fastest ? 0 : 1, fastest ? 1 : price, path);
      double makespan = flat.makespan(path);
      for (int r = 0; r < flat.rows; r++) {
        // What the fastest plan needs must be there, or late jobs could not catch up; and what the
        // cheapest one needs, or time to spare would be worth nothing.
        double weight = fastest || k == 0 ? 10 : 1;
        spent[path[r]] += weight * flat.seconds[r * flat.settings + path[r]] / makespan;
      }
    }
    Integer[] order = new Integer[flat.settings];
    Arrays.setAll(order, x -> x);
    Arrays.sort(order, (a, b) -> Double.compare(spent[b], spent[a]));
    int count = 1;
    while (count < Math.min(MOST_SETTINGS, order.length) && spent[order[count]] > 0) {
      count++;
    }
    int[] kept = new int[count];
    for (int c = 0; c < count; c++) {
      kept[c] = order[c];
    }
    Arrays.sort(kept);
    return kept;
  }

  /** Returns the index of the setting that differs in fewest domains, and then by fewest OPPs. */
  private static int nearest(PlanningProblem problem, int[] settings, int setting) {
    int best = 0;
    int least = Integer.MAX_VALUE;
    for (int s = 0; s < settings.length; s++) {
      int distance = 0;
      for (int d = 0; d < problem.grid().dimensions(); d++) {
        int apart =
            Math.abs(problem.grid().oppIndex(setting, d) - problem.grid().oppIndex(settings[s], d));
        distance += apart == 0 ? 0 : 10_000 + apart;
      }
      if (distance < least) {
        least = distance;
        best = s;
      }
    }
    return best;
  }

  /**
   * Returns the setting for an operator.
   *
   * @param operator that is about to start
   * @param remainingSeconds until the job should have ended
   * @param presentSetting of the device
   * @return the present setting where it may not change before this operator
   */
  public int next(int operator, double remainingSeconds, int presentSetting) {
    int row = rowOfOperator[operator];
    if (row < 0) {
      return presentSetting;
    }
    int at = (row * settings.length + rowOfSetting[presentSetting]) * prices;
    int end = at + prices - 1;
    while (at < end && this.remainingSeconds[at] > remainingSeconds) {
      at++;
    }
    return settings[next[at]];
  }

  /**
   * Returns the least time that an operator and all after it take, seconds.
   *
   * @param operator that is about to start, at the beginning of a group that shares its setting
   */
  public double fastestSeconds(int operator, int presentSetting) {
    int row = Objects.checkIndex(rowOfOperator[operator], rowOfOperator.length);
    int at = (row * settings.length + rowOfSetting[presentSetting]) * prices;
    return remainingSeconds[at + prices - 1];
  }

  /** Returns how many bytes the tables take. */
  public long bytes() {
    return 4L * rowOfOperator.length
        + 4L * settings.length
        + rowOfSetting.length
        + 5L * next.length;
  }

  /** Returns the row of every operator, -1 where the setting may not change; a copy. */
  public int[] rowOfOperator() {
    return rowOfOperator.clone();
  }

  /** Returns the settings that have a row, as numbered on the device; a copy. */
  public int[] settings() {
    return settings.clone();
  }

  /** Returns for every setting of the device the index of the nearest that has a row; a copy. */
  public byte[] nearest() {
    return rowOfSetting.clone();
  }

  /** Returns what the rest takes per row, setting and price, seconds; a copy. */
  public float[] remainingSeconds() {
    return remainingSeconds.clone();
  }

  /** Returns the next setting per row, setting and price, an index; a copy. */
  public byte[] next() {
    return next.clone();
  }

  /** The recursion from the end, over the settings kept. */
  private static final class Builder {
    private final Trellis flat;
    private final int[] kept;
    private final double[] ladder;
    private final int count;
    private final double[] switchSeconds;
    private final double[] switchJoules;
    private final float[] seconds;
    private final byte[] next;

    Builder(Trellis flat, int[] kept, double[] ladder) {
      this.flat = flat;
      this.kept = kept;
      this.ladder = ladder;
      this.count = kept.length;
      this.switchSeconds = new double[count * count];
      this.switchJoules = new double[count * count];
      this.seconds = new float[flat.rows * count * ladder.length];
      this.next = new byte[seconds.length];
      // What lies next to each other is what one arrival is compared over: where it comes from.
      for (int to = 0; to < count; to++) {
        for (int from = 0; from < count; from++) {
          switchSeconds[to * count + from] = flat.switchSeconds(kept[from], kept[to]);
          switchJoules[to * count + from] = flat.switchJoules(kept[from], kept[to]);
        }
      }
    }

    void run() {
      for (int k = 0; k < ladder.length; k++) {
        rung(k);
      }
    }

    private void rung(int k) {
      boolean fastest = Double.isInfinite(ladder[k]);
      double energyWeight = fastest ? 0 : 1;
      double timeWeight = fastest ? 1 : ladder[k];
      double[] switchCost = new double[count * count];
      for (int j = 0; j < switchCost.length; j++) {
        switchCost[j] = energyWeight * switchJoules[j] + timeWeight * switchSeconds[j];
      }
      double[] after = new double[count];
      double[] afterSeconds = new double[count];
      for (int s = 0; s < count; s++) {
        after[s] = energyWeight * flat.exitJoules[kept[s]];
      }
      double[] best = new double[count];
      int[] bestTo = new int[count];
      double[] bestSeconds = new double[count];
      double[] taken = new double[count];
      for (int row = flat.rows - 1; row >= 0; row--) {
        Arrays.fill(best, Double.POSITIVE_INFINITY);
        for (int to = 0; to < count; to++) {
          int j = row * flat.settings + kept[to];
          double value = after[to] + energyWeight * flat.joules[j] + timeWeight * flat.seconds[j];
          taken[to] = afterSeconds[to] + flat.seconds[j];
          for (int from = 0, at = to * count; from < count; from++, at++) {
            double total = value + switchCost[at];
            // Staying wins a tie.
            if (total < best[from] || (total == best[from] && to == from)) {
              best[from] = total;
              bestTo[from] = to;
            }
          }
        }
        for (int from = 0; from < count; from++) {
          int to = bestTo[from];
          bestSeconds[from] = taken[to] + switchSeconds[to * count + from];
          int at = (row * count + from) * ladder.length + k;
          seconds[at] = Math.nextUp((float) bestSeconds[from]);
          next[at] = (byte) to;
        }
        double[] swap = after;
        after = best;
        best = swap;
        swap = afterSeconds;
        afterSeconds = bestSeconds;
        bestSeconds = swap;
      }
    }
  }
}
