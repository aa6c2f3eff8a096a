package io.neurobalancer.cost;

import io.neurobalancer.device.SettingGrid;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * Measures a workload at an informative few settings.
 *
 * <p>The corners of the grid come first: between them every later prediction is an interpolation.
 * The rest are the settings farthest from all chosen ones, distance taken over the logarithms of
 * the clocks, since latency goes with ratios; where measurements are at hand while settings are
 * being chosen ({@link #next}), those about which candidate fits disagree take turns with them.
 * Repeats are interleaved (all settings once, then all again), so that a slow drift of the device
 * does not pass for an effect of a clock.
 */
public final class ProfilingCampaign {

  private ProfilingCampaign() {}

  /**
   * Chooses which settings to measure.
   *
   * @param budget how many, at least one; a budget beyond the grid chooses all of it
   * @return distinct settings, corners first
   */
  public static int[] settings(SettingGrid grid, int budget) {
    if (budget < 1) {
      throw new IllegalArgumentException(
          "The profiling budget (%d) must be at least one setting.".formatted(budget));
    }
    List<Integer> chosen = new ArrayList<>();
    for (int corner = (1 << grid.dimensions()) - 1; corner >= 0; corner--) {
      int setting = 0;
      for (int d = 0; d < grid.dimensions(); d++) {
        boolean fast = (corner >> (grid.dimensions() - 1 - d) & 1) == 1;
        setting = grid.with(setting, d, fast ? grid.domains().get(d).opps().size() - 1 : 0);
      }
      if (!chosen.contains(setting)) {
        chosen.add(setting);
      }
    }
    int wanted = Math.min(budget, grid.size());
    while (chosen.size() < wanted) {
      chosen.add(farthest(grid, chosen));
    }
    return chosen.stream().limit(wanted).mapToInt(Integer::intValue).toArray();
  }

  /**
   * Measures.
   *
   * @param settings what to measure
   * @param repeats runs per setting, at least one
   * @param progress told the number of runs done so far, after each
   */
  public static Samples measure(
      ProfilingTarget target, int[] settings, int repeats, IntConsumer progress) {
    if (repeats < 1 || settings.length == 0) {
      throw new IllegalArgumentException(
          "A profiling campaign of %d settings and %d repeats measures nothing."
              .formatted(settings.length, repeats));
    }
    List<Samples.Run> runs = new ArrayList<>();
    for (int repeat = 0; repeat < repeats; repeat++) {
      for (int setting : settings) {
        List<ProfilingTarget.OperatorSample> samples = target.run(setting);
        runs.add(
            new Samples.Run(
                setting,
                samples.stream()
                    .mapToDouble(ProfilingTarget.OperatorSample::latencySeconds)
                    .toArray(),
                samples.stream()
                    .mapToDouble(ProfilingTarget.OperatorSample::energyJoules)
                    .toArray()));
        progress.accept(runs.size());
      }
    }
    return new Samples(target.grid(), target.operatorNames(), runs);
  }

  /**
   * Chooses the setting to measure next. The corners come first; after them the setting farthest
   * from all measured ones and the one about which candidate fits of what is known disagree most
   * take turns.
   *
   * @param chosen the settings measured so far, in the order in which they were chosen
   * @param seconds per operator, the latency at each of them, seconds
   * @return a setting that was not chosen yet
   * @throws IllegalArgumentException if all have been
   */
  public static int next(SettingGrid grid, int[] chosen, double[][] seconds) {
    if (chosen.length >= grid.size()) {
      throw new IllegalArgumentException(
          "All settings (%d) have been measured already.".formatted(grid.size()));
    }
    List<Integer> known = new ArrayList<>(Arrays.stream(chosen).boxed().toList());
    for (int corner : settings(grid, 1 << grid.dimensions())) {
      if (!known.contains(corner)) {
        return corner;
      }
    }
    boolean bySpace = (chosen.length - (1 << grid.dimensions())) % 2 == 0;
    return bySpace || grid.dimensions() < 2
        ? farthest(grid, known)
        : new CommitteeSelection(grid, chosen).most(seconds);
  }

  private static int farthest(SettingGrid grid, List<Integer> chosen) {
    int best = -1;
    double bestDistance = -1;
    for (int setting = 0; setting < grid.size(); setting++) {
      double nearest = Double.POSITIVE_INFINITY;
      for (int other : chosen) {
        nearest = Math.min(nearest, distance(grid, setting, other));
      }
      if (nearest > bestDistance) {
        best = setting;
        bestDistance = nearest;
      }
    }
    return best;
  }

  private static double distance(SettingGrid grid, int left, int right) {
    double sum = 0;
    for (int d = 0; d < grid.dimensions(); d++) {
      double hertz = grid.domains().get(d).opps().max().hertz();
      double range = Math.log(hertz / grid.domains().get(d).opps().min().hertz());
      double difference =
          Math.log((double) grid.frequency(left, d).hertz() / grid.frequency(right, d).hertz());
      double share = range == 0 ? 0 : difference / range;
      sum += share * share;
    }
    return sum;
  }
}
