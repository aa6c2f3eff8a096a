package io.neurobalancer.cli;

import io.neurobalancer.device.FrequencyDomain;
import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.evaluation.PreparedJob;
import io.neurobalancer.files.FeedbackTable;
import io.neurobalancer.files.PlanDocument;
import io.neurobalancer.files.Subject;
import io.neurobalancer.governor.FeedbackPlan;
import io.neurobalancer.onnx.importer.ModelStatements;
import io.neurobalancer.plan.Explanation;
import io.neurobalancer.plan.JobPlan;
import io.neurobalancer.plan.Plan;
import io.neurobalancer.plan.Segment;
import io.neurobalancer.plan.SegmentExplanation;
import io.neurobalancer.workload.Operator;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/** Turns a plan into the document that {@code plan} writes and {@code explain} reads. */
final class PlanDocuments {

  private PlanDocuments() {}

  static PlanDocument of(PreparedJob job, JobPlan planned, String command, long seed) {
    Plan plan = planned.plan();
    List<PlanDocument.Entry> entries = new ArrayList<>();
    SettingGrid grid = plan.grid();
    for (Explanation why : Explanation.of(plan)) {
      Operator operator = job.workload().operators().get(why.operator());
      entries.add(
          new PlanDocument.Entry(
              operator.name(),
              operator.kind().label(),
              hertz(grid, why.setting()),
              lower(why.bound()),
              why.latencySeconds(),
              why.energyJoules(),
              why.slackTakenSeconds(),
              why.savedJoules(),
              hertz(grid, why.runnerUp()),
              why.runnerUpCostJoules(),
              why.marginalJoulesPerSecond()));
    }
    List<PlanDocument.SegmentEntry> segments = new ArrayList<>();
    for (SegmentExplanation why : SegmentExplanation.of(plan)) {
      Segment segment = why.segment();
      segments.add(
          new PlanDocument.SegmentEntry(
              job.workload().operators().get(segment.firstOperator()).name(),
              job.workload().operators().get(segment.lastOperator()).name(),
              segment.operators(),
              hertz(grid, segment.setting()),
              segment.latencySeconds(),
              segment.energyJoules(),
              hertz(grid, why.substitute()),
              why.operatorsSaveJoules(),
              why.switchesCostJoules()));
    }
    boolean proven = !Double.isInfinite(plan.lowerBoundJoules());
    return new PlanDocument(
        command,
        VersionProvider.version(),
        seed,
        new Subject(job.target().identity().name(), job.target().identity().hash()),
        new Subject(job.workload().name(), job.workload().hash()),
        plan.planner(),
        job.deadline().deadlineSeconds(),
        plan.problem().budgetSeconds(),
        job.deadline().periodSeconds(),
        plan.makespanSeconds(),
        plan.energyJoules(),
        proven ? OptionalDouble.of(plan.lowerBoundJoules()) : OptionalDouble.empty(),
        proven ? OptionalDouble.of(plan.gap()) : OptionalDouble.empty(),
        plan.switches(),
        plan.marginalJoulesPerSecond(),
        note(job, plan),
        grid.domains().stream().map(FrequencyDomain::name).toList(),
        Optional.of(hertz(grid, planned.idleSetting())),
        entries,
        segments,
        Optional.of(
            FeedbackTable.of(FeedbackPlan.of(planned, job.deadline(), job.costs().calibration()))));
  }

  /** What the plan says, and what must be known of how the model was read. */
  private static String note(PreparedJob job, Plan plan) {
    List<String> lines = new ArrayList<>();
    if (!plan.note().isEmpty()) {
      lines.add(plan.note());
    }
    if (!job.costs().quality().certifiesTime()) {
      lines.addAll(job.costs().quality().notes());
    }
    List<Double> seconds = Explanation.of(plan).stream().map(Explanation::latencySeconds).toList();
    lines.addAll(ModelStatements.lines(job.workload(), seconds));
    return String.join(System.lineSeparator(), lines);
  }

  static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  private static List<Long> hertz(SettingGrid grid, int setting) {
    List<Long> clocks = new ArrayList<>();
    for (int d = 0; d < grid.dimensions(); d++) {
      clocks.add(grid.frequency(setting, d).hertz());
    }
    return clocks;
  }
}
