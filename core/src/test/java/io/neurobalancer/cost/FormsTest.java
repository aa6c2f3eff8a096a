package io.neurobalancer.cost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.target.FakeTarget;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Which shapes latency and energy are given, and that each is fitted to data of its own law. */
final class FormsTest {

  private static final SettingGrid GRID = FakeTarget.small().grid();
  private static final int[] ALL = IntStream.range(0, GRID.size()).toArray();

  private static double fc(int setting) {
    return GRID.frequency(setting, 0).gigahertz();
  }

  private static double fm(int setting) {
    return GRID.frequency(setting, 1).gigahertz();
  }

  private static Observations observe(int[] settings, IntToDoubleFunction law) {
    return Observations.of(
        Arrays.stream(settings)
            .mapToObj(x -> Observations.clocks(GRID, x))
            .toArray(double[][]::new),
        Arrays.stream(settings).mapToDouble(law).toArray());
  }

  /** A law with an error of 0.2 % that follows no clock: without it, forms tie in the last bit. */
  private static double[] read(IntToDoubleFunction law) {
    return of(x -> law.applyAsDouble(x) * (1 + 0.002 * (x * 7 % 3 - 1)));
  }

  private static double[] of(IntToDoubleFunction law) {
    return IntStream.of(ALL).mapToDouble(law).toArray();
  }

  @Test
  void coreOnly_ignoresTheMemoryClock_andFindsCyclesAndConstant() {
    LatencyModel model =
        OperatorFit.latency(GRID, LatencyForm.CORE_ONLY, ALL, of(x -> 6e-3 / fc(x) + 1e-3));
    assertThat(model.cycles(0)).isCloseTo(6e6, offset(1.0));
    assertThat(model.cycles(1)).isZero();
    assertThat(model.constantSeconds()).isCloseTo(1e-3, offset(1e-9));
  }

  @Test
  void additive_findsAllThreeParts() {
    LatencyModel model =
        OperatorFit.latency(
            GRID, LatencyForm.ADDITIVE, ALL, of(x -> 6e-3 / fc(x) + 2e-3 / fm(x) + 1e-3));
    assertThat(model.cycles(0)).isCloseTo(6e6, offset(1.0));
    assertThat(model.cycles(1)).isCloseTo(2e6, offset(1.0));
    assertThat(model.constantSeconds()).isCloseTo(1e-3, offset(1e-9));
  }

  @Test
  void theSimplestFormThatPredicts_isKept() {
    assertThat(OperatorFit.latencyOnly(GRID, ALL, read(x -> 6e-3 / fc(x) + 1e-3)).latency().form())
        .isEqualTo(LatencyForm.CORE_ONLY);
    assertThat(
            OperatorFit.latencyOnly(GRID, ALL, read(x -> 6e-3 / fc(x) + 2e-3 / fm(x)))
                .latency()
                .form())
        .isEqualTo(LatencyForm.ADDITIVE);
    assertThat(
            OperatorFit.latencyOnly(GRID, ALL, read(x -> Math.hypot(6e-3 / fc(x), 4e-3 / fm(x))))
                .latency()
                .form())
        .isEqualTo(LatencyForm.P_NORM_ROOFLINE);
  }

  @Test
  void formsThatCannotBeToldApart_areNotTried() {
    LatencyFitter fitter = new LatencyFitter(GRID);
    assertThat(fitter.canFit(LatencyForm.CORE_ONLY, observe(ALL, x -> 1))).isTrue();
    assertThat(fitter.canFit(LatencyForm.SATURATING, observe(ALL, x -> 1))).isFalse();
    assertThat(fitter.canFit(LatencyForm.P_NORM_PER_MEMORY_OPP, observe(ALL, x -> 1))).isTrue();
    // Two memory clocks, but one of them seen once only: its b would be that one point.
    int[] lone = {0, 5, 10, 15, 20, 21, 6, 14};
    assertThat(fitter.canFit(LatencyForm.P_NORM_PER_MEMORY_OPP, observe(lone, x -> 1))).isFalse();
    // Six points are as many as its parameters: a, p, the constant, two of b, and one to judge.
    int[] six = {0, 10, 20, 4, 14, 24};
    assertThat(fitter.canFit(LatencyForm.P_NORM_PER_MEMORY_OPP, observe(six, x -> 1))).isTrue();
    assertThat(
            fitter.canFit(
                LatencyForm.P_NORM_PER_MEMORY_OPP, observe(new int[] {0, 10, 4, 14, 24}, x -> 1)))
        .isFalse();
    // One memory clock only.
    assertThat(
            fitter.canFit(
                LatencyForm.P_NORM_PER_MEMORY_OPP,
                observe(new int[] {0, 5, 10, 15, 20, 0, 5}, x -> 1)))
        .isFalse();
    SettingGrid one = new SettingGrid(List.of(FakeTarget.core("cpu", 500, 1_000)));
    assertThat(new LatencyFitter(one).canFit(LatencyForm.ADDITIVE, observe(ALL, x -> 1))).isFalse();
  }

