package io.neurobalancer.cost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.target.Campaign;
import io.neurobalancer.target.FakeTarget;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class MeasuredPredictorTest {

  private static final SettingGrid GRID = FakeTarget.small().grid();

  private static final FakeTarget TRUTH = FakeTarget.small();

  private static FakeTarget device(double noise, long seed) {
    return FakeTarget.small().noise(noise, seed);
  }

  private static Samples measure(FakeTarget device, int[] settings, int repeats) {
    return Campaign.measure(device, 0, settings, repeats);
  }

  private static MeasuredPredictor fit(double noise, int budget, int repeats) {
    return MeasuredPredictor.fit(
        measure(device(noise, 7), SettingChoice.of(GRID).first(budget), repeats));
  }

  @Test
  void unseenSettings_arePredictedFromTenOfTwentyFive() {
    CostTable costs = fit(0.01, 10, 9).costs();
    for (int i = 0; i < 3; i++) {
      for (int x = 0; x < GRID.size(); x++) {
        assertThat(costs.latencySeconds(i, x) / TRUTH.seconds(i, x)).isBetween(0.96, 1.04);
        assertThat(costs.energyJoules(i, x) / TRUTH.joules(i, x)).isBetween(0.95, 1.05);
      }
    }
  }

  @Test
  void report_beatsTheMean_andRanksTheForms() {
    FitReport report = fit(0.002, 10, 9).report();
    assertThat(report.beatsMeanBaseline()).isTrue();
    assertThat(report.operatorLatencyError()).isLessThan(0.02);
    assertThat(report.errorByForm().get(LatencyForm.P_NORM_ROOFLINE))
        .isLessThan(report.errorByForm().get(LatencyForm.ADDITIVE))
        .isLessThan(report.errorByForm().get(LatencyForm.CORE_ONLY));
  }

  @Test
  void aStallDuringProfiling_movesNoPrediction_butWidensTheSpread() {
    Samples clean = measure(device(0.002, 1), SettingChoice.of(GRID).first(10), 9);
    List<Samples.Run> runs = new ArrayList<>(clean.runs());
    Samples.Run first = runs.get(0);
    runs.set(
        0,
        new Samples.Run(
            first.setting(),
            new double[] {
              first.latencySeconds(0) * 5, first.latencySeconds(1), first.latencySeconds(2)
            },
            new double[] {first.energyJoules(0), first.energyJoules(1), first.energyJoules(2)}));
    CostTable before = MeasuredPredictor.fit(clean).costs();
    CostTable after = MeasuredPredictor.fit(Samples.of(GRID, TRUTH.workload(), runs)).costs();
    assertThat(after.latencySeconds(0, GRID.fastest()) / before.latencySeconds(0, GRID.fastest()))
        .isBetween(0.995, 1.005);
    assertThat(after.spreadSeconds(0, GRID.fastest()))
        .isGreaterThan(before.spreadSeconds(0, GRID.fastest()));
  }

  @Test
  void freshRunsAtUnseenSettings_endWithinThePromisedMakespan() {
    MeasuredPredictor predictor = fit(0.02, 10, 20);
    double factor = predictor.report().makespanFactor(0.9);
    FakeTarget fresh = device(0.02, 99);
    int inTime = 0;
    for (int r = 0; r < 2_000; r++) {
      int setting = r % GRID.size();
      double took = 0;
      double predicted = 0;
      Samples.Run run = fresh.measure(0, setting);
      for (int i = 0; i < 3; i++) {
        took += run.latencySeconds(i);
        predicted += predictor.costs().latencySeconds(i, setting);
      }
      inTime += took <= factor * predicted ? 1 : 0;
    }
    // Promised 90 %: less would break the promise, nearly all would mean a useless one.
    assertThat(inTime / 2_000.0).isBetween(0.87, 0.97);
  }

  @Test
  void bandwidthThatDoesNotFollowItsClock_isFittedPerOpp() {
    int[] all = IntStream.range(0, GRID.size()).toArray();
    double[] seconds = new double[all.length];
    double[] moving = {9, 5, 4.8, 2, 1.9}; // ms per memory OPP: no law of the clock
    for (int x : all) {
      double fc = GRID.frequency(x, 0).gigahertz();
      seconds[x] = 1e-3 * Math.hypot(5 / fc, moving[GRID.oppIndex(x, 1)]);
    }
    OperatorFit fit = OperatorFit.latencyOnly(GRID, all, seconds);
    assertThat(fit.latency().form()).isEqualTo(LatencyForm.P_NORM_PER_MEMORY_OPP);
    for (int x : all) {
      assertThat(fit.seconds(x) / seconds[x]).isBetween(0.98, 1.02);
    }
  }

  @Test
  void oneWrongPoint_hardlyMovesAFitOfMany() {
    int[] all = IntStream.range(0, GRID.size()).toArray();
    double[] seconds = IntStream.of(all).mapToDouble(x -> TRUTH.seconds(0, x)).toArray();
    seconds[12] *= 2;
    OperatorFit fit = OperatorFit.latencyOnly(GRID, all, seconds);
    for (int x : all) {
      assertThat(fit.seconds(x) / TRUTH.seconds(0, x)).isBetween(0.97, 1.03);
    }
  }

  @Test
  void settingsOutsideTheMeasuredBox_areFlagged() {
    int[] inner = {6, 7, 8, 11, 12, 13, 16, 17, 18}; // clocks 1 to 3 of both domains
    MeasuredPredictor predictor = MeasuredPredictor.fit(measure(device(0.001, 1), inner, 2));
    assertThat(predictor.extrapolates(12)).isFalse();
    assertThat(predictor.extrapolates(GRID.fastest())).isTrue();
    assertThat(predictor.extrapolates(GRID.setting(0, 2))).isTrue();
  }

  @Test
  void aProfileAtOneMemoryClock_isRefused_andSaysWhatToMeasure() {
    int[] oneMemoryClock = {0, 5, 10, 15, 20};
    Samples profile = measure(device(0.01, 1), oneMemoryClock, 2);
    assertThatThrownBy(() -> MeasuredPredictor.fit(profile))
        .hasMessageContaining("only one clock of domain 'memory' (200MHz)")
        .hasMessageContaining("Maybe measure at 1800MHz too.");
  }

  @Test
  void settings_beginWithTheCorners_thenSpreadOut() {
    int[] settings = SettingChoice.of(GRID).first(6);
    assertThat(settings).startsWith(24, 20, 4, 0).doesNotHaveDuplicates().hasSize(6);
    assertThat(SettingChoice.of(GRID).first(1_000)).hasSize(25).doesNotHaveDuplicates();
    assertThatThrownBy(() -> SettingChoice.of(GRID).first(0)).hasMessageContaining("(0)");
  }

  @Test
  void makespanFactor_isTheConformalQuantile() {
    // 9 ascending scores: rank ceil(10 * 0.8) = 8 gives the eighth; rank 10 is beyond and gives the
    // last.
    List<Double> scores = List.of(0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9);
    assertThat(FitReport.conformalQuantile(scores, 0.8)).isEqualTo(0.8);
    assertThat(FitReport.conformalQuantile(scores, 0.999)).isEqualTo(0.9);
  }
}
