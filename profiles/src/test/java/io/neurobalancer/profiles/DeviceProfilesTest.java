package io.neurobalancer.profiles;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neurobalancer.unit.Frequency;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class DeviceProfilesTest {

  private static String pixel4() throws IOException {
    try (InputStream in =
        Objects.requireNonNull(DeviceProfiles.class.getResourceAsStream("pixel-4-cpu.json"))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static DeviceProfile parse(String json) {
    return DeviceProfiles.parse("mine.json", json.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void everyBundledProfile_loads() {
    for (String name : DeviceProfiles.names()) {
      assertThat(DeviceProfiles.bundled(name).orElseThrow().name()).isEqualTo(name);
    }
    assertThat(DeviceProfiles.bundled("pixel-99")).isEmpty();
  }

  @Test
  void pixel4_carriesThePublishedFigures() {
    DeviceProfile profile = DeviceProfiles.bundled("pixel-4-cpu").orElseThrow();
    assertThat(profile.grid().size()).isEqualTo(17 * 10);
    assertThat(profile.coreDomain().opps().max()).isEqualTo(Frequency.ofKilohertz(2_419_200));
    // freqbench at 2419.2 MHz: 845.2309 and 841.7466 mW, mean 843.49 mW.
    assertThat(profile.busyWatts().get(16)).isEqualTo(0.84349);
    // 710.4 MHz is derived from 825.6 MHz (mean of 206.37 and 214.90 mW) at the same voltage:
    // 210.635 * 710.4 / 825.6 = 181.24 mW.
    assertThat(profile.busyWatts().get(0))
        .isEqualTo(0.18125, org.assertj.core.data.Offset.offset(2e-5));
    assertThat(profile.memoryDomain().opps().max()).isEqualTo(Frequency.ofMegahertz(1_804));
    assertThat(profile.stockCore()).extracting("name").containsExactly("schedutil");
    assertThat(profile.stockMemory()).extracting("name").containsExactly("bw_hwmon", "mem_latency");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"kilohertz\": 825600 | \"kilohertz\": 710400 | coreDomain.opps[1].kilohertz (710400) must be faster",
        "\"count\": 3 | \"count\": 0 | cores.count (0) must be a positive whole number",
        "\"socIdleWatts\": 0.0208 | \"socIdleWatts\": -1 | power.socIdleWatts (-1) must not be negative",
        "\"memoryDomain\" | \"memoryDomian\" | memoryDomain is missing",
        "\"efficiency\": 0.8 | \"efficiency\": 8 | memoryDomain.efficiency (8) must be between 0 and 1",
        "\"frequencySource\": \"S2\" | \"frequencySource\": \"S77\" | coreDomain.frequencySource ('S77')",
        "\"stalledShare\": 0.45 | \"stalledShare\": 0.45, \"stalled\": 1 | power.stalled is no field",
        "neurobalancer/device/1 | neurobalancer/device/9 | schema ('neurobalancer/device/9')",
      })
  void anInvalidFile_isRefusedWithThePathOfTheField(String good, String bad, String message)
      throws IOException {
    String json = pixel4();
    assertThat(json).contains(good);
    assertThatThrownBy(() -> parse(json.replaceFirst(java.util.regex.Pattern.quote(good), bad)))
        .isInstanceOf(ProfileException.class)
        .hasMessageStartingWith("mine.json: ")
        .hasMessageContaining(message)
        .hasMessageContaining("Maybe");
  }

  @Test
  void aTruncatedFile_isNoValidJson() throws IOException {
    String json = pixel4();
    assertThatThrownBy(() -> parse(json.substring(0, json.length() / 2)))
        .isInstanceOf(ProfileException.class)
        .hasMessageContaining("no valid JSON (line");
  }

  @Test
  void aMissingFile_isNamed(@TempDir Path folder) {
    assertThatThrownBy(() -> DeviceProfiles.load(folder.resolve("nothing.json")))
        .isInstanceOf(ProfileException.class)
        .hasMessageContaining("nothing.json' cannot be read");
  }
}
