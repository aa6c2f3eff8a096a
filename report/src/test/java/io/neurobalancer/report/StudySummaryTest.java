package io.neurobalancer.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class StudySummaryTest {

  private static StudyReport.Cell cell(
      String device, String deadline, double ours, double stock, double missRate) {
    return cell(device, deadline, ours, stock, missRate, 0.5);
  }

  private static StudyReport.Cell cell(
      String device,
      String deadline,
      double ours,
      double stock,
      double missRate,
      double stockMisses) {
    return new StudyReport.Cell(
        "zoo:a",
        device,
        "cpu",
        false,
        "nominal",
        7,
        deadline,
        0.05,
        0.03,
        0.5,
        0.001,
        List.of(
            new StudyReport.Outcome("ours", ours, missRate, 0.001, 0.04, 0.045, 0.048, 3, 2),
            new StudyReport.Outcome("stock", stock, stockMisses, 0.002, 0.03, 0.035, 0.04, 1, 9),
            new StudyReport.Outcome("clairvoyant", 0.5, 0, 0, 0.05, 0.05, 0.05, 0, 1)));
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
    // -20 %. Of the sums: 1.5 / 1.75 = 14.3 % less. Above the bound: 0.6 / 0.5 - 1 = 20 % and
    // 0.9 / 0.5 - 1 = 80 %. Stock is punctual nowhere.
    String text = new StudySummary(REPORT, "ours").text(Integer.MAX_VALUE);
    assertThat(text.lines().filter(line -> line.startsWith("ours ")).findFirst().orElseThrow())
        .containsSubsequence(
            "2", "-10.0 %", "-40.0 to +20.0", "-10.0 %", "-14.3 %", "-40.0 %", "+20.0 %", "not run")
        .containsSubsequence("1.00 %", "2.00 %", "3", "50.00 %", "80.00 %");
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
            "zoo:a,sim:x,cpu,false,nominal,7,1.5x,0.0500000000,0.0300000000,0.00100000,ours,"
                + "0.600000000,0.00000,0.00100000,0.0400000,0.0450000,0.0480000,3,2.00000,0.400000,"
                + ",,0.200000,0.200000");
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

  @Test
  void anInterval_drawsChips_notCells() {
    // Two chips, one with many equal cells: a draw has one of the two, the other, or both.
    List<StudyReport.Cell> cells = new ArrayList<>();
    for (int k = 0; k < 20; k++) {
      cells.add(cell("sim:one-cpu-big", "1.5x", 0.5, 1, 0));
    }
    cells.add(cell("sim:two-cpu", "1.5x", 0.9, 1, 0));
    StudyReport report = new StudyReport("T", "c", "0.1", 10, cells, List.of());
    assertThat(new StudySummary(report, "ours").text(Integer.MAX_VALUE)).contains("-50.0 to -10.0");
    StudyReport one =
        new StudyReport(
            "T",
            "c",
            "0.1",
            10,
            List.of(
                cell("sim:one-cpu-big", "1.5x", 0.5, 1, 0), cell("sim:one-gpu", "1.5x", 0.9, 1, 0)),
            List.of());
    assertThat(new StudySummary(one, "ours").text(Integer.MAX_VALUE)).doesNotContain(" to ");
  }

  @Test
  void cellsWhereStockIsPunctual_areCountedApart() {
    StudyReport report =
        new StudyReport(
            "T",
            "c",
            "0.1",
            10,
            List.of(cell("sim:x", "1.5x", 0.9, 1, 0, 0), cell("sim:y", "1.5x", 0.5, 1, 0, 0.3)),
            List.of());
    assertThat(new StudySummary(report, "ours").text(Integer.MAX_VALUE))
        .containsPattern("ours +2 +-30.0 %.*-50.0 % +-10.0 % +-10.0 %");
  }

  @Test
  void theMap_showsSavingsInPercent_andMarksWhatWasLate() {
    String page = StudyPage.write(REPORT, "ours");
    assertThat(page)
        .contains("Deadline 1.5x, nominal weather")
        .contains(">-40</td>")
        .contains("class=\"late\"")
        .contains(">+20</td>")
        .contains("y,z");
  }
}
