package io.neurobalancer.cost;

import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.unit.NeuroBalancerException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Chooses an informative few settings to measure.
 *
 * <p>The corners of the grid come first: between them every later prediction is an interpolation.
 * Where a corner cannot be measured, the measurable setting nearest to it stands for it. The rest
 * are the settings farthest from all chosen ones, distance taken over the logarithms of the clocks,
 * since latency goes with ratios; where measurements are at hand while settings are being chosen
 * ({@link #next}), those about which candidate fits disagree take turns with them.
 */
public final class SettingChoice {

  private final SettingGrid grid;
  private final int[] measurable;

  /**
   * Prepares a choice among some settings of a grid.
   *
   * @param measurable whether a setting can be measured
   * @throws NeuroBalancerException if none can
   */
  public SettingChoice(SettingGrid grid, IntPredicate measurable) {
    this.grid = grid;
    this.measurable = IntStream.range(0, grid.size()).filter(measurable).toArray();
    if (this.measurable.length == 0) {
      throw NeuroBalancerException.invalid(
          String.format(
              Locale.ROOT,
              "None of the settings (%d) can be measured.%nMaybe add measurements.",
              grid.size()));
    }
  }

  /** Returns a choice among all settings of a grid. */
  public static SettingChoice of(SettingGrid grid) {
    return new SettingChoice(grid, setting -> true);
  }

  /** Returns how many settings can be measured. */
  public int size() {
    return measurable.length;
  }

  /**
   * Returns the settings at the corners of what can be measured, the fastest one first, distinct.
   */
  public List<Integer> corners() {
    List<Integer> corners = new ArrayList<>();
    for (int corner = (1 << grid.dimensions()) - 1; corner >= 0; corner--) {
      int setting = 0;
      for (int d = 0; d < grid.dimensions(); d++) {
        boolean fast = (corner >> (grid.dimensions() - 1 - d) & 1) == 1;
        setting = grid.with(setting, d, fast ? grid.domains().get(d).opps().size() - 1 : 0);
      }
      int nearest = nearest(setting);
      if (!corners.contains(nearest)) {
        corners.add(nearest);
      }
    }
    return corners;
  }

  /**
   * Chooses settings without looking at measurements.
   *
   * @param budget how many, at least one; more than can be measured means all
   * @return distinct settings, corners first
   */
  public int[] first(int budget) {
    if (budget < 1) {
      throw NeuroBalancerException.invalid(
          String.format(
              Locale.ROOT, "The profiling budget (%d) must be at least one setting.", budget));
    }
    List<Integer> chosen = corners();
    int wanted = Math.min(budget, measurable.length);
    while (chosen.size() < wanted) {
      chosen.add(farthest(chosen));
    }
    return chosen.stream().limit(wanted).mapToInt(Integer::intValue).toArray();
  }

  /**
   * Chooses the setting to measure next. The corners come first; after them the setting farthest
   * from all measured ones and the one about which candidate fits of what is known disagree most
   * take turns.
   *
   * @param chosen the settings measured so far, in the order in which they were chosen
   * @param seconds per operator, the latency at each of them, seconds
   * @return a setting that was not chosen yet
   * @throws NeuroBalancerException if all have been
   */
  public int next(int[] chosen, double[][] seconds) {
    if (chosen.length >= measurable.length) {
      throw NeuroBalancerException.invalid(
          String.format(
              Locale.ROOT, "All settings (%d) have been measured already.", measurable.length));
    }
    List<Integer> known = Arrays.stream(chosen).boxed().collect(Collectors.toList());
    List<Integer> corners = corners();
    for (int corner : corners) {
      if (!known.contains(corner)) {
        return corner;
      }
    }
    boolean bySpace = (chosen.length - corners.size()) % 2 == 0;
    return bySpace || grid.dimensions() < 2
        ? farthest(known)
        : new CommitteeSelection(grid, chosen).most(measurable, seconds);
  }

  private int nearest(int wanted) {
    int best = measurable[0];
    for (int setting : measurable) {
      if (distance(setting, wanted) < distance(best, wanted)) {
        best = setting;
      }
    }
    return best;
  }

  private int farthest(List<Integer> chosen) {
    int best = -1;
    double bestDistance = -1;
    for (int setting : measurable) {
      double nearest = Double.POSITIVE_INFINITY;
      for (int other : chosen) {
        nearest = Math.min(nearest, distance(setting, other));
      }
      if (nearest > bestDistance) {
        best = setting;
        bestDistance = nearest;
      }
    }
    return best;
  }

  private double distance(int left, int right) {
    double sum = 0;
    for (int d = 0; d < grid.dimensions(); d++) {
      double hertz = grid.domains().get(d).opps().max().hertz();
      double range = StrictMath.log(hertz / grid.domains().get(d).opps().min().hertz());
      double difference =
          StrictMath.log(
              (double) grid.frequency(left, d).hertz() / grid.frequency(right, d).hertz());
      double share = range == 0 ? 0 : difference / range;
      sum += share * share;
    }
    return sum;
  }
}
