package io.neurobalancer.predictor;

/** Latency of one operator over the frequency grid. */
public final class LatencyModel {

  private final LatencyForm form;
  private final double exponent;
  private final double[] cycles;
  private final double constantSeconds;

  /**
   * Copies the array.
   *
   * @param form the shape
   * @param exponent p of {@link LatencyForm#P_NORM_ROOFLINE}; 1 for sums, infinite for the maximum
   * @param cycles per domain, the clock cycles that it contributes: a of a/fc, b of b/fm; not
   *     negative
   * @param constantSeconds what no clock changes, not negative
   */
  LatencyModel(LatencyForm form, double exponent, double[] cycles, double constantSeconds) {
    this.form = form;
    this.exponent = exponent;
    this.cycles = cycles.clone();
    this.constantSeconds = constantSeconds;
  }

  /** Returns the shape. */
  public LatencyForm form() {
    return form;
  }

  /** Returns p: 1 for sums, infinite for the maximum. */
  public double exponent() {
    return exponent;
  }

  /** Returns the clock cycles that a domain contributes. */
  public double cycles(int domain) {
    return cycles[domain];
  }

  /** Returns a copy of the clock cycles, one entry per domain. */
  double[] cycles() {
    return cycles.clone();
  }

  /** Returns what no clock changes, seconds. */
  public double constantSeconds() {
    return constantSeconds;
  }

  /**
   * Returns the latency at these clocks.
   *
   * @param hertz one clock per domain, hertz
   * @return seconds
   */
  public double seconds(double... hertz) {
    double norm = 0;
    double largest = 0;
    for (int d = 0; d < cycles.length; d++) {
      largest = Math.max(largest, cycles[d] / hertz[d]);
    }
    if (largest == 0 || Double.isInfinite(exponent)) {
      return largest + constantSeconds;
    }
    for (int d = 0; d < cycles.length; d++) {
      norm += Math.pow(cycles[d] / hertz[d] / largest, exponent);
    }
    return largest * Math.pow(norm, 1 / exponent) + constantSeconds;
  }
}
