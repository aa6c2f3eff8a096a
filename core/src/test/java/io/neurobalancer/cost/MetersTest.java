package io.neurobalancer.cost;

import static org.assertj.core.api.Assertions.assertThat;

import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.target.Budget;
import io.neurobalancer.target.Campaign;
import io.neurobalancer.target.FakeTarget;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What bad meters do to a cost model. */
final class MetersTest {

  private static final FakeTarget TRUTH = FakeTarget.small();
  private static final SettingGrid GRID = TRUTH.grid();
  private static final int[] MEASURED = SettingChoice.of(GRID).first(12);

  private static Samples samples() {
    return Campaign.measure(FakeTarget.small().noise(0.005, 3), 0, MEASURED, 9);
  }

  /** Changes the energies of some samples. */
  private static Samples reread(Samples samples, Reading reading) {
    List<Samples.Run> runs = new ArrayList<>();
    for (Samples.Run run : samples.runs()) {
      double[] seconds = new double[run.operators()];
      double[] joules = new double[run.operators()];
      for (int i = 0; i < seconds.length; i++) {
        seconds[i] = run.latencySeconds(i);
        joules[i] = reading.of(i, run.setting(), run.energyJoules(i));
      }
      runs.add(new Samples.Run(run.setting(), seconds, joules));
    }
    return Samples.of(samples.grid(), samples.workload(), runs);
  }

  private interface Reading {
    double of(int operator, int setting, double joules);
  }

  /** The worst error of the energy of one operator over the whole grid. */
  private static double worst(CostTable costs, int operator) {
    double worst = 0;
    for (int x = 0; x < GRID.size(); x++) {
      worst =
          Math.max(
              worst, Math.abs(costs.energyJoules(operator, x) / TRUTH.joules(operator, x) - 1));
    }
    return worst;
  }

  @Test
  void anOperatorThatReadsZeroAtOneSetting_isFittedFromTheOthers() {
    MeasuredPredictor clean = MeasuredPredictor.fit(samples());
    // A corner, one on an edge and one inside.
    for (int setting : new int[] {MEASURED[0], MEASURED[7], MEASURED[4]}) {
      MeasuredPredictor fitted =
          MeasuredPredictor.fit(
              reread(samples(), (i, x, joules) -> i == 1 && x == setting ? 0 : joules));
      assertThat(worst(fitted.costs(), 1)).isLessThan(0.1);
      assertThat(worst(fitted.costs(), 0)).isEqualTo(worst(clean.costs(), 0));
      assertThat(fitted.report().operatorEnergyError()).isLessThan(0.03);
      assertThat(fitted.report().notes())
          .containsExactly("9 of 324 energy readings were zero, which is no reading.");
    }
  }

  @Test
  void aFewZeroReadings_areLeftOutOfTheMedian() {
    int[] count = {0};
    MeasuredPredictor fitted =
        MeasuredPredictor.fit(
            reread(samples(), (i, x, joules) -> count[0]++ % 31 == 0 ? 0 : joules));
    for (int i = 0; i < 3; i++) {
      assertThat(worst(fitted.costs(), i)).isLessThan(0.05);
    }
  }

  @Test
  void aMeterThatSticks_chargesTheNextOperator_soBothAreKnownTogether() {
    // The first operator is never seen; what it used appears with the second.
    Samples clean = samples();
    List<Samples.Run> runs = new ArrayList<>();
    for (Samples.Run run : clean.runs()) {
      runs.add(
          new Samples.Run(
              run.setting(),
              new double[] {run.latencySeconds(0), run.latencySeconds(1), run.latencySeconds(2)},
              new double[] {0, run.energyJoules(0) + run.energyJoules(1), run.energyJoules(2)}));
    }
    MeasuredPredictor fitted = MeasuredPredictor.fit(Samples.of(GRID, TRUTH.workload(), runs));
    for (int x = 0; x < GRID.size(); x++) {
      double together = fitted.costs().energyJoules(0, x) + fitted.costs().energyJoules(1, x);
      assertThat(together / (TRUTH.joules(0, x) + TRUTH.joules(1, x))).isBetween(0.95, 1.05);
      // Shared out by latency.
      assertThat(fitted.costs().energyJoules(0, x) / fitted.costs().energyJoules(1, x))
          .isCloseTo(
              fitted.costs().latencySeconds(0, x) / fitted.costs().latencySeconds(1, x),
              org.assertj.core.data.Offset.offset(1e-9));
    }
    assertThat(worst(fitted.costs(), 2)).isLessThan(0.05);
    assertThat(fitted.report().notes())
        .containsExactly(
            "108 of 324 energy readings were zero, which is no reading.",
            "The meter cannot tell the 2 operators from 'conv' to 'copy' apart: their energy is known together and shared out by their latency.");
  }

