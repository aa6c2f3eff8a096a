package io.neurobalancer.cost;

import io.neurobalancer.device.SettingGrid;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * One operator's latency and energy over the grid, fitted from a few settings, with the errors that
 * leaving each of them out in turn leaves.
 *
 * <p>Of the candidate forms the one that predicts settings left out best is kept; a richer form
 * must cut the error of the simpler one by a tenth.
 */
public final class OperatorFit {

  static final double EARNS_ITS_PLACE = 0.9;

  private final SettingGrid grid;
  private final LatencyModel latency;
  private final Optional<EnergyFit> energy;
  private final double[] heldSeconds;
  private final Map<LatencyForm, Double> latencyErrors;

  private OperatorFit(
      SettingGrid grid,
      LatencyModel latency,
      Optional<EnergyFit> energy,
      double[] heldSeconds,
      Map<LatencyForm, Double> latencyErrors) {
    this.grid = grid;
    this.latency = latency;
    this.energy = energy;
    this.heldSeconds = heldSeconds;
    this.latencyErrors = Map.copyOf(latencyErrors);
  }

  /**
   * Fits latency alone, where no meter was read.
   *
   * @param settings what was measured, distinct
   * @param seconds per setting, positive
   */
  public static OperatorFit latencyOnly(SettingGrid grid, int[] settings, double[] seconds) {
    Observations times = points(grid, settings, seconds);
    LatencyFitter fitter = new LatencyFitter(grid);
    Map<LatencyForm, Double> errors = new EnumMap<>(LatencyForm.class);
    LatencyModel best = fitter.fit(LatencyForm.CORE_ONLY, times);
    double bestError = Double.POSITIVE_INFINITY;
    double[] held = new double[seconds.length];
    Arrays.fill(held, Double.NaN);
    for (LatencyForm form : LatencyForm.values()) {
      if (!fitter.canFit(form, times)) {
        continue;
      }
      LatencyModel all = fitter.fit(form, times);
      double[] predictions = new double[seconds.length];
      for (int s = 0; s < seconds.length; s++) {
        predictions[s] =
            fitter.fit(form, times.without(s), Optional.of(all)).seconds(times.hertz()[s]);
      }
      double error = Errors.meanAbsoluteRelative(predictions, seconds);
      errors.put(form, error);
      if (error < EARNS_ITS_PLACE * bestError) {
        best = all;
        bestError = error;
        held = predictions;
      }
    }
    return new OperatorFit(grid, best, Optional.empty(), held, errors);
  }

  /**
   * Fits latency and energy.
   *
   * @param settings what was measured, distinct
   * @param seconds per setting, positive
   * @param joules per setting, positive; NaN where there is no reading
   */
  public static OperatorFit of(
      SettingGrid grid, int[] settings, double[] seconds, double[] joules) {
    OperatorFit fit = latencyOnly(grid, settings, seconds);
    return new OperatorFit(
        grid,
        fit.latency,
        Optional.of(
            EnergyFit.of(
                grid, points(grid, settings, seconds).hertz(), seconds, fit.heldSeconds, joules)),
        fit.heldSeconds,
        fit.latencyErrors);
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

  /** Returns the latency over the grid. */
  public LatencyModel latency() {
    return latency;
  }

  /** Returns the energy over the grid, empty where none was measured of this operator alone. */
  public Optional<EnergyModel> energy() {
    return energy.map(EnergyFit::model);
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
        energy().orElseThrow(() -> new IllegalStateException("No energy was measured."));
    return model.joules(Observations.clocks(grid, setting), seconds(setting));
  }

  /**
   * Returns the latency predicted for each setting by a fit without it, seconds; NaN where only one
   * setting was measured.
   */
  public List<Double> heldOutSeconds() {
    return Arrays.stream(heldSeconds).boxed().collect(Collectors.toList());
  }

  /** Returns the energy predicted for each setting by a fit without it, joules. */
  public List<Double> heldOutJoules() {
    return Arrays.stream(energy.map(EnergyFit::heldJoules).orElse(new double[0]))
        .boxed()
        .collect(Collectors.toList());
  }

  /** The latency predicted for the s-th measured setting by a fit without it, seconds. */
  double heldSeconds(int s) {
    return heldSeconds[s];
  }

  /** Returns the held-out mean absolute relative error of each latency form that was tried. */
  public Map<LatencyForm, Double> latencyErrors() {
    return latencyErrors;
  }

  /** Returns the held-out mean absolute relative error of each energy form that was tried. */
  public Map<EnergyForm, Double> energyErrors() {
    return energy.map(EnergyFit::errors).orElse(Map.of());
  }
}
