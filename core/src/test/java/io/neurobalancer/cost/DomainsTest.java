package io.neurobalancer.cost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neurobalancer.NeuroBalancer;
import io.neurobalancer.device.FrequencyDomain;
import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.target.Budget;
import io.neurobalancer.target.FakeTarget;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Devices of one, two and three frequency domains, and of fewer choices than that. */
final class DomainsTest {

  private static final FrequencyDomain GPU =
      FakeTarget.core("gpu", 114, 318, 522, 726, 930, 1_134, 1_300);

  private static double worstLatency(FakeTarget target, CostTable costs) {
    double worst = 0;
    for (int i = 0; i < costs.operators(); i++) {
      for (int x = 0; x < costs.settings(); x++) {
        worst = Math.max(worst, Math.abs(costs.latencySeconds(i, x) / target.seconds(i, x) - 1));
      }
    }
    return worst;
  }

  private static double worstEnergy(FakeTarget target, CostTable costs) {
    double worst = 0;
    for (int i = 0; i < costs.operators(); i++) {
      for (int x = 0; x < costs.settings(); x++) {
        worst = Math.max(worst, Math.abs(costs.energyJoules(i, x) / target.joules(i, x) - 1));
      }
    }
    return worst;
  }

  @Test
  void withOneClock_aResourceWithoutOneSaturates() {
    SettingGrid grid = new SettingGrid(List.of(GPU));
    // 8 Mcycles against a fixed 10 ms: equal at 800 MHz.
    int[] all = {0, 1, 2, 3, 4, 5, 6};
    double[] seconds = new double[all.length];
    for (int x : all) {
      seconds[x] = Math.cbrt(Math.pow(8e6 / grid.frequency(x, 0).hertz(), 3) + 1e-6);
    }
    OperatorFit fit = OperatorFit.latencyOnly(grid, all, seconds);
    assertThat(fit.latency().form()).isEqualTo(LatencyForm.SATURATING);
    assertThat(fit.latencyErrors().get(LatencyForm.SATURATING)).isLessThan(0.002);
    // The sum of the same two parts is far off.
    assertThat(fit.latencyErrors().get(LatencyForm.CORE_ONLY)).isGreaterThan(0.03);
    for (int x : all) {
      assertThat(fit.seconds(x) / seconds[x]).isBetween(0.999, 1.001);
    }
  }

  @Test
  void oneDomain_isMeasuredAndFitted() {
    FakeTarget target =
        new FakeTarget(
            new SettingGrid(List.of(GPU)),
            List.of(FakeTarget.Kernel.of("conv", 2, 9e6), FakeTarget.Kernel.of("relu", 2, 2e5)));
    CostModel model = NeuroBalancer.measure(target, Budget.settings(5));
    assertThat(model.quality().measuredSettings()).hasSize(5).contains(0, 6);
    assertThat(worstLatency(target, model.costs())).isLessThan(0.001);
    assertThat(worstEnergy(target, model.costs())).isLessThan(0.02);
  }

  @Test
  void aDeviceWithAMemoryClockOnly_isFitted() {
    FakeTarget target =
        new FakeTarget(
            new SettingGrid(List.of(FakeTarget.memory("dram", 200, 547, 1_066, 1_866))),
            List.of(FakeTarget.Kernel.of("copy", 2, 9e6)));
    CostModel model = NeuroBalancer.measure(target, Budget.settings(4));
    assertThat(worstLatency(target, model.costs())).isLessThan(0.001);
  }

  @Test
  void threeDomains_areMeasuredAndFitted() {
    FakeTarget target =
        new FakeTarget(
            new SettingGrid(
                List.of(
                    FakeTarget.core("cpu", 345, 806, 1_267, 2_035),
                    GPU,
                    FakeTarget.memory("emc", 204, 665, 1_062, 1_600, 1_866))),
            List.of(
                FakeTarget.Kernel.of("launch", 3, 8e6, 2e6, 1e6),
                FakeTarget.Kernel.of("matmul", 3, 1e6, 12e6, 3e6),
                FakeTarget.Kernel.of("copy", 3, 1e6, 2e6, 9e6)));
    CostModel model = NeuroBalancer.measure(target, Budget.settings(24));
    assertThat(model.quality().measuredSettings()).hasSize(24).contains(0, target.grid().fastest());
    assertThat(model.quality().operatorLatencyError()).isLessThan(0.01);
    assertThat(worstLatency(target, model.costs())).isLessThan(0.01);
    assertThat(worstEnergy(target, model.costs())).isLessThan(0.06);
  }

  @Test
  void oneSettingInAll_isTakenAsMeasured() {
    FakeTarget target =
        new FakeTarget(
            new SettingGrid(
                List.of(FakeTarget.core("cpu", 1_333), FakeTarget.memory("ddr", 1_066))),
            List.of(FakeTarget.Kernel.of("conv", 2, 9e6, 1e6)));
    CostModel model = NeuroBalancer.measure(target, Budget.settings(12));
    assertThat(model.costs().latencySeconds(0, 0)).isEqualTo(target.seconds(0, 0));
    assertThat(model.costs().energyJoules(0, 0))
        .isCloseTo(target.joules(0, 0), org.assertj.core.data.Offset.offset(1e-9));
    assertThat(model.quality().makespanFactor(0.999)).isEqualTo(1);
    assertThat(model.quality().operatorLatencyError()).isNaN();
    assertThat(model.quality().beatsMeanBaseline()).isTrue();
  }

  @Test
  void twoSettingsInAll_areFitted() {
    FakeTarget target =
        new FakeTarget(
            new SettingGrid(
                List.of(FakeTarget.core("cpu", 667, 1_333), FakeTarget.memory("ddr", 1_066))),
            List.of(FakeTarget.Kernel.of("conv", 1, 9e6, 1e6)));
    CostModel model = NeuroBalancer.measure(target, Budget.settings(12));
    assertThat(worstLatency(target, model.costs())).isLessThan(1e-6);
  }

  @Test
  void aTableWithHoles_isFittedFromWhatThereIs() {
    // No corner was measured but the fastest.
    FakeTarget target =
        FakeTarget.small()
            .measurableOnly(x -> x == 24 || (x % 5 > 0 && x % 5 < 4 && x / 5 % 4 > 0));
    CostModel model = NeuroBalancer.measure(target, Budget.settings(8));
    assertThat(target.visited()).allMatch(target::measurable);
    for (int i = 0; i < 3; i++) {
      for (int x = 0; x < 25; x++) {
        if (target.measurable(x)) {
          assertThat(model.costs().latencySeconds(i, x) / target.seconds(i, x))
              .isBetween(0.98, 1.02);
        }
      }
    }
  }

  @Test
  void aBudgetTooSmallToFit_isRefusedWithTheNumberNeeded() {
    assertThatThrownBy(() -> NeuroBalancer.measure(FakeTarget.small(), Budget.settings(3)))
        .hasMessageContaining("has 3 settings; a fit over 2 domains needs at least 4")
        .hasMessageContaining("Maybe profile with a larger budget.");
  }
}
