package io.neurobalancer.plan;

import io.neurobalancer.unit.NeuroBalancerException;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The Lagrangian search where switches are limited: the same prices of time, over paths that keep
 * the limits. Two searches run side by side, a hopeful one that proves the bound and a cautious one
 * that finds plans, see {@link LimitedPath}; without a dwell the two nearly coincide.
 */
final class LimitedSearch {

  private static final int MOST_PRICES = 30;

  /** Settings of the first operator that are tried in the steady state. */
  private static final int MOST_STARTS = 6;

  /** Partial plans looked at before no plan is taken to exist where the quick ways find none. */
  private static final long MOST_LABELS = 2_000_000;

  private final Trellis flat;
  private final double budget;
  private final PathImprover improver;
  private final int[] scratch;
  private int[] fastest = {};
  private double fastestSeconds = Double.POSITIVE_INFINITY;
  private double bound = Double.NEGATIVE_INFINITY;
  private double price;

  LimitedSearch(Trellis flat) {
    this.flat = flat;
    this.budget = flat.problem.budgetSeconds();
    this.improver = new PathImprover(flat);
    this.scratch = new int[flat.rows];
    improver.begin(budget);
  }

  /**
   * Searches; returns false if no plan found meets the budget.
   *
   * @throws NeuroBalancerException if the limits leave no plan at all
   */
  boolean solve() {
    LagrangianSearch free = LagrangianSearch.leavingOutLimits(flat, budget);
    if (free.met()) {
      bound = free.bound();
      price = free.price();
      consider(free.best());
    }
    for (int x = 0; x < flat.settings; x++) {
      if (flat.allowed(x)) {
        consider(flat.constant(x));
      }
    }
    if (improver.bestEnergy() <= bound) {
      return true;
    }
    ascend(new LimitedPath(flat, false), -1, true);
    LimitedPath cautious = new LimitedPath(flat, true);
    for (int start : starts(free)) {
      ascend(cautious, start, false);
    }
    if (improver.bestEnergy() == Double.POSITIVE_INFINITY) {
      LabelSearch labels =
          new LabelSearch(
              flat,
              flat.constant(0),
              Double.POSITIVE_INFINITY,
              new double[] {price},
              0,
              MOST_LABELS);
      for (int cut : labels.cuts(0)) {
        if (!labels.run(0, cut, Integer.MAX_VALUE)) {
          break;
        }
      }
      consider(labels.best());
    }
    if (fastest.length == 0) {
      throw NeuroBalancerException.invalid(
          "The switch limits leave no plan for the entry and the allowed settings.\nMaybe allow more switches.");
    }
    improver.polish(bound);
    return improver.bestEnergy() < Double.POSITIVE_INFINITY;
  }

  /** Returns the best path. */
  int[] best() {
    return improver.best();
  }

  /** Returns the fastest path found that keeps the limits. */
  int[] fastest() {
    return fastest;
  }

  /** Returns the folded energy that no path which meets the budget falls below, joules. */
  double bound() {
    return bound;
  }

  /** Returns the price of time that proves it, joules per second. */
  double price() {
    return price;
  }

  private void consider(int[] path) {
    improver.offer(path);
    double seconds = flat.makespan(path);
    if (seconds < fastestSeconds && flat.allowed(0, path[0]) && flat.keepsLimits(path)) {
      fastestSeconds = seconds;
      fastest = path.clone();
    }
  }

  private Set<Integer> starts(LagrangianSearch free) {
    Set<Integer> starts = new LinkedHashSet<>();
    if (!flat.cyclic()) {
      starts.add(-1);
      return starts;
    }
    int[] freest =
        improver.bestEnergy() < Double.POSITIVE_INFINITY ? improver.best() : free.fastest();
    starts.add(freest[0]);
    for (int[] path : new int[][] {free.best(), free.fastest()}) {
      starts.add(path[0]);
      starts.add(path[path.length - 1]);
      starts.add(path[path.length / 2]);
    }
    while (starts.size() > MOST_STARTS) {
      starts.remove(starts.stream().reduce((a, b) -> b).orElseThrow(IllegalStateException::new));
    }
    return starts;
  }

  /**
   * Raises the price of time by Newton steps until the paths of one family end in time.
   *
   * @param start the first row's setting, or -1
   * @param proves whether what the paths cost bounds all plans; else the paths are plans
   */
  private void ascend(LimitedPath paths, int start, boolean proves) {
    double[] late = line(paths, 1, 0, start, proves);
    if (late[0] <= budget) {
      return;
    }
    double[] early = line(paths, 0, 1, start, proves);
    if (early[0] > budget) {
      return;
    }
    for (int step = 0; step < MOST_PRICES; step++) {
      double at = (early[1] - late[1]) / (late[0] - early[0]);
      if (!(at > 0) || Double.isInfinite(at)) {
        return;
      }
      double[] line = line(paths, 1, at, start, proves);
      double known = early[1] + at * early[0];
      if (line[1] + at * line[0] >= known - 1e-9 * Math.abs(known)) {
        return;
      }
      if (line[0] <= budget) {
        early = line;
      } else {
        late = line;
      }
    }
  }

  /** Returns time and energy of the best path at a price; infinite if the limits leave none. */
  private double[] line(
      LimitedPath paths, double energyWeight, double timeWeight, int start, boolean proves) {
    double value = paths.find(energyWeight, timeWeight, start, scratch);
    if (value == Double.POSITIVE_INFINITY) {
      return new double[] {0, Double.POSITIVE_INFINITY};
    }
    double seconds = flat.makespan(scratch);
    double joules = flat.folded(scratch);
    if (!proves) {
      consider(scratch);
      return new double[] {seconds, joules};
    }
    double proven = -timeWeight * budget + value;
    if (flat.cyclic()) {
      // The closing switch is left out, which only lowers the bound, unless idling costs more.
      int last = scratch[flat.rows - 1];
      seconds -= flat.boundarySeconds(last, scratch[0]);
      joules -= flat.boundaryJoules(last, scratch[0]);
      for (int d = 0; d < flat.domains(); d++) {
        proven +=
            Math.min(
                0,
                Math.min(
                    flat.upJoules[d] + timeWeight * flat.upSeconds[d],
                    flat.downJoules[d] + timeWeight * flat.downSeconds[d]));
      }
    }
    if (energyWeight > 0 && proven > bound) {
      bound = proven;
      price = timeWeight;
    }
    return new double[] {seconds, joules};
  }
}
