package io.neurobalancer.simulator.validation;

import java.util.Arrays;
import java.util.Locale;

/** Collects relative errors and says how large they are. */
final class Errors {

  private double[] signed = new double[0];

  /** Adds the error of one prediction. */
  Errors add(double predicted, double measured) {
    signed = Arrays.copyOf(signed, signed.length + 1);
    signed[signed.length - 1] = predicted / measured - 1;
    return this;
  }

  /** Adds all errors of another collection. */
  Errors addAll(Errors other) {
    int before = signed.length;
    signed = Arrays.copyOf(signed, before + other.signed.length);
    System.arraycopy(other.signed, 0, signed, before, other.signed.length);
    return this;
  }

  int count() {
    return signed.length;
  }

  /** Mean of the absolute errors. */
  double mean() {
    return Arrays.stream(signed).map(Math::abs).average().orElse(Double.NaN);
  }

  /** Mean of the signed errors: negative where predictions are too low. */
  double bias() {
    return Arrays.stream(signed).average().orElse(Double.NaN);
  }

  /** The absolute error that this share of the predictions does not exceed. */
  double quantile(double share) {
    double[] sorted = Arrays.stream(signed).map(Math::abs).sorted().toArray();
    int rank = (int) Math.ceil(share * sorted.length);
    return sorted[Math.max(0, Math.min(sorted.length, rank) - 1)];
  }

  double worst() {
    return quantile(1);
  }

  /** A share as a text, such as {@code 0.84 %}. */
  static String percent(double share) {
    return String.format(Locale.ROOT, "%.2f %%", 100 * share + 0.0);
  }

  /** A change as a text, such as {@code -12.3 %}. */
  static String change(double share) {
    return String.format(Locale.ROOT, "%+.1f %%", 100 * share + 0.0);
  }
}
