package io.neurobalancer.evaluation;

import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.plan.Explanation;
import io.neurobalancer.plan.Frontier;
import io.neurobalancer.plan.Plan;
import io.neurobalancer.plan.Segment;
import io.neurobalancer.report.ComparisonReport;
import io.neurobalancer.target.JobTrace;
import io.neurobalancer.target.RunResult;
import io.neurobalancer.workload.Operator;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/** Turns a plan and traces into the rows of a report. */
final class ReportRows {

  private static final int FRONTIER_POINTS = 25;

  /** Where the distribution of latencies is drawn: close together where jobs are rare and late. */
  private static final List<Double> SHARES =
      DoubleStream.concat(
              IntStream.range(0, 49).mapToDouble(i -> 0.01 + 0.02 * i),
              DoubleStream.of(0.98, 0.985, 0.99, 0.995, 0.999, 1))
          .boxed()
          .toList();

  private ReportRows() {}

  /** Returns within what times growing shares of the jobs ended. */
  static List<ComparisonReport.Share> responses(RunResult result) {
    return SHARES.stream()
        .map(share -> new ComparisonReport.Share(share, result.quantileResponseSeconds(share)))
        .toList();
  }

  /** Returns the energy of one job by the part of the device that burned it. */
  static Map<String, Double> byPart(RunResult result) {
    Map<String, Double> parts = new LinkedHashMap<>();
    result.joulesBySource().forEach((part, joules) -> parts.put(part, joules / result.jobs()));
    return parts;
  }

  /** Returns a plan, its segments and its operators. */
  static ComparisonReport.PlanSummary plan(PreparedJob prepared) {
    Plan plan = prepared.job().plan();
    List<ComparisonReport.SegmentRow> rows = new ArrayList<>();
    List<Operator> operators = prepared.workload().operators();
    for (Segment segment : plan.segments()) {
      List<String> clocks = new ArrayList<>();
      for (int d = 0; d < plan.grid().dimensions(); d++) {
        clocks.add(plan.grid().frequency(segment.setting(), d).toString());
      }
      rows.add(
          new ComparisonReport.SegmentRow(
              operators.get(segment.firstOperator()).name(),
              operators.get(segment.lastOperator()).name(),
              segment.operators(),
              clocks,
              segment.latencySeconds(),
              segment.energyJoules()));
    }
    return new ComparisonReport.PlanSummary(
        plan.planner(),
        plan.energyJoules(),
        plan.lowerBoundJoules(),
        plan.gap(),
        plan.makespanSeconds(),
        plan.problem().budgetSeconds(),
        plan.switches(),
        rows,
        operators(prepared, plan));
  }

  private static List<ComparisonReport.OperatorRow> operators(PreparedJob prepared, Plan plan) {
    List<ComparisonReport.OperatorRow> rows = new ArrayList<>();
    for (Explanation explained : Explanation.of(plan)) {
      Operator operator = prepared.workload().operators().get(explained.operator());
      List<String> clocks = new ArrayList<>();
      for (int d = 0; d < plan.grid().dimensions(); d++) {
        clocks.add(plan.grid().frequency(explained.setting(), d).toString());
      }
      rows.add(
          new ComparisonReport.OperatorRow(
              operator.name(),
              operator.kind().label(),
              clocks,
              explained.bound().name().toLowerCase(Locale.ROOT),
              explained.latencySeconds(),
              explained.energyJoules(),
              explained.slackTakenSeconds()));
    }
    return rows;
  }

  /** Plans for deadlines from the fastest possible to the whole period, the period kept. */
  static List<ComparisonReport.FrontierPoint> frontier(PreparedJob prepared) {
    return Frontier.of(prepared.job().plan().problem(), FRONTIER_POINTS).plans().stream()
        .map(
            point ->
                new ComparisonReport.FrontierPoint(
                    point.problem().budgetSeconds(),
                    point.energyJoules() / prepared.deadline().periodSeconds(),
                    point.energyJoules(),
                    point.lowerBoundJoules()))
        .toList();
  }

  /** Returns one job under a governor, with its operators where they are to be drawn. */
  static ComparisonReport.Timeline timeline(
      PreparedJob prepared, String name, JobTrace trace, boolean operators) {
    SettingGrid grid = prepared.target().grid();
    List<ComparisonReport.Step> steps = new ArrayList<>();
    int[] opps = new int[grid.dimensions()];
    for (int c = 0; c < trace.clocks().size(); c++) {
      JobTrace.Clock clock = trace.clocks().get(c);
      opps[clock.domain()] = clock.opp();
      boolean more =
          c + 1 < trace.clocks().size() && trace.clocks().get(c + 1).seconds() == clock.seconds();
      if (!more) {
        List<Double> megahertz = new ArrayList<>();
        for (int d = 0; d < opps.length; d++) {
          megahertz.add(grid.domains().get(d).opps().frequency(opps[d]).megahertz());
        }
        steps.add(new ComparisonReport.Step(clock.seconds(), megahertz));
      }
    }
    List<ComparisonReport.Ran> ran = new ArrayList<>();
    if (operators) {
      for (int s = 0; s < trace.segments().size(); s++) {
        Operator operator =
            prepared
                .workload()
                .operators()
                .get(prepared.target().streams().get(0).firstOperator(s));
        JobTrace.Interval interval = trace.segments().get(s);
        ran.add(
            new ComparisonReport.Ran(
                operator.name(),
                operator.kind().label(),
                interval.startSeconds(),
                interval.endSeconds()));
      }
    }
    return new ComparisonReport.Timeline(name, trace.responseSeconds(), steps, ran);
  }
}
