package io.neurobalancer.files;

import io.neurobalancer.cost.EnergyModel;
import io.neurobalancer.cost.LatencyModel;
import io.neurobalancer.device.SettingGrid;
import java.util.List;

/**
 * A predictor as a file holds it: enough to predict at any clocks, and where it comes from.
 *
 * @param provenance where it comes from
 * @param grid the settings of the device
 * @param operators in execution order
 * @param measured the settings that the fit has seen
 * @param quantiles within what factor of the predicted makespan which share of the runs ends
 */
public record FittedPredictor(
    Provenance provenance,
    SettingGrid grid,
    List<FittedOperator> operators,
    List<Integer> measured,
    List<Quantile> quantiles) {

  public FittedPredictor {
    operators = List.copyOf(operators);
    measured = List.copyOf(measured);
    quantiles = List.copyOf(quantiles);
  }

  /**
   * Where a predictor comes from, and how well it did on what it had not seen.
   *
   * @param version of NeuroBalancer
   * @param profile what was measured
   * @param profileFile the file that was read
   * @param profileHash SHA-256 of that file, lower-case hexadecimal
   * @param runs that were read
   * @param excludedRuns that were left out
   * @param latencyError held-out mean over operators and settings; 0.01 is one percent
   * @param energyError the same for energy
   * @param totalLatencyError the same for the whole job
   * @param dumbLatencyError of predicting the mean of the other settings
   * @param dumbEnergyError the same for energy
   */
  public record Provenance(
      String version,
      CostProfile.Origin profile,
      String profileFile,
      String profileHash,
      int runs,
      int excludedRuns,
      double latencyError,
      double energyError,
      double totalLatencyError,
      double dumbLatencyError,
      double dumbEnergyError) {}

  /**
   * One operator.
   *
   * @param name of the operator
   * @param kind of the operator
   * @param latency over the grid
   * @param energy over the grid
   * @param relativeSpread by how much of its mean it runs late in all but one of 100 runs
   */
  public record FittedOperator(
      String name, String kind, LatencyModel latency, EnergyModel energy, double relativeSpread) {}

  /**
   * A quantile of the makespan.
   *
   * @param share of the runs
   * @param factor on the predicted makespan within which they end
   */
  public record Quantile(double share, double factor) {}

  /**
   * A prediction at some clocks.
   *
   * @param latencySeconds per operator
   * @param energyJoules per operator
   * @param extrapolated whether the clocks lie outside what was measured
   */
  public record Prediction(
      List<Double> latencySeconds, List<Double> energyJoules, boolean extrapolated) {
    public Prediction {
      latencySeconds = List.copyOf(latencySeconds);
      energyJoules = List.copyOf(energyJoules);
    }

    /** Returns the sum over the operators, seconds. */
    public double totalSeconds() {
      return latencySeconds.stream().mapToDouble(Double::doubleValue).sum();
    }

    /** Returns the sum over the operators, joules. */
    public double totalJoules() {
      return energyJoules.stream().mapToDouble(Double::doubleValue).sum();
    }
  }

  /** Predicts at a setting. */
  public Prediction at(int setting) {
    double[] hertz = new double[grid.dimensions()];
    boolean extrapolated = false;
    for (int d = 0; d < hertz.length; d++) {
      int domain = d;
      int opp = grid.oppIndex(setting, d);
      hertz[d] = grid.frequency(setting, d).hertz();
      extrapolated |=
          measured.stream().allMatch(x -> grid.oppIndex(x, domain) < opp)
              || measured.stream().allMatch(x -> grid.oppIndex(x, domain) > opp);
    }
    return new Prediction(
        operators.stream().map(o -> o.latency().seconds(hertz)).toList(),
        operators.stream().map(o -> o.energy().joules(hertz, o.latency().seconds(hertz))).toList(),
        extrapolated);
  }
}
