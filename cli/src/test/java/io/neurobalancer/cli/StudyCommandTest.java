package io.neurobalancer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.neurobalancer.evaluation.StudyJournal;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class StudyCommandTest {

  private static final String MATRIX =
      """
      schema: neurobalancer/matrix/1
      models: [zoo:squeezenet-1.1]
      devices: [sim:pixel-4-cpu]
      deadlines: [1.2x, 2x, 1ms]
      governors: [stock, clairvoyant]
      """;

  @TempDir private Path folder;

  private record Outcome(int exitCode, String out, String err) {}

  private Outcome study(String matrix) throws IOException {
    Path file = Files.writeString(folder.resolve("matrix.yaml"), matrix);
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exitCode =
        Main.run(
            new PrintWriter(out),
            new PrintWriter(err),
            "study",
            "--matrix",
            file.toString(),
            "--jobs",
            "10",
            "--out",
            folder.resolve("out").toString());
    return new Outcome(exitCode, out.toString(), err.toString());
  }

  @Test
  void study_runsEveryCell_andSumsUp() throws IOException {
    Outcome outcome = study(MATRIX);
    assertThat(outcome.err())
        .isEqualTo(
            "1 cells ask for less time than their job can take; nothing was run in them."
                + System.lineSeparator());
    assertThat(outcome.exitCode()).isEqualTo(ExitCode.FINDING);
    assertThat(outcome.out()).contains("Governors on CPUs of phones, 3 cells").contains("1.2x");
    assertThat(Files.readAllLines(folder.resolve("out/results.csv")))
        .hasSize(1 + 2 * 3)
        .anyMatch(row -> row.contains(",2x,") && row.contains(",stock,"));
    assertThat(Files.readString(folder.resolve("out/summary.md")))
        .contains("Simulated")
        .contains("neurobalancer study --matrix")
        .contains("1 cells ask for less time than their job can take");
  }

  @Test
  void aCellThatWasCutOff_runsAgain_andNoOther() throws IOException {
    study(MATRIX);
    String results = Files.readString(folder.resolve("out/results.csv"));
    Path journal = folder.resolve("out/journal.jsonl");
    String whole = Files.readString(journal);
    // The last line loses its end, as when the process is killed; the first gets a mark that only
    // survives if that cell is taken from the journal.
    String cut =
        whole
            .substring(0, whole.length() - 40)
            .replaceFirst("\"missRate\":0.0", "\"missRate\":0.5");
    Files.writeString(journal, cut);
    Outcome again = study(MATRIX);
    assertThat(again.exitCode()).isEqualTo(ExitCode.FINDING);
    assertThat(Files.readString(journal).lines().count()).isEqualTo(whole.lines().count());
    String resumed = Files.readString(folder.resolve("out/results.csv"));
    assertThat(resumed).isNotEqualTo(results).contains(",0.500000,");
    assertThat(resumed.lines().skip(2)).containsExactlyElementsOf(results.lines().skip(2).toList());
  }

  @Test
  void aDamagedLineInTheMiddle_costsItsOwnCellOnly() throws IOException {
    study(MATRIX);
    String results = Files.readString(folder.resolve("out/results.csv"));
    Path journal = folder.resolve("out/journal.jsonl");
    String whole = Files.readString(journal);
    Files.writeString(journal, "{\"key\":\"x\"}\n" + whole.substring(whole.indexOf('\n') + 1));
    Outcome outcome = study(MATRIX);
    assertThat(outcome.exitCode()).isEqualTo(ExitCode.FINDING);
    assertThat(outcome.err()).contains("1 lines of").contains("damaged; their cells run again");
    assertThat(Files.readString(folder.resolve("out/results.csv"))).isEqualTo(results);
  }

  @Test
  void twoStudies_doNotWriteOneFolder() throws IOException {
    Path journal = folder.resolve("out/journal.jsonl");
    try (StudyJournal first = StudyJournal.open(journal)) {
      assertThat(first.damagedLines()).isZero();
      Outcome second = study(MATRIX);
      assertThat(second.err()).contains("Another study is writing").contains("Maybe wait");
      assertThat(second.exitCode()).isEqualTo(2);
    }
    assertThat(study(MATRIX.replace(", 1ms", "")).exitCode()).isZero();
  }

  @Test
  void theDramPowerFactor_movesEnergy_andMustBePositive() throws IOException {
    study(MATRIX);
    String results = Files.readString(folder.resolve("out/results.csv"));
    Outcome doubled = study(MATRIX + "dramPowerFactor: 2\n");
    assertThat(doubled.exitCode()).isEqualTo(ExitCode.FINDING);
    assertThat(doubled.err())
        .startsWith("Replaces '" + folder.resolve("out/results.json") + "' of ");
    assertThat(Files.readString(folder.resolve("out/results.csv"))).isNotEqualTo(results);
    assertThat(Files.readString(folder.resolve("out/summary.md")))
        .contains("The power of every DRAM is its profile's times 2.0.");
    Outcome none = study(MATRIX + "dramPowerFactor: 0\n");
    assertThat(none.err()).contains("dramPowerFactor (0.0) must be positive");
    assertThat(none.exitCode()).isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "models: [zoo:squeezenet-1.1]|models: []|models must be a list with at least one entry",
        "devices: [sim:pixel-4-cpu]||devices is missing",
        "devices: [sim:pixel-4-cpu]|devices: [sim:pixel-44]|There is no simulated device"
            + " 'pixel-44'",
        "zoo:squeezenet-1.1|zoo:squeezenet|Maybe you mean zoo:squeezenet-1.1",
        "zoo:squeezenet-1.1|nowhere.onnx|There is no model file 'nowhere.onnx'",
        "1.2x|0.5x|deadlines[0] ('0.5x') must be a multiple",
        "1.2x|12|deadlines[0] (12) must be a text",
        "governors: [stock|governors: [stok|There is no governor 'stok'",
        "governors:|governers:|governers is no field of this schema",
        "matrix/1|matrix/9|must be 'neurobalancer/matrix/1'",
        "models: [zoo:squeezenet-1.1]|models: 3|models must be a list",
        "1ms]|1ms}|is neither YAML nor JSON",
        "1ms]|1ms], seeds: [a]|is neither YAML nor JSON"
      })
  void aWrongMatrix_isRefusedInOneSentence_beforeAnythingRuns(
      String correct, String wrong, String message) throws IOException {
    String replacement = wrong == null ? "" : wrong;
    assertThat(MATRIX).contains(correct);
    Outcome outcome = study(MATRIX.replace(correct, replacement));
    assertThat(outcome.err()).contains(message).contains("Maybe").doesNotContain("\tat ");
    assertThat(outcome.err().lines().count()).isEqualTo(2);
    assertThat(outcome.exitCode()).isEqualTo(2);
    assertThat(folder.resolve("out/results.csv")).doesNotExist();
  }
}
