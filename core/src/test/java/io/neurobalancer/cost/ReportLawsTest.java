package io.neurobalancer.cost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Offset.offset;

import io.neurobalancer.device.DeviceIdentity;
import io.neurobalancer.device.IdleState;
import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.device.SwitchCosts;
import io.neurobalancer.target.Campaign;
import io.neurobalancer.target.FakeTarget;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a fit reports, counted here a second time, and what it refuses. */
final class ReportLawsTest {

  private static final FakeTarget DEVICE = FakeTarget.small().noise(0.02, 5);
  private static final SettingGrid GRID = DEVICE.grid();

  /** Four corners of a smaller box and one setting inside: too few to judge corners otherwise. */
  private static final int[] SETTINGS = {6, 8, 12, 16, 18};

  private static final Samples SAMPLES = Campaign.measure(DEVICE, 0, SETTINGS, 5);
  private static final MeasuredPredictor FITTED = MeasuredPredictor.fit(SAMPLES);

  private static List<Double> at(int operator, int setting) {
    List<Double> values = new ArrayList<>();
    for (Samples.Run run : SAMPLES.runs()) {
      if (run.setting() == setting) {
        values.add(run.latencySeconds(operator));
      }
    }
    Collections.sort(values);
    return values;
  }

  private static FitReport report(List<Integer> settings, Double... ratios) {
    return new FitReport(
        FitReport.Basis.LEARNED,
        settings,
        ratios.length,
        0.0123,
        0.02,
        0.03,
        0.0123,
        0.03,
        Map.of(),
        List.of(ratios),
        List.of());
  }

  @Test
  void spreads_areTheLatestRun_whereFewerThanAHundredRan() {
    for (int i = 0; i < 3; i++) {
      double latest = 1;
      for (int s = 0; s < SETTINGS.length; s++) {
        List<Double> values = at(i, SETTINGS[s]);
        double median = values.get(2);
        double held = FITTED.fits().get(i).heldOutSeconds().get(s);
        double off = Math.max(median / held, held / median);
        latest = Math.max(latest, off * values.get(4) / median);
      }
      assertThat(FITTED.relativeSpreads().get(i)).isCloseTo(latest - 1, offset(1e-12));
      for (int x = 0; x < GRID.size(); x++) {
        assertThat(FITTED.costs().latencySeconds(i, x)).isEqualTo(FITTED.fits().get(i).seconds(x));
        assertThat(FITTED.costs().energyJoules(i, x)).isEqualTo(FITTED.fits().get(i).joules(x));
        assertThat(FITTED.costs().spreadSeconds(i, x))
            .isCloseTo((latest - 1) * FITTED.costs().latencySeconds(i, x), offset(1e-12));
      }
    }
  }

  @Test
  void errorsOfFormsAndOfTheMeanEnergy_areMeansOverOperators() {
    FitReport report = FITTED.report();
    for (Map.Entry<LatencyForm, Double> entry : report.errorByForm().entrySet()) {
      double mean = 0;
      for (OperatorFit fit : FITTED.fits()) {
        mean += fit.latencyErrors().getOrDefault(entry.getKey(), Double.NaN) / 3;
      }
      assertThat(entry.getValue()).isCloseTo(mean, offset(1e-12));
    }
    double error = 0;
    for (int i = 0; i < 3; i++) {
      double[] joules = new double[5];
      for (int s = 0; s < 5; s++) {
        int operator = i;
        int setting = SETTINGS[s];
        joules[s] =
            SAMPLES.runs().stream()
                .filter(run -> run.setting() == setting)
                .mapToDouble(run -> run.energyJoules(operator))
                .sorted()
                .skip(2)
                .findFirst()
                .orElseThrow();
      }
      double sum = Arrays.stream(joules).sum();
      for (double one : joules) {
        error += Math.abs((sum - one) / 4 - one) / one / 15;
      }
    }
    assertThat(report.meanBaselineEnergyError()).isCloseTo(error, offset(1e-12));
    assertThat(FITTED.models()).hasSize(3).contains(FITTED.fits().get(2).latency());
    assertThat(FITTED.samples()).isSameAs(SAMPLES);
  }

  @Test
  void settingsOutsideTheBox_areTheSameForTheFitAndItsReport() {
    for (int x = 0; x < GRID.size(); x++) {
      int core = GRID.oppIndex(x, 0);
      int memory = GRID.oppIndex(x, 1);
      boolean outside = core < 1 || core > 3 || memory < 1 || memory > 3;
      assertThat(FITTED.extrapolates(x)).isEqualTo(outside);
      assertThat(FITTED.report().extrapolates(GRID, x)).isEqualTo(outside);
    }
  }

