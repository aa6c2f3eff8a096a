package io.neurobalancer.cost;

import io.neurobalancer.device.SettingGrid;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * How well a predictor predicts settings that its fit has not seen (leave one setting out). Errors
 * are mean absolute relative errors; 0.01 is one percent.
 *
 * @param basis what was learned from
 * @param measuredSettings the settings that the fit has seen, ascending; empty where this workload
 *     never ran
 * @param runs number of runs that the fit has read
 * @param operatorLatencyError over operators and settings; NaN where one setting was measured
 * @param operatorEnergyError over operators and settings, at the predicted latency; NaN where no
 *     meter told any energy
 * @param totalLatencyError of the sum over operators, over settings
 * @param meanBaselineLatencyError of predicting the mean of the other settings: what a fit must
 *     beat
 * @param meanBaselineEnergyError the same for energy
 * @param errorByForm operator latency error if every operator had that form
 * @param makespanRatios per run, by what factor its total latency was later than predicted,
 *     ascending
 * @param notes sentences that a report should print, such as which operators a meter cannot tell
 *     apart
 */
public record FitReport(
    Basis basis,
    List<Integer> measuredSettings,
    int runs,
    double operatorLatencyError,
    double operatorEnergyError,
    double totalLatencyError,
    double meanBaselineLatencyError,
    double meanBaselineEnergyError,
    Map<LatencyForm, Double> errorByForm,
    List<Double> makespanRatios,
    List<String> notes) {

  /** What a predictor learned from. */
  public enum Basis {
    /** Runs of this workload on this device. */
    MEASURED,
    /** Runs of other workloads on this device: no plan made from it is certified to be in time. */
    LEARNED
  }

  public FitReport {
    measuredSettings = List.copyOf(measuredSettings);
    notes = List.copyOf(notes);
    errorByForm = Map.copyOf(errorByForm);
    makespanRatios = List.copyOf(makespanRatios);
  }

  /** Returns this report with other makespan ratios, ascending. */
  FitReport withMakespanRatios(List<Double> ratios) {
    return new FitReport(
        basis,
        measuredSettings,
        runs,
        operatorLatencyError,
        operatorEnergyError,
        totalLatencyError,
        meanBaselineLatencyError,
        meanBaselineEnergyError,
        errorByForm,
        ratios,
        notes);
  }

  /** Returns whether a plan made from this may be called certified to be in time. */
  public boolean certifiesTime() {
    return basis == Basis.MEASURED;
  }

  /** Returns whether a setting lies outside the box of measured clocks: a guess, not a fit. */
  public boolean extrapolates(SettingGrid grid, int setting) {
    for (int d = 0; d < grid.dimensions(); d++) {
      int domain = d;
      int opp = grid.oppIndex(setting, d);
      int[] seen = measuredSettings.stream().mapToInt(x -> grid.oppIndex(x, domain)).toArray();
      if (Arrays.stream(seen).noneMatch(other -> other <= opp)
          || Arrays.stream(seen).noneMatch(other -> other >= opp)) {
        return true;
      }
    }
    return false;
  }

  /** Returns whether the latency fit beats predicting the mean, or nothing was held out. */
  public boolean beatsMeanBaseline() {
    return !(operatorLatencyError >= meanBaselineLatencyError);
  }

  /** Returns whether the energy fit beats predicting the mean, or no energy was held out. */
  public boolean energyBeatsMeanBaseline() {
    return !(operatorEnergyError >= meanBaselineEnergyError);
  }

  /**
   * Returns the factor on the predicted makespan within which that share of runs ends; never below
   * 1.
   *
   * <p>It is the larger of two. The conformal quantile of the profiled runs supposes nothing of
   * their distribution, but that runs may change places, and it has never seen a share for which
   * fewer runs were profiled than it takes (0.999 takes 1000). Student's prediction limit for the
   * runs' mean and deviation has a tail; its degrees of freedom are the settings less one, not the
   * runs less one, since runs that follow each other share the device's slow drift.
   *
   * @param share of runs, such as 0.99
   */
  public double makespanFactor(double share) {
    double seen = Math.max(1, conformalQuantile(makespanRatios, share));
    int n = makespanRatios.size();
    if (n < 2 || share <= 0.5) {
      return seen;
    }
    double mean = makespanRatios.stream().mapToDouble(Double::doubleValue).average().orElse(1);
    double squares = makespanRatios.stream().mapToDouble(r -> (r - mean) * (r - mean)).sum();
    double limit =
        mean
            + Quantiles.student(share, Math.max(4, measuredSettings.size() - 1))
                * Math.sqrt(squares / (n - 1));
    return Math.max(seen, limit);
  }

  /** Returns the largest share of runs whose quantile the profiled runs have seen. */
  public double largestSeenShare() {
    return makespanRatios.size() / (makespanRatios.size() + 1.0);
  }

  /** Returns whether enough runs were profiled to have seen the quantile of that share of runs. */
  public boolean seen(double share) {
    return share <= largestSeenShare();
  }

  /**
   * Returns the conformal quantile of ascending scores: the ceil((n + 1) share)-th smallest, or the
   * largest where that many were not seen.
   */
  static double conformalQuantile(List<Double> ascending, double share) {
    int rank = (int) Math.ceil((ascending.size() + 1) * share);
    return ascending.get(Math.min(rank, ascending.size()) - 1);
  }

  /** Returns the held-out errors, in one line. */
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%s, %d runs at %d settings, held-out error %.2f %% of latency and %s of energy per operator, %.2f %% of the whole job",
        basis.name().toLowerCase(Locale.ROOT),
        runs,
        measuredSettings.size(),
        operatorLatencyError * 100,
        Double.isNaN(operatorEnergyError)
            ? "unknown"
            : String.format(Locale.ROOT, "%.2f %%", operatorEnergyError * 100),
        totalLatencyError * 100);
  }
}
