package io.neurobalancer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Offset.offset;

import io.neurobalancer.cost.CostModel;
import io.neurobalancer.cost.FitReport;
import io.neurobalancer.cost.MeasuredPredictor;
import io.neurobalancer.cost.Provenance;
import io.neurobalancer.cost.Samples;
import io.neurobalancer.target.Budget;
import io.neurobalancer.target.Campaign;
import io.neurobalancer.target.FakeTarget;
import io.neurobalancer.workload.Workload;
import java.util.List;
import org.junit.jupiter.api.Test;

final class NeuroBalancerTest {

  @Test
  void measuring_givesAllThatAPlannerNeeds_andSaysWhereItComesFrom() {
    FakeTarget target = FakeTarget.small().noise(0.01, 1);
    CostModel model = NeuroBalancer.measure(target, Budget.settings(12).repeats(5));
    assertThat(model.costs().operatorNames()).containsExactly("conv", "copy", "dense");
    assertThat(model.calibration()).isEqualTo(target.calibrate());
    assertThat(model.provenance()).isEqualTo(Provenance.of(target.identity(), target.workload()));
    assertThat(model.quality().runs()).isEqualTo(60);
    assertThat(model.quality().basis()).isEqualTo(FitReport.Basis.MEASURED);
    assertThat(model.quality().certifiesTime()).isTrue();
    assertThat(model.toString())
        .startsWith("costs of fake on fake (simulated): 3 operators at 25 settings, measured, 60");
  }

  @Test
  void samplesWithoutCalibration_cannotBePlannedWith_andSayWhichCommandMeasuresIt() {
    Samples samples = Campaign.measure(FakeTarget.small(), Budget.settings(12));
    assertThatThrownBy(() -> NeuroBalancer.fit(samples))
        .hasMessageContaining("carry no calibration (switch costs, idle powers, wake-up times)")
        .hasMessageContaining("Maybe measure them again with 'neurobalancer profile'.");
    assertThatThrownBy(() -> NeuroBalancer.fit(samples.with(FakeTarget.small().calibrate())))
        .hasMessageContaining("carry no provenance");
  }

  @Test
  void aMeasuredPredictor_refusesAnotherModel_andShowsBothHashes() {
    FakeTarget target = FakeTarget.small();
    MeasuredPredictor predictor =
        MeasuredPredictor.fit(NeuroBalancer.profile(target, Budget.settings(12)));
    Workload other = new Workload("other", "0be7", target.workload().operators());
    assertThatThrownBy(() -> predictor.predict(other))
        .hasMessageContaining("'fake' (hash fa4e), not of 'other' (hash 0be7)");
  }

  @Test
  void verifying_measuresThePlansSettings_andTheMarginBecomesThePlansOwn() {
    // Overlap by p = 30 is nearly the maximum: the fit errs at the knee, and nowhere else.
    FakeTarget target =
        new FakeTarget(
                FakeTarget.small().grid(), List.of(FakeTarget.Kernel.of("conv", 30, 14e6, 10e6)))
            .noise(0.01, 2);
    Samples samples = NeuroBalancer.profile(target, Budget.settings(6));
    int knee = target.grid().setting(3, 3); // 14 / 1.8 GHz = 7.8 ms, 10 / 1.3 GHz = 7.7 ms
    int[] planned = {knee};
    assertThat(samples.measuredSettings()).doesNotContain(knee);
    assertThatThrownBy(() -> MeasuredPredictor.fit(samples).report(planned))
        .hasMessageContaining("runs operator 'conv' at 1800MHz/1300MHz, which was not measured")
        .hasMessageContaining("Maybe verify the plan's settings first.");

    Samples verified = NeuroBalancer.verify(target, samples, planned, 20);
    assertThat(verified.runs()).hasSize(samples.runs().size() + 20);
    assertThat(verified.calibration()).isEqualTo(samples.calibration());
    MeasuredPredictor fitted = MeasuredPredictor.fit(verified);
    double factor = fitted.report(planned).makespanFactor(0.99);
    assertThat(factor).isLessThan(fitted.report().makespanFactor(0.99));
    // Fresh runs of the plan keep what was promised, and the promise is no wider than the noise.
    double promised = factor * fitted.costs().latencySeconds(0, knee);
    assertThat(promised / target.seconds(0, knee)).isBetween(1.02, 1.05);
    int inTime = 0;
    for (int r = 0; r < 1_000; r++) {
      inTime += target.measure(0, knee).totalSeconds() <= promised ? 1 : 0;
    }
    assertThat(inTime).isBetween(985, 1_000);
  }

  @Test
  void thePlansOwnMargin_holdsWhatItsSettingsWereOffBy() {
    FakeTarget target = FakeTarget.small();
    Samples exact = NeuroBalancer.profile(target, Budget.settings(25).repeats(2));
    MeasuredPredictor fitted = MeasuredPredictor.fit(exact);
    int[] planned = {3, 7, 12};
    double measured = 0;
    double predicted = 0;
    for (int i = 0; i < 3; i++) {
      measured += target.seconds(i, planned[i]);
      predicted += fitted.costs().latencySeconds(i, planned[i]);
    }
    double off = measured / predicted;
    assertThat(fitted.report(planned).makespanRatios())
        .hasSize(50)
        .allSatisfy(r -> assertThat(r).isCloseTo(off, offset(1e-9)));
  }
}
