package io.neurobalancer.evaluation.fidelity;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.neurobalancer.files.DeviceDescription;
import io.neurobalancer.workload.DataType;
import io.neurobalancer.workload.Workload;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FidelityTest {

  /** The measurements beside the repository, which are not part of it. */
  private static Path data() {
    Path folder = Path.of(System.getProperty("neurobalancer.datasets", "../../shared/datasets"));
    assumeTrue(Files.isDirectory(folder), "There are no measurements in '%s'.".formatted(folder));
    return folder;
  }

  @Test
  void referenceNetworks_haveTheOperationsAndWeightsThatTheirPapersCount() {
    // Twice the multiply-adds that the papers or torchvision count, in GFLOPs, and million weights.
    assertCounts(ReferenceNetworks.vgg19(DataType.FLOAT32), 39.3, 143.7);
    assertCounts(ReferenceNetworks.resnet50(DataType.FLOAT32), 8.18, 25.5);
    assertCounts(ReferenceNetworks.yolov3Tiny(DataType.FLOAT32), 5.57, 8.85);
    assertCounts(ReferenceNetworks.inceptionV4(DataType.FLOAT32), 24.6, 42.6);
    assertCounts(ReferenceNetworks.alexNet(DataType.FLOAT32), 1.45, 61.0);
    assertCounts(ReferenceNetworks.googleNet(DataType.FLOAT32), 3.18, 7.0);
    assertCounts(ReferenceNetworks.mobileNetV1(DataType.FLOAT32), 1.14, 4.2);
    assertCounts(ReferenceNetworks.squeezeNet(DataType.FLOAT32), 1.72, 1.25);
  }

  private static void assertCounts(Network network, double gigaflops, double millionWeights) {
    Workload workload = network.workload();
    assertThat(workload.flops() / 1e9)
        .as(workload.name())
        .isCloseTo(gigaflops, within(0.04 * gigaflops));
    assertThat(workload.weightBytes() / 4e6)
        .as(workload.name())
        .isCloseTo(millionWeights, within(0.02 * millionWeights));
  }

  @Test
  void patternSearch_findsTheMinimumOfAValleyThatBends() {
    double[] found =
        PatternSearch.minimize(
            new double[] {5, 0.5},
            p -> Math.pow(p[0] - 2, 2) + 10 * Math.pow(p[1] - p[0] * p[0] / 4, 2));
    assertThat(found[0]).isCloseTo(2, within(0.01));
    assertThat(found[1]).isCloseTo(1, within(0.01));
  }

  @Test
  void errors_areRelative_andKeepTheirSignInTheBias() {
    Errors errors = new Errors();
    errors.add(110, 100);
    errors.add(80, 100);
    errors.add(100, 100);
    assertThat(errors.mean()).isCloseTo(0.1, within(1e-12));
    assertThat(errors.median()).isCloseTo(0.1, within(1e-12));
    assertThat(errors.worst()).isCloseTo(0.2, within(1e-12));
    assertThat(errors.bias()).isCloseTo(-0.1 / 3, within(1e-12));
  }

  @Test
  void withoutMeasurements_thePartsThatNeedThemAreLeftOut_andSaidSo(@TempDir Path empty) {
    FidelityReport.Page page = FidelityReport.write(empty, "test");
    assertThat(page.skipped()).hasSize(2).allMatch(text -> text.contains("no measurements in"));
    assertThat(page.markdown())
        .contains("| pixel-4-cpu | 17 |")
        .contains("Left out: the measurements were not at hand")
        .doesNotContain("NaN");
    assertThat(FidelityReport.write(empty, "test").markdown()).isEqualTo(page.markdown());
  }

  @Test
  void whatDeepIdleCostsAPixel6_isExplainedWithinATenth() {
    HostIdleLatency explained = HostIdleLatency.explained();
    HostIdleLatency measured = HostIdleLatency.MEASURED;
    assertThat(explained.seconds() / measured.seconds()).isCloseTo(1, within(0.1));
    assertThat(explained.watts() / measured.watts()).isCloseTo(1, within(0.1));
    assertThat(explained.joules() / measured.joules()).isCloseTo(1, within(0.1));
    // Without the term there would be nothing to explain.
    assertThat(HostIdleLatency.HELD_AWAKE.seconds() / measured.seconds()).isLessThan(0.75);
  }

  @Test
  void aPublishedCore_burnsAndWorksInTheSimulatorAsPublished() {
    DeviceDescription pixel = Fits.profile("pixel-6-cpu-big");
    CoreMarkLike core = new CoreMarkLike(pixel);
    // 500 MHz: 39.09 mW of core and 14.01 mW of cluster; 2802 MHz: 1291.87 and 78.81 mW.
    assertThat(core.at(0).watts()).isCloseTo(0.0531, within(0.001));
    assertThat(core.at(16).watts()).isCloseTo(1.3707, within(0.02));
    assertThat(core.at(16).jobsPerSecond() / core.at(0).jobsPerSecond())
        .isCloseTo(2802.0 / 500, within(1e-9));
  }

  @Test
  void theProfilesOfFittedDevices_holdWhatTheFitFinds() {
    Map<String, Map<String, Object>> fits = Fits.all(data());
    DeviceDescription tx2 = Fits.profile("jetson-tx2-gpu");
    assertFitted(fits, tx2, "float32FlopsPerCycle", tx2.cores().float32FlopsPerCycle());
    assertFitted(fits, tx2, "winogradFactor", tx2.cores().winogradFactor());
    assertFitted(fits, tx2, "efficiency", tx2.memory().efficiency());
    assertFitted(fits, tx2, "workspaceFactor", tx2.memory().workspaceFactor());
    assertFitted(fits, tx2, "dramJoulesPerByte", tx2.power().dramJoulesPerByte());
    for (String name : Fits.RK3399.keySet()) {
      DeviceDescription profile = Fits.profile(name);
      assertFitted(fits, profile, "float32FlopsPerCycle", profile.cores().float32FlopsPerCycle());
      assertFitted(fits, profile, "socActiveWatts", profile.power().socActiveWatts());
      assertFitted(fits, profile, "stalledShare", profile.power().stalledShare());
    }
    // The line that phones' DRAM power is derived from: 0.618 W/GHz, 80.3 pJ/byte.
    assertThat(number(fits, "dram-line", "wattsPerGigahertz")).isCloseTo(0.618, within(5e-4));
    assertThat(number(fits, "dram-line", "joulesPerByte")).isCloseTo(80.3e-12, within(1e-13));
  }

  private static double number(Map<String, Map<String, Object>> fits, String device, String field) {
    return (double) requireNonNull(requireNonNull(fits.get(device)).get(field));
  }

  private static void assertFitted(
      Map<String, Map<String, Object>> fits, DeviceDescription profile, String field, double held) {
    assertThat(number(fits, profile.name(), field))
        .as(profile.name() + " " + field)
        .isCloseTo(held, within(1e-3 * held));
  }

  @Test
  void theErrorsThatFittedProfilesState_areThoseOfTheData() {
    DeviceDescription tx2 = Fits.profile("jetson-tx2-gpu");
    Tx2Fit fit = new Tx2Fit(tx2, Tx2Measurements.read(data(), tx2).orElseThrow());
    double latency =
        fit.latencyErrors().values().stream().mapToDouble(Errors::mean).average().orElseThrow();
    assertThat(tx2.fit().orElseThrow().latencyError().getAsDouble())
        .isCloseTo(latency, within(5e-4));
    assertThat(tx2.fit().orElseThrow().powerError().getAsDouble())
        .isCloseTo(fit.powerErrors().mean(), within(5e-4));
    assertThat(fit.shapeErrors().values()).allMatch(errors -> errors.mean() < 0.06);
  }
}
