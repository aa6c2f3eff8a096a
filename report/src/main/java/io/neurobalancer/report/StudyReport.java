package io.neurobalancer.report;

import io.neurobalancer.files.JsonText;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * Everything that a study over a matrix of models, devices, deadlines, weathers and seeds found.
 *
 * @param title of the matrix
 * @param command the command line that makes this report again
 * @param version of NeuroBalancer
 * @param jobs under each governor of each cell
 * @param cells in the order of the matrix
 * @param notes what a reader should know, one sentence each
 */
public record StudyReport(
    String title, String command, String version, int jobs, List<Cell> cells, List<String> notes) {

  /** The schema of {@link #json}. */
  public static final String SCHEMA = "neurobalancer/study/1";

  public StudyReport {
    cells = List.copyOf(cells);
    notes = List.copyOf(notes);
  }

  /**
   * One combination of the matrix, and what each governor did in it.
   *
   * @param model as on the command line
   * @param device as on the command line
   * @param target {@code cpu} or {@code gpu}
   * @param weather its name
   * @param seed of weather and meters
   * @param deadline as in the matrix: {@code 1.5x} the fastest possible, or {@code 33ms}
   * @param deadlineSeconds after each release, which is also the period
   * @param fastestSeconds the least time in which the predicted job can end
   * @param board whether it is a developer's board, not a phone
   * @param boundJoulesPerJob certified: what no governor that keeps its deadlines goes below; null
   *     if it was not computed
   * @param planGap the certified gap of our plan, as a share; null if no plan meets the deadline
   * @param outcomes one per governor that could be run; empty if no plan meets the deadline
   */
  public record Cell(
      String model,
      String device,
      String target,
      boolean board,
      String weather,
      long seed,
      String deadline,
      double deadlineSeconds,
      double fastestSeconds,
      @Nullable Double boundJoulesPerJob,
      @Nullable Double planGap,
      List<Outcome> outcomes) {
    public Cell {
      outcomes = List.copyOf(outcomes);
    }

    /** Returns what a governor did, if it was run. */
    public Optional<Outcome> outcome(String governor) {
      return outcomes.stream().filter(o -> o.governor().equals(governor)).findFirst();
    }

    /**
     * Returns the device without its part: cells of one system-on-chip are no separate evidence.
     */
    String chip() {
      return device.replaceFirst("-(cpu|gpu)(-.*)?$", "");
    }

    /** Returns the energy of a governor above the certified bound, as a share. */
    OptionalDouble aboveBound(String governor) {
      Optional<Outcome> outcome = outcome(governor);
      return boundJoulesPerJob == null || outcome.isEmpty()
          ? OptionalDouble.empty()
          : OptionalDouble.of(outcome.get().energyJoulesPerJob() / boundJoulesPerJob - 1);
    }

    /**
     * Returns the share of a reference's energy that a governor saves; empty if one was not run.
     */
    public OptionalDouble saving(String governor, String reference) {
      Optional<Outcome> one = outcome(governor);
      Optional<Outcome> other = outcome(reference);
      return one.isPresent() && other.isPresent()
          ? OptionalDouble.of(
              1 - one.orElseThrow().energyJoulesPerJob() / other.orElseThrow().energyJoulesPerJob())
          : OptionalDouble.empty();
    }
  }

  /**
   * What one governor did in one cell.
   *
   * @param governor its name
   * @param energyJoulesPerJob over whole periods
   * @param missRate share of jobs that ended after their deadline
   * @param medianSlackSeconds deadline less response
   * @param p50Seconds within which half of the jobs end, from their release
   * @param p95Seconds within which 95 of 100 jobs end
   * @param p99Seconds within which 99 of 100 jobs end
   * @param longestMissRun how many jobs in a row were late, at most
   * @param switchesPerJob changes of one domain's clock
   */
  public record Outcome(
      String governor,
      double energyJoulesPerJob,
      double missRate,
      double medianSlackSeconds,
      double p50Seconds,
      double p95Seconds,
      double p99Seconds,
      long longestMissRun,
      double switchesPerJob) {}

  /** Returns one row per cell and governor; what was not run is left empty. */
  public String csv() {
    StringBuilder text =
        new StringBuilder(
            "model,device,target,board,weather,seed,deadline,deadlineSeconds,fastestSeconds,planGap,governor,energyJoulesPerJob,missRate,medianSlackSeconds,p50Seconds,p95Seconds,p99Seconds,longestMissRun,switchesPerJob,savingVsStock,savingVsSysscale,savingVsPerformance,aboveClairvoyant,aboveBound\n");
    for (Cell cell : cells) {
      for (Outcome outcome : cell.outcomes()) {
        text.append(
            String.format(
                Locale.ROOT,
                "%s,%s,%s,%s,%s,%d,%s,%.9g,%.9g,%.6g,%s,%.9g,%.6g,%.6g,%.6g,%.6g,%.6g,%d,%.6g,%s,%s,%s,%s,%s\n",
                quoted(cell.model()),
                quoted(cell.device()),
                cell.target(),
                cell.board(),
                cell.weather(),
                cell.seed(),
                cell.deadline(),
                cell.deadlineSeconds(),
                cell.fastestSeconds(),
                cell.planGap(),
                quoted(outcome.governor()),
                outcome.energyJoulesPerJob(),
                outcome.missRate(),
                outcome.medianSlackSeconds(),
                outcome.p50Seconds(),
                outcome.p95Seconds(),
                outcome.p99Seconds(),
                outcome.longestMissRun(),
                outcome.switchesPerJob(),
                number(cell.saving(outcome.governor(), "stock")),
                number(cell.saving(outcome.governor(), "sysscale")),
                number(cell.saving(outcome.governor(), "performance")),
                number(above(cell, outcome)),
                number(cell.aboveBound(outcome.governor()))));
      }
    }
    return text.toString();
  }

  /** Returns the document with every cell, schema {@link #SCHEMA}. */
  public String json() {
    return JsonText.write(SCHEMA, new Document(title, command, version, true, jobs, notes, cells));
  }

  /** The document with every cell. */
  private record Document(
      String title,
      String command,
      String version,
      boolean simulated,
      int jobs,
      List<String> notes,
      List<Cell> cells) {}

  private static OptionalDouble above(Cell cell, Outcome outcome) {
    return StudySummary.aboveClairvoyant(cell, outcome.governor());
  }

  private static String number(OptionalDouble value) {
    return value.isPresent() ? String.format(Locale.ROOT, "%.6g", value.getAsDouble()) : "";
  }

  private static String quoted(String text) {
    return text.matches("[^\",\r\n]*") ? text : '"' + text.replace("\"", "\"\"") + '"';
  }
}
