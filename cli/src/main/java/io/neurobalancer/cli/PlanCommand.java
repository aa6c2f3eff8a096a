package io.neurobalancer.cli;

import io.neurobalancer.cost.FitReport;
import io.neurobalancer.cost.MeasuredPredictor;
import io.neurobalancer.plan.Plan;
import io.neurobalancer.plan.PlanChecker;
import io.neurobalancer.plan.Planner;
import io.neurobalancer.plan.RobustPlanner;
import io.neurobalancer.plan.RobustTarget;
import io.neurobalancer.report.AtomicFiles;
import io.neurobalancer.report.PlanDocument;
import io.neurobalancer.unit.Durations;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Plans a model for a deadline and writes the plan. */
@Command(
    name = "plan",
    mixinStandardHelpOptions = true,
    description = "Plans a model for a deadline and writes the plan, for 'explain' to read.",
    footer = {"", "Example: neurobalancer plan --model zoo:mobilenet-v2 --deadline 50ms --check"})
final class PlanCommand implements Callable<Integer> {

  @Mixin private JobOptions job = new JobOptions();

  @Option(
      names = "--planner",
      paramLabel = "NAME",
      defaultValue = "lagrangian",
      description =
          "lagrangian, exact, paper-greedy, hull-greedy, single-pair, core-only, memory-only or"
              + " race-to-idle (default: ${DEFAULT-VALUE}).")
  private String planner = "";

  @Option(
      names = "--reliability",
      paramLabel = "SHARE",
      description =
          "Plan so that this share of jobs meets the deadline, such as 0.999: each operator's own"
              + " spread and the common factor seen while profiling, instead of a margin on the"
              + " makespan. For the planner lagrangian only.")
  private @Nullable Double reliability;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      defaultValue = "neurobalancer-out/plan.json",
      description = "Where the plan goes (default: ${DEFAULT-VALUE}).")
  private Path file = Path.of("neurobalancer-out", "plan.json");

  @Option(names = "--check", description = "Recomputes every claim of the plan independently.")
  private boolean check;

  @Option(names = "--json", description = "Prints the plan file instead of a summary.")
  private boolean json;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    Planner chosen = Planners.find(planner);
    if (reliability != null && !planner.equals("lagrangian")) {
      throw CliException.usage(
          "--reliability plans with 'lagrangian', not with '%s'.%nMaybe leave --planner out."
              .formatted(planner));
    }
    Path folder = file.toAbsolutePath().getParent();
    AtomicFiles.prepareFolder(folder == null ? Path.of(".") : folder);
    PreparedJob prepared = PreparedJob.prepare(job);
    Plan plan = reliability == null ? chosen.plan(prepared.problem()) : robustPlan(prepared);
    PlanDocument document =
        PlanDocuments.of(
            prepared, plan, CommandLines.original(spec), job.seed(), job.device().name());
    AtomicFiles.write(file, document.toJson());
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.print(document.toJson());
    } else {
      out.print(PlanText.summary(document));
      out.printf("%nPlan: %s%n", file);
    }
    if (check) {
      List<String> findings = PlanChecker.check(plan);
      PrintWriter err = spec.commandLine().getErr();
      findings.forEach(err::println);
      if (!findings.isEmpty()) {
        return ExitCode.FINDING;
      }
      err.printf(
          Locale.ROOT,
          "Checked: makespan %s, energy %.3f mJ, %d switches and the bound hold.%n",
          Durations.format(plan.makespanSeconds()),
          plan.energyJoules() * 1e3,
          plan.switches());
    }
    return ExitCode.OK;
  }

  /** Plans against a quantile of the makespan instead of a mean with a margin. */
  private Plan robustPlan(PreparedJob prepared) {
    FitReport report = prepared.predictor().report();
    double quantile = MeasuredPredictor.SPREAD_QUANTILE;
    RobustTarget unit = new RobustTarget(Objects.requireNonNull(reliability), quantile, 0);
    double common = unit.commonDeviationFor(report.makespanFactor(quantile));
    double deadline = prepared.deadlineSeconds() - prepared.facts().wakeSeconds();
    return new RobustPlanner(new RobustTarget(unit.reliability(), quantile, common))
        .plan(prepared.problem().withDeadline(deadline));
  }
}
