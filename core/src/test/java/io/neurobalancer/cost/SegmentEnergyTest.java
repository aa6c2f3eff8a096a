package io.neurobalancer.cost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Offset.offset;

import java.util.List;
import org.junit.jupiter.api.Test;

final class SegmentEnergyTest {

  @Test
  void overlappingSegments_tellOperatorsApart() {
    // e = (2, 5, 1): the totals are 2 + 5, 5 + 1 and 2 + 5 + 1.
    SegmentEnergy energy =
        SegmentEnergy.solve(
            3,
            List.of(
                new Samples.Block(0, 0, 1, 7),
                new Samples.Block(0, 1, 2, 6),
                new Samples.Block(0, 0, 2, 8)));
    assertThat(energy.joules(0)).isCloseTo(2, offset(1e-6));
    assertThat(energy.joules(1)).isCloseTo(5, offset(1e-6));
    assertThat(energy.joules(2)).isCloseTo(1, offset(1e-6));
    assertThat(energy.notIdentifiable()).isEmpty();
  }

  @Test
  void operatorsAlwaysTogether_areNamed_andTheirSumIsRight() {
    SegmentEnergy energy =
        SegmentEnergy.solve(
            3, List.of(new Samples.Block(0, 0, 1, 7), new Samples.Block(0, 2, 2, 4)));
    assertThat(energy.notIdentifiable()).containsExactly(0, 1);
    assertThat(energy.joules(0) + energy.joules(1)).isCloseTo(7, offset(1e-6));
    assertThat(energy.joules(2)).isCloseTo(4, offset(1e-6));
  }

  @Test
  void anOperatorInNoSegment_isNotIdentifiable() {
    assertThat(SegmentEnergy.solve(2, List.of(new Samples.Block(0, 0, 0, 3))).notIdentifiable())
        .containsExactly(1);
  }

  @Test
  void noisyTotals_neverGiveANegativeEnergy() {
    // Unconstrained, the middle operator would be 5 - 6 = -1 J.
    SegmentEnergy energy =
        SegmentEnergy.solve(
            2, List.of(new Samples.Block(0, 0, 0, 6), new Samples.Block(0, 0, 1, 5)));
    assertThat(energy.joules(1)).isZero();
    assertThat(energy.joules(0)).isBetween(5.0, 6.0);
  }

  @Test
  void aSlowMeter_needsRepeats() {
    // 20 readings of a meter that reads once a second last 20 s: 10 000 times 2 ms.
    assertThat(SegmentEnergy.repeats(2e-3, 1, 20)).isEqualTo(10_000);
    assertThat(SegmentEnergy.repeats(2e-3, 0.5, 20)).isEqualTo(5_000);
    assertThat(SegmentEnergy.repeats(100, 1, 20)).isEqualTo(1);
    assertThatThrownBy(() -> new Samples.Block(0, 0, 0, 0)).hasMessageContaining("0.0 J");
    assertThatThrownBy(() -> SegmentEnergy.solve(1, List.of()))
        .hasMessageContaining("nothing to solve");
  }
}
