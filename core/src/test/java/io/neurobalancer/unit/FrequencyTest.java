package io.neurobalancer.unit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class FrequencyTest {

  @ParameterizedTest
  @CsvSource({
    "1.8GHz, 1800000000",
    "1804.8MHz, 1804800000",
    "1555 mhz, 1555000000",
    "825600kHz, 825600000",
    "50Hz, 50"
  })
  void parse_readsNumberAndUnit(String text, long hertz) {
    assertThat(Frequency.parse(text)).isEqualTo(Frequency.ofHertz(hertz));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "1.8", "fast", "-1GHz", "1.8GHzz", "1e9Hz", "1 800 MHz"})
  void parse_refusesWhatIsNoFrequency_andShowsHow(String text) {
    assertThatThrownBy(() -> Frequency.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'" + text + "'")
        .hasMessageContaining("Maybe");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0GHz", "0.0000000001GHz"})
  void parse_refusesZeroAndFractionsOfAHertz(String text) {
    assertThatThrownBy(() -> Frequency.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void toString_isWhatParseReads() {
    assertThat(Frequency.ofKilohertz(1_804_800)).hasToString("1804.8MHz");
    assertThat(Frequency.parse(Frequency.ofHertz(1).toString())).isEqualTo(Frequency.ofHertz(1));
  }

  @Test
  void units_convert() {
    Frequency frequency = Frequency.ofMegahertz(1_555);
    assertThat(frequency.hertz()).isEqualTo(1_555_000_000L);
    assertThat(frequency.kilohertz()).isEqualTo(1_555_000L);
    assertThat(frequency.megahertz()).isEqualTo(1555.0);
    assertThat(frequency.gigahertz()).isEqualTo(1.555);
  }
}
