package io.neurobalancer.predictor;

import io.neurobalancer.device.FrequencyDomain;
import io.neurobalancer.device.SettingGrid;
import java.util.Arrays;

/**
 * Energy of the device while one operator runs, over the frequency grid:
 *
 * <pre>
 *   e = (s0 + s1 fm + s2 fc) t + e0 + e1 fc + e2 fc^2
 * </pre>
 *
 * <p>The first part is what burns for as long as the operator runs (background, DRAM at its clock,
 * leakage that follows the core's voltage); the second is the work itself, whose energy per cycle
 * grows with the voltage and so with the core clock. No coefficient is negative, so no energy is.
 */
final class EnergyModel {

  private final SettingGrid grid;
  private final double[] coefficients;

  private EnergyModel(SettingGrid grid, double[] coefficients) {
    this.grid = grid;
    this.coefficients = coefficients;
  }

  /**
   * Fits by least squares of the relative error.
   *
   * @param hertz per point, one clock per domain, hertz
   * @param seconds per point, the latency
   * @param joules per point, the energy, positive
   */
  static EnergyModel fit(SettingGrid grid, double[][] hertz, double[] seconds, double[] joules) {
    double[][] rows = new double[joules.length][];
    double[] ones = new double[joules.length];
    Arrays.fill(ones, 1);
    for (int r = 0; r < joules.length; r++) {
      rows[r] = terms(grid, hertz[r], seconds[r]);
      for (int i = 0; i < rows[r].length; i++) {
        rows[r][i] /= joules[r];
      }
    }
    return new EnergyModel(grid, NonNegativeLeastSquares.solve(rows, ones));
  }

  /** Returns the energy at these clocks for an operator that takes that long, joules. */
  double joules(double[] hertz, double seconds) {
    double[] terms = terms(grid, hertz, seconds);
    double sum = 0;
    for (int i = 0; i < terms.length; i++) {
      sum += coefficients[i] * terms[i];
    }
    return sum;
  }

  /** Clocks enter in gigahertz, so that coefficients are of the order of watts and joules. */
  private static double[] terms(SettingGrid grid, double[] hertz, double seconds) {
    double[] terms = new double[2 + 3 * grid.dimensions()];
    int t = 0;
    terms[t++] = 1;
    terms[t++] = seconds;
    for (int d = 0; d < grid.dimensions(); d++) {
      double gigahertz = hertz[d] / 1e9;
      terms[t++] = gigahertz * seconds;
      if (grid.domains().get(d).kind() == FrequencyDomain.Kind.CORE) {
        terms[t++] = gigahertz;
        terms[t++] = gigahertz * gigahertz;
      }
    }
    return Arrays.copyOf(terms, t);
  }
}
