package io.neurobalancer.evaluation.validation;

import java.util.Arrays;
import java.util.Locale;

/** Collects relative errors and says how large they are. */
public final class Errors {

  private double[] signed = new double[16];
  private int count;

  /** Adds the error of one prediction. */
  public Errors add(double predicted, double measured) {
    reserve(1);
    signed[count++] = predicted / measured - 1;
    return this;
  }

  /** Adds all errors of another collection. */
  public Errors addAll(Errors other) {
    reserve(other.count);
    System.arraycopy(other.signed, 0, signed, count, other.count);
    count += other.count;
    return this;
  }

  private void reserve(int more) {
    if (count + more > signed.length) {
      signed = Arrays.copyOf(signed, Math.max(2 * signed.length, count + more));
    }
  }

  /** Returns how many predictions were judged. */
  public int count() {
    return count;
  }

  /** Mean of the absolute errors. */
  public double mean() {
    return Arrays.stream(signed, 0, count).map(Math::abs).average().orElse(Double.NaN);
  }

  /** Mean of the signed errors: negative where predictions are too low. */
  public double bias() {
    return Arrays.stream(signed, 0, count).average().orElse(Double.NaN);
  }

  /** The absolute error that this share of the predictions does not exceed. */
  public double quantile(double share) {
    double[] sorted = Arrays.stream(signed, 0, count).map(Math::abs).sorted().toArray();
    int rank = (int) Math.ceil(share * sorted.length);
    return sorted[Math.max(0, Math.min(sorted.length, rank) - 1)];
  }

  /** Pearson's correlation with the errors of another collection, in the order they were added. */
  public double correlation(Errors other) {
    double covariance = 0;
    double own = 0;
    double others = 0;
    double ownMean = bias();
    double othersMean = other.bias();
    for (int i = 0; i < count; i++) {
      double x = signed[i] - ownMean;
      double y = other.signed[i] - othersMean;
      covariance += x * y;
      own += x * x;
      others += y * y;
    }
    return covariance / Math.sqrt(own * others);
  }

  /** The largest absolute error. */
  public double worst() {
    return quantile(1);
  }

  /** A share as a text, such as {@code 0.84 %}. */
  public static String percent(double share) {
    return String.format(Locale.ROOT, "%.2f %%", 100 * share + 0.0);
  }

  /** A change as a text, such as {@code -12.3 %}. */
  public static String change(double share) {
    return String.format(Locale.ROOT, "%+.1f %%", 100 * share + 0.0);
  }
}
