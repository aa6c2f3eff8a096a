package io.neurobalancer.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.neurobalancer.device.FrequencyDomain;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is found on trees of files, one per family of devices. */
final class DiscoveryTest {

  private static final Map<String, String> EXPECTED = new TreeMap<>();

  static {
    EXPECTED.put(
        "pixel-4",
        """
        policy0 core 18 300MHz..1785.6MHz LIMITS
        policy4 core 17 710.4MHz..2419.2MHz LIMITS
        policy7 core 20 825.6MHz..2841.6MHz LIMITS
        2c00000.qcom,kgsl-3d0 core 5 257MHz..585MHz LIMITS
        soc:qcom,cpu-cpu-llcc-bw memory 6 2399.141888MHz..14927.527936MHz USERSPACE
        soc:qcom,cpu-llcc-ddr-bw memory 10 799.014912MHz..7215.251456MHz USERSPACE
        soc:qcom,cpu4-cpu-l3-lat ? 5 300MHz..1612.8MHz USERSPACE ! what it clocks is not known
        battery GAUGE
        """);
    EXPECTED.put(
        "pixel-6",
        """
        policy0 core 11 300MHz..1803MHz LIMITS
        policy4 core 14 400MHz..2253MHz LIMITS
        policy6 core 17 500MHz..2802MHz LIMITS
        17000010.devfreq_mif memory 13 421MHz..3172MHz LIMITS
        17000020.devfreq_int ? 7 100MHz..533MHz LIMITS ! what it clocks is not known
        S10M_VDD_TPU ACCUMULATED
        S2M_VDD_CPUCL2 ACCUMULATED
        S3M_VDD_CPUCL1 ACCUMULATED
        S1M_VDD_MIF ACCUMULATED
        battery GAUGE
        """);
    EXPECTED.put(
        "snapdragon-8-gen-1",
        """
        policy0 core 11 300MHz..1785.6MHz LIMITS
        policy4 core 8 633.6MHz..2496MHz LIMITS
        policy7 core 7 787.2MHz..2995.2MHz LIMITS
        kgsl-3d0 core 7 220MHz..818MHz LIMITS
        bus_dcvs-DDR memory 7 547MHz..3196MHz LIMITS
        bus_dcvs-L3 memory 5 307.2MHz..1804.8MHz FLOOR ! only a floor can be set here; a ceiling needs every voter
        bus_dcvs-LLCC memory 6 300MHz..1066MHz LIMITS
        battery GAUGE ! the battery is not discharging (Charging): its current is not the device's
        """);
    EXPECTED.put(
        "mediatek",
        """
        policy0 core 7 650MHz..2000MHz LIMITS
        policy4 core 6 774MHz..2600MHz LIMITS
        policy7 core 6 850MHz..3000MHz LIMITS
        dvfsrc memory 5 800MHz..3200MHz FORCE
        battery GAUGE
        """);
    EXPECTED.put(
        "rk3588",
        """
        policy0 core 8 408MHz..1800MHz USERSPACE
        policy4 core 14 408MHz..2400MHz USERSPACE
        policy6 core 14 408MHz..2400MHz USERSPACE
        dmc memory 4 528MHz..2750MHz USERSPACE
        fb000000.gpu core 8 300MHz..1000MHz USERSPACE
        fdab0000.npu core 8 300MHz..1000MHz USERSPACE
        """);
    EXPECTED.put(
        "rk3399",
        """
        policy0 core 6 408MHz..1416MHz USERSPACE
        policy4 core 8 408MHz..1800MHz USERSPACE
        ff9a0000.gpu core 6 200MHz..800MHz LIMITS
        memory-controller memory 4 328MHz..856MHz LIMITS
        ina219-power1 SAMPLED
        """);
    EXPECTED.put(
        "jetson-tx2",
        """
        policy0 core 12 345.6MHz..2035.2MHz USERSPACE
        policy1 core 12 345.6MHz..2035.2MHz USERSPACE
        17000000.gp10b core 13 114.75MHz..1300.5MHz USERSPACE
        emc memory 11 40.8MHz..1866MHz MODE
        VDD_SYS_GPU SAMPLED of VDD_IN
        VDD_SYS_SOC SAMPLED of VDD_IN
        VDD_4V0_WIFI SAMPLED of VDD_IN
        VDD_IN SAMPLED
        VDD_SYS_CPU SAMPLED of VDD_IN
        VDD_SYS_DDR SAMPLED of VDD_IN
        """);
    EXPECTED.put(
        "jetson-nano",
        """
        policy0 core 15 102MHz..1479MHz USERSPACE
        57000000.gpu core 12 76.8MHz..921.6MHz USERSPACE
        POM_5V_IN SAMPLED
        POM_5V_GPU SAMPLED of POM_5V_IN
        POM_5V_CPU SAMPLED of POM_5V_IN
        """);
    EXPECTED.put(
        "jetson-orin",
        """
        policy0 core 20 115.2MHz..1510.4MHz USERSPACE
        policy4 core 20 115.2MHz..1510.4MHz USERSPACE
        17000000.gpu core 5 306MHz..624.75MHz USERSPACE
        emc memory 3 204MHz..2133MHz MODE
        VDD_IN SAMPLED
        VDD_CPU_GPU_CV SAMPLED of VDD_IN
        VDD_SOC SAMPLED of VDD_IN
        """);
    EXPECTED.put(
        "odroid-xu3",
        """
        policy0 core 13 200MHz..1400MHz USERSPACE
        policy4 core 19 200MHz..2000MHz USERSPACE
        10c20000.memory-controller memory 8 165MHz..825MHz USERSPACE
        11800000.gpu core 7 177MHz..600MHz USERSPACE
        VDD_ARM SAMPLED
        VDD_MEM SAMPLED
        """);
    EXPECTED.put(
        "raspberry-pi-4",
        """
        policy0 core 13 600MHz..1800MHz USERSPACE ! no permission to write /sys/devices/system/cpu/cpufreq/policy0/scaling_governor
        """);
    EXPECTED.put(
        "intel-laptop",
        """
        policy0 core 44 400MHz..4700MHz LIMITS ! no permission to write /sys/devices/system/cpu/cpufreq/policy0/scaling_max_freq
        policy1 core 44 400MHz..4700MHz LIMITS ! no permission to write /sys/devices/system/cpu/cpufreq/policy1/scaling_max_freq
        policy2 core 44 400MHz..4700MHz LIMITS ! no permission to write /sys/devices/system/cpu/cpufreq/policy2/scaling_max_freq
        policy3 core 44 400MHz..4700MHz LIMITS ! no permission to write /sys/devices/system/cpu/cpufreq/policy3/scaling_max_freq
        uncore-package_00_die_00 memory 31 400MHz..3400MHz LIMITS ! no permission to write /sys/devices/system/cpu/intel_uncore_frequency/package_00_die_00/max_freq_khz
        package-0 ACCUMULATED of psys ! no permission to read /sys/class/powercap/intel-rapl:0/energy_uj
        package-0/core ACCUMULATED of package-0 ! no permission to read /sys/class/powercap/intel-rapl:0:0/energy_uj
        package-0/uncore ACCUMULATED of package-0 ! no permission to read /sys/class/powercap/intel-rapl:0:1/energy_uj
        psys ACCUMULATED ! no permission to read /sys/class/powercap/intel-rapl:1/energy_uj
        BAT0 GAUGE ! the battery is not discharging (Full): its current is not the device's
        """);
    EXPECTED.put(
        "amd-laptop",
        """
        policy0 core 30 400MHz..3300MHz USERSPACE
        policy1 core 30 400MHz..3300MHz USERSPACE
        card0-sclk core 3 200MHz..1900MHz MODE
        card0-mclk memory 3 400MHz..1600MHz MODE
        package-0 ACCUMULATED
        package-0/core ACCUMULATED of package-0
        PPT SAMPLED
        BAT0 GAUGE
        """);
    EXPECTED.put("nothing", "");
  }

