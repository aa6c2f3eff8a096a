package io.neurobalancer.cli;

import io.neurobalancer.device.FrequencyDomain;
import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.planner.Explanation;
import io.neurobalancer.planner.Plan;
import io.neurobalancer.report.PlanDocument;
import io.neurobalancer.workload.Operator;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Turns a plan into the document that {@code plan} writes and {@code explain} reads. */
final class PlanDocuments {

  private PlanDocuments() {}

  static PlanDocument of(PreparedJob job, Plan plan, String command, long seed, String device) {
    List<PlanDocument.Entry> entries = new ArrayList<>();
    SettingGrid grid = plan.grid();
    for (Explanation why : Explanation.of(plan)) {
      Operator operator = job.workload().operators().get(why.operator());
      entries.add(
          new PlanDocument.Entry(
              operator.name(),
              lower(operator.kind()),
              hertz(grid, why.setting()),
              lower(why.bound()),
              why.latencySeconds(),
              why.energyJoules(),
              why.slackTakenSeconds(),
              why.savedJoules(),
              hertz(grid, why.runnerUp()),
              why.runnerUpCostJoules()));
    }
    return new PlanDocument(
        command,
        VersionProvider.version(),
        seed,
        device,
        job.profile().hash(),
        job.workload().name(),
        job.workload().hash(),
        plan.planner(),
        job.deadlineSeconds(),
        job.problem().deadlineSeconds(),
        job.periodSeconds(),
        plan.makespanSeconds(),
        plan.energyJoules(),
        provenBound(plan),
        Double.isInfinite(plan.gap()) ? 1 : plan.gap(),
        plan.switches(),
        plan.marginalJoulesPerSecond().orElse(0),
        grid.domains().stream().map(FrequencyDomain::name).toList(),
        entries);
  }

  /** Planners that prove nothing still know that energy is not negative. */
  private static double provenBound(Plan plan) {
    return Double.isInfinite(plan.lowerBoundJoules()) ? 0 : plan.lowerBoundJoules();
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
