package io.neurobalancer.cli;

import io.neurobalancer.evaluation.Devices;
import io.neurobalancer.evaluation.GovernorCatalog;
import io.neurobalancer.evaluation.StudyJournal;
import io.neurobalancer.evaluation.StudyRunner;
import io.neurobalancer.files.AtomicFiles;
import io.neurobalancer.files.DeviceDescriptions;
import io.neurobalancer.files.StudyMatrix;
import io.neurobalancer.onnx.importer.InputBindings;
import io.neurobalancer.onnx.zoo.ModelZoo;
import io.neurobalancer.report.StudyPage;
import io.neurobalancer.report.StudyReport;
import io.neurobalancer.report.StudySummary;
import io.neurobalancer.unit.NeuroBalancerException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs a whole matrix of comparisons. */
@Command(
    name = "study",
    mixinStandardHelpOptions = true,
    description = {
      "Compares governors over a matrix of models, devices, deadlines, weathers and seeds, on all"
          + " cores.",
      "A study that was interrupted goes on where it was: run the same command again."
    },
    footer = {
      "",
      "Example: neurobalancer study --matrix docs/studies/paper-question.yaml --jobs 200"
    })
final class StudyCommand implements Callable<Integer> {

  private static final int MOST_WORKERS = 1024;

  @Option(
      names = "--matrix",
      paramLabel = "FILE",
      required = true,
      description = "What to run, as YAML or JSON; docs/studies.md describes it.")
  private Path file = Path.of("");

  @Option(
      names = {"-j", "--jobs"},
      paramLabel = "N",
      defaultValue = "200",
      description = "Jobs under each governor of each cell (default: ${DEFAULT-VALUE}).")
  private int jobs;

  @Mixin private WarmUpOption warmUp = new WarmUpOption();

  @Option(
      names = {"-w", "--workers"},
      paramLabel = "N",
      description = "How many comparisons run side by side (default: one per core).")
  private int workers = Runtime.getRuntime().availableProcessors();

  @Option(
      names = {"-o", "--out"},
      paramLabel = "DIR",
      defaultValue = "neurobalancer-out/study",
      description =
          "Where summary.md, results.csv, results.json and the journal go (default:"
              + " ${DEFAULT-VALUE}).")
  private Path folder = Path.of("neurobalancer-out", "study");

