package io.neurobalancer.cost;

import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.unit.NeuroBalancerException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * Latency, energy and spread of N operators at M settings, in flat arrays: the entry of operator
 * {@code i} at setting {@code x} is at {@code i * M + x}.
 *
 * <p>Energy is that of the whole device while the operator runs, background included. Spread is how
 * much later than its mean an operator ends in all but rare runs (a calibrated quantile minus the
 * mean), seconds.
 */
public final class CostTable {

  private final SettingGrid grid;
  private final List<String> operatorNames;
  private final int settings;
  private final double[] latencySeconds;
  private final double[] energyJoules;
  private final double[] spreadSeconds;

  /**
   * Copies the arrays.
   *
   * @param operatorNames N names, at least one
   * @param latencySeconds N x M means, positive and finite
   * @param energyJoules N x M means, finite and not negative, or all NaN where no meter tells them
   * @param spreadSeconds N x M, finite and not negative
   * @throws NeuroBalancerException if a size does not match or a value is outside its range; the
   *     message names the operator, the setting and the value
   */
  public CostTable(
      SettingGrid grid,
      List<String> operatorNames,
      double[] latencySeconds,
      double[] energyJoules,
      double[] spreadSeconds) {
    this.grid = grid;
    this.operatorNames = List.copyOf(operatorNames);
    this.settings = grid.size();
    if (this.operatorNames.isEmpty()) {
      throw NeuroBalancerException.invalid("A cost table needs at least one operator.");
    }
    this.latencySeconds = checked("latencySeconds", latencySeconds, Double.MIN_VALUE);
    this.energyJoules =
        energyJoules.length > 0 && Arrays.stream(energyJoules).allMatch(Double::isNaN)
            ? sized("energyJoules", energyJoules)
            : checked("energyJoules", energyJoules, 0);
    this.spreadSeconds = checked("spreadSeconds", spreadSeconds, 0);
  }

  /** Returns the settings that the columns stand for. */
  public SettingGrid grid() {
    return grid;
  }

  /** Returns the number of operators, N. */
  public int operators() {
    return operatorNames.size();
  }

  /** Returns the number of settings, M. */
  public int settings() {
    return settings;
  }

  /** Returns the names of the operators in execution order. */
  public List<String> operatorNames() {
    return operatorNames;
  }

  /** Returns whether energies are known. */
  public boolean hasEnergy() {
    return !Double.isNaN(energyJoules[0]);
  }

  /** Returns the mean latency of an operator at a setting, seconds. */
  public double latencySeconds(int operator, int setting) {
    return latencySeconds[operator * settings + Objects.checkIndex(setting, settings)];
  }

  /**
   * Returns the mean energy of the device while an operator runs at a setting, joules; NaN if
   * unknown.
   */
  public double energyJoules(int operator, int setting) {
    return energyJoules[operator * settings + Objects.checkIndex(setting, settings)];
  }

  /** Returns the spread of an operator's latency at a setting, seconds. */
  public double spreadSeconds(int operator, int setting) {
    return spreadSeconds[operator * settings + Objects.checkIndex(setting, settings)];
  }

  /** Returns a copy of all latencies, N x M, seconds. */
  public double[] latencySeconds() {
    return latencySeconds.clone();
  }

  /** Returns a copy of all energies, N x M, joules. */
  public double[] energyJoules() {
    return energyJoules.clone();
  }

  /** Returns a copy of all spreads, N x M, seconds. */
  public double[] spreadSeconds() {
    return spreadSeconds.clone();
  }

  private double[] sized(String name, double[] values) {
    if (values.length != operatorNames.size() * settings) {
      throw NeuroBalancerException.invalid(
          String.format(
              Locale.ROOT,
              "%s has %d values; %d operators at %d settings need %d.",
              name,
              values.length,
              operatorNames.size(),
              settings,
              operatorNames.size() * settings));
    }
    return values.clone();
  }

  private double[] checked(String name, double[] values, double least) {
    double[] copy = sized(name, values);
    for (int i = 0; i < values.length; i++) {
      if (!(values[i] >= least) || Double.isInfinite(values[i])) {
        throw NeuroBalancerException.invalid(
            String.format(
                Locale.ROOT,
                "%s of operator '%s' at %s is %s; it must be finite and %s.",
                name,
                operatorNames.get(i / settings),
                grid.describe(i % settings),
                values[i],
                least > 0 ? "positive" : "not negative"));
      }
    }
    return copy;
  }
}
