package io.neurobalancer.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neurobalancer.unit.Frequency;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class OppTableTest {

  private static OppTable megahertz(long... values) {
    return OppTable.of(LongStream.of(values).mapToObj(Frequency::ofMegahertz).toList());
  }

  @Test
  void ceil_roundsUp_andStopsAtTheFastest() {
    OppTable table = megahertz(300, 600, 900);
    assertThat(table.ceil(Frequency.ofMegahertz(1))).isZero();
    assertThat(table.ceil(Frequency.ofMegahertz(300))).isZero();
    assertThat(table.ceil(Frequency.ofMegahertz(301))).isEqualTo(1);
    assertThat(table.ceil(Frequency.ofMegahertz(2_000))).isEqualTo(2);
    assertThat(table.ceilHertz(0)).isZero();
  }

  @Test
  void floor_roundsDown_andStopsAtTheSlowest() {
    OppTable table = megahertz(300, 600, 900);
    assertThat(table.floor(Frequency.ofMegahertz(100))).isZero();
    assertThat(table.floor(Frequency.ofMegahertz(899))).isEqualTo(1);
    assertThat(table.floor(Frequency.ofMegahertz(900))).isEqualTo(2);
  }

  @Test
  void indexOf_namesTheNearestOpp_whenThereIsNoSuchClock() {
    OppTable table = megahertz(300, 600, 900);
    assertThat(table.indexOf(Frequency.ofMegahertz(600))).isEqualTo(1);
    assertThatThrownBy(() -> table.indexOf(Frequency.ofMegahertz(700)))
        .hasMessageContaining("700MHz is no OPP")
        .hasMessageContaining("Maybe use 600MHz");
  }

  @Test
  void table_refusesUnorderedDuplicateOrNoOpps() {
    assertThatThrownBy(() -> megahertz(600, 300)).hasMessageContaining("OPP 1 (300MHz)");
    assertThatThrownBy(() -> megahertz(300, 300)).hasMessageContaining("must be faster");
    assertThatThrownBy(() -> new OppTable(List.of())).hasMessageContaining("at least one");
  }
}
