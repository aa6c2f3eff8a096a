package io.neurobalancer.baselines.research;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The thresholds of SysScale between two neighbouring memory clocks, fitted by its own rule.
 *
 * <p>Of all training runs those that the slower clock slows down by less than the bound are kept;
 * over them each threshold is the counter's mean plus so many standard deviations, counted at the
 * faster clock. Then thresholds are tightened until no run above the bound would be sent to the
 * slower clock: of such a run's counters the one whose threshold gives least is cut to just below
 * it.
 *
 * @param bandwidthMbps DRAM bandwidth up to which the slower clock will do, MiB/s
 * @param stalledShare share of time waiting for memory up to which it will do
 * @param kept runs within the bound
 * @param tightened how many cuts were made
 */
record SysScaleThresholds(double bandwidthMbps, double stalledShare, int kept, int tightened) {

  /**
   * What one training run showed.
   *
   * @param slowdown of the slower clock, 0 for none
   */
  record Run(double slowdown, double bandwidthMbps, double stalledShare) {}

  /** Fits. Where no run is within the bound, no run is ever sent to the slower clock. */
  static SysScaleThresholds fit(List<Run> runs, double bound, double sigma) {
    List<Run> kept = runs.stream().filter(run -> run.slowdown() < bound).toList();
    if (kept.isEmpty()) {
      return new SysScaleThresholds(-1, -1, 0, 0);
    }
    double bandwidth =
        meanPlusSigma(kept.stream().mapToDouble(Run::bandwidthMbps).toArray(), sigma);
    double stalled = meanPlusSigma(kept.stream().mapToDouble(Run::stalledShare).toArray(), sigma);
    List<Run> slowed = new ArrayList<>(runs);
    slowed.removeAll(kept);
    slowed.sort((a, b) -> Double.compare(b.slowdown(), a.slowdown()));
    int cuts = 0;
    for (Run run : slowed) {
      if (run.bandwidthMbps() <= bandwidth && run.stalledShare() <= stalled) {
        if (run.bandwidthMbps() / bandwidth >= run.stalledShare() / stalled) {
          bandwidth = Math.nextDown(run.bandwidthMbps());
        } else {
          stalled = Math.nextDown(run.stalledShare());
        }
        cuts++;
      }
    }
    return new SysScaleThresholds(bandwidth, stalled, kept.size(), cuts);
  }

  private static double meanPlusSigma(double[] values, double sigma) {
    double sum = 0;
    double squares = 0;
    for (double value : values) {
      sum += value;
    }
    double mean = sum / values.length;
    for (double value : values) {
      squares += (value - mean) * (value - mean);
    }
    return mean + sigma * Math.sqrt(squares / values.length);
  }

  /** Returns whether these counters need the faster clock. */
  boolean exceeded(double measuredMbps, double measuredStalledShare) {
    return measuredMbps > bandwidthMbps || measuredStalledShare > stalledShare;
  }

  /** Returns the thresholds in words. */
  String words() {
    return kept == 0
        ? "never (no run within the bound)"
        : String.format(
            Locale.ROOT,
            "%.0f MiB/s and %.1f %% stalled (%d runs kept, tightened %d times)",
            bandwidthMbps,
            stalledShare * 100,
            kept,
            tightened);
  }
}
