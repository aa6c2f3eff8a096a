package io.neurobalancer.evaluation.fidelity;

import java.util.function.ToDoubleFunction;

/**
 * Minimizes a function of positive parameters by trying factors, ever smaller ones: Hooke and
 * Jeeves' pattern search on logarithms. It needs no derivative and gives the same result each time.
 */
final class PatternSearch {

  private static final double FIRST_STEP = 0.4;
  private static final double LAST_STEP = 1e-4;

  private PatternSearch() {}

  static double[] minimize(double[] start, ToDoubleFunction<double[]> error) {
    double[] best = start.clone();
    double least = error.applyAsDouble(best);
    for (double step = FIRST_STEP; step > LAST_STEP; step /= 2) {
      boolean better = true;
      while (better) {
        better = false;
        for (int k = 0; k < best.length; k++) {
          for (double factor : new double[] {Math.exp(step), Math.exp(-step)}) {
            double[] tried = best.clone();
            tried[k] *= factor;
            double value = error.applyAsDouble(tried);
            if (value < least - 1e-9) {
              least = value;
              best = tried;
              better = true;
            }
          }
        }
      }
    }
    return best;
  }
}
