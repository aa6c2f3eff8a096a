package io.neurobalancer.unit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class DurationsTest {

  @ParameterizedTest
  @CsvSource({"33ms, 0.033", "1.5 s, 1.5", "250us, 0.00025", "250µs, 0.00025", "800ns, 8e-7"})
  void parseSeconds_readsNumberAndUnit(String text, double seconds) {
    assertThat(Durations.parseSeconds(text)).isEqualTo(seconds);
  }

  @Test
  void parseSeconds_asksForTheUnit_whenItIsMissing() {
    assertThatThrownBy(() -> Durations.parseSeconds("50"))
        .hasMessage("'50' has no unit.%nMaybe write 50ms, or use s, us or ns.".formatted());
  }

  @Test
  void parseSeconds_namesAnUnknownUnit() {
    assertThatThrownBy(() -> Durations.parseSeconds("50msec"))
        .hasMessageContaining("unknown unit ('msec')");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0ms", "-5ms", "0s"})
  void parseSeconds_refusesWhatIsNotPositive(String text) {
    assertThatThrownBy(() -> Durations.parseSeconds(text))
        .hasMessage("The span of time '" + text + "' must be positive.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "soon", "1,5ms", "ms"})
  void parseSeconds_refusesWhatIsNoNumber(String text) {
    assertThatThrownBy(() -> Durations.parseSeconds(text)).hasMessageContaining("Maybe");
  }

  @ParameterizedTest
  @CsvSource({
    "0.03321, 33.21 ms",
    "1.5, 1.500 s",
    "4.2e-7, 420.0 ns",
    "0, 0.000 s",
    "0.00025, 250.0 us"
  })
  void format_picksTheUnit(double seconds, String text) {
    assertThat(Durations.format(seconds)).isEqualTo(text);
  }
}
