package io.neurobalancer.cli;

import io.neurobalancer.evaluation.Suggestions;
import io.neurobalancer.files.PlanDocument;
import io.neurobalancer.unit.NeuroBalancerException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Says why each operator of a plan got its clocks. */
@Command(
    name = "explain",
    mixinStandardHelpOptions = true,
    description =
        "Says why each operator of a plan got its clocks, and what the next best would cost.",
    footer = {"", "Example: neurobalancer explain neurobalancer-out/plan.json"})
final class ExplainCommand implements Callable<Integer> {

  @Parameters(
      paramLabel = "FILE",
      defaultValue = "neurobalancer-out/plan.json",
      description = "A plan that 'plan' or 'compare' wrote (default: ${DEFAULT-VALUE}).")
  private Path file = Path.of("neurobalancer-out", "plan.json");

  @Option(names = "--operator", paramLabel = "NAME", description = "Only this operator.")
  private @Nullable String operator;

  @Option(names = "--json", description = "Prints the plan file, of the chosen operators.")
  private boolean json;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    PlanDocument plan = PlanDocument.read(file);
    List<PlanDocument.Entry> entries =
        operator == null
            ? plan.operators()
            : plan.operators().stream().filter(e -> e.name().equals(operator)).toList();
    if (entries.isEmpty()) {
      List<String> names = plan.operators().stream().map(PlanDocument.Entry::name).toList();
      throw NeuroBalancerException.invalid(
          "The plan has no operator '%s'.".formatted(operator)
              + Suggestions.maybe(
                  String.valueOf(operator), names, "", "neurobalancer explain " + file));
    }
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.print(plan.withOperators(entries).toJson());
    } else {
      out.print(PlanText.operators(plan, entries, Screen.of(spec).columns()));
      if (operator == null) {
        out.println();
        out.print(PlanText.segments(plan, Screen.of(spec).columns()));
      }
    }
    return ExitCode.OK;
  }
}
