package io.neurobalancer.cost.math;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import java.util.Random;
import org.junit.jupiter.api.Test;

final class CholeskySolverTest {

  @Test
  void solutions_satisfyTheirEquations() {
    Random random = new Random(1);
    for (int n = 1; n <= 8; n++) {
      double[][] factor = new double[n][n];
      for (double[] row : factor) {
        for (int j = 0; j < n; j++) {
          row[j] = random.nextGaussian();
        }
      }
      double[][] matrix = new double[n][n];
      double[][] copy = new double[n][n];
      double[] right = new double[n];
      for (int i = 0; i < n; i++) {
        right[i] = random.nextGaussian();
        for (int j = 0; j < n; j++) {
          for (int k = 0; k < n; k++) {
            matrix[i][j] += factor[i][k] * factor[j][k];
          }
          matrix[i][j] += i == j ? 0.1 : 0;
          copy[i][j] = matrix[i][j];
        }
      }
      double[] x = CholeskySolver.solve(matrix, right.clone());
      for (int i = 0; i < n; i++) {
        double left = 0;
        for (int j = 0; j < n; j++) {
          left += copy[i][j] * x[j];
        }
        assertThat(left).isCloseTo(right[i], offset(1e-8));
      }
    }
  }

  @Test
  void medians_areTheMiddle() {
    assertThat(Medians.of(new double[] {3, 1, 2})).isEqualTo(2);
    assertThat(Medians.of(new double[] {4, 1, 2, 3})).isEqualTo(2.5);
    assertThat(Medians.of(new double[0])).isNaN();
  }
}
