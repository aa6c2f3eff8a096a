package io.neurobalancer.simulator.baseline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neurobalancer.files.DeviceDescription;
import io.neurobalancer.files.DeviceDescriptions;
import io.neurobalancer.governor.GovernorException;
import io.neurobalancer.governor.GovernorSpec;
import io.neurobalancer.simulator.Experiment;
import io.neurobalancer.simulator.RunResult;
import io.neurobalancer.simulator.TestWorkloads;
import io.neurobalancer.simulator.physics.DevicePhysics;
import io.neurobalancer.simulator.physics.Weather;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class BaselinesTest {

  private static final DeviceDescription PIXEL_4 =
      DeviceDescriptions.bundled("pixel-4-cpu").orElseThrow();
  private static final DevicePhysics PHYSICS =
      new DevicePhysics(PIXEL_4, TestWorkloads.convolutions(6), 1);
  private static final Experiment EXPERIMENT =
      new Experiment(PHYSICS, Weather.NOMINAL, 5, 0.15, 0.2, 40);

  /** What a law cannot run without, for a device whose profile does not set it. */
  private static final Map<String, String> NEEDED =
      Map.of(
          "mem_latency", ":core_dev_table=2419200:6881",
          "compute", ":core_dev_table=2419200:6881",
          "core-map", ":table=710400:200000 1804800:1804000",
          "mali-utilization", ":table=710400:0:85 1401600:50:85 2419200:60:100");

  static List<String> names() {
    return Baselines.catalog().stream().map(GovernorInfo::name).toList();
  }

  private static RunResult run(String name) {
    GovernorSpec spec = GovernorSpec.parse(name + NEEDED.getOrDefault(name, ""));
    return EXPERIMENT.run(Baselines.create(spec, EXPERIMENT).governor());
  }

  @ParameterizedTest
  @MethodSource("names")
  void everyBaseline_runsOnADevice_andRepeatsItself(String name) {
    RunResult first = run(name);
    assertThat(first.jobs()).isEqualTo(40);
    assertThat(run(name).energyJoulesPerJob()).isEqualTo(first.energyJoulesPerJob());
    assertThat(first.energyJoulesPerJob())
        .isLessThan(1.05 * run("performance").energyJoulesPerJob());
  }

  @Test
  void everyBaseline_hasASource_andDistinctNames() {
    assertThat(names()).doesNotHaveDuplicates();
    assertThat(Baselines.catalog()).allMatch(info -> info.source().length() > 10);
    assertThat(Baselines.catalog()).allMatch(info -> !info.summary().isBlank());
  }

  @Test
  void stock_isTheProfilesCombination() {
    Baseline stock = Baselines.create(GovernorSpec.of("stock"), EXPERIMENT);
    assertThat(stock.notes())
        .containsExactly(
            "stock on pixel-4-cpu is schedutil on the core clock and bw_hwmon + mem_latency on the memory clock.");
    // The same law with the same tunables, named on its own, is the same run.
    RunResult alone =
        EXPERIMENT.run(
            Baselines.create(GovernorSpec.parse("schedutil:hz=300"), EXPERIMENT).governor());
    assertThat(EXPERIMENT.run(stock.governor()).energyJoulesPerJob())
        .isEqualTo(alone.energyJoulesPerJob());
  }

  @Test
  void aLawOfOtherHardware_saysSo() {
    assertThat(Baselines.unfit(Baselines.find("schedutil").orElseThrow(), PIXEL_4)).isEmpty();
    assertThat(Baselines.unfit(Baselines.find("android.msm-adreno-tz").orElseThrow(), PIXEL_4))
        .contains("msm-adreno-tz is written for a GPU, and pixel-4-cpu is a CPU.");
  }

  @Test
  void aDottedName_isThePlainOne_andTunablesAreObeyed() {
    Baseline dotted =
        Baselines.create(
            GovernorSpec.parse("linux.userspace:core=1804.8MHz:memory=1017MHz"), EXPERIMENT);
    RunResult run = EXPERIMENT.run(dotted.governor());
    int setting = PHYSICS.grid().setting(10, 6);
    assertThat(PHYSICS.grid().describe(setting)).isEqualTo("1804.8MHz/1017MHz");
    assertThat(run.trace().clocks()).allMatch(clock -> clock.setting() == setting);
  }

  @Test
  void unknownNamesTunablesAndClocks_areRefused() {
    assertRefused("stok", "no governor 'stok'");
    assertRefused("schedutil:rate=5", "no tunable 'rate'");
    assertRefused("userspace:core=1GHz", "tunable core of governor userspace: 1000MHz is no OPP");
    assertRefused("userspace:core=fast", "'fast' is not a frequency");
    assertRefused("ondemand:up_threshold=101", "must be from 1 to 100");
  }

  private static void assertRefused(String text, String message) {
    assertThatThrownBy(() -> Baselines.create(GovernorSpec.parse(text), EXPERIMENT))
        .isInstanceOf(GovernorException.class)
        .hasMessageContaining(message);
  }
}
