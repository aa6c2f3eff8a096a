package io.neurobalancer.simulator;

import org.HdrHistogram.Histogram;

/**
 * The response times of any number of jobs in constant memory: exact count of misses, least, most
 * and sum, and quantiles within a tenth of a percent.
 */
final class Responses {

  private static final long HIGHEST_NANOS = 3_600_000_000_000L;
  private static final int DIGITS = 3;

  private final double deadlineSeconds;
  private final Histogram nanos = new Histogram(1, HIGHEST_NANOS, DIGITS);
  private double least = Double.POSITIVE_INFINITY;
  private double most = Double.NEGATIVE_INFINITY;
  private double sum;
  private int count;
  private int misses;

  Responses(double deadlineSeconds) {
    this.deadlineSeconds = deadlineSeconds;
  }

  void add(double seconds) {
    nanos.recordValue(Math.max(1, Math.min(HIGHEST_NANOS, Math.round(seconds * 1e9))));
    least = Math.min(least, seconds);
    most = Math.max(most, seconds);
    sum += seconds;
    count++;
    misses += seconds > deadlineSeconds ? 1 : 0;
  }

  double deadlineSeconds() {
    return deadlineSeconds;
  }

  int count() {
    return count;
  }

  int misses() {
    return misses;
  }

  double meanSeconds() {
    return sum / count;
  }

  double quantileSeconds(double share) {
    long value = nanos.getValueAtPercentile(100 * share);
    double middle =
        (nanos.lowestEquivalentValue(value) + nanos.highestEquivalentValue(value)) / 2.0;
    return Math.max(least, Math.min(most, middle * 1e-9));
  }
}
