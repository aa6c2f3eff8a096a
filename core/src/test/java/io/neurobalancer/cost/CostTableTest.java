package io.neurobalancer.cost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neurobalancer.device.FrequencyDomain;
import io.neurobalancer.device.OppTable;
import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.unit.Frequency;
import java.util.List;
import org.junit.jupiter.api.Test;

final class CostTableTest {

  private static final SettingGrid GRID =
      new SettingGrid(
          List.of(
              new FrequencyDomain(
                  "cpu",
                  FrequencyDomain.Kind.CORE,
                  OppTable.of(List.of(Frequency.ofMegahertz(500), Frequency.ofMegahertz(1_000))))));

  private static CostTable table(double... latencies) {
    return new CostTable(
        GRID, List.of("conv", "relu"), latencies, new double[] {1, 2, 3, 4}, new double[4]);
  }

  @Test
  void entries_areRowMajor() {
    CostTable table = table(10, 20, 30, 40);
    assertThat(table.latencySeconds(1, 0)).isEqualTo(30);
    assertThat(table.energyJoules(0, 1)).isEqualTo(2);
    assertThatThrownBy(() -> table.latencySeconds(0, 2))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void badNumbers_areRefusedWithOperatorSettingAndValue() {
    assertThatThrownBy(() -> table(1, 1, Double.NaN, 1))
        .hasMessage(
            "latencySeconds of operator 'relu' at 500MHz is NaN; it must be finite and positive.");
    assertThatThrownBy(() -> table(1, 0, 1, 1)).hasMessageContaining("at 1000MHz is 0.0");
    assertThatThrownBy(() -> table(1, 1, 1, Double.POSITIVE_INFINITY))
        .hasMessageContaining("is Infinity");
    assertThatThrownBy(() -> table(1, 1)).hasMessageContaining("has 2 values");
  }

  @Test
  void arrays_areCopied() {
    double[] latencies = {1, 2, 3, 4};
    CostTable table = table(latencies);
    latencies[0] = 99;
    table.latencySeconds()[1] = 99;
    assertThat(table.latencySeconds()).containsExactly(1, 2, 3, 4);
  }
}
