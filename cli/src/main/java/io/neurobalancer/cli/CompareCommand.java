package io.neurobalancer.cli;

import io.neurobalancer.evaluation.Comparison;
import io.neurobalancer.evaluation.GovernorCatalog;
import io.neurobalancer.evaluation.PreparedJob;
import io.neurobalancer.files.AtomicFiles;
import io.neurobalancer.report.ComparisonReport;
import io.neurobalancer.report.HtmlReport;
import io.neurobalancer.report.TextTable;
import io.neurobalancer.unit.Durations;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The main job: from a model to a certified plan and a comparison of governors. */
@Command(
    name = "compare",
    mixinStandardHelpOptions = true,
    description = "Plans a model for a deadline and compares governors on a simulated device.",
    footer = {
      "",
      "Example: neurobalancer compare --model zoo:resnet-50 --deadline 400ms --jobs 1000 --seed 7"
    })
final class CompareCommand implements Callable<Integer> {

  @Mixin private JobOptions job = new JobOptions();

  @Option(
      names = {"-j", "--jobs"},
      paramLabel = "N",
      defaultValue = "1000",
      description = "Jobs under each governor (default: ${DEFAULT-VALUE}).")
  private int jobs;

  @Mixin private WarmUpOption warmUp = new WarmUpOption();

  @Option(
      names = {"-g", "--governors"},
      paramLabel = "NAME",
      split = ",",
      description = "Which to run, separated by commas, or all ('governors' lists them).")
  private List<String> governors = new ArrayList<>();

  @Mixin private OutFolder out = new OutFolder();

  @Option(names = "--json", description = "Prints summary.json instead of tables.")
  private boolean json;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    JobOptions.checkJobs(jobs);
    Screen screen = Screen.of(spec);
    List<String> selected = GovernorCatalog.select(governors);
    Path folder = out.prepare(screen, "report.html", "summary.json", "plan.json");
    PreparedJob prepared = job.prepare(screen);
    Comparison comparison = new Comparison(prepared, jobs, warmUp.jobs());
    runAll(screen, comparison, selected);
    String command = CommandLines.original(spec);
    ComparisonReport report =
        comparison.report(
            command,
            VersionProvider.version(),
            job.device().seed(),
            job.device().weather(),
            job.modelName(prepared));
    String summary = report.summary().toJson();
    AtomicFiles.write(
        Map.of(
            folder.resolve("summary.json"),
            summary,
            folder.resolve("report.html"),
            HtmlReport.write(report),
            folder.resolve("plan.json"),
            PlanDocuments.of(prepared, prepared.job(), command, job.device().seed()).toJson()));
    PrintWriter printed = spec.commandLine().getOut();
    if (json) {
      printed.print(summary);
    } else {
      print(screen, report, comparison.modelLines());
      printed.printf("%nReport: %s%n", folder.resolve("report.html"));
    }
    printed.flush();
    return missing(screen, comparison) ? ExitCode.FINDING : ExitCode.OK;
  }

  /** Says which governors were named and not run, and why. */
  private boolean missing(Screen screen, Comparison comparison) {
    boolean found = false;
    for (Map.Entry<String, String> one : comparison.notRun().entrySet()) {
      if (governors.contains(one.getKey())) {
        screen.err().printf("%s was not run: %s%n", one.getKey(), one.getValue());
        found = true;
      }
    }
    screen.err().flush();
    return found;
  }

  private static void runAll(Screen screen, Comparison comparison, List<String> selected) {
    long each = comparison.jobsPerGovernor();
    try (Progress progress = screen.progress("jobs", each * selected.size())) {
      comparison.run(
          selected,
          new Comparison.Watcher() {
            private int begun;
            private long done;

            @Override
            public void governor(String name) {
              progress.doing(name);
              done = each * begun;
              progress.stepTo(done);
              begun++;
            }

            @Override
            public void job() {
              // Trial runs of an oracle are work, but no more jobs than its own.
              done = Math.min(done + 1, each * begun - 1);
              progress.stepTo(done);
            }
          });
    }
  }

  private static void print(Screen screen, ComparisonReport report, List<String> modelLines) {
    PrintWriter out = screen.out();
    out.printf(
        Locale.ROOT,
        "%s on %s (%s)%n  %d operators, %.2f GFLOPs, %.1f MB of weights%s%n",
        report.model().name(),
        report.device().title(),
        report.device().simulated() ? "simulated" : "replayed",
        report.model().operators(),
        report.model().flops() / 1e9,
        report.model().weightBytes() / 1e6,
        report.model().unknownOperators() == 0
            ? ""
            : ", %d operators without a FLOP formula".formatted(report.model().unknownOperators()));
    modelLines.forEach(line -> out.printf("  %s%n", line));
    out.printf(
        "  deadline %s, period %s; fastest possible %s%n",
        Durations.format(report.deadlineSeconds()),
        Durations.format(report.periodSeconds()),
        Durations.format(report.fastestMakespanSeconds()));
    out.printf(
        "  latency of the plan: predicted %s, simulated %s (median of %d jobs, %s weather, seed"
            + " %d)%n",
        Durations.format(report.predictedLatencySeconds()),
        Durations.format(report.simulatedLatencySeconds()),
        report.jobs(),
        report.weather(),
        report.seed());
    out.printf(
        Locale.ROOT,
        "  prediction from %d of %d settings; error on unseen ones: %.1f %% per operator, %.1f %%"
            + " in total, energy %.1f %%%n%n",
        report.fit().measuredSettings(),
        report.fit().settings(),
        report.fit().operatorLatencyError() * 100,
        report.fit().totalLatencyError() * 100,
        report.fit().operatorEnergyError() * 100);
    out.print(CommandLines.plan(report.plan(), report.device().domains(), screen.columns()));
    out.println();
    TextTable table =
        new TextTable(
            "governor",
            ">mJ/job",
            ">vs stock",
            ">vs performance",
            ">misses",
            ">median slack ms",
            ">switches/job",
            ">above bound");
    for (ComparisonReport.GovernorResult result : report.governors()) {
      table.row(
          result.name(),
          String.format(Locale.ROOT, "%.2f", result.energyJoulesPerJob() * 1e3),
          signed(result.savingVsStock()),
          signed(result.savingVsPerformance()),
          String.format(Locale.ROOT, "%.2f %%", result.missRate() * 100),
          Screen.millis(result.medianSlackSeconds()),
          String.format(Locale.ROOT, "%.1f", result.switchesPerJob()),
          result.gapToBound().isPresent()
              ? String.format(Locale.ROOT, "%.1f %%", result.gapToBound().getAsDouble() * 100)
              : "unknown");
    }
    screen.table(table);
    report.notes().stream().filter(note -> note.startsWith("Do no harm")).forEach(out::println);
    if (!Double.isNaN(report.boundJoules())) {
      out.printf(
          Locale.ROOT,
          "certified bound %.2f mJ: no governor that keeps its deadlines uses less in this"
              + " weather.%nclairvoyant is an oracle that knows each job's true costs, no"
              + " contender.%n",
          report.boundJoules() * 1e3);
    }
  }

  /** A saving of 0.3 reads as -30.0 %: that much less energy than the reference. */
  private static String signed(OptionalDouble saving) {
    return saving.isPresent()
        ? String.format(Locale.ROOT, "%+.1f %%", 0.0 - saving.getAsDouble() * 100)
        : "not run";
  }
}
