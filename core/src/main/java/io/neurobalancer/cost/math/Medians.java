package io.neurobalancer.cost.math;

import java.util.Arrays;

/** The middle of some values. */
public final class Medians {

  private Medians() {}

  /** Returns the middle value, or the mean of the two middle ones; NaN if there is none. */
  public static double of(double[] values) {
    if (values.length == 0) {
      return Double.NaN;
    }
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
