package io.neurobalancer.cost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Offset.offset;

import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.target.FakeTarget;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What holds for every fit: it is the best of its form, and errors are those of fits redone. */
final class FitLawsTest {

  private static final SettingGrid GRID = FakeTarget.small().grid();
  private static final int[] ALL = IntStream.range(0, GRID.size()).toArray();

  /** So few that no fit weighs outliers down. */
  private static final int[] SEVEN = {0, 4, 20, 24, 12, 7, 16};

  private static double fc(int setting) {
    return GRID.frequency(setting, 0).gigahertz();
  }

  private static double fm(int setting) {
    return GRID.frequency(setting, 1).gigahertz();
  }

  private static double[] of(int[] settings, IntToDoubleFunction law) {
    return IntStream.of(settings).mapToDouble(law).toArray();
  }

  private static Observations observe(int[] settings, double[] values) {
    return Observations.of(
        Arrays.stream(settings)
            .mapToObj(x -> Observations.clocks(GRID, x))
            .toArray(double[][]::new),
        values);
  }

  /** An error of up to 3 % that follows no clock. */
  private static double rough(int setting) {
    return 1 + 0.01 * (setting * 11 % 7 - 3);
  }

  private static int[] without(int[] settings, int index) {
    return IntStream.range(0, settings.length)
        .filter(s -> s != index)
        .map(s -> settings[s])
        .toArray();
  }

  @Test
  void aWeightedLineFit_solvesItsNormalEquations() {
    // a / f + c at five clocks, in relative error: two unknowns, solved here by Cramer's rule.
    int[] settings = {0, 5, 10, 15, 20};
    double[] seconds = of(settings, x -> (6e-3 / fc(x) + 1e-3) * rough(x));
    double[] weights = {1, 0.5, 2, 3, 0.25};
    double aa = 0;
    double ac = 0;
    double cc = 0;
    double ra = 0;
    double rc = 0;
    for (int s = 0; s < 5; s++) {
      double byCycles = 1 / (1e9 * fc(settings[s])) / seconds[s];
      double byConstant = 1 / seconds[s];
      aa += weights[s] * byCycles * byCycles;
      ac += weights[s] * byCycles * byConstant;
      cc += weights[s] * byConstant * byConstant;
      ra += weights[s] * byCycles;
      rc += weights[s] * byConstant;
    }
    double determinant = aa * cc - ac * ac;
    LatencyModel model =
        new LatencyFitter(GRID)
            .fit(LatencyForm.CORE_ONLY, observe(settings, seconds).withWeights(weights));
    assertThat(model.cycles(0)).isCloseTo((ra * cc - rc * ac) / determinant, offset(1.0));
    assertThat(model.constantSeconds()).isCloseTo((rc * aa - ra * ac) / determinant, offset(1e-10));
    double squares = 0;
    for (int s = 0; s < 5; s++) {
      double off = model.seconds(Observations.clocks(GRID, settings[s])) / seconds[s] - 1;
      squares += weights[s] * off * off;
    }
    assertThat(LatencyFitter.squaredError(model, observe(settings, seconds).withWeights(weights)))
        .isCloseTo(squares, offset(1e-15));
  }

  @Test
  void heldOutLatencies_areThoseOfAFitWithoutTheSetting() {
    double[] seconds = of(SEVEN, x -> (6e-3 / fc(x) + 2e-3 / fm(x) + 1e-3) * rough(x));
    OperatorFit fit = OperatorFit.latencyOnly(GRID, SEVEN, seconds);
    LatencyForm form = fit.latency().form();
    double sum = 0;
    for (int s = 0; s < SEVEN.length; s++) {
      double held =
          OperatorFit.latency(GRID, form, without(SEVEN, s), Observations.without(seconds, s))
              .seconds(Observations.clocks(GRID, SEVEN[s]));
      assertThat(fit.heldOutSeconds().get(s)).isCloseTo(held, offset(1e-6 * held));
      assertThat(fit.heldSeconds(s)).isEqualTo(fit.heldOutSeconds().get(s));
      sum += Math.abs(held - seconds[s]) / seconds[s];
    }
    assertThat(fit.latencyErrors().get(form)).isCloseTo(sum / SEVEN.length, offset(1e-6));
    double best = fit.latencyErrors().values().stream().mapToDouble(e -> e).min().orElseThrow();
    assertThat(Objects.requireNonNull(fit.latencyErrors().get(form)) * OperatorFit.EARNS_ITS_PLACE)
        .isLessThanOrEqualTo(best);
  }