  @Test
  void aPlanOfMeasuredSettings_isJudgedByWhatWasMeasuredThere() {
    int[] planned = {6, 12, 18};
    double measured = at(0, 6).get(2) + at(1, 12).get(2) + at(2, 18).get(2);
    double fitted = 0;
    for (int i = 0; i < 3; i++) {
      fitted += FITTED.costs().latencySeconds(i, planned[i]);
    }
    List<Double> expected = new ArrayList<>();
    for (int setting : SETTINGS) {
      List<Double> totals = new ArrayList<>();
      for (Samples.Run run : SAMPLES.runs()) {
        if (run.setting() == setting) {
          totals.add(run.latencySeconds(0) + run.latencySeconds(1) + run.latencySeconds(2));
        }
      }
      Collections.sort(totals);
      for (double total : totals) {
        expected.add(measured / fitted * total / totals.get(2));
      }
    }
    Collections.sort(expected);
    List<Double> ratios = FITTED.report(planned).makespanRatios();
    assertThat(ratios).hasSize(25);
    for (int r = 0; r < 25; r++) {
      assertThat(ratios.get(r)).isCloseTo(expected.get(r), offset(1e-12));
    }
    assertThatThrownBy(() -> FITTED.report(new int[] {6, 0, 18}))
        .hasMessageContaining("runs operator 'copy' at " + GRID.describe(0));
  }

  @Test
  void aPrediction_needsACalibrationAndAProvenance() {
    Samples bare = Samples.of(GRID, DEVICE.workload(), SAMPLES.runs());
    assertThatThrownBy(() -> MeasuredPredictor.fit(bare).predict(DEVICE.workload()))
        .hasMessageContaining("'fake' carry no calibration");
    Samples calibrated = bare.with(DEVICE.calibrate());
    assertThatThrownBy(() -> MeasuredPredictor.fit(calibrated).predict(DEVICE.workload()))
        .hasMessageContaining("'fake' carry no provenance");
    Samples whole =
        calibrated.with(
            Provenance.of(
                new DeviceIdentity("dev", "A device", "d", DeviceIdentity.Origin.REPLAYED),
                DEVICE.workload()));
    CostModel model = MeasuredPredictor.fit(whole).predict(DEVICE.workload());
    assertThat(model.hasEnergy()).isTrue();
    assertThat(model.toString())
        .startsWith(
            "costs of fake on dev (replayed): 3 operators at 25 settings, measured, 25 runs");
    assertThat(whole.toString())
        .isEqualTo(
            "25 runs of fake (3 operators) at 5 of 25 settings, 0 of them excluded, with"
                + " calibration");
  }

  @Test
  void factors_areNeverBelowOne_andHaveATailBeyondTwoRuns() {
    assertThat(report(List.of(0), 0.9).makespanFactor(0.999)).isEqualTo(1);
    assertThat(report(List.of(0), 1.2).makespanFactor(0.999)).isEqualTo(1.2);
    // Half of the runs and less: no tail, and the ceil(3 * 0.5)-th of two.
    assertThat(report(List.of(0, 1), 1.1, 1.5).makespanFactor(0.5)).isEqualTo(1.5);
    assertThat(report(List.of(0, 1), 1.1, 1.5).makespanFactor(0.3)).isEqualTo(1.1);
    // Mean 1.2, deviation 0.1 * sqrt 2; Student's 0.99 quantiles: 3.747 at 4 degrees, 3.143 at 6.
    double deviation = 0.1 * Math.sqrt(2);
    assertThat(report(List.of(0, 1), 1.1, 1.3).makespanFactor(0.99))
        .isCloseTo(1.2 + 3.747 * deviation, offset(0.01 * deviation));
    assertThat(report(List.of(0, 1, 2, 3, 4, 5, 6), 1.1, 1.3).makespanFactor(0.99))
        .isCloseTo(1.2 + 3.143 * deviation, offset(0.003 * deviation));
  }

