package io.neurobalancer.cost.math;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class NonNegativeLeastSquaresPropertyTest {

  static LongStream seeds() {
    return LongStream.range(0, 100);
  }

  @Test
  void aNegativeUnconstrainedSolution_isHeldAtZero() {
    // Unconstrained: x = (2, -1). With x2 = 0 the best x1 of |(x1 - 2, x1 - 1)| is 1.5.
    double[] x =
        NonNegativeLeastSquares.solve(new double[][] {{1, 0}, {1, 1}}, new double[] {2, 1});
    assertThat(x[0]).isCloseTo(1.5, org.assertj.core.data.Offset.offset(1e-9));
    assertThat(x[1]).isZero();
  }

  /** The Karush-Kuhn-Tucker conditions are necessary and sufficient for this convex problem. */
  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void solution_satisfiesTheOptimalityConditions(long seed) {
    Random random = new Random(seed);
    int n = 1 + random.nextInt(6);
    int m = n + random.nextInt(10);
    double[][] rows = new double[m][n];
    double[] right = new double[m];
    for (int r = 0; r < m; r++) {
      for (int i = 0; i < n; i++) {
        rows[r][i] = random.nextGaussian();
      }
      right[r] = random.nextGaussian();
    }
    double[] x = NonNegativeLeastSquares.solve(rows, right);
    for (int i = 0; i < n; i++) {
      double gradient = 0;
      for (int r = 0; r < m; r++) {
        double residual = -right[r];
        for (int j = 0; j < n; j++) {
          residual += rows[r][j] * x[j];
        }
        gradient += rows[r][i] * residual;
      }
      assertThat(x[i]).isNotNegative();
      if (x[i] > 0) {
        assertThat(gradient).isBetween(-1e-7, 1e-7);
      } else {
        assertThat(gradient).isGreaterThan(-1e-7);
      }
    }
  }
}
