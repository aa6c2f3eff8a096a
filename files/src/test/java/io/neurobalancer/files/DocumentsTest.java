package io.neurobalancer.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neurobalancer.unit.NeuroBalancerException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class DocumentsTest {

  static PlanDocument plan() {
    return new PlanDocument(
        "neurobalancer plan",
        "1.2.3",
        7,
        new Subject("sim:test", "d".repeat(64)),
        new Subject("tiny", "m".repeat(64)),
        "lagrangian",
        0.05,
        0.047,
        0.06,
        0.046,
        0.0201,
        OptionalDouble.of(0.02),
        OptionalDouble.of(0.005),
        2,
        OptionalDouble.empty(),
        "",
        List.of("cpu", "memory"),
        Optional.of(List.of(500_000_000L, 100_000_000L)),
        List.of(
            new PlanDocument.Entry(
                "conv",
                "convolution",
                List.of(1_000_000_000L, 200_000_000L),
                "compute",
                0.046,
                0.018,
                0.01,
                0.002,
                List.of(900_000_000L, 200_000_000L),
                1e-6,
                0.3)),
        List.of(
            new PlanDocument.SegmentEntry(
                "conv",
                "conv",
                1,
                List.of(1_000_000_000L, 200_000_000L),
                0.046,
                0.018,
                List.of(900_000_000L, 200_000_000L),
                0.001,
                0.0002)),
        Optional.of(feedback()));
  }

  private static FeedbackTable feedback() {
    return FeedbackTable.of(FeedbackTableTest.plan());
  }

  static FrontierDocument frontier() {
    return new FrontierDocument(
        "neurobalancer frontier",
        "1.2.3",
        7,
        new Subject("sim:test", "d".repeat(64)),
        new Subject("tiny", "m".repeat(64)),
        0.05,
        0.02,
        0.04,
        0.035,
        0.033,
        0.03,
        List.of(
            new FrontierDocument.Point(0.02, 0.1, 0.1, 0.02, 0, 4),
            new FrontierDocument.Point(0.03, 0.06, 0.0594, 0.0299, 2, 1),
            new FrontierDocument.Point(0.04, 0.05, 0.05, 0.04, 2, 0)));
  }

  @TempDir Path folder;

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("it.json"), text);
  }

  @Test
  void aPlanFile_readsBackAsItWasWritten_andTheSamePlanGivesTheSameBytes() throws IOException {
    String text = plan().toJson();
    assertThat(PlanDocument.read(file(text))).isEqualTo(plan());
    assertThat(plan().toJson())
        .isEqualTo(text)
        .startsWith("{\n  \"schema\" : \"neurobalancer/plan/1\",\n")
        .endsWith("}\n");
    assertThat(text).contains("\"marginalJoulesPerSecond\" : null");
  }

  @Test
  void aPlanFileWithoutIdleClocks_isRead() throws IOException {
    String text = plan().toJson().replaceFirst("  \"idleHertz\".*\n", "");
    assertThat(PlanDocument.read(file(text)).idleHertz()).isEmpty();
  }

  @Test
  void aPlanFileOfAnOldVersion_hasNoFeedback_andIsRead() throws IOException {
    String text = plan().toJson();
    String old = text.substring(0, text.indexOf(",\n  \"feedback\"")) + "\n}\n";
    assertThat(PlanDocument.read(file(old)).feedback()).isEmpty();
  }

  @Test
  void aPlanFileWhoseIdleClocksAreNotKnown_isRead() throws IOException {
    String text = plan().toJson().replaceFirst("(\"idleHertz\" : ).*,", "$1null,");
    assertThat(PlanDocument.read(file(text)).idleHertz()).isEmpty();
  }

  @Test
  void aFigureThatSumsCannotHold_isRefused() {
    String text = plan().toJson();
    for (String figure : List.of("1E305", "-1E61", "1E-61")) {
      String damaged = text.replaceFirst("(\"energyJoules\" : )[^,\\s]+", "$1" + figure);
      assertThat(damaged).isNotEqualTo(text);
      assertThatThrownBy(() -> PlanDocument.read(file(damaged)))
          .isInstanceOf(NeuroBalancerException.class)
          .hasMessageContaining("energyJoules is a number out of range");
    }
  }

  @Test
  void aFrontierFile_readsBackAsItWasWritten() throws IOException {
    assertThat(FrontierDocument.read(file(frontier().toJson()))).isEqualTo(frontier());
    assertThat(frontier().knee()).isEqualTo(1);
    // 1 - 0.0594 / 0.06.
    assertThat(frontier().points().get(1).gap()).isEqualTo(1 - 0.0594 / 0.06);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "plan/1 | plan/9 | schema ('neurobalancer/plan/9') must be 'neurobalancer/plan/1'",
        "\"gap\" | \"gab\" | gab is no field of this schema",
        "0.0201 | \"much\" | energyJoules must be a number",
        "0.0201 | 1e999 | energyJoules (Infinity) must be a finite number",
        "\"lowerBoundJoules\" : 0.02, | \"lowerBoundJoules\" : 1e999, | lowerBoundJoules is a number out"
            + " of range",
        "0.002, | -1e999, | operators[0].savedJoules is a number out of range",
        "0.0201 | null | energyJoules must not be null",
        "\"seed\" : 7, | `` | seed is missing",
        "\"seed\" : 7 | \"seed\" : 7.5 | seed (7.5) must be a whole number",
        "\"seed\" : 7 | \"seed\" : 7, \"seed\" : 8 | the field 'seed' is there twice (line",
        "1000000000 | -5 | operators[0].hertz must be 2 positive clocks",
        "[ 900000000, 200000000 ] | [ 900000000 ] | operators[0].runnerUpHertz must be 2 positive"
            + " clocks",
        "[ 900000000, 200000000 ] | [ 900000000, null ] | operators[0].runnerUpHertz[1] must not be"
            + " null",
        "\"domains\" : [ \"cpu\", \"memory\" ] | \"domains\" : [ ] | domains must be a list with at"
            + " least one entry",
        "\"domains\" : [ \"cpu\", \"memory\" ] | \"domains\" : 3 | domains must be a list",
        "\"note\" : \"\" | \"note\" : 3 | note (3) must be a text",
      })
  void aPlanFileThatIsNone_isRefusedWithFileAndField(String good, String bad, String message)
      throws IOException {
    String text = plan().toJson();
    assertThat(text).contains(good);
    Path file = file(text.replaceFirst(java.util.regex.Pattern.quote(good), bad));
    assertThatThrownBy(() -> PlanDocument.read(file))
        .isInstanceOf(NeuroBalancerException.class)
        .hasMessageStartingWith(file + ": ")
        .hasMessageContaining(message)
        .hasMessageContaining(String.format("%nMaybe "));
  }

  @Test
  void whatIsNoJson_isSaid_whereverTheLibraryHasNoPlaceForIt() throws IOException {
    String text = plan().toJson();
    assertThatThrownBy(() -> PlanDocument.read(file(text.substring(0, text.length() / 2))))
        .hasMessageContaining("this is no valid JSON (line");
    assertThatThrownBy(() -> PlanDocument.read(file("{\"schema\": " + "9".repeat(1_001) + "}")))
        .hasMessageContaining("this is no sensible document");
    assertThatThrownBy(() -> PlanDocument.read(file("[".repeat(2_000))))
        .hasMessageContaining("this is no sensible document");
    assertThatThrownBy(() -> PlanDocument.read(file(text + "{}")))
        .hasMessageContaining("there is more behind the end of the document");
    assertThatThrownBy(() -> PlanDocument.read(file(""))).hasMessageContaining("must be an object");
    assertThatThrownBy(() -> PlanDocument.read(file("7")))
        .hasMessageContaining("must be an object");
    assertThatThrownBy(() -> PlanDocument.read(file("{}")))
        .hasMessageContaining("schema is missing");
  }

  @Test
  void whatIsNoFile_orTooLarge_isSaid() throws IOException {
    assertThatThrownBy(() -> PlanDocument.read(folder))
        .hasMessageContaining("is a folder, no plan file");
    assertThatThrownBy(() -> PlanDocument.read(folder.resolve("none.json")))
        .hasMessageContaining("none.json' cannot be read (there is no such file or folder)");
    Path large = folder.resolve("large.yaml");
    Files.write(large, new byte[(1 << 20) + 1]);
    assertThatThrownBy(() -> StudyMatrix.load(large)).hasMessageContaining("holds more than 1 MB");
  }

  @Test
  void numbersThatAreNotFinite_areWrittenAsNull() {
    record Odd(double nan, List<Double> list, OptionalDouble infinite) {}
    assertThat(
            JsonText.write(
                "x/1",
                new Odd(
                    Double.NaN,
                    List.of(1.0, Double.NEGATIVE_INFINITY),
                    OptionalDouble.of(Double.POSITIVE_INFINITY))))
        .isEqualTo(
            """
            {
              "schema" : "x/1",
              "nan" : null,
              "list" : [ 1.0, null ],
              "infinite" : null
            }
            """);
  }

  private static StudyMatrix matrix(Path folder, String text) throws IOException {
    return StudyMatrix.load(Files.writeString(folder.resolve("matrix.yaml"), text));
  }

  @Test
  void aMatrix_isReadAsYamlOrJson_withDefaults() throws IOException {
    StudyMatrix matrix =
        matrix(
            folder,
            """
            schema: neurobalancer/matrix/1
            models: [zoo:squeezenet-1.1]
            devices: [sim:pixel-4-cpu]
            deadlines: [1.5x, 33ms]
            """);
    assertThat(matrix)
        .isEqualTo(
            new StudyMatrix(
                "matrix.yaml",
                List.of("zoo:squeezenet-1.1"),
                List.of("sim:pixel-4-cpu"),
                List.of("1.5x", "33ms"),
                List.of("nominal"),
                List.of(7L),
                List.of(),
                1,
                "",
                false,
                1));
    assertThat(
            matrix(
                    folder,
                    "{\"schema\": \"neurobalancer/matrix/1\", \"models\": [\"m\"], \"devices\":"
                        + " [\"d\"], \"deadlines\": [\"2x\"], \"dramPowerFactor\": 0.5}")
                .dramPowerFactor())
        .isEqualTo(0.5);
    StudyMatrix lit =
        matrix(
            folder,
            "{\"schema\": \"neurobalancer/matrix/1\", \"models\": [\"m\"], \"devices\": [\"d\"],"
                + " \"deadlines\": [\"2x\"], \"display\": \"on\", \"dramShape\": \"flat\"}");
    assertThat(lit.displayOn()).isTrue();
    assertThat(lit.dramShape()).isEqualTo("flat");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "seeds: [7] | deadlines: [2x] | the field 'deadlines' is there twice",
        "seeds: [7] | dramPowerFactor: 2000000 | dramPowerFactor (2000000.0) must be positive and"
            + " at most",
        "seeds: [7] | dramPowerFactor: .nan | neither YAML nor JSON (line",
        "seeds: [7] | seeds: [7.5] | seeds[0] (7.5) must be a whole number",
        "seeds: [7] | seeds: [a] | seeds[0]",
        "seeds: [7] | seeds: [~] | seeds[0] must not be null",
        "seeds: [7] | seeds: [] | seeds must be a list with at least one entry",
        "seeds: [7] | deadline: [2x] | deadline is no field",
        "[1.5x] | [0.5x] | deadlines[0] ('0.5x') must be a multiple",
        "[1.5x] | [NaNx] | deadlines[0] ('NaNx') must be a multiple",
        "[1.5x] | [33] | deadlines[0] (33) must be a text",
        "models: [m] | models: [m | neither YAML nor JSON (line",
      })
  void aMatrixThatIsNone_isRefused(String good, String bad, String message) throws IOException {
    String text =
        """
        schema: neurobalancer/matrix/1
        title: t
        models: [m]
        devices: [d]
        deadlines: [1.5x]
        weather: [nominal]
        governors: [stock]
        seeds: [7]
        """;
    assertThat(text).contains(good);
    assertThatThrownBy(() -> matrix(folder, text.replace(good, bad)))
        .isInstanceOf(NeuroBalancerException.class)
        .hasMessageContaining("matrix.yaml: ")
        .hasMessageContaining(message);
  }
}
