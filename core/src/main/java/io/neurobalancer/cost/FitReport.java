package io.neurobalancer.cost;

import java.util.List;
import java.util.Map;

/**
 * How well a predictor predicts settings that its fit has not seen (leave one setting out). Errors
 * are mean absolute relative errors; 0.01 is one percent.
 *
 * @param measuredSettings number of settings in the profile
 * @param runs number of runs in the profile
 * @param operatorLatencyError over operators and settings
 * @param operatorEnergyError over operators and settings, at the predicted latency
 * @param totalLatencyError of the sum over operators, over settings
 * @param dumbLatencyError of predicting the mean of the other settings: what a fit must beat
 * @param dumbEnergyError the same for energy
 * @param errorByForm operator latency error if every operator had that form
 * @param makespanRatios per run, by what factor its total latency was later than predicted,
 *     ascending
 */
public record FitReport(
    int measuredSettings,
    int runs,
    double operatorLatencyError,
    double operatorEnergyError,
    double totalLatencyError,
    double dumbLatencyError,
    double dumbEnergyError,
    Map<LatencyForm, Double> errorByForm,
    List<Double> makespanRatios) {

  public FitReport {
    errorByForm = Map.copyOf(errorByForm);
    makespanRatios = List.copyOf(makespanRatios);
  }

  /** Returns whether the latency fit beats predicting the mean. */
  public boolean beatsDumb() {
    return operatorLatencyError < dumbLatencyError;
  }

  /** Returns whether the energy fit beats predicting the mean. */
  public boolean energyBeatsDumb() {
    return operatorEnergyError < dumbEnergyError;
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
            + Quantiles.student(share, Math.max(4, measuredSettings - 1))
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
}
