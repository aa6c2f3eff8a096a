package io.neurobalancer.cost.math;

import java.util.Arrays;

/**
 * Solves min |A x - b| subject to x &gt;= 0 for small dense systems.
 *
 * <p>Source: C. L. Lawson, R. J. Hanson, "Solving Least Squares Problems", 1974, chapter 23: an
 * active set method that moves one variable at a time from zero to positive, and back where the
 * unconstrained solution would turn negative. Costs, times and energies are never negative, so
 * neither are their coefficients.
 */
public final class NonNegativeLeastSquares {

  private NonNegativeLeastSquares() {}

  /**
   * Returns the minimiser.
   *
   * @param rows A, one array per row, all of the same length
   * @param right b, one value per row
   */
  public static double[] solve(double[][] rows, double[] right) {
    int n = rows[0].length;
    double[][] gram = new double[n][n];
    double[] moment = new double[n];
    for (int r = 0; r < rows.length; r++) {
      for (int i = 0; i < n; i++) {
        moment[i] += rows[r][i] * right[r];
        for (int j = 0; j < n; j++) {
          gram[i][j] += rows[r][i] * rows[r][j];
        }
      }
    }
    // Columns are scaled to unit length: frequencies squared and constants differ by 1e18.
    double[] scale = new double[n];
    for (int i = 0; i < n; i++) {
      scale[i] = gram[i][i] > 0 ? Math.sqrt(gram[i][i]) : 1;
    }
    for (int i = 0; i < n; i++) {
      moment[i] /= scale[i];
      for (int j = 0; j < n; j++) {
        gram[i][j] /= scale[i] * scale[j];
      }
    }
    double[] x = activeSet(gram, moment);
    for (int i = 0; i < n; i++) {
      x[i] /= scale[i];
    }
    return x;
  }

  private static double[] activeSet(double[][] gram, double[] moment) {
    int n = moment.length;
    double[] x = new double[n];
    boolean[] passive = new boolean[n];
    double tolerance =
        1e-12 * Math.max(1e-300, Arrays.stream(moment).map(Math::abs).max().orElse(0));
    for (int iteration = 0; iteration < 10 * n; iteration++) {
      int entering = steepest(gram, moment, x, passive, tolerance);
      if (entering < 0) {
        return x;
      }
      passive[entering] = true;
      double[] candidate = solvePassive(gram, moment, passive);
      while (!feasible(candidate, passive)) {
        double step = 1;
        for (int i = 0; i < n; i++) {
          if (passive[i] && candidate[i] <= 0) {
            step = Math.min(step, x[i] / (x[i] - candidate[i]));
          }
        }
        for (int i = 0; i < n; i++) {
          if (passive[i]) {
            x[i] += step * (candidate[i] - x[i]);
            if (x[i] <= 1e-15) {
              x[i] = 0;
              passive[i] = false;
            }
          }
        }
        candidate = solvePassive(gram, moment, passive);
      }
      x = candidate;
    }
    return x;
  }

  private static int steepest(
      double[][] gram, double[] moment, double[] x, boolean[] passive, double tolerance) {
    int best = -1;
    double bestGradient = tolerance;
    for (int i = 0; i < x.length; i++) {
      if (!passive[i]) {
        double gradient = moment[i];
        for (int j = 0; j < x.length; j++) {
          gradient -= gram[i][j] * x[j];
        }
        if (gradient > bestGradient) {
          bestGradient = gradient;
          best = i;
        }
      }
    }
    return best;
  }

  private static boolean feasible(double[] candidate, boolean[] passive) {
    for (int i = 0; i < candidate.length; i++) {
      if (passive[i] && candidate[i] <= 0) {
        return false;
      }
    }
    return true;
  }

  /**
   * Solves the normal equations over the passive columns, with a ridge that only breaks exact ties.
   */
  private static double[] solvePassive(double[][] gram, double[] moment, boolean[] passive) {
    int n = moment.length;
    int[] index = new int[n];
    int size = 0;
    for (int i = 0; i < n; i++) {
      if (passive[i]) {
        index[size++] = i;
      }
    }
    double[][] matrix = new double[size][size];
    double[] vector = new double[size];
    for (int i = 0; i < size; i++) {
      vector[i] = moment[index[i]];
      for (int j = 0; j < size; j++) {
        matrix[i][j] = gram[index[i]][index[j]];
      }
      matrix[i][i] += 1e-12;
    }
    double[] solution = CholeskySolver.solve(matrix, vector);
    double[] full = new double[n];
    for (int i = 0; i < size; i++) {
      full[index[i]] = solution[i];
    }
    return full;
  }
}
