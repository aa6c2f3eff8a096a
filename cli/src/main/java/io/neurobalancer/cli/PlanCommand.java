package io.neurobalancer.cli;

import io.neurobalancer.evaluation.PreparedJob;
import io.neurobalancer.files.AtomicFiles;
import io.neurobalancer.files.PlanDocument;
import io.neurobalancer.plan.JobPlan;
import io.neurobalancer.plan.Plan;
import io.neurobalancer.plan.PlanChecker;
import io.neurobalancer.plan.Planner;
import io.neurobalancer.plan.Planners;
import io.neurobalancer.unit.Durations;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
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
          "lagrangian, exact, two-pair, single-pair, class-greedy, mckp-greedy, hull-greedy,"
              + " core-only, memory-only or race-to-idle (default: ${DEFAULT-VALUE}).")
  private String planner = "";

  @Option(
      names = {"-o", "--out"},
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
    Planner chosen = Planners.named(planner);
    AtomicFiles.prepareFile(file);
    OutFolder.sayReplaced(Screen.of(spec), file);
    PreparedJob prepared = job.prepare(Screen.of(spec));
    JobPlan planned = prepared.plan(chosen.name());
    Plan plan = planned.plan();
    PlanDocument document =
        PlanDocuments.of(prepared, planned, CommandLines.original(spec), job.device().seed());
    AtomicFiles.write(file, document.toJson());
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.print(document.toJson());
    } else {
      out.print(PlanText.summary(document, Screen.of(spec).columns()));
      out.printf("%nPlan: %s%n", file);
    }
    if (check) {
      List<PlanChecker.Finding> findings = PlanChecker.check(plan);
      PrintWriter err = spec.commandLine().getErr();
      findings.forEach(finding -> err.println(finding.text()));
      if (!findings.isEmpty()) {
        return ExitCode.FINDING;
      }
      Screen.of(spec)
          .note(
              "Checked: makespan %s, energy %.3f mJ, %d switches and the bound, each computed anew.%n",
              Durations.format(plan.makespanSeconds()), plan.energyJoules() * 1e3, plan.switches());
      if (!prepared.costs().quality().certifiesTime()) {
        err.println(
            "Not certified: that jobs end in time. The costs are learned from other models.");
      }
    }
    return ExitCode.OK;
  }
}