  @Test
  void aPNormIsSolved_toTheLastDigitsOfItsOwnLaw() {
    for (double p : new double[] {1.5, 2.5, 4}) {
      Observations points =
          observe(
              ALL,
              x -> Math.pow(Math.pow(7e-3 / fc(x), p) + Math.pow(3e-3 / fm(x), p), 1 / p) + 5e-4);
      LatencyModel model = new LatencyFitter(GRID).fitExponent(p, points);
      assertThat(model.cycles(0)).isCloseTo(7e6, offset(2_000.0));
      assertThat(model.cycles(1)).isCloseTo(3e6, offset(2_000.0));
      assertThat(model.constantSeconds()).isCloseTo(5e-4, offset(2e-6));
      for (int x : ALL) {
        assertThat(model.seconds(Observations.clocks(GRID, x)))
            .isCloseTo(points.values()[x], offset(1e-6 * points.values()[x]));
      }
    }
  }

  /** No nearby parameters do better: tells a wrong gradient, which a good fit hides. */
  @Test
  void aSolvedPNorm_isALocalMinimum_evenWhereTheLawIsAnother() {
    Observations points = observe(ALL, x -> Math.max(7e-3 / fc(x), 4e-3 / fm(x)) + 1e-4 * (x % 3));
    LatencyModel model = new LatencyFitter(GRID).fitExponent(3, points);
    double least = LatencyFitter.squaredError(model, points);
    assertThat(least).isPositive();
    for (double step : new double[] {0.99, 1.01}) {
      for (int which = 0; which < 3; which++) {
        double[] cycles = {model.cycles(0), model.cycles(1)};
        double constant = model.constantSeconds();
        if (which < 2) {
          cycles[which] *= step;
        } else {
          constant *= step;
        }
        LatencyModel moved = new LatencyModel(LatencyForm.P_NORM_ROOFLINE, 3, cycles, constant);
        assertThat(LatencyFitter.squaredError(moved, points)).isGreaterThan(least * (1 - 1e-6));
      }
    }
  }

  @Test
  void aSolvedSaturation_isALocalMinimum_evenWhereTheLawIsAnother() {
    SettingGrid one =
        new SettingGrid(List.of(FakeTarget.core("gpu", 114, 318, 522, 726, 930, 1_134)));
    double[][] hertz =
        IntStream.range(0, 6).mapToObj(x -> Observations.clocks(one, x)).toArray(double[][]::new);
    double[] seconds =
        Arrays.stream(hertz).mapToDouble(h -> Math.max(8e6 / h[0], 0.012) + 1e-3).toArray();
    Observations points = Observations.of(hertz, seconds);
    LatencyModel start = new LatencyModel(LatencyForm.ADDITIVE, 1, new double[] {8e6}, 5e-3);
    LatencyModel model =
        new PNormSolver(LatencyForm.SATURATING, points, -1).solve(2, start).model();
    double least = LatencyFitter.squaredError(model, points);
    for (double step : new double[] {0.999, 1.001}) {
      LatencyModel otherCycles =
          new LatencyModel(
              LatencyForm.SATURATING,
              2,
              new double[] {model.cycles(0) * step},
              model.constantSeconds());
      LatencyModel otherConstant =
          new LatencyModel(
              LatencyForm.SATURATING,
              2,
              new double[] {model.cycles(0)},
              model.constantSeconds() * step);
      assertThat(LatencyFitter.squaredError(otherCycles, points)).isGreaterThan(least);
      assertThat(LatencyFitter.squaredError(otherConstant, points)).isGreaterThan(least);
    }
  }

  @Test
  void perfectOverlap_isNotUnderPredictedMuchAtTheRidge() {
    // The corners and what fills the grid; the ridge itself is not among them.
    int[] measured = SettingChoice.of(GRID).first(8);
    IntToDoubleFunction law = x -> Math.hypot(6e-3 / fc(x), 4e-3 / fm(x)) + 2e-4;
    OperatorFit fit =
        OperatorFit.latencyOnly(GRID, measured, Arrays.stream(measured).mapToDouble(law).toArray());
    for (int x : ALL) {
      assertThat(law.applyAsDouble(x) / fit.seconds(x)).isBetween(0.97, 1.03);
    }
  }

  @Test
  void backgroundAndWork_findsItsOwnCoefficients() {
    double[] seconds = of(x -> 6e-3 / fc(x) + 2e-3 / fm(x));
    Observations joules =
        observe(
            ALL,
            x -> (0.4 + 0.2 * fm(x) / 1.8 + 0.3 * fc(x) / 2.4) * seconds[x] + 1e-3 * fc(x) / 2.4);
    EnergyModel model = EnergyModel.fit(GRID, EnergyForm.BACKGROUND_AND_WORK, joules, seconds);
    assertThat(model.form()).isEqualTo(EnergyForm.BACKGROUND_AND_WORK);
    assertThat(model.knotHertz()).isEmpty();
    for (int x : ALL) {
      assertThat(model.joules(Observations.clocks(GRID, x), seconds[x]) / joules.values()[x])
          .isCloseTo(1, offset(1e-6));
    }
    // Twice the time at the same clocks: the background doubles, the work does not.
    int fastest = GRID.fastest();
    double[] clocks = Observations.clocks(GRID, fastest);
    assertThat(model.joules(clocks, 2 * seconds[24]) - model.joules(clocks, seconds[24]))
        .isCloseTo(0.9 * seconds[24], offset(0.05 * seconds[24]));
  }

