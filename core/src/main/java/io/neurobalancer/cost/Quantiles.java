package io.neurobalancer.cost;

import java.util.Locale;

/** Quantiles of the two distributions that margins are taken from. */
public final class Quantiles {

  private Quantiles() {}

  /**
   * Returns the quantile of the standard normal distribution for a share between 0.5 and 1, by
   * bisection of its distribution function.
   */
  public static double normal(double share) {
    double low = 0;
    double high = 9;
    for (int step = 0; step < 60; step++) {
      double middle = (low + high) / 2;
      if (normalShare(middle) < share) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return (low + high) / 2;
  }

  /**
   * Returns the quantile of Student's distribution for a share between 0.5 and 1, by the
   * Cornish-Fisher series in the inverse of the degrees of freedom (Abramowitz and Stegun, 26.7.5).
   *
   * @param degrees of freedom, at least 4: below, the series is too short
   */
  public static double student(double share, int degrees) {
    if (degrees < 4) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "The degrees of freedom (%d) must be at least 4.", degrees));
    }
    double z = normal(share);
    double square = z * z;
    double first = z * (square + 1) / 4;
    double second = z * ((5 * square + 16) * square + 3) / 96;
    double third = z * (((3 * square + 19) * square + 17) * square - 15) / 384;
    double fourth =
        z * ((((79 * square + 776) * square + 1_482) * square - 1_920) * square - 945) / 92_160;
    double inverse = 1.0 / degrees;
    return z + inverse * (first + inverse * (second + inverse * (third + inverse * fourth)));
  }

  /**
   * Returns the share of a standard normal distribution below some value: 1/2 plus its density
   * times z + z^3/3 + z^5/(3 5) + ...
   */
  public static double normalShare(double z) {
    if (z < 0) {
      return 1 - normalShare(-z);
    }
    if (z > 9) {
      return 1;
    }
    double sum = z;
    double term = z;
    for (int k = 3; term > 1e-17 * sum; k += 2) {
      term *= z * z / k;
      sum += term;
    }
    return 0.5 + sum * StrictMath.exp(-z * z / 2) / Math.sqrt(2 * Math.PI);
  }
}
