package io.neurobalancer.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.neurobalancer.files.DeviceDescription.Role;
import io.neurobalancer.unit.Frequency;
import io.neurobalancer.unit.NeuroBalancerException;
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
      quoteCharacter = '`',
      emptyValue = "",
      value = {
        "\"kilohertz\": 825600 | \"kilohertz\": 710400 | coreDomain.opps[1].kilohertz (710400) must"
            + " be faster",
        "\"kilohertz\": 825600 | \"kilohertz\": 600000 | coreDomain.opps[1].kilohertz (600000) must"
            + " be faster",
        "\"kilohertz\": 300000 | \"kilohertz\": 200000 | memoryDomain.opps[1].kilohertz (200000)"
            + " must be faster",
        "\"kilohertz\": 825600 | \"kilohertz\": 825600.5 | coreDomain.opps[1].kilohertz (825600.5)"
            + " must be a whole number",
        "\"kilohertz\": 825600 | \"kilohertz\": 99999999999 | coreDomain.opps[1].kilohertz"
            + " (99999999999 kHz) must be from 30000 to 8000000 kHz",
        "\"kilohertz\": 825600 | \"kilohertz\": 99999999999999999999 | coreDomain.opps[1].kilohertz"
            + " is a number out of range",
        "\"busyWatts\": 0.21064 | \"busyWatts\": -0.21 | coreDomain.opps[1].busyWatts (-0.21 W)"
            + " must be from 0.0005 to 60 W",
        "\"busyWatts\": 0.21064 | \"busyWatts\": \"much\" | coreDomain.opps[1].busyWatts must be a"
            + " number",
        "\"busyWatts\": 0.21064 | \"busyWatts\": \"0.21064\" | coreDomain.opps[1].busyWatts must be"
            + " a number",
        "\"busyWatts\": 0.21064 | \"busyWatts\": \"NaN\" | coreDomain.opps[1].busyWatts (NaN W)"
            + " must be from",
        "\"busyWatts\": 0.21064 | \"busyWatts\": 1e999 | coreDomain.opps[1].busyWatts (Infinity W)"
            + " must be from",
        "\"busyWatts\": 0.21064 | \"busyWatts\": null | coreDomain.opps[1].busyWatts must not be"
            + " null",
        "\"busyWatts\": 0.21064 | \"watts\": 0.21064 | coreDomain.opps[1].busyWatts is missing",
        "\"busyWatts\": 0.21064, | `` | coreDomain.opps[1].busyWatts is missing",
        "\"opps\": [ | \"opps\": [ null, | coreDomain.opps[0] must not be null",
        "\"microvolts\": 756000 | \"microvolts\": 0 | coreDomain.opps[0].microvolts (0 uV) must be"
            + " from",
        "\"microvoltsSource\" | \"voltsSource\" | coreDomain.voltsSource is no field",
        "\"microvoltsSource\": \"S3\", | `` | coreDomain.microvoltsSource is missing",
        "\"frequencySource\": \"S2\" | \"frequencySource\": \"S2\", \"clusterWattsSource\": \"S2\""
            + " | coreDomain.clusterWattsSource is the source of figures that this file does not"
            + " have",
        "\"checkWattsSource\": \"S1 | \"checkWattsSource\": \"heard it |"
            + " coreDomain.checkWattsSource ('heard it",
        "\"count\": 3 | \"count\": 0 | cores.count (0) must be from 1 to 1024",
        "\"defaultThreads\": 1 | \"defaultThreads\": 4 | cores.defaultThreads (4) exceeds the 3"
            + " cores",
        "\"socIdleWatts\": 0.0423 | \"socIdleWatts\": -1 | power.socIdleWatts (-1 W) must be from"
            + " 0",
        "\"socActiveWatts\": 0.0747 | \"socActiveWatts\": 0.04 | power.socActiveWatts (0.04) must"
            + " not be less than socIdleWatts (0.0423)",
        "\"clusterWatts\": 0 | \"clusterWatts\": -1 | power.clusterWatts (-1 W) must be from 0",
        "\"memoryDomain\" | \"memoryDomian\" | memoryDomain is missing",
        "\"name\": \"memory\" | \"name\": \"cpu4\" | memoryDomain.name ('cpu4') is the name of the"
            + " core domain too",
        "\"efficiency\": 0.8 | \"efficiency\": 8 | memoryDomain.efficiency (8.0) must be above 0"
            + " and at most 1",
        "\"efficiency\": 0.8 | \"efficiency\": 0 | memoryDomain.efficiency (0.0) must be above 0"
            + " and at most 1",
        "\"efficiency\": 0.8 | \"efficiency\": 0.8, \"efficiency\": 0.7 | the field 'efficiency' is"
            + " there twice (line",
        "\"frequencySource\": \"S2\" | \"frequencySource\": \"S77\" | coreDomain.frequencySource"
            + " ('S77')",
        "\"stalledShare\": 0.45 | \"stalledShare\": 0.45, \"stalled\": 1 | power.stalled is no"
            + " field",
        "\"minimumResidencyMicroseconds\": 4488 | \"minimumResidencyMicroseconds\": 0 |"
            + " idle.states[1].minimumResidencyMicroseconds must be longer",
        "\"leakageKept\": 1 | \"leakageKept\": 2 | idle.states[0].leakageKept (2) must be from 0 to"
            + " 1",
        "\"capCelsius\": 75 | \"capCelsius\": 20 | thermal.capCelsius (20.0) must be above"
            + " ambientCelsius",
        "\"governor\": \"schedutil\" | \"governor\": \"\" | stock.core[0].governor must be a text"
            + " that is not empty",
        "\"polling_ms\": \"40\" | \"polling_ms\": 40 | stock.memory[0].tunables.polling_ms (40)"
            + " must be a text",
        "\"type\": \"cpu\" | \"type\": \"gpu\" | gpu is missing",
        "\"type\": \"cpu\" | \"type\": \"tpu\" | type ('tpu') must be one of cpu, gpu",
        "\"cautions\": [ | \"cautions\": [ 7, | cautions[0] (7) must be a text",
        "neurobalancer/device/1 | neurobalancer/device/9 | schema ('neurobalancer/device/9') must"
            + " be",
      })
  void anInvalidFile_isRefusedWithThePathOfTheField(String good, String bad, String message)
      throws IOException {
    String json = pixel4();
    assertThat(json).contains(good);
    assertThatThrownBy(() -> parse(json.replaceFirst(java.util.regex.Pattern.quote(good), bad)))
        .isInstanceOf(NeuroBalancerException.class)
        .hasMessageStartingWith("mine.json: ")
        .hasMessageContaining(message)
        .hasMessageContaining("Maybe");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"kilohertz\": 825600 | \"kilohertz\": 825600000 | coreDomain.opps[1].kilohertz | in"
            + " hertz, where this field is in kHz: 825600.",
        "\"kilohertz\": 710400 | \"kilohertz\": 710 | coreDomain.opps[0].kilohertz | in megahertz,"
            + " where this field is in kHz: 710000.",
        "\"kilohertz\": 200000 | \"kilohertz\": 200 | memoryDomain.opps[0].kilohertz | in"
            + " megahertz",
        "\"busyWatts\": 0.21064 | \"busyWatts\": 210.64 | coreDomain.opps[1].busyWatts | in"
            + " milliwatts, where this field is in W: 0.21064.",
        "\"microvolts\": 756000 | \"microvolts\": 756 | coreDomain.opps[0].microvolts | in"
            + " millivolts",
        "\"dramJoulesPerByte\": 8.03e-11 | \"dramJoulesPerByte\": 80.3 | power.dramJoulesPerByte |"
            + " in picojoules per byte",
        "\"lastLevelBytes\": 5242880 | \"lastLevelBytes\": 5120 | caches.lastLevelBytes | in"
            + " kibibytes, where this field is in bytes: 5242880.",
        "\"coreStallMicroseconds\": 50 | \"coreStallMicroseconds\": 9e18 |"
            + " transitions.coreStallMicroseconds | compare it with a bundled description",
        "\"memoryStallMicroseconds\": 100 | \"memoryStallMicroseconds\": 1e8 |"
            + " transitions.memoryStallMicroseconds | in nanoseconds",
        "\"coreJoules\": 2e-05 | \"coreJoules\": 20 | transitions.coreJoules | in millijoules",
      })
  void aFigureInAnotherUnit_isRefused_andTheLikelyUnitNamed(
      String good, String bad, String field, String advice) throws IOException {
    String json = pixel4();
    assertThat(json).contains(good);
    assertThatThrownBy(() -> parse(json.replaceFirst(java.util.regex.Pattern.quote(good), bad)))
        .isInstanceOf(NeuroBalancerException.class)
        .hasMessageStartingWith("mine.json: " + field + " (")
        .hasMessageContaining(advice);
  }

  private static DeviceDescription resource(String name) throws IOException {
    try (InputStream in =
        Objects.requireNonNull(DeviceDescriptions.class.getResourceAsStream(name + ".json"))) {
      return DeviceDescriptions.parse(name + ".json", in.readAllBytes());
    }
  }

  @Test
  void aMemoryClockThatCannotBeSet_isNoDomain_butStillAClock() throws IOException {
    DeviceDescription device = resource("test-one-clock");
    assertThat(device.grid().dimensions()).isEqualTo(1);
    assertThat(device.grid().size()).isEqualTo(17);
    assertThat(device.roles()).containsExactly(Role.CORE);
    assertThat(device.domain(Role.MEMORY)).isEmpty();
    assertThat(device.oppOfCore(16)).isEqualTo(16);
    assertThat(device.oppOfMemory(16)).isZero();
    assertThat(device.memoryDomain().opps().max()).isEqualTo(Frequency.ofMegahertz(1_555));
    // 0.309 W/GHz x 1.555 GHz.
    assertThat(device.memoryBackgroundWatts()).containsExactly(0.309 * 1.555);
    assertThat(device.transition(0)).isEqualTo(device.core().transition());
    assertThat(device.stockMemory()).isEmpty();
  }

  @Test
  void theCpuThatFeedsAGpu_isAThirdDomain() throws IOException {
    DeviceDescription device = resource("test-three-clocks");
    assertThat(device.roles()).containsExactly(Role.CORE, Role.MEMORY, Role.HOST);
    assertThat(device.grid().dimensions()).isEqualTo(3);
    int setting = device.grid().setting(2, 1, 0);
    assertThat(device.oppOfCore(setting)).isEqualTo(2);
    assertThat(device.oppOfMemory(setting)).isEqualTo(1);
    assertThat(device.oppOfHost(setting)).isZero();
    assertThat(device.oppOfHost(setting + 2)).isEqualTo(2);
    assertThat(device.transition(2).settleSeconds()).isEqualTo(100e-6);
    assertThat(device.host().orElseThrow().busyWatts()).containsExactly(0.06, 0.14, 0.31);
    assertThat(device.stock().host()).extracting("name").containsExactly("schedutil");
    // Its DRAM's shape is the measured one: 0.309 W/GHz x 1.804 GHz at the top, 0.1405 of it at 200
    // MHz.
    assertThat(device.memoryBackgroundWatts().get(3)).isCloseTo(0.557436, within(1e-9));
    assertThat(device.memoryBackgroundWatts().get(0)).isCloseTo(0.0783, within(1e-4));
    assertThat(device.withDisplayOn().memoryDomain().opps().min())
        .isEqualTo(Frequency.ofMegahertz(547));
    assertThatThrownBy(() -> resource("test-one-clock").withDisplayOn())
        .hasMessageContaining("does not say to which clock a display holds the memory up");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"controllable\": false | \"controllable\": true | transitions.memoryStallMicroseconds is"
            + " missing",
        "{ \"kilohertz\": 1555000 } | { \"kilohertz\": 1017000 }, { \"kilohertz\": 1555000 } |"
            + " memoryDomain.opps must be a single clock",
        "\"note\" | \"memory\": [{\"governor\": \"bw_hwmon\", \"tunables\": {}, \"source\":"
            + " \"S2\"}], \"note\" | stock.memory has governors of a clock that cannot be set",
        "\"note\" | \"host\": [{\"governor\": \"schedutil\", \"tunables\": {}, \"source\":"
            + " \"S2\"}], \"note\" | stock.host has governors of a clock that cannot be set",
      })
  void domainsAndWhatBelongsToThem_mustAgree(String good, String bad, String message)
      throws IOException {
    try (InputStream in =
        Objects.requireNonNull(
            DeviceDescriptions.class.getResourceAsStream("test-one-clock.json"))) {
      String json = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      assertThat(json).contains(good);
      assertThatThrownBy(() -> parse(json.replaceFirst(java.util.regex.Pattern.quote(good), bad)))
          .isInstanceOf(NeuroBalancerException.class)
          .hasMessageContaining(message);
    }
  }

  @Test
  void aDeviceOfOneClockEach_isATrivialGrid() throws IOException {
    String json = pixel4();
    String one =
        json.replaceAll(
            "(?s)(\"opps\": \\[).*?(\\{ \"kilohertz\": (2419200|1804000)[^}]*\\})", "$1$2");
    assertThat(parse(one).grid().size()).isEqualTo(1);
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
    assertThat(profile.core().published().get(16).coremarkIterationsPerSecond()).hasValue(26037.1);
    // power_profile.xml: 254.25 mA times 3.85 V.
    assertThat(profile.core().published().get(16).checkWatts()).hasValue(0.9789);
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
    // 0.309 W/GHz x 1.804 GHz x 0.1405 (the measured shape at 200 of 1804 MHz) x 2.
    assertThat(twice.memoryBackgroundWatts().get(0)).isCloseTo(0.15664, within(1e-5));
    assertThat(twice.power().dramJoulesPerByte()).isEqualTo(16.06e-11);
    assertThat(twice.busyWatts()).isEqualTo(profile.busyWatts());
    assertThat(twice.cautions().get(0)).contains("times 2.0");
    assertThat(profile.withDramPowerFactor(1)).isSameAs(profile);
    assertThatThrownBy(() -> profile.withDramPowerFactor(0)).hasMessageContaining("(0.0) must be");
    DeviceDescription dearer = profile.withTransitionFactor(10);
    for (int d = 0; d < profile.grid().dimensions(); d++) {
      assertThat(dearer.transition(d).joules()).isEqualTo(10 * profile.transition(d).joules());
      assertThat(dearer.transition(d).stallSeconds())
          .isEqualTo(10 * profile.transition(d).stallSeconds());
    }
    assertThat(profile.withTransitionFactor(1)).isSameAs(profile);
    assertThatThrownBy(() -> profile.withTransitionFactor(-1))
        .hasMessageContaining("(-1.0) must be");
  }

  @Test
  void theShapeOfTheDram_keepsItsFastestClock_andChangesTheOthers() {
    DeviceDescription device = DeviceDescriptions.bundled("pixel-4-cpu").orElseThrow();
    int fastest = device.memoryBackgroundWatts().size() - 1;
    double most = device.memoryBackgroundWatts().get(fastest);
    // 0.309 W/GHz x 1.804 GHz.
    assertThat(most).isCloseTo(0.557436, within(1e-9));
    for (DramShape shape : DramShape.values()) {
      List<Double> watts = device.withDramShape(shape).memoryBackgroundWatts();
      assertThat(watts).isSorted();
      assertThat(watts.get(fastest)).isEqualTo(most);
    }
    List<Double> line = device.withDramShape(DramShape.LINE).memoryBackgroundWatts();
    List<Double> measured = device.withDramShape(DramShape.MEASURED).memoryBackgroundWatts();
    List<Double> flat = device.withDramShape(DramShape.FLAT).memoryBackgroundWatts();
    // 200 MHz is 0.1109 of 1804 MHz: a line leaves that share, the rail 0.140 + 0.0016 / 0.1094 x
    // 0.035 = 0.1405 of it, and a flat floor 0.5692.
    assertThat(line.get(0)).isCloseTo(most * 0.11086, within(1e-5));
    assertThat(measured.get(0)).isCloseTo(most * 0.14050, within(1e-4));
    assertThat(flat.get(0)).isCloseTo(most * 0.5692, within(1e-9));
    // 1017 MHz is 0.5637: the rail is at 0.2949 there, a line at 0.5637.
    assertThat(measured.get(6)).isCloseTo(most * 0.2949, within(1e-3));
  }

  @Test
  void aMemoryFloor_takesTheSlowerOppsAway_withTheirPower() {
    DeviceDescription device = DeviceDescriptions.bundled("pixel-4-cpu").orElseThrow();
    DeviceDescription floored = device.withMemoryFloor(Frequency.ofMegahertz(547));
    assertThat(floored.memoryDomain().opps().min()).isEqualTo(Frequency.ofMegahertz(547));
    assertThat(floored.grid().size()).isEqualTo(17 * 7);
    assertThat(floored.memoryBackgroundWatts())
        .isEqualTo(device.memoryBackgroundWatts().subList(3, 10));
    assertThat(floored.cautions().get(0)).contains("does not fall below 547MHz");
  }

  @Test
  void aTruncatedFile_isNoValidJson() throws IOException {
    String json = pixel4();
    assertThatThrownBy(() -> parse(json.substring(0, json.length() / 2)))
        .isInstanceOf(NeuroBalancerException.class)
        .hasMessageContaining("no valid JSON (line");
  }

  @Test
  void aMissingFile_isNamed(@TempDir Path folder) {
    assertThatThrownBy(() -> DeviceDescriptions.load(folder.resolve("nothing.json")))
        .isInstanceOf(NeuroBalancerException.class)
        .hasMessageContaining("nothing.json' cannot be read");
  }
}
