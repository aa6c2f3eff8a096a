package io.neurobalancer.cost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Expected values are those of printed tables of both distributions. */
final class QuantilesTest {

  @Test
  void normal_isThatOfTheTables() {
    assertThat(Quantiles.normal(0.99)).isCloseTo(2.326348, within(1e-6));
    assertThat(Quantiles.normal(0.999)).isCloseTo(3.090232, within(1e-6));
    assertThat(Quantiles.normal(0.841344746)).isCloseTo(1, within(1e-7));
  }

  @Test
  void student_isThatOfTheTables_andNearsNormal() {
    assertThat(Quantiles.student(0.999, 11)).isCloseTo(4.025, within(0.01));
    assertThat(Quantiles.student(0.99, 11)).isCloseTo(2.718, within(0.002));
    assertThat(Quantiles.student(0.999, 5)).isCloseTo(5.893, within(0.12));
    assertThat(Quantiles.student(0.999, 1_000_000)).isCloseTo(3.090232, within(1e-4));
    assertThatThrownBy(() -> Quantiles.student(0.99, 3)).hasMessageContaining("(3)");
  }

  /**
   * Abramowitz and Stegun, 26.7.4: for even degrees of freedom the distribution is a finite sum.
   */
  private static double studentShare(double t, int degrees) {
    double angle = Math.atan(t / Math.sqrt(degrees));
    double term = 1;
    double sum = 1;
    for (int k = 2; k <= degrees - 2; k += 2) {
      term *= (k - 1.0) / k * Math.pow(Math.cos(angle), 2);
      sum += term;
    }
    return (1 + Math.sin(angle) * sum) / 2;
  }

  @Test
  void student_isTheInverseOfItsDistribution() {
    for (double share : new double[] {0.6, 0.75, 0.9, 0.99, 0.999}) {
      // What the series leaves out falls off as the fifth power of the degrees.
      assertThat(studentShare(Quantiles.student(share, 30), 30)).isCloseTo(share, within(1e-8));
      assertThat(studentShare(Quantiles.student(share, 8), 8)).isCloseTo(share, within(3e-6));
    }
  }

  private static FitReport report(List<Double> ratios) {
    return new FitReport(
        FitReport.Basis.MEASURED,
        IntStream.range(0, 12).boxed().collect(Collectors.toList()),
        ratios.size(),
        0,
        0,
        0,
        0,
        0,
        Map.of(),
        ratios,
        List.of());
  }

  @Test
  void makespanFactor_isARankWhereEnoughRunsWereSeen_andATailBeyondThem() {
    // 1.000, 1.001, ... 1.099: the 0.9 quantile of 100 is the ceil(101 * 0.9) = 91st.
    List<Double> ratios = IntStream.range(0, 100).mapToObj(i -> 1 + i / 1_000.0).sorted().toList();
    assertThat(report(ratios).makespanFactor(0.9)).isCloseTo(1.090, within(1e-12));
    // 0.999 of 100 runs was never seen. Half of 0.99 and half of 1.01: a deviation of 0.01 about 1,
    // and Student's 4.025 for 12 settings: 1 + 4.025 * 0.01 * sqrt(100 / 99) = 1.0404.
    List<Double> two = new java.util.ArrayList<>(Collections.nCopies(50, 0.99));
    two.addAll(Collections.nCopies(50, 1.01));
    assertThat(report(two).makespanFactor(0.999)).isCloseTo(1.0404, within(2e-4));
  }

  @Test
  void theNormalDistribution_isItsIntegral() {
    double step = 1e-4;
    double integral = 0;
    for (double z = -8; z < 12; z += step) {
      assertThat(Quantiles.normalShare(z)).isCloseTo(integral, within(1e-8));
      double middle = z + step / 2;
      integral += Math.exp(-middle * middle / 2) / Math.sqrt(2 * Math.PI) * step;
    }
  }
}
