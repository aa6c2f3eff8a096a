package io.neurobalancer.learned;

import java.util.List;

/** Least squares over the first features of a vector, with a penalty on large coefficients. */
final class RidgeRegression {

  private final double[] coefficients;

  private RidgeRegression(double[] coefficients) {
    this.coefficients = coefficients;
  }

  /** Fits; the penalty is a share of each feature's own sum of squares. */
  static RidgeRegression fit(
      List<double[]> features, double[] values, int used, double penalty) {
    double[][] normal = new double[used][used + 1];
    for (int s = 0; s < values.length; s++) {
      double[] row = features.get(s);
      for (int i = 0; i < used; i++) {
        for (int j = 0; j < used; j++) {
          normal[i][j] += row[i] * row[j];
        }
        normal[i][used] += row[i] * values[s];
      }
    }
    for (int i = 0; i < used; i++) {
      normal[i][i] += penalty + 1e-6 * normal[i][i];
    }
    return new RidgeRegression(solve(normal, used));
  }

  /** Gaussian elimination; the penalty keeps every pivot away from zero. */
  private static double[] solve(double[][] rows, int n) {
    for (int pivot = 0; pivot < n; pivot++) {
      for (int r = 0; r < n; r++) {
        if (r != pivot) {
          double factor = rows[r][pivot] / rows[pivot][pivot];
          for (int c = pivot; c <= n; c++) {
            rows[r][c] -= factor * rows[pivot][c];
          }
        }
      }
    }
    double[] solution = new double[n];
    for (int i = 0; i < n; i++) {
      solution[i] = rows[i][n] / rows[i][i];
    }
    return solution;
  }

  double predict(double[] features) {
    double sum = 0;
    for (int i = 0; i < coefficients.length; i++) {
      sum += coefficients[i] * features[i];
    }
    return sum;
  }
}
