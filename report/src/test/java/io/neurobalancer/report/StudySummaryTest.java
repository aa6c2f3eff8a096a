package io.neurobalancer.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class StudySummaryTest {

  private static StudyReport.Cell cell(
      String device, String deadline, double ours, double stock, double missRate) {
    return new StudyReport.Cell(
        "zoo:a",
        device,
        "cpu",
        "nominal",
        7,
        deadline,
        0.05,
        0.03,
        0.001,
        List.of(
            new StudyReport.Outcome("ours", ours, missRate, 0.001, 2),
            new StudyReport.Outcome("stock", stock, 0.5, 0.002, 9),
            new StudyReport.Outcome("clairvoyant", 0.5, 0, 0, 1)));
  }

  private static final StudyReport REPORT =
      new StudyReport(
          "Title",
          "neurobalancer study",
          "0.1",
          10,
          List.of(cell("sim:x", "1.5x", 0.6, 1.0, 0), cell("sim:y,z", "2x", 0.9, 0.75, 0.02)),
          List.of("A note."));

  @Test
  void savings_areMeansOverCells_notRatiosOfSums() {
    // 1 - 0.6 / 1.0 = 40 % and 1 - 0.9 / 0.75 = -20 %: the mean is 10 %, the best 40 %, the worst
    // -20 %. Above the optimum: 0.6 / 0.5 - 1 = 20 % and 0.9 / 0.5 - 1 = 80 %.
    String text = new StudySummary(REPORT, "ours").text(Integer.MAX_VALUE);
    assertThat(text.lines().filter(line -> line.startsWith("ours ")).findFirst().orElseThrow())
        .containsSubsequence("2", "-10.0 %", "-40.0 %", "+20.0 %", "1.00 %", "2.00 %", "50.00 %");
    assertThat(text)
        .contains("misses more than 0.1 % of its deadlines in 1")
        .contains("burns more than stock in 1 (in 0 of those");
  }

  @Test
  void csv_hasOneRowPerGovernor_quotesNames_andLeavesEmptyWhatWasNotRun() {
    List<String> rows = REPORT.csv().lines().toList();
    assertThat(rows).hasSize(1 + 2 * 3);
    assertThat(rows.get(1))
        .isEqualTo(
            "zoo:a,sim:x,cpu,nominal,7,1.5x,0.0500000000,0.0300000000,0.00100000,ours,0.600000000,"
                + "0.00000,0.00100000,2.00000,0.400000,,,0.200000");
    assertThat(rows.get(4)).contains("\"sim:y,z\"");
  }

  @Test
  void markdown_namesCommandAndVersion() {
    assertThat(new StudySummary(REPORT, "ours").markdown())
        .startsWith("# Title\n")
        .contains("NeuroBalancer 0.1")
        .contains("neurobalancer study")
        .contains("- A note.")
        .contains("| ours | 2 |");
  }
}
