package io.neurobalancer.cli;

import io.neurobalancer.evaluation.PreparedJob;
import io.neurobalancer.files.AtomicFiles;
import io.neurobalancer.files.FrontierDocument;
import io.neurobalancer.files.Subject;
import io.neurobalancer.plan.Frontier;
import io.neurobalancer.plan.Plan;
import io.neurobalancer.plan.PlanningProblem;
import io.neurobalancer.report.FrontierPage;
import io.neurobalancer.report.TextTable;
import io.neurobalancer.unit.Durations;
import io.neurobalancer.unit.NeuroBalancerException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Says what every deadline would cost, as a table and as a drawing. */
@Command(
    name = "frontier",
    mixinStandardHelpOptions = true,
    description = "Says what every deadline would cost, as a table and as a drawing.",
    footer = {"", "Example: neurobalancer frontier --model zoo:mobilenet-v2 --deadline 50ms"})
final class FrontierCommand implements Callable<Integer> {

  private static final int MOST_POINTS = 10_000;

  @Mixin private JobOptions job = new JobOptions();

  @Option(
      names = "--points",
      paramLabel = "N",
      defaultValue = "40",
      description = "How many deadlines, 2 to " + MOST_POINTS + " (default: ${DEFAULT-VALUE}).")
  private int points;

  @Mixin private OutFolder out = new OutFolder();

  @Option(names = "--json", description = "Prints the JSON document instead of the table.")
  private boolean json;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    if (points < 2 || points > MOST_POINTS) {
      throw NeuroBalancerException.invalid(
          "The number of points (%d) must lie between 2 and %d.%nMaybe leave --points out."
              .formatted(points, MOST_POINTS));
    }
    Screen screen = Screen.of(spec);
    Path folder = out.prepare(screen, "frontier.html", "frontier.json");
    PreparedJob prepared = job.prepare(screen);
    FrontierDocument document = document(prepared, Frontier.of(problem(prepared), points));
    AtomicFiles.write(
        Map.of(
            folder.resolve("frontier.json"),
            document.toJson(),
            folder.resolve("frontier.html"),
            FrontierPage.write(document)));
    PrintWriter printed = spec.commandLine().getOut();
    if (json) {
      printed.print(document.toJson());
    } else {
      printed.print(text(document, screen.columns()));
      printed.printf("%nDrawing: %s%n", folder.resolve("frontier.html"));
    }
    return ExitCode.OK;
  }

  /** Without a period to keep, the curve goes on to where more time saves nothing. */
  private PlanningProblem problem(PreparedJob prepared) {
    PlanningProblem problem = prepared.job().plan().problem();
    return job.hasPeriod()
        ? problem
        : problem.withPeriod(Math.max(problem.periodSeconds(), Frontier.saturation(problem)));
  }

  private FrontierDocument document(PreparedJob prepared, Frontier frontier) {
    List<FrontierDocument.Point> drawn = new ArrayList<>();
    List<Plan> plans = frontier.plans();
    for (int p = 0; p < plans.size(); p++) {
      Plan plan = plans.get(p);
      Plan next = plans.get(Math.min(p + 1, plans.size() - 1));
      double time = next.problem().budgetSeconds() - plan.problem().budgetSeconds();
      drawn.add(
          new FrontierDocument.Point(
              plan.problem().budgetSeconds(),
              plan.energyJoules(),
              plan.lowerBoundJoules(),
              plan.makespanSeconds(),
              plan.switches(),
              time > 0 ? (plan.energyJoules() - next.energyJoules()) / time : 0));
    }
    return new FrontierDocument(
        CommandLines.original(spec),
        VersionProvider.version(),
        job.device().seed(),
        new Subject(job.device().name(), prepared.target().identity().hash()),
        new Subject(prepared.workload().name(), prepared.workload().hash()),
        frontier.plans().get(0).problem().periodSeconds(),
        frontier.fastestMakespanSeconds(),
        frontier.saturationSeconds(),
        frontier.energyOptimalSeconds(),
        prepared.job().plan().problem().budgetSeconds(),
        drawn.get(frontier.knee()).deadlineSeconds(),
        drawn);
  }

  private static String text(FrontierDocument document, int columns) {
    TextTable table =
        new TextTable(
            ">deadline ms", ">mJ", ">gap", ">makespan ms", ">switches", ">next ms saves uJ", "");
    List<FrontierDocument.Point> points = document.points();
    for (int p = 0; p < points.size(); p++) {
      FrontierDocument.Point point = points.get(p);
      String mark = p == points.size() - 1 ? "more time saves nothing" : "";
      mark = p == document.knee() && points.size() > 2 ? "knee" : mark;
      table.row(
          Screen.millis(point.deadlineSeconds()),
          String.format(Locale.ROOT, "%.3f", point.energyJoules() * 1e3),
          String.format(Locale.ROOT, "%.3f %%", point.gap() * 100),
          Screen.millis(point.makespanSeconds()),
          String.valueOf(point.switches()),
          String.format(Locale.ROOT, "%.1f", point.marginalJoulesPerSecond() * 1e3),
          p == 0 ? "fastest" : mark);
    }
    return String.format(
            Locale.ROOT,
            "%s on %s, a period of %s; deadlines are the operators' own%nfastest possible makespan"
                + " %s; more than %s saves nothing; jobs without a pause burn least at one per"
                + " %s%n%n",
            document.model().name(),
            document.device().name(),
            Durations.format(document.periodSeconds()),
            Durations.format(document.fastestMakespanSeconds()),
            Durations.format(document.saturationSeconds()),
            Durations.format(document.energyOptimalSeconds()))
        + table.render(columns);
  }
}
