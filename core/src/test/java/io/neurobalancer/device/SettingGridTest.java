package io.neurobalancer.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neurobalancer.unit.Frequency;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class SettingGridTest {

  private static final SettingGrid GRID =
      new SettingGrid(
          List.of(
              domain("cpu", FrequencyDomain.Kind.CORE, 500, 1_000, 2_000),
              domain("memory", FrequencyDomain.Kind.MEMORY, 400, 800)));

  private static FrequencyDomain domain(String name, FrequencyDomain.Kind kind, long... megahertz) {
    return new FrequencyDomain(
        name,
        kind,
        OppTable.of(LongStream.of(megahertz).mapToObj(Frequency::ofMegahertz).toList()));
  }

  @Test
  void everySetting_isTheNumberOfItsOppIndices() {
    assertThat(GRID.size()).isEqualTo(6);
    for (int setting = 0; setting < GRID.size(); setting++) {
      int core = GRID.oppIndex(setting, 0);
      int memory = GRID.oppIndex(setting, 1);
      assertThat(setting).isEqualTo(core * 2 + memory).isEqualTo(GRID.setting(core, memory));
    }
    assertThat(GRID.describe(GRID.fastest())).isEqualTo("2000MHz/800MHz");
    assertThat(GRID.describe(GRID.slowest())).isEqualTo("500MHz/400MHz");
  }

  @Test
  void with_replacesOneDomain() {
    assertThat(GRID.describe(GRID.with(GRID.fastest(), 1, 0))).isEqualTo("2000MHz/400MHz");
    assertThat(GRID.describe(GRID.with(0, 0, 1))).isEqualTo("1000MHz/400MHz");
  }

  @Test
  void outOfRange_isRefused() {
    assertThatThrownBy(() -> GRID.oppIndex(6, 0)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> GRID.setting(3, 0)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> GRID.setting(1)).hasMessageContaining("one OPP per domain");
    assertThatThrownBy(() -> GRID.domainIndex("gpu")).hasMessageContaining("[cpu, memory]");
  }

  @Test
  void switchCosts_addUpOverTheDomainsThatChange() {
    SwitchCosts costs =
        new SwitchCosts(List.of(new SwitchCost(1, 2, 10, 20), new SwitchCost(4, 8, 40, 80)));
    int slow = GRID.setting(0, 0);
    int fast = GRID.setting(2, 1);
    int mixed = GRID.setting(2, 0);
    assertThat(costs.seconds(GRID, slow, fast)).isEqualTo(1 + 4); // both up
    assertThat(costs.joules(GRID, fast, slow)).isEqualTo(20 + 80); // both down
    assertThat(costs.seconds(GRID, fast, mixed)).isEqualTo(8); // memory down
    assertThat(costs.seconds(GRID, fast, fast)).isZero();
    assertThat(SwitchCosts.switches(GRID, slow, fast)).isEqualTo(2);
    assertThat(SwitchCosts.switches(GRID, fast, mixed)).isEqualTo(1);
  }
}