  @Test
  void heldOutEnergies_areThoseOfAFitWithoutTheSetting() {
    int[] settings = {0, 4, 20, 24, 12, 7, 16, 8, 2, 10, 14};
    double[] seconds = of(settings, x -> 6e-3 / fc(x) + 2e-3 / fm(x));
    double[] joules =
        of(settings, x -> ((0.4 + 0.2 * fm(x)) / fc(x) + fc(x) * fc(x)) * 6e-3 * rough(x));
    joules[5] = Double.NaN;
    int[] read = without(settings, 5);
    double[] times = Observations.without(seconds, 5);
    double[] energies = Observations.without(joules, 5);
    OperatorFit fit = OperatorFit.of(GRID, settings, seconds, joules);
    assertThat(fit.energyErrors()).hasSize(EnergyForm.values().length);
    EnergyForm kept = fit.energy().orElseThrow().form();
    for (EnergyForm form : EnergyForm.values()) {
      double sum = 0;
      for (int r = 0; r < read.length; r++) {
        int s = r < 5 ? r : r + 1;
        double held =
            EnergyModel.fit(
                    GRID,
                    form,
                    observe(without(read, r), Observations.without(energies, r)),
                    Observations.without(times, r))
                .joules(Observations.clocks(GRID, read[r]), fit.heldSeconds(s));
        sum += Math.abs(held - joules[s]) / joules[s];
        if (form == kept) {
          assertThat(fit.heldOutJoules().get(s)).isCloseTo(held, offset(1e-12 * held));
        }
      }
      assertThat(fit.energyErrors().get(form)).isCloseTo(sum / read.length, offset(1e-12));
    }
    assertThat(fit.heldOutJoules().get(5)).isNaN();
    for (int x : ALL) {
      assertThat(fit.joules(x))
          .isEqualTo(
              fit.energy().orElseThrow().joules(Observations.clocks(GRID, x), fit.seconds(x)));
    }
  }

  @Test
  void aFitWithoutAMeter_hasNoEnergy() {
    OperatorFit fit = OperatorFit.latencyOnly(GRID, SEVEN, of(SEVEN, x -> 6e-3 / fc(x) * rough(x)));
    assertThat(fit.energy()).isEmpty();
    assertThat(fit.energyErrors()).isEmpty();
    assertThat(fit.heldOutJoules()).isEmpty();
    assertThatThrownBy(() -> fit.joules(0)).hasMessage("No energy was measured.");
  }

  @Test
  void oneReading_leavesNothingToPredictItFrom() {
    double[] joules = new double[SEVEN.length];
    Arrays.fill(joules, Double.NaN);
    joules[3] = 0.01;
    OperatorFit fit = OperatorFit.of(GRID, SEVEN, of(SEVEN, x -> 6e-3 / fc(x)), joules);
    assertThat(fit.energyErrors()).isEmpty();
    assertThat(fit.heldOutJoules()).hasSize(7).allMatch(held -> held.isNaN());
    assertThat(fit.energy().orElseThrow().form()).isEqualTo(EnergyForm.BACKGROUND_AND_WORK);
    assertThat(fit.joules(SEVEN[3])).isCloseTo(0.01, offset(1e-6));
  }

