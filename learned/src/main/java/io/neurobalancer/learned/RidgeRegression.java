package io.neurobalancer.learned;

import io.neurobalancer.cost.math.CholeskySolver;
import java.util.Arrays;
import java.util.List;

/**
 * Least squares over the first features of a vector, each scaled to unit variance, with a penalty
 * on large coefficients: features that move together share the credit instead of cancelling each
 * other. A prediction stays near the values that were learned.
 */
final class RidgeRegression {

  /** Penalty per sample. */
  private static final double PENALTY = 3e-3;

  /** How far beyond the values seen a prediction may go, natural logarithms. */
  private static final double BEYOND = 1.5;

  private final double[] mean;
  private final double[] coefficients;
  private final double intercept;
  private final double least;
  private final double most;

  private RidgeRegression(
      double[] mean, double[] coefficients, double intercept, double least, double most) {
    this.mean = mean;
    this.coefficients = coefficients;
    this.intercept = intercept;
    this.least = least;
    this.most = most;
  }

  /** Fits. */
  static RidgeRegression fit(List<double[]> features, double[] values, int used) {
    double[] mean = new double[used];
    double[] deviation = new double[used];
    int n = values.length;
    for (double[] row : features) {
      for (int i = 0; i < used; i++) {
        mean[i] += row[i] / n;
      }
    }
    for (double[] row : features) {
      for (int i = 0; i < used; i++) {
        deviation[i] += (row[i] - mean[i]) * (row[i] - mean[i]) / n;
      }
    }
    for (int i = 0; i < used; i++) {
      deviation[i] = Math.max(Math.sqrt(deviation[i]), 1e-9);
    }
    double average = Arrays.stream(values).average().orElseThrow();
    double[][] rows = new double[used][used];
    double[] right = new double[used];
    for (int s = 0; s < n; s++) {
      double[] row = features.get(s);
      for (int i = 0; i < used; i++) {
        double left = (row[i] - mean[i]) / deviation[i];
        for (int j = 0; j < used; j++) {
          rows[i][j] += left * (row[j] - mean[j]) / deviation[j];
        }
        right[i] += left * (values[s] - average);
      }
    }
    for (int i = 0; i < used; i++) {
      rows[i][i] += PENALTY * n;
    }
    // The penalty keeps the matrix positive definite.
    double[] coefficients = CholeskySolver.solve(rows, right);
    for (int i = 0; i < used; i++) {
      coefficients[i] /= deviation[i];
    }
    return new RidgeRegression(
        mean,
        coefficients,
        average,
        Arrays.stream(values).min().orElseThrow() - BEYOND,
        Arrays.stream(values).max().orElseThrow() + BEYOND);
  }

  double predict(double[] features) {
    double sum = intercept;
    for (int i = 0; i < coefficients.length; i++) {
      sum += coefficients[i] * (features[i] - mean[i]);
    }
    return Math.max(least, Math.min(most, sum));
  }
}