  @Test
  void oneWrongReading_movesAnEnergyFitOfManyLittle() {
    double[] seconds = of(x -> 6e-3 / fc(x) + 2e-3 / fm(x));
    IntToDoubleFunction law = x -> (0.4 + 0.3 * fc(x) / 2.4) * seconds[x] + 1e-3;
    Observations wrong = observe(ALL, x -> law.applyAsDouble(x) * (x == 12 ? 0.7 : 1));
    EnergyModel model = EnergyModel.fit(GRID, EnergyForm.BACKGROUND_AND_WORK, wrong, seconds);
    for (int x : ALL) {
      assertThat(model.joules(Observations.clocks(GRID, x), seconds[x]) / law.applyAsDouble(x))
          .isBetween(0.98, 1.02);
    }
  }

  @Test
  void aBackgroundThatBendsAtAMemoryClock_isFittedWithAKnotThere() {
    // Flat to 800 MHz, a cliff above: no polynomial with positive coefficients.
    double[] seconds = of(x -> 8e-3 / fc(x) + 1e-3);
    double[] watts = {0.2, 0.2, 0.2, 0.7, 1.5};
    double[] joules = of(x -> (0.3 + watts[GRID.oppIndex(x, 1)]) * seconds[x] + 1e-3);
    OperatorFit fit = OperatorFit.of(GRID, ALL, seconds, joules);
    EnergyModel model = fit.energy().orElseThrow();
    assertThat(model.form()).isEqualTo(EnergyForm.PER_MEMORY_OPP);
    assertThat(model.knotHertz()).containsExactly(2e8, 5e8, 8e8, 1.3e9, 1.8e9);
    for (int x : ALL) {
      assertThat(fit.joules(x) / joules[x]).isCloseTo(1, offset(1e-6));
    }
    // Beyond the last one it stays.
    double[] beyond = {2.4e9, 2.1e9};
    double[] top = {2.4e9, 1.8e9};
    assertThat(model.joules(beyond, 5e-3)).isEqualTo(model.joules(top, 5e-3));
    // Half way between two knots the background is half way too.
    double[] between = {2.4e9, 1.05e9};
    double[] low = {2.4e9, 0.8e9};
    double[] high = {2.4e9, 1.3e9};
    assertThat(model.joules(between, 5e-3))
        .isCloseTo((model.joules(low, 5e-3) + model.joules(high, 5e-3)) / 2, offset(1e-9));
  }

  @Test
  void oneCoreClockThatBurnsMore_isGivenItsOwnFactor() {
    double[] seconds = of(x -> 6e-3 / fc(x) + 2e-3 / fm(x));
    IntToDoubleFunction curve = x -> (0.4 + 0.1 * fm(x)) * seconds[x] + 2e-3 * fc(x) * fc(x);
    double[] joules = of(x -> curve.applyAsDouble(x) * (GRID.oppIndex(x, 0) == 2 ? 1.25 : 1));
    OperatorFit fit = OperatorFit.of(GRID, ALL, seconds, joules);
    EnergyModel model = fit.energy().orElseThrow();
    assertThat(model.form()).isEqualTo(EnergyForm.PER_CORE_OPP);
    assertThat(fit.energyErrors().get(EnergyForm.PER_CORE_OPP))
        .isLessThan(Objects.requireNonNull(fit.energyErrors().get(EnergyForm.VOLTAGE_CURVE)) / 2);
    for (int x : ALL) {
      assertThat(fit.joules(x) / joules[x]).isBetween(0.97, 1.03);
    }
    // A core clock that nobody measured follows the curve, with no factor.
    double[] clocks = {1.2e9, 0.8e9};
    assertThat(model.steps()).noneMatch(step -> step.hertz() == 1.2e9);
    assertThat(model.joules(clocks, 5e-3)).isPositive();
  }

  @Test
  void weightsOfOutliers_fallOffBeyondThreeDeviations() {
    // Median absolute residual 0.01: a robust deviation of 0.014826, a limit of 0.044478.
    double[] weights = Observations.huber(new double[] {0.01, -0.01, 0.01, -0.01, 0.01, 0.2, -0.4});
    assertThat(weights[0]).isEqualTo(1);
    assertThat(weights[5]).isCloseTo(0.044478 / 0.2, offset(1e-9));
    assertThat(weights[6]).isCloseTo(0.044478 / 0.4, offset(1e-9));
  }
}
