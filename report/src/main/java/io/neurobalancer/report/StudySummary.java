package io.neurobalancer.report;

import io.neurobalancer.report.StudyReport.Cell;
import io.neurobalancer.report.StudyReport.Outcome;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * The tables that sum a study up. Every cell counts the same; a governor's saving in a cell is that
 * of its energy against the reference's in that very cell.
 *
 * <p>Cells of one system-on-chip resemble each other, so an interval of a mean comes from drawing
 * chips, with all their cells, again and again with replacement (cluster bootstrap).
 */
public final class StudySummary {

  /** A deadline counts as kept by a governor that misses no more than this share. */
  private static final double TOLERATED_MISSES = 0.001;

  private static final int RESAMPLES = 2_000;
  private static final long SEED = 7;
  private static final String STOCK = "stock";

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
    page.append(
        """
        - *95 %* is the interval of the mean over chips drawn again with replacement. *Weighed by energy* is one less the
          sum of all energies over stock's. *Above bound* compares with what provably no governor that keeps its deadlines
          goes below; where deadlines are missed, less energy than that is possible and nothing to be proud of.

        """);
    page.append(write(TextTable::markdown, "## "));
    return page.toString();
  }

  private String write(Function<TextTable, String> table, String heading) {
    StringBuilder text = new StringBuilder();
    boolean weathers = values(Cell::weather).size() > 1;
    for (String kind : values(StudySummary::kind)) {
      List<Cell> cells = cells(StudySummary::kind, kind);
      section(
          text,
          heading,
          "Governors on %s, %d cells".formatted(kind, cells.size()),
          table.apply(governors(cells)));
    }
    if (weathers) {
      for (String weather : values(Cell::weather)) {
        List<Cell> cells = cells(Cell::weather, weather);
        section(
            text,
            heading,
            "Governors in %s weather, %d cells".formatted(weather, cells.size()),
            table.apply(governors(cells)));
      }
    }
    section(text, heading, ours + " by deadline", table.apply(by("deadline", Cell::deadline)));
    section(text, heading, ours + " by device", table.apply(by("device", Cell::device)));
    section(text, heading, ours + " by model", table.apply(by("model", Cell::model)));
    return text.append(verdicts()).toString();
  }

  private static String kind(Cell cell) {
    String target = cell.target().toUpperCase(Locale.ROOT);
    return target + (cell.board() ? "s of boards" : "s of phones");
  }

  private static void section(StringBuilder text, String heading, String title, String table) {
    text.append(heading).append(title).append("\n\n").append(table).append('\n');
  }

  private static TextTable governors(List<Cell> cells) {
    TextTable table =
        new TextTable(
            "governor",
            ">cells",
            ">vs stock",
            ">95 %",
            ">median",
            ">weighed by energy",
            ">best",
            ">worst",
            ">where stock is punctual",
            ">misses",
            ">most",
            ">longest run",
            ">above bound",
            ">most");
    Set<String> names = new LinkedHashSet<>();
    cells.forEach(cell -> cell.outcomes().forEach(outcome -> names.add(outcome.governor())));
    for (String name : names) {
      Values stock = Values.of(cells, cell -> cell.saving(name, STOCK));
      Values punctual =
          Values.of(
              cells.stream().filter(StudySummary::stockIsPunctual).toList(),
              cell -> cell.saving(name, STOCK));
      Values misses = Values.of(cells, cell -> misses(cell, name));
      Values runs =
          Values.of(
              cells,
              cell ->
                  cell.outcome(name)
                      .map(outcome -> OptionalDouble.of((double) outcome.longestMissRun()))
                      .orElse(OptionalDouble.empty()));
      Values bound = Values.of(cells, cell -> cell.aboveBound(name));
      table.row(
          name,
          String.valueOf(misses.count()),
          saving(stock, stock.mean()),
          interval(cells, name),
          saving(stock, stock.median()),
          byEnergy(cells, name),
          saving(stock, stock.most()),
          saving(stock, stock.least()),
          saving(punctual, punctual.mean()),
          share(misses, misses.mean()),
          share(misses, misses.most()),
          runs.count() == 0 ? "" : String.format(Locale.ROOT, "%.0f", runs.most()),
          share(bound, bound.mean()),
          share(bound, bound.most()));
    }
    return table;
  }

  private TextTable by(String what, Function<Cell, String> key) {
    TextTable table =
        new TextTable(
            what,
            ">cells",
            ">vs stock",
            ">95 %",
            ">median",
            ">best",
            ">worst",
            ">where stock is punctual",
            ">misses",
            ">most",
            ">stock's misses",
            ">above bound",
            ">most");
    for (String value : values(key)) {
      List<Cell> cells = cells(key, value);
      Values stock = Values.of(cells, cell -> cell.saving(ours, STOCK));
      Values punctual =
          Values.of(
              cells.stream().filter(StudySummary::stockIsPunctual).toList(),
              cell -> cell.saving(ours, STOCK));
      Values misses = Values.of(cells, cell -> misses(cell, ours));
      Values stockMisses = Values.of(cells, cell -> misses(cell, STOCK));
      Values bound = Values.of(cells, cell -> cell.aboveBound(ours));
      table.row(
          value,
          String.valueOf(cells.size()),
          saving(stock, stock.mean()),
          interval(cells, ours),
          saving(stock, stock.median()),
          saving(stock, stock.most()),
          saving(stock, stock.least()),
          saving(punctual, punctual.mean()),
          share(misses, misses.mean()),
          share(misses, misses.most()),
          share(stockMisses, stockMisses.mean()),
          share(bound, bound.mean()),
          share(bound, bound.most()));
    }
    return table;
  }

  private String verdicts() {
    long late = count(cell -> misses(cell, ours).orElse(0) > TOLERATED_MISSES);
    long dearer = count(cell -> cell.saving(ours, STOCK).orElse(0) < 0);
    long dearerThanKeeping =
        count(cell -> cell.saving(ours, STOCK).orElse(0) < 0 && stockIsPunctual(cell));
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

  private static boolean stockIsPunctual(Cell cell) {
    return misses(cell, STOCK).orElse(1) <= TOLERATED_MISSES;
  }

  /** Returns the central 95 % of mean savings over chips drawn with replacement. */
  private static String interval(List<Cell> cells, String governor) {
    Map<String, List<Double>> chips = new LinkedHashMap<>();
    for (Cell cell : cells) {
      cell.saving(governor, STOCK)
          .ifPresent(
              value -> chips.computeIfAbsent(cell.chip(), chip -> new ArrayList<>()).add(value));
    }
    if (chips.size() < 2) {
      return "";
    }
    List<List<Double>> clusters = List.copyOf(chips.values());
    SplittableRandom random = new SplittableRandom(SEED);
    double[] means = new double[RESAMPLES];
    for (int r = 0; r < RESAMPLES; r++) {
      double sum = 0;
      int count = 0;
      for (int k = 0; k < clusters.size(); k++) {
        for (double value : clusters.get(random.nextInt(clusters.size()))) {
          sum += value;
          count++;
        }
      }
      means[r] = sum / count;
    }
    Arrays.sort(means);
    return String.format(
        Locale.ROOT,
        "%+.1f to %+.1f",
        0.0 - 100 * means[(int) (0.975 * RESAMPLES)],
        0.0 - 100 * means[(int) (0.025 * RESAMPLES)]);
  }

  /** Returns one less the sum of a governor's energies over the sum of stock's. */
  private static String byEnergy(List<Cell> cells, String governor) {
    double sum = 0;
    double reference = 0;
    for (Cell cell : cells) {
      Optional<Outcome> one = cell.outcome(governor);
      Optional<Outcome> other = cell.outcome(STOCK);
      if (one.isPresent() && other.isPresent()) {
        sum += one.get().energyJoulesPerJob();
        reference += other.get().energyJoulesPerJob();
      }
    }
    return reference == 0
        ? "not run"
        : String.format(Locale.ROOT, "%+.1f %%", (sum / reference - 1) * 100 + 0.0);
  }

  private long count(Predicate<Cell> predicate) {
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

  /** What cells say, where they say it, ascending. */
  private static final class Values {
    private final double[] ascending;

    private Values(double[] ascending) {
      this.ascending = ascending;
    }

    static Values of(List<Cell> cells, Function<Cell, OptionalDouble> value) {
      return new Values(
          cells.stream()
              .map(value)
              .filter(OptionalDouble::isPresent)
              .mapToDouble(OptionalDouble::getAsDouble)
              .sorted()
              .toArray());
    }

    int count() {
      return ascending.length;
    }

    double mean() {
      return Arrays.stream(ascending).average().orElse(Double.NaN);
    }

    double median() {
      int n = ascending.length;
      return n == 0 ? Double.NaN : (ascending[(n - 1) / 2] + ascending[n / 2]) / 2;
    }

    double least() {
      return ascending.length == 0 ? Double.NaN : ascending[0];
    }

    double most() {
      return ascending.length == 0 ? Double.NaN : ascending[ascending.length - 1];
    }
  }

  /** A saving of 0.3 reads as -30.0 %: that much less energy than the reference. */
  private static String saving(Values values, double value) {
    return values.count() == 0
        ? "not run"
        : String.format(Locale.ROOT, "%+.1f %%", 0.0 - value * 100);
  }

  private static String share(Values values, double value) {
    return values.count() == 0 ? "not run" : String.format(Locale.ROOT, "%.2f %%", value * 100);
  }
}
