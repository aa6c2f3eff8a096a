package io.neurobalancer.report;

import io.neurobalancer.report.StudyReport.Cell;
import io.neurobalancer.report.StudyReport.Outcome;
import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Function;

/**
 * The tables that sum a study up. Every cell counts the same; a governor's saving in a cell is that
 * of its energy against the reference's in that very cell.
 */
public final class StudySummary {

  /** A deadline counts as kept by a governor that misses no more than this share. */
  private static final double TOLERATED_MISSES = 0.001;

  private final StudyReport report;
  private final String ours;

  /**
   * Creates the summary.
   *
   * @param ours the governor that the tables by deadline, device and model are about
   */
  public StudySummary(StudyReport report, String ours) {
    this.report = report;
    this.ours = ours;
  }

  /**
   * Returns the energy of a governor above the oracle's, as a share; empty if not both were run.
   */
  static OptionalDouble aboveClairvoyant(Cell cell, String governor) {
    Optional<Outcome> oracle = cell.outcome("clairvoyant");
    Optional<Outcome> outcome = cell.outcome(governor);
    return oracle.isPresent() && outcome.isPresent()
        ? OptionalDouble.of(
            outcome.orElseThrow().energyJoulesPerJob() / oracle.orElseThrow().energyJoulesPerJob()
                - 1)
        : OptionalDouble.empty();
  }

  /** Returns the tables for a terminal, in lines of so many characters. */
  public String text(int columns) {
    return write(table -> table.render(columns), "");
  }

  /** Returns the page for the documentation, with the command that makes it again. */
  public String markdown() {
    StringBuilder page = new StringBuilder();
    page.append("# ").append(report.title()).append("\n\n");
    page.append("Simulated, made by NeuroBalancer ")
        .append(report.version())
        .append(" with\n\n```\n")
        .append(report.command())
        .append("\n```\n\n");
    report.notes().forEach(note -> page.append("- ").append(note).append('\n'));
    page.append('\n').append(write(TextTable::markdown, "## "));
    return page.toString();
  }

  private String write(Function<TextTable, String> table, String heading) {
    StringBuilder text = new StringBuilder();
    for (String target : values(Cell::target)) {
      List<Cell> cells = cells(Cell::target, target);
      section(
          text,
          heading,
          "Governors on %s devices, %d cells"
              .formatted(target.toUpperCase(Locale.ROOT), cells.size()),
          table.apply(governors(cells)));
    }
    section(text, heading, ours + " by deadline", table.apply(by("deadline", Cell::deadline)));
    section(text, heading, ours + " by device", table.apply(by("device", Cell::device)));
    section(text, heading, ours + " by model", table.apply(by("model", Cell::model)));
    if (values(Cell::weather).size() > 1) {
      section(text, heading, ours + " by weather", table.apply(by("weather", Cell::weather)));
    }
    return text.append(verdicts()).toString();
  }

  private static void section(StringBuilder text, String heading, String title, String table) {
    text.append(heading).append(title).append("\n\n").append(table).append('\n');
  }

  private TextTable governors(List<Cell> cells) {
    TextTable table =
        new TextTable(
            "governor",
            ">cells",
            ">mean vs stock",
            ">best",
            ">worst",
            ">mean vs sysscale",
            ">best",
            ">mean misses",
            ">most misses",
            ">mean above optimum");
    Set<String> names = new LinkedHashSet<>();
    cells.forEach(cell -> cell.outcomes().forEach(outcome -> names.add(outcome.governor())));
    for (String name : names) {
      DoubleSummaryStatistics stock = over(cells, cell -> cell.saving(name, "stock"));
      DoubleSummaryStatistics sysscale = over(cells, cell -> cell.saving(name, "sysscale"));
      DoubleSummaryStatistics misses = over(cells, cell -> misses(cell, name));
      DoubleSummaryStatistics above = over(cells, cell -> aboveClairvoyant(cell, name));
      table.row(
          name,
          String.valueOf(misses.getCount()),
          saving(stock, stock.getAverage()),
          saving(stock, stock.getMax()),
          saving(stock, stock.getMin()),
          saving(sysscale, sysscale.getAverage()),
          saving(sysscale, sysscale.getMax()),
          share(misses, misses.getAverage()),
          share(misses, misses.getMax()),
          share(above, above.getAverage()));
    }
    return table;
  }

