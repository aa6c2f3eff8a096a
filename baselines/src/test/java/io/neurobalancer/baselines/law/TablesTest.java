package io.neurobalancer.baselines.law;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neurobalancer.governor.Counter;
import io.neurobalancer.governor.FakeBoard;
import io.neurobalancer.governor.GovernorSpec;
import io.neurobalancer.unit.NeuroBalancerException;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Tunables that are tables, and the counters that laws look at. */
final class TablesTest {

  private static ClockTable table(String text) {
    return ClockTable.of(GovernorSpec.of("law", Map.of("table", text)), "table", "kHz:MBps", 2);
  }

  private static SteppedTunable stepped(String text) {
    return SteppedTunable.of(GovernorSpec.of("law", Map.of("delay", text)), "delay", "7");
  }

  @Test
  void aClockBetweenTwoRows_getsTheUpperOne_andOneAboveAllTheLast() {
    ClockTable table = table("500:10 1000:20  2000:30");
    assertThat(table.size()).isEqualTo(3);
    assertThat(table.kilohertz(1)).isEqualTo(1_000);
    assertThat(table.number(2, 0)).isEqualTo(2_000);
    assertThat(table.number(2, 1)).isEqualTo(30);
    assertThat(table.ceil(1)).isEqualTo(10);
    assertThat(table.ceil(500)).isEqualTo(10);
    assertThat(table.ceil(501)).isEqualTo(20);
    assertThat(table.ceil(2_000)).isEqualTo(30);
    assertThat(table.ceil(9_999)).isEqualTo(30);
  }

  private static void refused(String text, String message) {
    assertThatThrownBy(() -> table(text))
        .isInstanceOf(NeuroBalancerException.class)
        .hasMessageContaining(message);
  }

  @Test
  void tablesThatAreNone_areRefusedByTheirRow() {
    refused("", "needs the tunable table");
    refused("500:10 1000", "The row '1000' of law's table is not 'kHz:MBps'");
    refused("500:10:3", "The row '500:10:3'");
    refused("500:x", "The row '500:x'");
    refused("500:10 500:20", "'500:20' of law's table is not above");
    refused("500:10 400:20", "'400:20' of law's table is not above");
  }

  @Test
  void aSteppedTunable_changesFromEachClockOn() {
    SteppedTunable tunable = stepped("80 1000:90 2000:95");
    assertThat(tunable.at(0)).isEqualTo(80);
    assertThat(tunable.at(999)).isEqualTo(80);
    assertThat(tunable.at(1_000)).isEqualTo(90);
    assertThat(tunable.at(1_999)).isEqualTo(90);
    assertThat(tunable.at(2_000)).isEqualTo(95);
    assertThat(stepped("1").at(5)).isEqualTo(1);
    assertThat(SteppedTunable.of(GovernorSpec.of("law"), "delay", "7").at(5)).isEqualTo(7);
    for (String text : new String[] {"80 1000", "1000:80", "80 1000:0", "80 x:90", "0"}) {
      assertThatThrownBy(() -> stepped(text))
          .isInstanceOf(NeuroBalancerException.class)
          .hasMessageContaining("('" + text + "') is not written as");
    }
  }

  @Test
  void aWindow_countsFromWhereItBegan_inWholeMicroseconds_atLeastOne() {
    FakeBoard board = FakeBoard.of(FakeBoard.megahertz(500, 1_000), FakeBoard.megahertz(300, 900));
    board.count(Counter.BUSY_NANOS, 5_000);
    Window window = new Window("law", board, 1_000, Counter.BUSY_NANOS, Counter.CYCLES);
    board.count(Counter.BUSY_NANOS, 2_500.9);
    board.count(Counter.CYCLES, 70);
    assertThat(window.busyNanos()).isEqualTo(2_500);
    assertThat(window.since(Counter.CYCLES)).isEqualTo(70);
    assertThat(window.startNanos()).isEqualTo(1_000);
    assertThat(window.elapsedMicros(1_999)).isEqualTo(1);
    assertThat(window.elapsedMicros(3_999)).isEqualTo(2);
    window.restart(9_000);
    assertThat(window.since(Counter.CYCLES)).isZero();
    assertThat(window.startNanos()).isEqualTo(9_000);
    assertThatThrownBy(() -> window.since(Counter.DRAM_BYTES))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("law did not say that it reads");
    board.lacks(Counter.CYCLES);
    assertThatThrownBy(() -> window.restart(0))
        .isInstanceOf(NeuroBalancerException.class)
        .hasMessageContaining("The governor law reads CYCLES, which this board does not count");
  }
}