  @Option(names = "--json", description = "Prints results.json instead of tables.")
  private boolean json;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    JobOptions.checkJobs(jobs);
    if (workers < 1 || workers > MOST_WORKERS) {
      throw NeuroBalancerException.invalid(
          "The number of workers (%d) must be from 1 to %d.%nMaybe leave --workers out."
              .formatted(workers, MOST_WORKERS));
    }
    Screen screen = Screen.of(spec);
    StudyMatrix matrix = expanded(StudyMatrix.load(file));
    AtomicFiles.prepareFolder(folder);
    OutFolder.sayReplaced(screen, folder.resolve("results.json"));
    ModelOptions.warnOfSize(screen, matrix.models());
    List<StudyReport.Cell> cells;
    try (StudyJournal journal = StudyJournal.open(folder.resolve("journal.jsonl"))) {
      if (journal.damagedLines() > 0) {
        spec.commandLine()
            .getErr()
            .printf(
                "%d lines of '%s' are damaged; their cells run again.%n",
                journal.damagedLines(), folder.resolve("journal.jsonl"));
      }
      cells =
          run(
              screen,
              new StudyRunner(
                  matrix,
                  journal,
                  matrix.models().stream()
                      .distinct()
                      .collect(Collectors.toMap(name -> name, ModelOptions::identity)),
                  name -> ModelOptions.load(name, InputBindings.NONE),
                  jobs,
                  warmUp.jobs(),
                  Environment.buildHash()));
    }
    StudyReport report =
        new StudyReport(
            matrix.title(),
            CommandLines.original(spec),
            VersionProvider.version(),
            jobs,
            cells,
            notes(matrix, cells));
    StudySummary summary = new StudySummary(report, GovernorCatalog.OURS);
    AtomicFiles.write(
        Map.of(
            folder.resolve("results.csv"),
            report.csv(),
            folder.resolve("results.json"),
            report.json(),
            folder.resolve("summary.md"),
            summary.markdown(),
            folder.resolve("study.html"),
            StudyPage.write(report, GovernorCatalog.OURS)));
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.print(report.json());
    } else {
      out.print(summary.text(screen.columns()));
      out.printf(
          "%nSummary: %s%nMaps: %s%n", folder.resolve("summary.md"), folder.resolve("study.html"));
    }
    out.flush();
    List<String> notRun = notRun(matrix, cells);
    notRun.forEach(screen.err()::println);
    screen.err().flush();
    return notRun.isEmpty() ? ExitCode.OK : ExitCode.FINDING;
  }

  /**
   * Puts the names in the place of {@code all}. A job of phases takes minutes for each cell, so it
   * is only meant where it is named.
   */
  private static StudyMatrix expanded(StudyMatrix matrix) {
    return new StudyMatrix(
        matrix.title(),
        matrix.models().stream()
            .flatMap(
                model ->
                    model.equals("all")
                        ? ModelZoo.models().stream()
                            .filter(zoo -> !zoo.phased())
                            .map(zoo -> ModelOptions.ZOO + zoo.name())
                        : Stream.of(model))
            .distinct()
            .toList(),
        matrix.devices().stream()
            .flatMap(
                device ->
                    device.equals("all")
                        ? DeviceDescriptions.names().stream().map(name -> Devices.SIMULATED + name)
                        : Stream.of(device))
            .distinct()
            .toList(),
        matrix.deadlines(),
        matrix.weather(),
        matrix.seeds(),
        matrix.governors(),
        matrix.dramPowerFactor(),
        matrix.dramShape(),
        matrix.displayOn(),
        matrix.transitionFactor());
  }

  private List<StudyReport.Cell> run(Screen screen, StudyRunner runner) {
    AtomicInteger finished = new AtomicInteger(runner.kept());
    Interruption.say(
        () ->
            "Interrupted: %d of %d cells are kept in '%s'.%nMaybe run the same command again; it goes on from there."
                .formatted(finished.get(), runner.cells(), folder));
    try (Progress progress = screen.progress("cells", runner.cells()).from(finished.get())) {
      return runner.run(
          workers,
          () -> {
            finished.incrementAndGet();
            progress.step();
          });
    }
  }

  /**
   * Returns what was asked for and not run: cells whose deadline is too short, and governors that
   * the matrix names and that no cell, or not every cell, could take.
   */
  private static List<String> notRun(StudyMatrix matrix, List<StudyReport.Cell> cells) {
    List<String> sentences = new ArrayList<>();
    long unreachable = cells.stream().filter(cell -> cell.outcomes().isEmpty()).count();
    if (unreachable > 0) {
      sentences.add(
          "%d cells ask for less time than their job can take; nothing was run in them."
              .formatted(unreachable));
    }
    long ran = cells.size() - unreachable;
    for (String governor : matrix.governors()) {
      long missing =
          ran
              - cells.stream()
                  .filter(
                      cell -> cell.outcomes().stream().anyMatch(o -> o.governor().equals(governor)))
                  .count();
      if (missing > 0 && !governor.equals("all")) {
        sentences.add(
            "%s was not run in %d of %d cells: it is not made for their device, or has no plan that meets their deadline."
                .formatted(governor, missing, ran));
      }
    }
    return sentences;
  }

  private List<String> notes(StudyMatrix matrix, List<StudyReport.Cell> cells) {
    List<String> notes = new ArrayList<>();
    notes.add(
        "No phone was involved: latency and power come from models of the devices. Plans were made from %d profiled settings with noise, never from the models' truth; only clairvoyant sees that."
            .formatted(JobOptions.PROFILED_SETTINGS));
    notes.add(
        "%d models, %d devices, deadlines %s (x: times the fastest possible job; the period is the deadline), weather %s, seeds %s, %d jobs under each governor."
            .formatted(
                matrix.models().size(),
                matrix.devices().size(),
                String.join(", ", matrix.deadlines()),
                String.join(", ", matrix.weather()),
                String.join(", ", matrix.seeds().stream().map(String::valueOf).toList()),
                jobs));
    notes.add(
        "Energy covers whole periods: the job, its switches and idling until the next release.");
    if (matrix.dramPowerFactor() != 1) {
      notes.add(
          "The power of every DRAM is its profile's times %s.".formatted(matrix.dramPowerFactor()));
    }
    notes.addAll(notRun(matrix, cells));
    return notes;
  }
}
