package io.neurobalancer.cost;

import io.neurobalancer.device.SettingGrid;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The energy of one operator, or of several that a meter cannot tell apart, over the grid, with the
 * errors that leaving each setting out in turn leaves.
 */
final class EnergyFit {

  private final EnergyModel model;
  private final double[] heldJoules;
  private final Map<EnergyForm, Double> errors;

  private EnergyFit(EnergyModel model, double[] heldJoules, Map<EnergyForm, Double> errors) {
    this.model = model;
    this.heldJoules = heldJoules;
    this.errors = Map.copyOf(errors);
  }

  /**
   * Fits.
   *
   * @param hertz per measured setting, one clock per domain
   * @param seconds per measured setting, the latency
   * @param heldSeconds per measured setting, the latency predicted without it
   * @param joules per measured setting, positive; NaN where there is no reading
   */
  static EnergyFit of(
      SettingGrid grid, double[][] hertz, double[] seconds, double[] heldSeconds, double[] joules) {
    int[] read = IntStream.range(0, joules.length).filter(s -> !Double.isNaN(joules[s])).toArray();
    double[] values = Arrays.stream(read).mapToDouble(s -> joules[s]).toArray();
    double[] times = Arrays.stream(read).mapToDouble(s -> seconds[s]).toArray();
    Observations energies =
        Observations.of(
            Arrays.stream(read).mapToObj(s -> hertz[s]).toArray(double[][]::new), values);
    Map<EnergyForm, Double> errors = new EnumMap<>(EnergyForm.class);
    EnergyForm best = EnergyForm.BACKGROUND_AND_WORK;
    double bestError = Double.POSITIVE_INFINITY;
    double[] held = new double[joules.length];
    Arrays.fill(held, Double.NaN);
    // Where there is one reading, nothing is left to predict it from.
    for (EnergyForm form : read.length > 1 ? EnergyForm.values() : new EnergyForm[0]) {
      double[] predictions = new double[joules.length];
      Arrays.fill(predictions, Double.NaN);
      for (int r = 0; r < read.length; r++) {
        predictions[read[r]] =
            EnergyModel.fit(grid, form, energies.without(r), Observations.without(times, r))
                .joules(hertz[read[r]], heldSeconds[read[r]]);
      }
      double error = Errors.meanAbsoluteRelative(predictions, joules);
      errors.put(form, error);
      if (error < OperatorFit.EARNS_ITS_PLACE * bestError) {
        best = form;
        bestError = error;
        held = predictions;
      }
    }
    return new EnergyFit(EnergyModel.fit(grid, best, energies, times), held, errors);
  }

  EnergyModel model() {
    return model;
  }

  /** Per measured setting, the energy predicted without it, joules; NaN where there is none. */
  double[] heldJoules() {
    return heldJoules;
  }

  /** The held-out mean absolute relative error of each form. */
  Map<EnergyForm, Double> errors() {
    return errors;
  }
}
