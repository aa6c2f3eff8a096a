package io.neurobalancer.cost;

import io.neurobalancer.device.SettingGrid;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One operator's latency and energy over the grid, fitted from a few settings, with the errors that
 * leaving each of them out in turn leaves.
 *
 * <p>Of the candidate forms the one that predicts settings left out best is kept; a richer form
 * must cut the error of the simpler one by a tenth.
 */
public final class OperatorFit {

  private static final double EARNS_ITS_PLACE = 0.9;

  private final SettingGrid grid;
  private final LatencyModel latency;
  private final Optional<EnergyModel> energy;
  private final double[] heldSeconds;
  private final double[] heldJoules;
  private final Map<LatencyForm, Double> latencyErrors;
  private final Map<EnergyForm, Double> energyErrors;

  private OperatorFit(
      SettingGrid grid,
      LatencyModel latency,
      Optional<EnergyModel> energy,
      double[] heldSeconds,
      double[] heldJoules,
      Map<LatencyForm, Double> latencyErrors,
      Map<EnergyForm, Double> energyErrors) {
    this.grid = grid;
    this.latency = latency;
    this.energy = energy;
    this.heldSeconds = heldSeconds;
    this.heldJoules = heldJoules;
    this.latencyErrors = Map.copyOf(latencyErrors);
    this.energyErrors = Map.copyOf(energyErrors);
  }

  /**
   * Fits latency alone, where no meter was read.
   *
   * @param settings what was measured, distinct
   * @param seconds per setting, positive
   */
  public static OperatorFit latencyOnly(SettingGrid grid, int[] settings, double[] seconds) {
    return fit(grid, settings, seconds, Optional.empty());
  }

  /**
   * Fits latency and energy.
   *
   * @param settings what was measured, distinct
   * @param seconds per setting, positive
   * @param joules per setting, positive
   */
  public static OperatorFit of(
      SettingGrid grid, int[] settings, double[] seconds, double[] joules) {
    return fit(grid, settings, seconds, Optional.of(joules));
  }

  /**
   * Fits one named form, to compare with.
   *
   * @param settings what was measured, distinct
   * @param seconds per setting, positive
   */
  public static LatencyModel latency(
      SettingGrid grid, LatencyForm form, int[] settings, double[] seconds) {
    return new LatencyFitter(grid).fit(form, points(grid, settings, seconds));
  }

  private static Observations points(SettingGrid grid, int[] settings, double[] values) {
    return Observations.of(
        Arrays.stream(settings)
            .mapToObj(x -> Observations.clocks(grid, x))
            .toArray(double[][]::new),
        values);
  }

  private static OperatorFit fit(
      SettingGrid grid, int[] settings, double[] seconds, Optional<double[]> joules) {
    Observations times = points(grid, settings, seconds);
    double[][] hertz = times.hertz();
    LatencyFitter fitter = new LatencyFitter(grid);
    Map<LatencyForm, Double> latencyErrors = new EnumMap<>(LatencyForm.class);
    LatencyForm bestForm = LatencyForm.CORE_ONLY;
    double bestError = Double.POSITIVE_INFINITY;
    double[] held = new double[0];
    for (LatencyForm form : LatencyForm.values()) {
      if (!fitter.canFit(form, times)) {
        continue;
      }
      double[] predictions = new double[seconds.length];
      for (int s = 0; s < seconds.length; s++) {
        predictions[s] = fitter.fit(form, times.without(s)).seconds(hertz[s]);
      }
      double error = meanAbsoluteRelative(predictions, seconds);
      latencyErrors.put(form, error);
      if (error < EARNS_ITS_PLACE * bestError) {
        bestForm = form;
        bestError = error;
        held = predictions;
      }
    }
    LatencyModel latency = fitter.fit(bestForm, times);
    if (joules.isEmpty()) {
      return new OperatorFit(
          grid, latency, Optional.empty(), held, new double[0], latencyErrors, Map.of());
    }
    Observations energies = Observations.of(hertz, joules.get());
    Map<EnergyForm, Double> energyErrors = new EnumMap<>(EnergyForm.class);
    EnergyForm bestEnergy = EnergyForm.BACKGROUND_AND_WORK;
    double bestEnergyError = Double.POSITIVE_INFINITY;
    double[] heldJoules = new double[0];
    for (EnergyForm form : EnergyForm.values()) {
      double[] predictions = new double[seconds.length];
      for (int s = 0; s < seconds.length; s++) {
        predictions[s] =
            EnergyModel.fit(grid, form, energies.without(s), Observations.without(seconds, s))
                .joules(hertz[s], held[s]);
      }
      double error = meanAbsoluteRelative(predictions, joules.get());
      energyErrors.put(form, error);
      if (error < EARNS_ITS_PLACE * bestEnergyError) {
        bestEnergy = form;
        bestEnergyError = error;
        heldJoules = predictions;
      }
    }
    return new OperatorFit(
        grid,
        latency,
        Optional.of(EnergyModel.fit(grid, bestEnergy, energies, seconds)),
        held,
        heldJoules,
        latencyErrors,
        energyErrors);
  }

  /** Returns the latency over the grid. */
  public LatencyModel latency() {
    return latency;
  }

  /** Returns the energy over the grid, empty where none was measured. */
  public Optional<EnergyModel> energy() {
    return energy;
  }

  /** Returns the predicted latency at a setting, seconds. */
  public double seconds(int setting) {
    return latency.seconds(Observations.clocks(grid, setting));
  }

  /**
   * Returns the predicted energy at a setting, joules.
   *
   * @throws IllegalStateException if no energy was measured
   */
  public double joules(int setting) {
    EnergyModel model =
        energy.orElseThrow(() -> new IllegalStateException("No energy was measured."));
    return model.joules(Observations.clocks(grid, setting), seconds(setting));
  }

  /** Returns the latency predicted for each setting by a fit without it, seconds. */
  public List<Double> heldOutSeconds() {
    return Arrays.stream(heldSeconds).boxed().toList();
  }

  /** Returns the energy predicted for each setting by a fit without it, joules. */
  public List<Double> heldOutJoules() {
    return Arrays.stream(heldJoules).boxed().toList();
  }

  /** Returns the held-out mean absolute relative error of each latency form that was tried. */
  public Map<LatencyForm, Double> latencyErrors() {
    return latencyErrors;
  }

  /** Returns the held-out mean absolute relative error of each energy form that was tried. */
  public Map<EnergyForm, Double> energyErrors() {
    return energyErrors;
  }

  static double meanAbsoluteRelative(double[] predicted, double[] measured) {
    double sum = 0;
    for (int s = 0; s < measured.length; s++) {
      sum += Math.abs(predicted[s] / measured[s] - 1);
    }
    return sum / measured.length;
  }
}
