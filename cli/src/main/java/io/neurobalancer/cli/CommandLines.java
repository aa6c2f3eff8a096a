package io.neurobalancer.cli;

import io.neurobalancer.report.ComparisonReport;
import io.neurobalancer.report.TextTable;
import io.neurobalancer.unit.Durations;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** Texts that several commands print. */
final class CommandLines {

  /** Exported models carry whole paths as operator names. */
  static final int LONGEST_NAME = 36;

  private CommandLines() {}

  /** Returns the command line as it was typed, quoted where a shell needs it. */
  static String original(CommandSpec spec) {
    CommandLine root = spec.root().commandLine();
    List<String> words = new ArrayList<>();
    words.add("neurobalancer");
    for (String argument : root.getParseResult().originalArgs()) {
      words.add(argument.matches("[\\w@%+=:,./-]+") ? argument : "'" + argument + "'");
    }
    return String.join(" ", words);
  }

  /** Returns a plan's certificate and its segments. */
  static String plan(ComparisonReport.PlanSummary plan, List<String> domains, int columns) {
    List<String> headers = new ArrayList<>(List.of("from", "to", ">operators"));
    domains.forEach(domain -> headers.add(">" + domain));
    headers.addAll(List.of(">ms", ">mJ"));
    TextTable table = new TextTable(headers.toArray(String[]::new));
    for (ComparisonReport.SegmentRow segment : plan.segments()) {
      List<String> cells =
          new ArrayList<>(
              List.of(
                  TextTable.elided(segment.firstOperator(), LONGEST_NAME),
                  TextTable.elided(segment.lastOperator(), LONGEST_NAME),
                  String.valueOf(segment.operators())));
      cells.addAll(segment.clocks());
      cells.add(Screen.millis(segment.latencySeconds()));
      cells.add(String.format(Locale.ROOT, "%.3f", segment.energyJoules() * 1e3));
      table.row(cells.toArray(String[]::new));
    }
    return String.format(
            Locale.ROOT,
            "plan (%s): %.3f mJ per period, lower bound %.3f mJ, gap %.3f %%; makespan %s of %s,"
                + " %d switches%n",
            plan.planner(),
            plan.energyJoules() * 1e3,
            plan.lowerBoundJoules() * 1e3,
            plan.gap() * 100,
            Durations.format(plan.makespanSeconds()),
            Durations.format(plan.targetSeconds()),
            plan.switches())
        + table.render(columns);
  }
}