  /** A quadratic with bounds has one minimum, where no coefficient alone can be moved for less. */
  @Test
  void anEnergyFit_isTheBestOfItsForm() {
    int[] nine = {0, 4, 20, 24, 12, 7, 16, 2, 10};
    double[] seconds = of(nine, x -> 6e-3 / fc(x) + 2e-3 / fm(x));
    double[] joules =
        of(nine, x -> ((0.4 + 0.2 * fm(x)) * 6e-3 / fc(x) + 2e-3 * fc(x) * fc(x)) * rough(x));
    Observations points =
        observe(nine, joules).withWeights(new double[] {2, 1, 1, 3, 1, 1, 1, 1, 1});
    for (EnergyForm form :
        List.of(
            EnergyForm.BACKGROUND_AND_WORK, EnergyForm.VOLTAGE_CURVE, EnergyForm.PER_MEMORY_OPP)) {
      EnergyModel model = EnergyModel.fit(GRID, form, points, seconds);
      double least = squaredError(model, points, seconds);
      assertThat(least).isPositive();
      assertThat(Arrays.stream(model.coefficients()).max().orElseThrow()).isPositive();
      for (int i = 0; i < model.coefficients().length; i++) {
        for (double step : new double[] {-1e-3, 1e-3}) {
          double[] moved = model.coefficients();
          moved[i] = moved[i] > 0 ? moved[i] * (1 + step) : Math.abs(step) * 1e-3;
          double other =
              squaredError(
                  new EnergyModel(GRID, form, model.knotHertz(), moved, List.of()),
                  points,
                  seconds);
          assertThat(other).isGreaterThan(least * (1 - 1e-9));
        }
      }
    }
  }

  private static double squaredError(EnergyModel model, Observations points, double[] seconds) {
    double sum = 0;
    for (int r = 0; r < points.size(); r++) {
      double off = model.joules(points.hertz()[r], seconds[r]) / points.values()[r] - 1;
      sum += points.weights()[r] * off * off;
    }
    return sum;
  }

  @Test
  void energyForms_areTheSumsThatTheyAreDocumentedAs() {
    double c = 0.75;
    double m = 0.5;
    double t = 3;
    double[] hertz = {c * 2.4e9, m * 1.8e9};
    double[] six = {1, 1, 1, 1, 1, 1};
    assertThat(
            new EnergyModel(GRID, EnergyForm.BACKGROUND_AND_WORK, List.of(), six, List.of())
                .joules(hertz, t))
        .isCloseTo((1 + m + c) * t + 1 + c + c * c, offset(1e-12));
    double[] twelve = new double[12];
    Arrays.fill(twelve, 1);
    double curve =
        (1 + m + Math.pow(m, 2) + Math.pow(m, 4) + Math.pow(m, 8)) * t
            + (c + Math.pow(c, 3) + Math.pow(c, 6)) * t
            + 1
            + c
            + Math.pow(c, 2)
            + Math.pow(c, 5);
    assertThat(
            new EnergyModel(GRID, EnergyForm.VOLTAGE_CURVE, List.of(), twelve, List.of())
                .joules(hertz, t))
        .isCloseTo(curve, offset(1e-12));
    EnergyModel.Step step = new EnergyModel.Step(0, hertz[0], 1.5);
    EnergyModel stepped =
        new EnergyModel(GRID, EnergyForm.PER_CORE_OPP, List.of(), twelve, List.of(step));
    assertThat(stepped.joules(hertz, t)).isCloseTo(1.5 * curve, offset(1e-12));
    assertThat(stepped.steps()).containsExactly(step);
    assertThatThrownBy(
            () -> new EnergyModel(GRID, EnergyForm.VOLTAGE_CURVE, List.of(), six, List.of()))
        .hasMessageContaining("form VOLTAGE_CURVE needs 12 coefficients");
    six[2] = -1e-9;
    assertThatThrownBy(
            () -> new EnergyModel(GRID, EnergyForm.BACKGROUND_AND_WORK, List.of(), six, List.of()))
        .hasMessageContaining("none negative");
  }

