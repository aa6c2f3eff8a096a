package io.neurobalancer.cli;

import io.neurobalancer.report.PlanDocument;
import io.neurobalancer.report.TextTable;
import io.neurobalancer.unit.Durations;
import io.neurobalancer.unit.Frequency;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** A plan document in words and tables. */
final class PlanText {

  private PlanText() {}

  /** Returns the certificate and the segments. */
  static String summary(PlanDocument plan) {
    List<String> headers = new ArrayList<>(List.of("from", "to", ">operators"));
    plan.domains().forEach(domain -> headers.add(">" + domain));
    headers.addAll(List.of(">latency", ">mJ"));
    TextTable table = new TextTable(headers.toArray(String[]::new));
    int first = 0;
    List<PlanDocument.Entry> operators = plan.operators();
    for (int i = 1; i <= operators.size(); i++) {
      if (i == operators.size() || !operators.get(i).hertz().equals(operators.get(first).hertz())) {
        List<PlanDocument.Entry> run = operators.subList(first, i);
        List<String> cells =
            new ArrayList<>(
                List.of(
                    run.get(0).name(), run.get(run.size() - 1).name(), String.valueOf(run.size())));
        run.get(0).hertz().forEach(hertz -> cells.add(Frequency.ofHertz(hertz).toString()));
        cells.add(
            Durations.format(run.stream().mapToDouble(PlanDocument.Entry::latencySeconds).sum()));
        cells.add(millijoules(run.stream().mapToDouble(PlanDocument.Entry::energyJoules).sum()));
        table.row(cells.toArray(String[]::new));
        first = i;
      }
    }
    return certificate(plan) + table.render();
  }

  private static String certificate(PlanDocument plan) {
    return String.format(
        Locale.ROOT,
        "%s on %s, deadline %s (%s for the operators, the rest for waking and margin)%n"
            + "planner %s: %s mJ per period of %s, lower bound %s mJ, gap %.3f %%%n"
            + "makespan %s, %d switches; one more millisecond would save %.1f uJ%n%n",
        plan.modelName(),
        plan.deviceName(),
        Durations.format(plan.deadlineSeconds()),
        Durations.format(plan.targetSeconds()),
        plan.planner(),
        millijoules(plan.energyJoules()),
        Durations.format(plan.periodSeconds()),
        millijoules(plan.lowerBoundJoules()),
        plan.gap() * 100,
        Durations.format(plan.makespanSeconds()),
        plan.switches(),
        plan.marginalJoulesPerSecond() * 1e3);
  }

  /** Returns one line per operator. */
  static String operators(PlanDocument plan, List<PlanDocument.Entry> entries) {
    TextTable table =
        new TextTable(
            "operator",
            "kind",
            "pair",
            "bound by",
            ">latency",
            ">slack taken",
            ">saved mJ",
            "runner-up",
            ">at a cost of uJ");
    for (PlanDocument.Entry entry : entries) {
      table.row(
          entry.name(),
          entry.kind(),
          pair(entry.hertz()),
          entry.bound(),
          Durations.format(entry.latencySeconds()),
          Durations.format(entry.slackTakenSeconds()),
          millijoules(entry.savedJoules()),
          pair(entry.runnerUpHertz()),
          String.format(Locale.ROOT, "%.2f", entry.runnerUpCostJoules() * 1e6));
    }
    return certificate(plan) + table.render();
  }

  private static String pair(List<Long> hertz) {
    return hertz.stream()
        .map(clock -> Frequency.ofHertz(clock).toString())
        .collect(Collectors.joining("/"));
  }

  private static String millijoules(double joules) {
    return String.format(Locale.ROOT, "%.3f", joules * 1e3);
  }
}
