package io.neurobalancer.cost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Offset.offset;

import io.neurobalancer.device.FrequencyDomain;
import io.neurobalancer.device.OppTable;
import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.device.SwitchCost;
import io.neurobalancer.unit.Frequency;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class TransitionFitTest {

  private static final SettingGrid GRID =
      new SettingGrid(
          List.of(
              new FrequencyDomain(
                  "memory",
                  FrequencyDomain.Kind.MEMORY,
                  OppTable.of(List.of(Frequency.ofMegahertz(200), Frequency.ofMegahertz(800))))));

  /** A switch up takes 3 ms and 4 mJ, a switch down 1 ms and 2 mJ. */
  private static TransitionFit.Run run(int up, int down) {
    double lostSeconds = 3e-3 * up + 1e-3 * down;
    double lostJoules = 4e-3 * up + 2e-3 * down;
    return new TransitionFit.Run(
        Map.of("memory up", up, "memory down", down), 0.1 + lostSeconds, 0.1, 1 + lostJoules, 1);
  }

  @Test
  void costsAreToldApart_byDirection() {
    TransitionFit fit = TransitionFit.fit(List.of(run(1, 0), run(2, 3), run(0, 1), run(1, 1)));
    SwitchCost cost = fit.switchCosts(GRID).domain(0);
    assertThat(cost.upSeconds()).isCloseTo(3e-3, offset(1e-9));
    assertThat(cost.downSeconds()).isCloseTo(1e-3, offset(1e-9));
    assertThat(cost.upJoules()).isCloseTo(4e-3, offset(1e-9));
    assertThat(cost.downJoules()).isCloseTo(2e-3, offset(1e-9));
    assertThat(fit.seconds(Map.of("memory up", 2, "memory down", 1))).isCloseTo(7e-3, offset(1e-9));
    assertThat(fit.joules(Map.of("memory up", 2, "memory down", 1))).isCloseTo(1e-2, offset(1e-9));
    assertThat(fit.kinds()).containsExactly("memory down", "memory up");
  }

  @Test
  void aDirectionNeverSeen_isUnknown_notFree() {
    TransitionFit fit = TransitionFit.fit(List.of(run(1, 0), run(2, 0)));
    assertThat(fit.seconds("memory down")).isEmpty();
    assertThatThrownBy(() -> fit.switchCosts(GRID))
        .hasMessageContaining("No run contains a switch 'memory down'")
        .hasMessageContaining("Maybe measure a run that contains one.");
  }

  @Test
  void runsWithoutSwitches_tellNothing() {
    assertThatThrownBy(() -> TransitionFit.fit(List.of(run(0, 0))))
        .hasMessageContaining("None of the runs (1) contains a switch");
  }
}