  @Test
  void factorsOfCoreClocks_areDrawnToOneByTheShareOfTheVarianceThatIsTheirOwn() {
    double[] seconds = of(ALL, x -> 6e-3 / fc(x) + 2e-3 / fm(x));
    double[] joules =
        of(
            ALL,
            x ->
                ((0.4 + 0.1 * fm(x)) * seconds[x] + 2e-3 * fc(x) * fc(x))
                    * rough(x)
                    * (GRID.oppIndex(x, 0) == 2 ? 1.1 : 1));
    Observations points = observe(ALL, joules);
    EnergyModel model = EnergyModel.fit(GRID, EnergyForm.PER_CORE_OPP, points, seconds);
    EnergyModel curve =
        new EnergyModel(GRID, EnergyForm.VOLTAGE_CURVE, List.of(), model.coefficients(), List.of());
    double[] mean = new double[5];
    double within = 0;
    double between = 0;
    for (int opp = 0; opp < 5; opp++) {
      double[] off = new double[5];
      for (int memory = 0; memory < 5; memory++) {
        int x = GRID.setting(opp, memory);
        off[memory] = joules[x] / curve.joules(points.hertz()[x], seconds[x]) - 1;
        mean[opp] += off[memory] / 5;
      }
      between += mean[opp] * mean[opp] / 5;
      for (double one : off) {
        within += Math.pow(one - mean[opp], 2) / (25 - 5);
      }
    }
    double trust = between / (between + within / 5);
    assertThat(trust).isBetween(0.5, 0.99);
    assertThat(model.steps()).hasSize(5);
    for (int opp = 0; opp < 5; opp++) {
      EnergyModel.Step step = model.steps().get(opp);
      assertThat(step.domain()).isZero();
      assertThat(step.hertz()).isEqualTo(points.hertz()[GRID.setting(opp, 0)][0]);
      assertThat(step.factor()).isCloseTo(1 + trust * mean[opp], offset(1e-12));
    }
  }

  @Test
  void cyclesPerOpp_areInterpolatedBetweenOpps_andConstantBeyondThem() {
    LatencyModel.Steps steps =
        new LatencyModel.Steps(1, List.of(2e8, 5e8, 8e8), List.of(1e6, 4e6, 3e6));
    assertThat(steps.at(1e8)).isEqualTo(1e6);
    assertThat(steps.at(2e8)).isEqualTo(1e6);
    assertThat(steps.at(3e8)).isCloseTo(2e6, offset(1e-3));
    assertThat(steps.at(5e8)).isCloseTo(4e6, offset(1e-3));
    assertThat(steps.at(6.5e8)).isCloseTo(3.5e6, offset(1e-3));
    assertThat(steps.at(9e8)).isEqualTo(3e6);
    // 3 ms of the core and 4 ms of the memory overlap to 5 ms, beside a constant of 1 ms.
    LatencyModel model =
        new LatencyModel(
            LatencyForm.P_NORM_PER_MEMORY_OPP,
            2,
            new double[] {3e6, 99e6},
            1e-3,
            Optional.of(new LatencyModel.Steps(1, List.of(5e8), List.of(2e6))));
    assertThat(model.seconds(1e9, 5e8)).isCloseTo(6e-3, offset(1e-12));
    assertThat(model.cyclesPerDomain()).containsExactly(3e6, 99e6);
    assertThatThrownBy(() -> new LatencyModel.Steps(1, List.of(), List.of()))
        .hasMessageContaining("there are 0 for 0 clocks");
    assertThatThrownBy(() -> new LatencyModel.Steps(1, List.of(5e8), List.of(1.0, 2.0)))
        .hasMessageContaining("there are 2 for 1 clocks");
  }

  @Test
  void aLatencyModel_refusesWhatIsNoLatency() {
    double[] one = {1e6};
    assertThat(new LatencyModel(LatencyForm.ADDITIVE, 1, new double[] {0}, 0).seconds(1e9))
        .isZero();
    assertThat(new LatencyModel(LatencyForm.SATURATING, 2, new double[] {3e6}, 4e-3).seconds(1e9))
        .isCloseTo(5e-3, offset(1e-12));
    assertThatThrownBy(() -> new LatencyModel(LatencyForm.ADDITIVE, 0.99, one, 0))
        .hasMessageContaining("(0.99)");
    assertThatThrownBy(
            () -> new LatencyModel(LatencyForm.ADDITIVE, Double.POSITIVE_INFINITY, one, 0))
        .hasMessageContaining("(Infinity)");
    assertThatThrownBy(() -> new LatencyModel(LatencyForm.ADDITIVE, 1, one, -1e-9))
        .hasMessageContaining("(-1.0E-9 s)");
    assertThatThrownBy(() -> new LatencyModel(LatencyForm.ADDITIVE, 1, new double[] {-1}, 0))
        .hasMessageContaining("[-1.0]");
  }
}
