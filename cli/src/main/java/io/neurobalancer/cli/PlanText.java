package io.neurobalancer.cli;

import io.neurobalancer.files.PlanDocument;
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
  static String summary(PlanDocument plan, int columns) {
    List<String> headers = new ArrayList<>(List.of("from", "to", ">operators"));
    plan.domains().forEach(domain -> headers.add(">" + domain));
    headers.addAll(List.of(">ms", ">mJ"));
    TextTable table = new TextTable(headers.toArray(String[]::new));
    for (PlanDocument.SegmentEntry segment : plan.segments()) {
      List<String> cells =
          new ArrayList<>(
              List.of(
                  segment.firstOperator(),
                  segment.lastOperator(),
                  String.valueOf(segment.operators())));
      segment.hertz().forEach(hertz -> cells.add(Frequency.ofHertz(hertz).toString()));
      cells.add(Screen.millis(segment.latencySeconds()));
      cells.add(millijoules(segment.energyJoules()));
      table.row(cells.toArray(String[]::new));
    }
    return certificate(plan) + table.render(columns);
  }

  private static String certificate(PlanDocument plan) {
    return String.format(
        Locale.ROOT,
        "%s on %s, deadline %s (%s for the operators, the rest for waking and margin)%n"
            + "planner %s: %s mJ per period of %s, %s%n"
            + "makespan %s, %d switches%s%n%s%n",
        plan.model().name(),
        plan.device().name(),
        Durations.format(plan.deadlineSeconds()),
        Durations.format(plan.targetSeconds()),
        plan.planner(),
        millijoules(plan.energyJoules()),
        Durations.format(plan.periodSeconds()),
        bound(plan),
        Durations.format(plan.makespanSeconds()),
        plan.switches(),
        plan.marginalJoulesPerSecond().isPresent()
            ? String.format(
                Locale.ROOT,
                "; one more millisecond would save %.1f uJ",
                plan.marginalJoulesPerSecond().getAsDouble() * 1e3)
            : "",
        plan.note().isEmpty() ? "" : "note: " + plan.note() + System.lineSeparator());
  }

  private static String bound(PlanDocument plan) {
    if (plan.lowerBoundJoules().isEmpty() || plan.gap().isEmpty()) {
      return "no lower bound proven";
    }
    return String.format(
        Locale.ROOT,
        "lower bound %s mJ, gap %.3f %%",
        millijoules(plan.lowerBoundJoules().getAsDouble()),
        plan.gap().getAsDouble() * 100);
  }

  /** Returns one line per segment: what its operators save and what its switches cost. */
  static String segments(PlanDocument plan, int columns) {
    TextTable table =
        new TextTable(
            "segment", "pair", "instead of", ">operators save uJ", ">switches cost uJ", "so");
    for (PlanDocument.SegmentEntry segment : plan.segments()) {
      double net = segment.operatorsSaveJoules() - segment.switchesCostJoules();
      boolean only = segment.substituteHertz().equals(segment.hertz());
      table.row(
          segment.firstOperator()
              + (segment.operators() == 1 ? "" : " to " + segment.lastOperator()),
          pair(segment.hertz()),
          only ? "nothing else" : pair(segment.substituteHertz()),
          only ? "" : microjoules(segment.operatorsSaveJoules()),
          only ? "" : microjoules(segment.switchesCostJoules()),
          only
              ? "there is nothing to switch for"
              : net >= 0
                  ? "the switch pays: " + microjoules(net) + " uJ left"
                  : "it spends slack that nothing else could, " + microjoules(-net) + " uJ short");
    }
    return "Time is priced as the plan prices it." + System.lineSeparator() + table.render(columns);
  }

  /** Returns one line per operator. */
  static String operators(PlanDocument plan, List<PlanDocument.Entry> entries, int columns) {
    TextTable table =
        new TextTable(
            "operator",
            "kind",
            "pair",
            "bound by",
            ">ms",
            ">slack taken ms",
            ">saved uJ",
            ">more would save uJ/ms",
            "runner-up",
            ">at a cost of uJ");
    for (PlanDocument.Entry entry : entries) {
      table.row(
          entry.name(),
          entry.kind(),
          pair(entry.hertz()),
          entry.bound(),
          Screen.millis(entry.latencySeconds()),
          Screen.millis(entry.slackTakenSeconds()),
          microjoules(entry.savedJoules()),
          String.format(Locale.ROOT, "%.1f", entry.marginalJoulesPerSecond() * 1e3),
          entry.runnerUpHertz().equals(entry.hertz()) ? "none" : pair(entry.runnerUpHertz()),
          entry.runnerUpHertz().equals(entry.hertz())
              ? ""
              : microjoules(entry.runnerUpCostJoules()));
    }
    return certificate(plan) + table.render(columns);
  }

  private static String pair(List<Long> hertz) {
    return hertz.stream()
        .map(clock -> Frequency.ofHertz(clock).toString())
        .collect(Collectors.joining("/"));
  }

  private static String millijoules(double joules) {
    return String.format(Locale.ROOT, "%.3f", joules * 1e3);
  }

  private static String microjoules(double joules) {
    return String.format(Locale.ROOT, "%.2f", joules * 1e6);
  }
}