  private TextTable by(String what, Function<Cell, String> key) {
    TextTable table =
        new TextTable(
            what,
            ">cells",
            ">mean vs stock",
            ">best",
            ">worst",
            ">mean vs performance",
            ">mean misses",
            ">most misses",
            ">stock's mean misses",
            ">mean above optimum");
    for (String value : values(key)) {
      List<Cell> cells = cells(key, value);
      DoubleSummaryStatistics stock = over(cells, cell -> cell.saving(ours, "stock"));
      DoubleSummaryStatistics performance = over(cells, cell -> cell.saving(ours, "performance"));
      DoubleSummaryStatistics misses = over(cells, cell -> misses(cell, ours));
      DoubleSummaryStatistics stockMisses = over(cells, cell -> misses(cell, "stock"));
      DoubleSummaryStatistics above = over(cells, cell -> aboveClairvoyant(cell, ours));
      table.row(
          value,
          String.valueOf(cells.size()),
          saving(stock, stock.getAverage()),
          saving(stock, stock.getMax()),
          saving(stock, stock.getMin()),
          saving(performance, performance.getAverage()),
          share(misses, misses.getAverage()),
          share(misses, misses.getMax()),
          share(stockMisses, stockMisses.getAverage()),
          share(above, above.getAverage()));
    }
    return table;
  }

  private String verdicts() {
    long late = count(cell -> misses(cell, ours).orElse(0) > TOLERATED_MISSES);
    long dearer = count(cell -> cell.saving(ours, "stock").orElse(0) < 0);
    long dearerThanKeeping =
        count(
            cell ->
                cell.saving(ours, "stock").orElse(0) < 0
                    && misses(cell, "stock").orElse(0) <= TOLERATED_MISSES);
    return String.format(
        Locale.ROOT,
        "Of %d cells, %s misses more than %.1f %% of its deadlines in %d and burns more than stock"
            + " in %d (in %d of those stock keeps its deadlines). Negative is less energy.%n",
        report.cells().size(),
        ours,
        TOLERATED_MISSES * 100,
        late,
        dearer,
        dearerThanKeeping);
  }

  private long count(java.util.function.Predicate<Cell> predicate) {
    return report.cells().stream().filter(predicate).count();
  }

  private List<String> values(Function<Cell, String> key) {
    return new ArrayList<>(new LinkedHashSet<>(report.cells().stream().map(key).toList()));
  }

  private List<Cell> cells(Function<Cell, String> key, String value) {
    return report.cells().stream().filter(cell -> key.apply(cell).equals(value)).toList();
  }

  private static OptionalDouble misses(Cell cell, String governor) {
    return cell.outcome(governor)
        .map(Outcome::missRate)
        .map(OptionalDouble::of)
        .orElse(OptionalDouble.empty());
  }

  private static DoubleSummaryStatistics over(
      List<Cell> cells, Function<Cell, OptionalDouble> value) {
    return cells.stream()
        .map(value)
        .filter(OptionalDouble::isPresent)
        .mapToDouble(OptionalDouble::getAsDouble)
        .summaryStatistics();
  }

  /** A saving of 0.3 reads as -30.0 %: that much less energy than the reference. */
  private static String saving(DoubleSummaryStatistics statistics, double value) {
    return statistics.getCount() == 0
        ? "not run"
        : String.format(Locale.ROOT, "%+.1f %%", 0.0 - value * 100);
  }

  private static String share(DoubleSummaryStatistics statistics, double value) {
    return statistics.getCount() == 0
        ? "not run"
        : String.format(Locale.ROOT, "%.2f %%", value * 100);
  }
}