  @Test
  void anOperatorThatReadsZeroEveryFifthTime_isNotFittedFromTheReadingsThatAreLeft() {
    // A meter of coarse steps: what it shows of 'conv' is nothing, or a quarter more.
    int[] count = {0};
    MeasuredPredictor fitted =
        MeasuredPredictor.fit(
            reread(
                samples(),
                (i, x, joules) -> i > 0 ? joules : count[0]++ % 5 == 0 ? 0 : 1.25 * joules));
    assertThat(fitted.report().notes().get(1)).contains("the 2 operators from 'conv' to 'copy'");
  }

  @Test
  void zerosAtTheEnd_goWithWhatStandsBefore() {
    MeasuredPredictor fitted =
        MeasuredPredictor.fit(reread(samples(), (i, x, joules) -> i == 2 ? 0 : joules));
    assertThat(fitted.report().notes().get(1)).contains("the 2 operators from 'copy' to 'dense'");
  }

  @Test
  void aRailThatAlwaysReadsZero_isIgnoredWithASentence() {
    MeasuredPredictor fitted = MeasuredPredictor.fit(reread(samples(), (i, x, joules) -> 0));
    assertThat(fitted.costs().hasEnergy()).isFalse();
    assertThat(fitted.costs().energyJoules(0, 0)).isNaN();
    assertThat(fitted.report().operatorEnergyError()).isNaN();
    assertThat(fitted.report().notes().get(0))
        .startsWith("The meter read 0 J in all runs (108), so it is ignored: no energy is known.");
  }

  @Test
  void withoutAMeter_latencyIsFittedAllTheSame() {
    Samples samples = samples();
    MeasuredPredictor without =
        MeasuredPredictor.fit(reread(samples, (i, x, joules) -> Double.NaN));
    assertThat(without.costs().latencySeconds())
        .isEqualTo(MeasuredPredictor.fit(samples).costs().latencySeconds());
    assertThat(without.costs().hasEnergy()).isFalse();
    assertThat(without.report().notes()).containsExactly("No meter told any energy.");
    assertThat(without.report().toString()).contains("unknown of energy");
  }

  @Test
  void aSlowQuantizedMeter_isReadOverSegments() {
    FakeTarget slow = FakeTarget.small().noise(0.002, 3).slowMeter(0.1, 1e-3);
    Samples samples = Campaign.measure(slow, Budget.settings(12));
    assertThat(samples.blocks()).hasSize(12 * 3);
    CostTable costs = MeasuredPredictor.fit(samples).costs();
    for (int i = 0; i < 3; i++) {
      assertThat(worst(costs, i)).isLessThan(0.05);
    }
  }

  @Test
  void operatorsOfOneSegment_cannotBeToldApart_byASlowMeter() {
    FakeTarget slow = FakeTarget.small().slowMeter(0.1, 1e-3).segments(0, 2);
    MeasuredPredictor fitted = MeasuredPredictor.fit(Campaign.measure(slow, Budget.settings(12)));
    assertThat(fitted.report().notes())
        .containsExactly(
            "The meter cannot tell the 2 operators from 'conv' to 'copy' apart: their energy is known together and shared out by their latency.");
    for (int x = 0; x < GRID.size(); x++) {
      double together = fitted.costs().energyJoules(0, x) + fitted.costs().energyJoules(1, x);
      assertThat(together / (TRUTH.joules(0, x) + TRUTH.joules(1, x))).isBetween(0.95, 1.05);
    }
  }
}