  @Test
  void theConformalQuantile_isTheLeastScoreThatEnoughOthersDoNotExceed() {
    List<Double> scores = new ArrayList<>();
    for (int n = 1; n <= 20; n++) {
      scores.add((double) n);
      for (int percent = 5; percent < 100; percent += 10) {
        int rank = 0;
        while (100 * rank < (n + 1) * percent) {
          rank++;
        }
        assertThat(FitReport.conformalQuantile(scores, percent / 100.0))
            .isEqualTo(Math.min(rank, n));
      }
      assertThat(report(List.of(0), scores.toArray(new Double[0])).largestSeenShare())
          .isCloseTo(n / (n + 1.0), offset(1e-12));
    }
  }

  @Test
  void aShareIsSeen_whereItsRankIsAmongTheRuns() {
    FitReport nine = report(List.of(0), 1., 1., 1., 1., 1., 1., 1., 1., 1.);
    assertThat(nine.seen(0.9)).isTrue();
    assertThat(nine.seen(0.91)).isFalse();
  }

  @Test
  void aFitThatIsNoBetterThanTheMean_doesNotBeatIt() {
    FitReport report = report(List.of(0, 3), 1.0);
    assertThat(report.beatsMeanBaseline()).isFalse();
    assertThat(report.energyBeatsMeanBaseline()).isTrue();
    assertThat(report.certifiesTime()).isFalse();
    assertThat(FITTED.report().certifiesTime()).isTrue();
    assertThat(report)
        .hasToString(
            "learned, 1 runs at 2 settings, held-out error 1.23 % of latency and 2.00 % of energy"
                + " per operator, 3.00 % of the whole job");
  }

  @Test
  void anIdleState_isTheDeepestWhoseResidencyFits() {
    Calibration calibration =
        new Calibration(
            SwitchCosts.free(2),
            List.of(0.0, 0.0),
            List.of(
                new IdleState("wait", 0, 1e-6, 5),
                new IdleState("off", 0, 3e-3, 0.5),
                new IdleState("deep", 0, 2e-3, 2)),
            List.of(List.of(1.0, 2.0), List.of(0.5, 0.6), List.of(0.1, 0.2)),
            Map.of());
    assertThat(calibration.idleState(0.49)).isZero();
    assertThat(calibration.idleState(0.5)).isEqualTo(1);
    assertThat(calibration.idleState(2)).isEqualTo(2);
    assertThat(calibration.idleWatts(1, 1)).isEqualTo(0.6);
    assertThat(calibration.longestWakeSeconds()).isEqualTo(3e-3);
  }

  @Test
  void samples_refuseWhatIsNoMeasurement() {
    assertThatThrownBy(() -> new Samples.Block(0, 2, 1, 1)).hasMessageContaining("2 to 1");
    assertThatThrownBy(() -> new Samples.Block(0, -1, 1, 1)).hasMessageContaining("-1 to 1");
    double[] three = {1, 1, 1};
    Samples.Run good = new Samples.Run(6, three, three);
    assertThatThrownBy(() -> Samples.of(GRID, DEVICE.workload(), List.of(good.exclude("hot"))))
        .hasMessageContaining("there are 1, all excluded");
    Samples.Run shorter = new Samples.Run(6, new double[2], three);
    assertThatThrownBy(() -> Samples.of(GRID, DEVICE.workload(), List.of(good, shorter)))
        .hasMessage("Run 1 has 2 latencies and 3 energies; the workload has 3 operators.");
    Samples.Run zero = new Samples.Run(6, new double[] {1, 0, 1}, three);
    assertThatThrownBy(() -> Samples.of(GRID, DEVICE.workload(), List.of(zero)))
        .hasMessageContaining("The latency of operator 'copy' in run 0 is 0.0");
    Samples.Run negative = new Samples.Run(6, three, new double[] {1, 1, -1});
    assertThatThrownBy(() -> Samples.of(GRID, DEVICE.workload(), List.of(negative)))
        .hasMessageContaining("The energy of operator 'dense' in run 0 is -1.0");
    Samples.Run endless = new Samples.Run(6, new double[] {1, 1, Double.POSITIVE_INFINITY}, three);
    assertThatThrownBy(() -> Samples.of(GRID, DEVICE.workload(), List.of(endless)))
        .hasMessageContaining("is Infinity");
    Samples mixed = Samples.of(GRID, DEVICE.workload(), List.of(good, good.exclude("hot")));
    assertThat(mixed.counted()).containsExactly(good);
    assertThat(mixed.plus(mixed).runs()).hasSize(4);
    assertThat(mixed.runs().get(1).excluded()).contains("hot");
    assertThat(mixed.operatorNames()).containsExactly("conv", "copy", "dense");
    assertThat(mixed.toString()).contains("1 of them excluded, without calibration");
  }
}