  @Test
  void everyFamily_isFoundWithItsUnitsAndItsObstacles() {
    Map<String, String> found = new TreeMap<>();
    EXPECTED.keySet().forEach(name -> found.put(name, describe(name)));
    assertThat(found).isEqualTo(EXPECTED);
  }

  private static String describe(String name) {
    Machine machine = Discovery.of(TreeSysfs.resource(name));
    StringBuilder text = new StringBuilder();
    for (ClockControl c : machine.clocks()) {
      text.append(
          "%s %s %d %s..%s %s%s%n"
              .formatted(
                  c.name(),
                  c.kind().map(k -> k.name().toLowerCase(Locale.ROOT)).orElse("?"),
                  c.steps().size(),
                  c.opps().min(),
                  c.opps().max(),
                  c.mechanism(),
                  c.obstacle().map(o -> " ! " + o).orElse("")));
    }
    for (MeterSource m : machine.meters()) {
      text.append(
          "%s %s%s%s%n"
              .formatted(
                  m.name(),
                  m.quality(),
                  m.partOf().map(p -> " of " + p).orElse(""),
                  m.obstacle().map(o -> " ! " + o).orElse("")));
    }
    return text.toString();
  }

  @Test
  void bandwidthInMegabytesPerSecond_isNeverTakenForHertz() {
    ClockControl ddr =
        Discovery.of(TreeSysfs.resource("pixel-4")).clock("soc:qcom,cpu-llcc-ddr-bw").orElseThrow();

    // 762 MB/s of 1048576 bytes each; as hertz it would be a clock of 762 Hz.
    assertThat(ddr.steps().get(0).value()).isEqualTo(762);
    assertThat(ddr.steps().get(0).frequency().hertz()).isEqualTo(762L * 1_048_576);
  }

