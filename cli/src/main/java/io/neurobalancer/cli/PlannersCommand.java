package io.neurobalancer.cli;

import io.neurobalancer.NeuroBalancer;
import io.neurobalancer.cost.CostModel;
import io.neurobalancer.evaluation.Devices;
import io.neurobalancer.evaluation.PreparedJob;
import io.neurobalancer.evaluation.Suggestions;
import io.neurobalancer.files.DeviceDescriptions;
import io.neurobalancer.onnx.importer.InputBindings;
import io.neurobalancer.onnx.zoo.ModelZoo;
import io.neurobalancer.onnx.zoo.ZooModel;
import io.neurobalancer.plan.Deadline;
import io.neurobalancer.plan.DeadlineUnreachableException;
import io.neurobalancer.plan.ExactPlanner;
import io.neurobalancer.plan.LagrangianPlanner;
import io.neurobalancer.plan.Plan;
import io.neurobalancer.plan.PlanChecker;
import io.neurobalancer.plan.Planner;
import io.neurobalancer.plan.Planners;
import io.neurobalancer.plan.PlanningProblem;
import io.neurobalancer.target.Budget;
import io.neurobalancer.target.Target;
import io.neurobalancer.target.TargetOptions;
import io.neurobalancer.target.Targets;
import io.neurobalancer.unit.Durations;
import io.neurobalancer.unit.NeuroBalancerException;
import io.neurobalancer.workload.Workload;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Compares all planners on all models and devices, as a Markdown table. */
@Command(
    name = "planners",
    mixinStandardHelpOptions = true,
    description = {
      "Compares all planners on every zoo model and every bundled device, as a Markdown table: the"
          + " gap that 'lagrangian' proves, and how much more energy than the best plan known the"
          + " others burn. Deadlines are 1.5 times the fastest possible job.",
      "Plans of predicted jobs; nothing is run."
    })
final class PlannersCommand implements Callable<Integer> {

  /** Enough for nearly all models; beyond it the exact planner gives up and says so. */
  private static final long MOST_LABELS = 20_000_000;

  /** Free switches tie no operators together: partial plans abound, and the gap tells enough. */
  private static final long MOST_LABELS_IF_FREE = 200_000;

  @Option(
      names = "--models",
      paramLabel = "NAME",
      split = ",",
      description = "Only these models of the zoo, such as mobilenet-v2.")
  private List<String> models = new ArrayList<>();

  @Option(
      names = {"-s", "--seed"},
      paramLabel = "N",
      defaultValue = "7",
      description = "Seed of weather and meters (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--free-switches",
      description =
          "Plans as if a switch cost nothing, as the paper's greedy planner supposes; what switches"
              + " really cost is then in no number.")
  private boolean freeSwitches;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    List<String> known = ModelZoo.models().stream().map(ZooModel::name).toList();
    for (String model : models) {
      if (!known.contains(model)) {
        throw NeuroBalancerException.invalid(
            "The zoo has no model '%s'.".formatted(model)
                + Suggestions.maybe(model, known, "", "neurobalancer models"));
      }
    }
    List<Planner> rivals =
        Planners.all().stream()
            .filter(p -> !p.name().equals("lagrangian") && !p.name().equals("exact"))
            .toList();
    PrintWriter out = spec.commandLine().getOut();
    out.print("| device | model | operators | deadline | gap | lagrangian | exact |");
    rivals.forEach(rival -> out.print(" " + rival.name() + " |"));
    out.printf(
        "%n| --- | --- | ---: | ---: | ---: | ---: | ---: |%s%n", " ---: |".repeat(rivals.size()));
    Map<String, Workload> workloads = new LinkedHashMap<>();
    List<String> usual =
        ModelZoo.models().stream().filter(model -> !model.phased()).map(ZooModel::name).toList();
    for (String model : models.isEmpty() ? usual : models) {
      workloads.put(model, ModelOptions.load(ModelOptions.ZOO + model, InputBindings.NONE));
    }
    List<Callable<String>> rows = new ArrayList<>();
    for (String device : DeviceDescriptions.names()) {
      workloads.forEach((model, workload) -> rows.add(() -> row(device, model, workload, rivals)));
    }
    try (Progress progress = Screen.of(spec).progress("rows", rows.size())) {
      rows.parallelStream()
          .map(PlannersCommand::called)
          .peek(row -> progress.step())
          .forEachOrdered(out::println);
    }
    out.flush();
    return ExitCode.OK;
  }

  private static String called(Callable<String> row) {
    try {
      return row.call();
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private String row(String device, String model, Workload workload, List<Planner> rivals) {
    Target target =
        Targets.open(
            Devices.SIMULATED + device, List.of(workload), TargetOptions.DEFAULT.withSeed(seed));
    CostModel costs = NeuroBalancer.measure(target, Budget.settings(JobOptions.PROFILED_SETTINGS));
    double deadline = 1.5 * NeuroBalancer.fastestSeconds(costs);
    PlanningProblem priced =
        PreparedJob.of(target, costs, Deadline.of(deadline)).job().plan().problem();
    PlanningProblem problem = freeSwitches ? priced.withFreeSwitches() : priced;
    Plan lagrangian = checked(new LagrangianPlanner().plan(problem));
    Plan exact =
        checked(new ExactPlanner(freeSwitches ? MOST_LABELS_IF_FREE : MOST_LABELS).plan(problem));
    double best = Math.min(lagrangian.energyJoules(), exact.energyJoules());
    StringBuilder row =
        new StringBuilder(
            String.format(
                Locale.ROOT,
                "| %s | %s | %d | %s | %.3f %% | %s | %s |",
                device,
                model,
                problem.costs().operators(),
                Durations.format(deadline),
                lagrangian.gap() * 100,
                above(lagrangian, best),
                exact.note().isEmpty() ? "proven" : "gave up"));
    for (Planner rival : rivals) {
      try {
        row.append(' ').append(above(checked(rival.plan(problem)), best)).append(" |");
      } catch (DeadlineUnreachableException e) {
        row.append(" misses |");
      }
    }
    return row.toString();
  }

  private static Plan checked(Plan plan) {
    List<PlanChecker.Finding> findings = PlanChecker.check(plan);
    if (!findings.isEmpty()) {
      throw new IllegalStateException(plan.planner() + ": " + findings);
    }
    return plan;
  }

  private static String above(Plan plan, double best) {
    return String.format(
        Locale.ROOT, "+%.2f %%", Math.max(0, plan.energyJoules() / best - 1) * 100);
  }
}
