package io.neurobalancer.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.neurobalancer.unit.Frequency;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class DeviceDescriptionsTest {

  private static String pixel4() throws IOException {
    try (InputStream in =
        Objects.requireNonNull(DeviceDescriptions.class.getResourceAsStream("pixel-4-cpu.json"))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static DeviceDescription parse(String json) {
    return DeviceDescriptions.parse("mine.json", json.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void everyBundledProfile_loads() {
    for (String name : DeviceDescriptions.names()) {
      assertThat(DeviceDescriptions.bundled(name).orElseThrow().name()).isEqualTo(name);
    }
    assertThat(DeviceDescriptions.bundled("pixel-99")).isEmpty();
  }

  @Test
  void pixel4_carriesThePublishedFigures() {
    DeviceDescription profile = DeviceDescriptions.bundled("pixel-4-cpu").orElseThrow();
    assertThat(profile.grid().size()).isEqualTo(17 * 10);
    assertThat(profile.coreDomain().opps().max()).isEqualTo(Frequency.ofKilohertz(2_419_200));
    // freqbench at 2419.2 MHz: 845.2309 and 841.7466 mW, mean 843.49 mW.
    assertThat(profile.busyWatts().get(16)).isEqualTo(0.84349);
    // 710.4 MHz is derived from 825.6 MHz (mean of 206.37 and 214.90 mW) at the same voltage:
    // 210.635 * 710.4 / 825.6 = 181.24 mW.
    assertThat(profile.busyWatts().get(0)).isCloseTo(0.18125, within(2e-5));
    assertThat(profile.memoryDomain().opps().max()).isEqualTo(Frequency.ofMegahertz(1_804));
    assertThat(profile.stockCore()).extracting("name").containsExactly("schedutil");
    assertThat(profile.stockMemory()).extracting("name").containsExactly("bw_hwmon", "mem_latency");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"kilohertz\": 825600 | \"kilohertz\": 710400 | coreDomain.opps[1].kilohertz (710400) must be faster",
        "\"kilohertz\": 825600 | \"kilohertz\": 600000 | coreDomain.opps[1].kilohertz (600000) must be faster",
        "\"kilohertz\": 300000 | \"kilohertz\": 200000 | memoryDomain.opps[1].kilohertz (200000) must be faster",
        "\"kilohertz\": 825600 | \"kilohertz\": 825600.5 | coreDomain.opps[1].kilohertz (825600.5) must be a positive whole",
        "\"kilohertz\": 825600 | \"kilohertz\": 99999999999 | coreDomain.opps[1].kilohertz (99999999999) is more than",
        "\"busyWatts\": 0.21064 | \"busyWatts\": -0.21 | coreDomain.opps[1].busyWatts (-0.21) must be positive",
        "\"busyWatts\": 0.21064 | \"busyWatts\": \"much\" | coreDomain.opps[1].busyWatts (\"much\") must be a finite number",
        "\"busyWatts\": 0.21064 | \"busyWatts\": 1e999 | coreDomain.opps[1].busyWatts",
        "\"busyWatts\": 0.21064 | \"watts\": 0.21064 | coreDomain.opps[1].busyWatts is missing",
        "\"microvolts\": 756000 | \"microvolts\": 0 | coreDomain.opps[0].microvolts (0) must be a positive whole",
        "\"microvoltsSource\" | \"voltsSource\" | coreDomain.microvoltsSource is missing",
        "\"checkWattsSource\": \"S1 | \"checkWattsSource\": \"heard it | coreDomain.checkWattsSource ('heard it",
        "\"count\": 3 | \"count\": 0 | cores.count (0) must be a positive whole number",
        "\"defaultThreads\": 1 | \"defaultThreads\": 4 | cores.defaultThreads (4) exceeds the 3 cores",
        "\"socIdleWatts\": 0.0423 | \"socIdleWatts\": -1 | power.socIdleWatts (-1) must not be negative",
        "\"socActiveWatts\": 0.0747 | \"socActiveWatts\": 0.04 | power.socActiveWatts must not be less than socIdleWatts",
        "\"clusterWatts\": 0 | \"clusterWatts\": -1 | power.clusterWatts (-1) must not be negative",
        "\"memoryDomain\" | \"memoryDomian\" | memoryDomain is missing",
        "\"name\": \"memory\" | \"name\": \"cpu4\" | memoryDomain.name ('cpu4') is the name of the core domain too",
        "\"efficiency\": 0.8 | \"efficiency\": 8 | memoryDomain.efficiency (8) must be above 0 and at most 1",
        "\"efficiency\": 0.8 | \"efficiency\": 0 | memoryDomain.efficiency (0) must be above 0 and at most 1",
        "\"frequencySource\": \"S2\" | \"frequencySource\": \"S77\" | coreDomain.frequencySource ('S77')",
        "\"stalledShare\": 0.45 | \"stalledShare\": 0.45, \"stalled\": 1 | power.stalled is no field",
        "\"minimumResidencyMicroseconds\": 4488 | \"minimumResidencyMicroseconds\": 0 | idle.states[1].minimumResidencyMicroseconds must be longer",
        "\"leakageKept\": 1 | \"leakageKept\": 2 | idle.states[0].leakageKept (2) must be between 0 and 1",
        "\"capCelsius\": 75 | \"capCelsius\": 20 | thermal.capCelsius must be above ambientCelsius",
        "\"governor\": \"schedutil\" | \"governor\": \"\" | stock.core[0].governor must be a text that is not empty",
        "\"polling_ms\": \"40\" | \"polling_ms\": 40 | stock.memory[0].tunables.polling_ms must be a text",
        "\"type\": \"cpu\" | \"type\": \"gpu\" | gpu is missing",
        "\"type\": \"cpu\" | \"type\": \"tpu\" | type ('tpu') must be one of [cpu, gpu]",
        "\"cautions\": [ | \"cautions\": [ 7, | cautions must be a list of texts",
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
  void everyBundledProfile_burnsMoreAtItsFastestClock_andNamesASourceForEverySection() {
    for (String name : DeviceDescriptions.names()) {
      DeviceDescription profile = DeviceDescriptions.bundled(name).orElseThrow();
      List<Double> watts = profile.busyWatts();
      assertThat(watts.get(watts.size() - 1)).as(name).isGreaterThan(2 * watts.get(0));
      assertThat(profile.memoryBackgroundWatts()).as(name).isSorted();
      assertThat(profile.idleStates().get(0).minimumResidencySeconds()).as(name).isZero();
      assertThat(profile.provenance()).as(name).containsKeys("cores", "idle", "power.dramSource");
    }
  }

  @Test
  void pixel6_splitsTheClusterFromTheCore() {
    DeviceDescription profile = DeviceDescriptions.bundled("pixel-6-cpu-big").orElseThrow();
    // freqbench at 2802 MHz: 1370.6807 mW with one core busy, 78.8084 mW with all idle, so that
    // the core burns 1291.87 mW and the cluster 78.81 mW.
    assertThat(profile.busyWatts().get(16)).isEqualTo(1.29187);
    assertThat(profile.clusterWatts().get(16)).isEqualTo(0.07881);
    assertThat(profile.published().get(16).coremarkIterationsPerSecond()).hasValue(26037.1);
    // power_profile.xml: 254.25 mA times 3.85 V.
    assertThat(profile.published().get(16).checkWatts()).hasValue(0.9789);
  }

  @Test
  void theIdleState_isTheDeepestWhoseResidencyFitsTheGap() {
    DeviceDescription profile = DeviceDescriptions.bundled("pixel-5-cpu-gold").orElseThrow();
    assertThat(profile.idleState(0.0022).name()).isEqualTo("WFI");
    assertThat(profile.idleState(0.002207).name()).isEqualTo("pc");
    assertThat(profile.idleState(1).name()).isEqualTo("rail-pc").isEqualTo(profile.idle().name());
  }

  @Test
  void aDramPowerFactor_scalesBackgroundAndTraffic_only() {
    DeviceDescription profile = DeviceDescriptions.bundled("pixel-4-cpu").orElseThrow();
    DeviceDescription twice = profile.withDramPowerFactor(2);
    // 0.309 W/GHz x 0.2 GHz x 2.
    assertThat(twice.memoryBackgroundWatts().get(0)).isCloseTo(0.1236, within(1e-12));
    assertThat(twice.power().dramJoulesPerByte()).isEqualTo(16.06e-11);
    assertThat(twice.busyWatts()).isEqualTo(profile.busyWatts());
    assertThat(twice.cautions().get(0)).contains("times 2.0");
    assertThat(profile.withDramPowerFactor(1)).isSameAs(profile);
    assertThatThrownBy(() -> profile.withDramPowerFactor(0)).hasMessageContaining("(0.0) must be");
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
    assertThatThrownBy(() -> DeviceDescriptions.load(folder.resolve("nothing.json")))
        .isInstanceOf(ProfileException.class)
        .hasMessageContaining("nothing.json' cannot be read");
  }
}