  @Test
  void mediatekIndices_areSortedByClock_andTheLowestVoltageStandsForAClock() {
    ClockControl dvfsrc =
        Discovery.of(TreeSysfs.resource("mediatek")).clock("dvfsrc").orElseThrow();

    // Rows 2, 3 and 4 are 2400 MHz at falling voltage; 7 is the slowest row, 0 the fastest.
    assertThat(dvfsrc.steps().stream().map(ClockControl.Step::value))
        .containsExactly(7L, 6L, 4L, 1L, 0L);
  }

  @Test
  void clustersOfOneKind_areOneDomain_andTheFastestComesFirst() {
    List<DomainChoice> domains =
        DomainChoice.of(Discovery.of(TreeSysfs.resource("rk3588")), List.of());

    assertThat(domains).extracting(DomainChoice::name).containsExactly("cpu4", "dmc");
    assertThat(domains.get(0).clocks())
        .extracting(ClockControl::name)
        .containsExactly("policy4", "policy6");
    assertThat(domains.get(1).kind()).isEqualTo(FrequencyDomain.Kind.MEMORY);
  }

  @Test
  void doctor_ofNothing_saysSoPlainly(@TempDir Path folder) {
    Doctor doctor =
        Doctor.examine(
            TreeSysfs.resource("nothing"), new RunFolder(folder.resolve("neurobalancer")));

    assertThat(doctor.healthy()).isFalse();
    assertThat(doctor.complaints())
        .containsExactly(
            "There is no clock that can be set: no clock was found.",
            "There is no meter that can be read: no energy meter was found.");
    assertThat(doctor.machine().notes()).hasSize(2);
  }

  @Test
  void doctor_ofABoardWithAClockAndAMeter_isContent_andNamesARival(@TempDir Path folder) {
    Doctor doctor =
        Doctor.examine(
            TreeSysfs.resource("pixel-4"), new RunFolder(folder.resolve("neurobalancer")));

    assertThat(doctor.healthy()).isTrue();
    assertThat(doctor.findings())
        .filteredOn(f -> f.interfaceName().equals("process"))
        .extracting(Doctor.Finding::name)
        .containsExactly("Qualcomm's perf HAL");
  }

  @Test
  void doctor_asAUser_saysWhichFileIsClosed_andWhatToDo(@TempDir Path folder) {
    Doctor doctor =
        Doctor.examine(
            TreeSysfs.resource("intel-laptop"), new RunFolder(folder.resolve("neurobalancer")));

    Doctor.Finding policy = doctor.findings().get(0);
    assertThat(policy.found()).isTrue();
    assertThat(policy.readable()).isTrue();
    assertThat(policy.writable()).isFalse();
    assertThat(policy.why()).contains("scaling_max_freq");
    assertThat(policy.advice()).contains("docs/safety.md");
  }

  @Test
  void skeleton_hasTheClocks_andGuessesNothingElse() {
    TreeSysfs tree = TreeSysfs.resource("pixel-4");
    DeviceSkeleton skeleton = DeviceSkeleton.of(tree, Discovery.of(tree));

    assertThat(skeleton.name()).isEqualTo("google-inc-msm-sm8150-c2-flame");
    assertThat(skeleton.domains()).extracting(FrequencyDomain::name).contains("cpu7", "cpu0");
    assertThat(skeleton.tunables().get("cpu0"))
        .containsEntry("up_rate_limit_us", "500")
        .containsEntry("down_rate_limit_us", "20000");
    assertThat(skeleton.unknown()).containsKey("power");
  }
}
