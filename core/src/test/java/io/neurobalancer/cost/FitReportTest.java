package io.neurobalancer.cost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import io.neurobalancer.target.Campaign;
import io.neurobalancer.target.FakeTarget;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Every reported error is computed here a second time, from the samples and the fits. */
final class FitReportTest {

  private static final FakeTarget DEVICE = FakeTarget.small().noise(0.02, 11);
  private static final int[] SETTINGS = SettingChoice.of(DEVICE.grid()).first(10);
  private static final Samples SAMPLES = Campaign.measure(DEVICE, 0, SETTINGS, 7);
  private static final MeasuredPredictor FITTED = MeasuredPredictor.fit(SAMPLES);

  private static double median(int operator, int setting, boolean energy) {
    List<Double> values = new ArrayList<>();
    for (Samples.Run run : SAMPLES.runs()) {
      if (run.setting() == setting) {
        values.add(energy ? run.energyJoules(operator) : run.latencySeconds(operator));
      }
    }
    Collections.sort(values);
    return values.get(3); // of seven
  }

  @Test
  void errors_areThoseOfTheHeldOutPredictions() {
    double latency = 0;
    double energy = 0;
    double total = 0;
    double mean = 0;
    int[] sorted = SAMPLES.measuredSettings();
    for (int s = 0; s < sorted.length; s++) {
      double held = 0;
      double measured = 0;
      for (int i = 0; i < 3; i++) {
        double seconds = median(i, sorted[s], false);
        double predicted = FITTED.fits().get(i).heldOutSeconds().get(s);
        latency += Math.abs(predicted - seconds) / seconds / 30;
        double joules = median(i, sorted[s], true);
        energy += Math.abs(FITTED.fits().get(i).heldOutJoules().get(s) - joules) / joules / 30;
        held += predicted;
        measured += seconds;
        double others = 0;
        for (int other : sorted) {
          others += other == sorted[s] ? 0 : median(i, other, false) / 9;
        }
        mean += Math.abs(others - seconds) / seconds / 30;
      }
      total += Math.abs(held - measured) / measured / 10;
    }
    FitReport report = FITTED.report();
    assertThat(report.operatorLatencyError()).isCloseTo(latency, offset(1e-12));
    assertThat(report.operatorEnergyError()).isCloseTo(energy, offset(1e-12));
    assertThat(report.totalLatencyError()).isCloseTo(total, offset(1e-12));
    assertThat(report.meanBaselineLatencyError()).isCloseTo(mean, offset(1e-12));
    assertThat(report.beatsMeanBaseline()).isTrue();
    assertThat(report.energyBeatsMeanBaseline()).isTrue();
    assertThat(report.runs()).isEqualTo(70);
    assertThat(report.measuredSettings())
        .containsExactlyElementsOf(Arrays.stream(sorted).boxed().toList());
  }

  @Test
  void makespanRatios_areTheRunsOverWhatWasPredicted_corrected() {
    // Ten settings leave six inside the corners: a corner is judged by the fit itself.
    List<Double> expected = new ArrayList<>();
    int[] sorted = SAMPLES.measuredSettings();
    for (int s = 0; s < sorted.length; s++) {
      List<Double> totals = new ArrayList<>();
      for (Samples.Run run : SAMPLES.runs()) {
        if (run.setting() == sorted[s]) {
          totals.add(run.latencySeconds(0) + run.latencySeconds(1) + run.latencySeconds(2));
        }
      }
      Collections.sort(totals);
      boolean corner = List.of(0, 4, 20, 24).contains(sorted[s]);
      double predicted = 0;
      for (int i = 0; i < 3; i++) {
        predicted +=
            corner
                ? FITTED.costs().latencySeconds(i, sorted[s])
                : FITTED.fits().get(i).heldOutSeconds().get(s);
      }
      double off = Math.max(totals.get(3) / predicted, predicted / totals.get(3));
      for (double total : totals) {
        expected.add(off * total / totals.get(3));
      }
    }
    Collections.sort(expected);
    List<Double> ratios = FITTED.report().makespanRatios();
    assertThat(ratios).hasSize(70);
    for (int r = 0; r < 70; r++) {
      assertThat(ratios.get(r)).isCloseTo(expected.get(r), offset(1e-12));
    }
    // The median run of a setting that is predicted exactly would have a ratio of one.
    assertThat(ratios.get(35)).isBetween(1.0, 1.03);
  }

  @Test
  void spreads_coverNinetyNineOfAHundredRuns() {
    FakeTarget fresh = FakeTarget.small().noise(0.02, 12);
    int late = 0;
    for (int r = 0; r < 3_000; r++) {
      int setting = r % 25;
      Samples.Run run = fresh.measure(0, setting);
      for (int i = 0; i < 3; i++) {
        double limit =
            FITTED.costs().latencySeconds(i, setting) + FITTED.costs().spreadSeconds(i, setting);
        late += run.latencySeconds(i) > limit ? 1 : 0;
      }
    }
    assertThat(late / 9_000.0).isLessThan(0.02);
    for (int i = 0; i < 3; i++) {
      // Two percent noise: 2.33 deviations are 4.7 %. The fit's own error at a setting comes on
      // top.
      assertThat(FITTED.relativeSpreads().get(i)).isBetween(0.035, 0.25);
    }
  }
}
