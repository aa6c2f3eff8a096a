package io.neurobalancer.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neurobalancer.cost.Samples;
import io.neurobalancer.device.FrequencyDomain;
import io.neurobalancer.device.OppTable;
import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.unit.Frequency;
import io.neurobalancer.workload.DataType;
import io.neurobalancer.workload.Operator;
import io.neurobalancer.workload.OperatorKind;
import io.neurobalancer.workload.TensorShape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class CostProfilesTest {

  private static final CostProfile.Origin ORIGIN =
      new CostProfile.Origin("1", "sim:toy", "d0", "zoo:toy", "m0", "still", 9, 1);
  private static final SettingGrid GRID =
      new SettingGrid(
          List.of(
              domain("cpu", FrequencyDomain.Kind.CORE, 500, 1_000, 2_000),
              domain("memory", FrequencyDomain.Kind.MEMORY, 200, 400, 800)));
  private static final Operator CONV =
      new Operator(
          "conv",
          "FusedConv",
          OperatorKind.CONVOLUTION,
          1_000,
          36,
          400,
          800,
          List.of(TensorShape.of(1, 1, 10, 10)),
          List.of(TensorShape.of(2, 1, 3, 3)),
          List.of(TensorShape.of(1, 2, 10, 10)),
          DataType.FLOAT32);

  @TempDir Path folder;

  private static FrequencyDomain domain(String name, FrequencyDomain.Kind kind, long... megahertz) {
    return new FrequencyDomain(
        name,
        kind,
        OppTable.of(LongStream.of(megahertz).mapToObj(Frequency::ofMegahertz).toList()));
  }

  /** 10 ms at 1 GHz / 400 MHz, half of it bound by each clock. */
  private static Samples.Run run(int setting) {
    double fc = GRID.frequency(setting, 0).gigahertz();
    double fm = GRID.frequency(setting, 1).gigahertz();
    double seconds = 5e-3 / fc + 2e-3 / fm;
    return new Samples.Run(
        setting,
        new double[] {seconds},
        new double[] {seconds * (1 + fc)},
        setting == 4 ? Optional.of("hot") : Optional.empty());
  }

  private static String text(int... settings) {
    StringBuilder text = new StringBuilder(CostProfiles.header(ORIGIN, GRID, List.of(CONV)));
    for (int setting : settings) {
      text.append(CostProfiles.line(run(setting), GRID, 1));
    }
    return text + CostProfiles.footer(settings.length);
  }

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("profile.jsonl"), text);
  }

  private static int[] all() {
    return IntStream.range(0, GRID.size()).toArray();
  }

  @Test
  void everySample_comesBack_andExcludedRunsStayMarked() throws IOException {
    CostProfile profile = CostProfiles.read(file(text(all())));
    assertThat(profile.origin()).isEqualTo(ORIGIN);
    assertThat(profile.grid()).isEqualTo(GRID);
    assertThat(profile.operators()).containsExactly(CONV);
    assertThat(profile.runs()).hasSize(9);
    assertThat(profile.runs().get(7).latencySeconds(0)).isEqualTo(run(7).latencySeconds(0));
    assertThat(profile.excluded()).isEqualTo(1);
    assertThat(profile.profile().counted()).hasSize(8);
  }

  @Test
  void aCutOffFile_isRefused_butWhatIsWholeCanBeGoneOnWith() throws IOException {
    String whole = text(all());
    int cut = whole.lastIndexOf("energyJoules");
    Path file = file(whole.substring(0, cut));
    assertThatThrownBy(() -> CostProfiles.read(file))
        .isInstanceOf(ProfileException.class)
        .hasMessageContaining("ends after 8 runs, and line 10 is cut off")
        .hasMessageContaining("Maybe run the same 'neurobalancer profile' command again");
    CostProfiles.Found found = CostProfiles.find(file);
    assertThat(found.profile().runs()).hasSize(8);
    assertThat(found.cutLine()).isEqualTo(10);
    assertThat(Files.readString(file).substring((int) found.wholeBytes())).startsWith("{\"hertz\"");
  }

  @Test
  void aCampaignThatWasNotFinished_isRefused() throws IOException {
    Path file = file(text(0, 2, 6, 8).replace(CostProfiles.footer(4), ""));
    assertThatThrownBy(() -> CostProfiles.read(file)).hasMessageContaining("ends after 4 runs;");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "neurobalancer/profile/1 | neurobalancer/profile/9 | schema ('neurobalancer/profile/9') must",
        "\"hertz\":[500000000,200000000] | \"hertz\":[501000000,200000000] | line 2: hertz (501MHz) is no clock of 'cpu'",
        "\"hertz\":[500000000,200000000] | \"hertz\":[500000000] | line 2: hertz must be one clock per domain (2)",
        "\"latencySeconds\":[0.02] | \"latencySeconds\":[0] | line 2: operator 'conv' has a latency of 0.0 s",
        "\"latencySeconds\":[0.02] | \"latencySeconds\":[\"NaN\"] | line 2: latencySeconds (\"NaN\") must hold numbers",
        "\"latencySeconds\":[0.02] | \"latencySeconds\":[NaN] | line 2: this is no valid JSON",
        "\"latencySeconds\":[0.02] | \"latencySeconds\":[1,2] | line 2: the run has 2 latencies",
        "\"kind\":\"convolution\" | \"kind\":\"magic\" | operators[0].kind ('magic') must be one of",
        "\"flops\":1000 | \"flops\":-1 | operators[0].flops (-1) must be a whole number",
      })
  void damage_isNamedWithLineAndField(String from, String to, String message) throws IOException {
    String whole = text(all());
    assertThat(whole).contains(from);
    Path file = file(whole.replace(from, to));
    assertThatThrownBy(() -> CostProfiles.read(file))
        .isInstanceOf(ProfileException.class)
        .hasMessageContaining(message);
  }

  @Test
  void aPredictor_readsBackAsItWas_withItsProvenance() throws IOException {
    FittedPredictor fitted = FittedPredictors.fit("1", file(text(all())));
    String text = FittedPredictors.write(fitted);
    Path file = Files.writeString(folder.resolve("predictor.json"), text);
    FittedPredictor read = FittedPredictors.read(file);
    assertThat(FittedPredictors.write(read)).isEqualTo(text);
    assertThat(read.provenance()).isEqualTo(fitted.provenance());
    assertThat(read.provenance().excludedRuns()).isEqualTo(1);
    assertThat(read.provenance().profileHash()).hasSize(64);
    // Setting 4 was left out: 1 GHz / 400 MHz takes 5 + 5 ms.
    assertThat(read.at(4).totalSeconds()).isBetween(9.9e-3, 10.1e-3);
    assertThat(read.at(4).extrapolated()).isFalse();
  }

  @Test
  void aFitFromOneMemoryClock_isRefused_andSaysWhatToMeasure() throws IOException {
    Path file = file(text(0, 3, 6));
    assertThatThrownBy(() -> FittedPredictors.fit("1", file))
        .isInstanceOf(ProfileException.class)
        .hasMessageContaining("only one clock of domain 'memory' (200MHz)")
        .hasMessageContaining("Maybe measure at 800MHz too.");
  }

  @Test
  void aDamagedPredictor_isRefused() throws IOException {
    String text = FittedPredictors.write(FittedPredictors.fit("1", file(text(all()))));
    Path file = folder.resolve("predictor.json");
    Files.writeString(file, text.substring(0, text.length() / 2));
    assertThatThrownBy(() -> FittedPredictors.read(file)).hasMessageContaining("no valid JSON");
    Files.writeString(file, text.replace("\"coefficients\" : [ ", "\"coefficients\" : [ -1, "));
    assertThatThrownBy(() -> FittedPredictors.read(file))
        .hasMessageContaining("operators[0] is no fitted operator");
  }
}
