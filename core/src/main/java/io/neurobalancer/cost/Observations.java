package io.neurobalancer.cost;

import io.neurobalancer.device.SettingGrid;
import java.util.Arrays;

/**
 * What one operator cost at some settings: the data of a fit. Weights say how much each point
 * counts; a fit lowers those of outliers. The arrays are shared, not copied.
 */
final class Observations {

  private final double[][] hertz;
  private final double[] values;
  private final double[] weights;

  private Observations(double[][] hertz, double[] values, double[] weights) {
    this.hertz = hertz;
    this.values = values;
    this.weights = weights;
  }

  /** Per point, one clock per domain, hertz. */
  double[][] hertz() {
    return hertz;
  }

  /** Per point, seconds or joules, positive. */
  double[] values() {
    return values;
  }

  /** Per point, 1 unless it is an outlier. */
  double[] weights() {
    return weights;
  }

  static Observations of(double[][] hertz, double[] values) {
    double[] ones = new double[values.length];
    Arrays.fill(ones, 1);
    return new Observations(hertz, values, ones);
  }

  int size() {
    return values.length;
  }

  Observations without(int index) {
    double[][] clocks = new double[size() - 1][];
    System.arraycopy(hertz, 0, clocks, 0, index);
    System.arraycopy(hertz, index + 1, clocks, index, clocks.length - index);
    return new Observations(clocks, without(values, index), without(weights, index));
  }

  Observations withWeights(double[] other) {
    return new Observations(hertz, values, other);
  }

  static double[] without(double[] values, int index) {
    double[] rest = new double[values.length - 1];
    System.arraycopy(values, 0, rest, 0, index);
    System.arraycopy(values, index + 1, rest, index, rest.length - index);
    return rest;
  }

  /** Returns the clocks of a setting, one per domain, hertz. */
  static double[] clocks(SettingGrid grid, int setting) {
    double[] clocks = new double[grid.dimensions()];
    for (int d = 0; d < clocks.length; d++) {
      clocks[d] = grid.frequency(setting, d).hertz();
    }
    return clocks;
  }

  /**
   * Returns weights after Huber: 1 within three robust standard deviations (by the median absolute
   * residual, never less than half a percent), falling off as one over the residual beyond.
   */
  static double[] huber(double[] relativeResiduals) {
    double[] sorted = Arrays.stream(relativeResiduals).map(Math::abs).sorted().toArray();
    double limit = 3 * Math.max(1.4826 * sorted[sorted.length / 2], 0.005);
    return Arrays.stream(relativeResiduals)
        .map(r -> Math.abs(r) <= limit ? 1 : limit / Math.abs(r))
        .toArray();
  }
}
