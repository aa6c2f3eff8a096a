package io.neurobalancer.cost;

import java.util.Arrays;

/** Errors of predictions: shares of what was measured, so that 0.01 is one percent. */
final class Errors {

  private Errors() {}

  /** Returns the mean of the absolute errors, over the values that were measured; NaN of none. */
  static double meanAbsoluteRelative(double[] predicted, double[] measured) {
    double sum = 0;
    int count = 0;
    for (int s = 0; s < measured.length; s++) {
      if (!Double.isNaN(measured[s])) {
        sum += Math.abs(predicted[s] / measured[s] - 1);
        count++;
      }
    }
    return sum / count;
  }

  /** Returns the error of predicting each measured value by the mean of the others. */
  static double ofTheMean(double[] measured) {
    double[] values = Arrays.stream(measured).filter(v -> !Double.isNaN(v)).toArray();
    double sum = Arrays.stream(values).sum();
    double[] means = Arrays.stream(values).map(v -> (sum - v) / (values.length - 1)).toArray();
    return meanAbsoluteRelative(means, values);
  }
}
