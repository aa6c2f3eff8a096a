package io.neurobalancer.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neurobalancer.cost.Calibration;
import io.neurobalancer.cost.CostModel;
import io.neurobalancer.cost.MeasuredPredictor;
import io.neurobalancer.cost.Provenance;
import io.neurobalancer.cost.Samples;
import io.neurobalancer.device.DeviceIdentity;
import io.neurobalancer.device.FrequencyDomain;
import io.neurobalancer.device.IdleState;
import io.neurobalancer.device.OppTable;
import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.device.SwitchCost;
import io.neurobalancer.device.SwitchCosts;
import io.neurobalancer.files.SamplesWriter.Replacing;
import io.neurobalancer.unit.Frequency;
import io.neurobalancer.unit.NeuroBalancerException;
import io.neurobalancer.workload.DataType;
import io.neurobalancer.workload.Operator;
import io.neurobalancer.workload.OperatorKind;
import io.neurobalancer.workload.TensorShape;
import io.neurobalancer.workload.Workload;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SamplesFileTest {

  private static final SettingGrid GRID =
      new SettingGrid(
          List.of(
              domain("cpu", FrequencyDomain.Kind.CORE, 500, 1_000, 2_000),
              domain("memory", FrequencyDomain.Kind.MEMORY, 200, 400, 800)));
  private static final Workload WORKLOAD =
      new Workload(
          "zoo:toy",
          "m0",
          List.of(
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
                  DataType.FLOAT32)));
  private static final SamplesFile.Campaign CAMPAIGN =
      new SamplesFile.Campaign(
          new Provenance(
              new DeviceIdentity("sim:toy", "Toy", "d0", DeviceIdentity.Origin.SIMULATED),
              "zoo:toy",
              "m0",
              OptionalLong.of(7),
              "1",
              "neurobalancer profile"),
          "still",
          9,
          1,
          GRID,
          WORKLOAD);
  private static final Calibration CALIBRATION =
      new Calibration(
          new SwitchCosts(List.of(new SwitchCost(1e-5, 2e-5, 3e-6, 4e-6), SwitchCost.FREE)),
          List.of(1e-4, 5e-4),
          List.of(new IdleState("WFI", 0, 1e-6, 0), new IdleState("deep", 1e-4, 2e-4, 3e-3)),
          List.of(Collections.nCopies(9, 0.2), Collections.nCopies(9, Double.NaN)),
          Map.of("switch", "two settings", "idle", "not measured: no meter"));

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

  private static Samples samples() {
    return new Samples(
        GRID,
        WORKLOAD,
        IntStream.range(0, 9).mapToObj(SamplesFileTest::run).toList(),
        List.of(new Samples.Block(3, 0, 0, 0.5)),
        Optional.of(CALIBRATION),
        Optional.of(CAMPAIGN.provenance()));
  }

  static String text() {
    return SamplesFile.write(CAMPAIGN, samples());
  }

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("samples.jsonl"), text);
  }

  @Test
  void everySample_comesBack_withCalibrationAndProvenance() throws IOException {
    Samples read = SamplesFile.read(file(text()));
    assertThat(read.grid()).isEqualTo(GRID);
    assertThat(read.workload()).isEqualTo(WORKLOAD);
    assertThat(read.runs()).hasSize(9);
    assertThat(read.runs().get(7).latencySeconds(0)).isEqualTo(run(7).latencySeconds(0));
    assertThat(read.runs().get(4).excluded()).hasValue("hot");
    assertThat(read.blocks()).isEqualTo(samples().blocks());
    assertThat(read.calibration()).hasValue(CALIBRATION);
    assertThat(read.provenance()).hasValue(CAMPAIGN.provenance());
    assertThat(SamplesFile.write(CAMPAIGN, read)).isEqualTo(text());
  }

  @Test
  void anEnergyThatNoMeterTells_isNull_neverZero() throws IOException {
    Samples.Run run = new Samples.Run(0, new double[] {0.02}, new double[] {Double.NaN});
    String text = SamplesFile.write(CAMPAIGN, Samples.of(GRID, WORKLOAD, List.of(run)));
    assertThat(text).contains("\"latencySeconds\":[0.02],\"energyJoules\":[null]");
    assertThat(SamplesFile.read(file(text)).runs().get(0).energyJoules(0)).isNaN();
  }

  @Test
  void aCutOffFile_isRefused_butGoneOnWith() throws IOException {
    String whole = text();
    Path file = file(whole.substring(0, whole.indexOf("energyJoules", whole.indexOf("hot") - 60)));
    assertThatThrownBy(() -> SamplesFile.read(file))
        .isInstanceOf(NeuroBalancerException.class)
        .hasMessageContaining("ends after 4 runs, and line 6 is cut off")
        .hasMessageContaining("Maybe run the same 'neurobalancer profile' command again");
    try (SamplesWriter writer = SamplesWriter.open(file, CAMPAIGN, Replacing.NOTHING)) {
      assertThat(writer.already()).hasSize(4);
      assertThat(writer.earlier().orElseThrow().cutLine()).isEqualTo(6);
      for (int x = 4; x < 9; x++) {
        writer.add(run(x));
      }
      writer.add(new Samples.Block(3, 0, 0, 0.5));
      writer.add(CALIBRATION);
      writer.finish();
    }
    assertThat(Files.readString(file)).isEqualTo(whole);
  }

  @Test
  void aFinishedFile_isBegunAnewWhereAllowed_andAnUnfinishedOneOfSomethingElseIsNot()
      throws IOException {
    Path file = file(text());
    assertThatThrownBy(() -> SamplesWriter.open(file, CAMPAIGN, Replacing.NOTHING))
        .hasMessageContaining("holds a finished campaign")
        .hasMessageContaining("9 runs")
        .hasMessageContaining("--restart");
    assertThat(file).hasContent(text());
    try (SamplesWriter writer = SamplesWriter.open(file, CAMPAIGN, Replacing.FINISHED)) {
      assertThat(writer.replaced()).isTrue();
      assertThat(writer.already()).isEmpty();
      writer.add(run(0));
    }
    assertThat(SamplesFile.find(file).runs()).hasSize(1);
    SamplesFile.Campaign other =
        new SamplesFile.Campaign(CAMPAIGN.provenance(), "still", 12, 1, GRID, WORKLOAD);
    assertThatThrownBy(() -> SamplesWriter.open(file, other, Replacing.FINISHED))
        .hasMessageContaining("holds an unfinished campaign of something else")
        .hasMessageContaining("--restart");
    try (SamplesWriter writer = SamplesWriter.open(file, other, Replacing.ANYTHING)) {
      assertThat(writer.already()).isEmpty();
    }
  }

  @Test
  void aFileThatIsTooLargeForSamples_isNotReplaced() throws IOException {
    Path file = folder.resolve("film.bin");
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.setLength(SamplesFile.MOST_BYTES + 1);
    }
    assertThatThrownBy(() -> SamplesWriter.open(file, CAMPAIGN, Replacing.FINISHED))
        .hasMessageContaining("has 256 MB, which no campaign has");
    assertThat(file).hasSize(SamplesFile.MOST_BYTES + 1);
  }

  @Test
  void onlyOneAtATime_writesAFile() {
    Path file = folder.resolve("samples.jsonl");
    try (SamplesWriter writer = SamplesWriter.open(file, CAMPAIGN, Replacing.NOTHING)) {
      writer.add(run(0));
      assertThat(SamplesFile.find(file).runs()).hasSize(1);
      assertThatThrownBy(() -> SamplesWriter.open(file, CAMPAIGN, Replacing.NOTHING))
          .isInstanceOf(NeuroBalancerException.class)
          .hasMessageContaining("Another profile is writing");
      writer.add(run(1));
    }
    assertThat(SamplesFile.find(file).runs()).hasSize(2);
  }

  @Test
  void aCampaignThatWasNotFinished_isRefused() throws IOException {
    Path file = file(text().replace(SamplesFile.footer(9), ""));
    assertThatThrownBy(() -> SamplesFile.read(file)).hasMessageContaining("ends after 9 runs;");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "neurobalancer/samples/1 | neurobalancer/samples/9 | samples.jsonl: schema"
            + " ('neurobalancer/samples/9') must",
        "\"hertz\":[500000000,200000000] | \"hertz\":[501000000,200000000] | line 2: run.hertz"
            + " (501000000 Hz) is no clock of 'cpu'",
        "\"hertz\":[500000000,200000000] | \"hertz\":[500000000] | line 2: run.hertz must be one"
            + " clock per domain (2)",
        "\"latencySeconds\":[0.02] | \"latencySeconds\":[0] | line 2: run.latencySeconds[0] (0.0)"
            + " must be positive",
        "\"latencySeconds\":[0.02] | \"latencySeconds\":[null] | line 2: run.latencySeconds[0]"
            + " (NaN) must be positive",
        "\"latencySeconds\":[0.02] | \"latencySeconds\":[\"NaN\"] | line 2: run.latencySeconds[0]"
            + " must be a number",
        "\"latencySeconds\":[0.02] | \"latencySeconds\":[NaN] | line 2: this is no valid JSON",
        "\"latencySeconds\":[0.02] | \"latencySeconds\":0.02 | line 2: run.latencySeconds must be a"
            + " list",
        "\"latencySeconds\":[0.02] | \"latencySeconds\":[1,2] | line 2: run.latencySeconds has 2"
            + " values; there must be one per operator (1)",
        "\"energyJoules\":[0.03] | \"energyJoules\":[-1] | line 2: run.energyJoules[0] (-1.0) must"
            + " not be negative",
        "{\"run\" | {\"finished\":{\"runs\":1},\"run\" | line 2: the top level must have one of"
            + " run, block",
        "{\"run\" | {\"walk\" | line 2: the top level must have one of run",
        "\"kind\":\"convolution\" | \"kind\":\"magic\" | workload.operators[0].kind ('magic') must"
            + " be one of",
        "\"flops\":1000 | \"flops\":-1 | workload.operators[0] cannot be: Operator 'conv' has a"
            + " negative count",
        "\"weightShapes\":[[2,1,3,3]] | \"weightShapes\":[[-2,1,3,3]] |"
            + " workload.operators[0].weightShapes[0] cannot be: The shape [-2, 1, 3, 3] has a"
            + " negative extent",
        "\"name\":\"memory\" | \"name\":\"cpu\" | domains cannot be: Two frequency domains share a"
            + " name",
        "[500000000,1000000000 | [1000000000,500000000 | domains[0].hertz[1] (500000000) must be"
            + " faster",
        "\"firstOperator\":\"conv\" | \"firstOperator\":\"pool\" | line 11: block.firstOperator"
            + " ('pool') is no operator",
        "\"settleSeconds\":[1.0E-4,5.0E-4] | \"settleSeconds\":[1.0E-4] | line 12:"
            + " calibration.settleSeconds has 1 values; there must be one per domain (2)",
        "\"watts\":[ | \"watts\":[1e999, | line 12: calibration.idleStates[0].watts[0] is a number"
            + " out of range",
        "\"upSeconds\":1.0E-5 | \"upSeconds\":-1 | line 12: calibration.switchCosts[0] cannot be:"
            + " The switch cost upSeconds (-1.0)",
      })
  void damage_isNamedWithLineAndField(String from, String to, String message) throws IOException {
    String whole = text();
    assertThat(whole).contains(from);
    Path file = file(whole.replaceFirst(java.util.regex.Pattern.quote(from), to));
    assertThatThrownBy(() -> SamplesFile.read(file))
        .isInstanceOf(NeuroBalancerException.class)
        .hasMessageContaining(message)
        .hasMessageContaining("make it again with 'neurobalancer profile'");
  }

  static CostModel model() {
    return MeasuredPredictor.fit(samples()).predict(WORKLOAD);
  }

  @Test
  void aCostModel_readsBackAsItWas_toTheLastBit() throws IOException {
    String text = CostModelFile.write(model());
    CostModel read = CostModelFile.read(file(text));
    assertThat(CostModelFile.write(read)).isEqualTo(text);
    assertThat(read.costs().latencySeconds()).isEqualTo(model().costs().latencySeconds());
    assertThat(read.costs().energyJoules()).isEqualTo(model().costs().energyJoules());
    assertThat(read.calibration()).isEqualTo(CALIBRATION);
    assertThat(read.quality()).isEqualTo(model().quality());
    assertThat(read.provenance()).isEqualTo(CAMPAIGN.provenance());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"spreadSeconds\" : [ | \"spreadSeconds\" : [ 1, | operators[0].spreadSeconds has 10"
            + " values; there must be one per setting (9)",
        "\"spreadSeconds\" : [ | \"spreadSeconds\" : [ null, | operators[0].spreadSeconds has 10",
        "\"name\" : \"memory\" | \"name\" : \"cpu\" | domains cannot be: Two frequency domains"
            + " share a name",
        "\"basis\" : \"measured\" | \"basis\" : \"dreamt\" | quality.basis ('dreamt') must be one"
            + " of measured, learned",
        "\"origin\" : \"simulated\" | \"origin\" : null | provenance.device.origin must not be"
            + " null",
        "\"hash\" : \"d0\", | `` | provenance.device.hash is missing",
      })
  void aDamagedCostModel_isRefused(String from, String to, String message) throws IOException {
    String text = CostModelFile.write(model());
    assertThat(text).contains(from);
    Path file = file(text.replaceFirst(java.util.regex.Pattern.quote(from), to));
    assertThatThrownBy(() -> CostModelFile.read(file))
        .isInstanceOf(NeuroBalancerException.class)
        .hasMessageContaining(message);
  }
}
