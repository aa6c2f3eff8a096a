package io.neurobalancer.evaluation;

import io.neurobalancer.cost.FitReport;
import io.neurobalancer.device.FrequencyDomain;
import io.neurobalancer.governor.GovernorSpec;
import io.neurobalancer.plan.DeadlineUnreachableException;
import io.neurobalancer.plan.LagrangianPlanner;
import io.neurobalancer.plan.Plan;
import io.neurobalancer.plan.Segment;
import io.neurobalancer.report.ComparisonReport;
import io.neurobalancer.simulator.Experiment;
import io.neurobalancer.simulator.PlanFollower;
import io.neurobalancer.simulator.RunResult;
import io.neurobalancer.simulator.baseline.Baseline;
import io.neurobalancer.simulator.baseline.Baselines;
import io.neurobalancer.simulator.baseline.GovernorInfo;
import io.neurobalancer.workload.Operator;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Runs a prepared job under one governor after another and puts the findings together. */
final class Comparison {

  private static final int FRONTIER_POINTS = 25;
  private static final String HINDSIGHT = "single-pair-hindsight";

  /**
   * After so many jobs the slowest kernel law has settled, even at a deadline it can hardly meet.
   */
  private static final int WARM_UP_JOBS = 30;

  private final PreparedJob job;
  private final Experiment experiment;
  private final Plan plan;
  private final Map<String, RunResult> results = new LinkedHashMap<>();
  private final List<String> notes = new ArrayList<>();

  Comparison(PreparedJob job, int jobs, long seed) {
    this.job = job;
    this.experiment =
        new Experiment(
            job.physics(),
            job.weather(),
            seed,
            job.deadlineSeconds(),
            job.periodSeconds(),
            jobs,
            WARM_UP_JOBS);
    this.plan = new LagrangianPlanner().plan(job.problem());
  }

  Plan plan() {
    return plan;
  }

  /** Runs the governors; {@code progress} is told each one's name before it runs. */
  void run(List<String> governors, Consumer<String> progress) {
    for (String name : governors) {
      progress.accept(name);
      try {
        @Nullable RunResult result = run(name);
        if (result != null) {
          results.put(name, result);
        }
      } catch (DeadlineUnreachableException e) {
        notes.add("%s was not run: it has no plan that meets the deadline.".formatted(name));
      }
    }
  }

  /** Returns null, with a note, where the governor makes no sense on the device. */
  private @Nullable RunResult run(String name) {
    if (name.equals(GovernorCatalog.OURS)) {
      return experiment.run(follower(name, plan));
    }
    if (name.equals(GovernorCatalog.CLAIRVOYANT)) {
      return bound();
    }
    GovernorSpec spec = GovernorSpec.parse(name);
    Optional<GovernorInfo> baseline = Baselines.find(spec.name());
    if (baseline.isEmpty()) {
      return experiment.run(follower(name, Planners.find(name).plan(job.problem())));
    }
    Optional<String> unfit = Baselines.unfit(baseline.get(), job.profile());
    if (unfit.isPresent()) {
      notes.add("%s was not run: %s".formatted(name, unfit.get()));
      return null;
    }
    Baseline created = Baselines.create(spec, experiment);
    notes.addAll(created.notes());
    return experiment.run(created.governor());
  }

  /**
   * Runs the oracle that plans every job for its true costs. A plan is optimal up to its gap and to
   * what settling clocks and idle states between jobs do to it, so where the one pair that proves
   * best for this very run does better still, that is the bound.
   */
  private RunResult bound() {
    RunResult planned = experiment.runClairvoyant();
    RunResult hindsight = results.get(HINDSIGHT);
    if (hindsight == null) {
      hindsight =
          experiment.run(Baselines.create(GovernorSpec.of(HINDSIGHT), experiment).governor());
    }
    int misses = Double.compare(hindsight.missRate(), planned.missRate());
    return misses < 0
            || (misses == 0 && hindsight.energyJoulesPerJob() < planned.energyJoulesPerJob())
        ? hindsight
        : planned;
  }

  private PlanFollower follower(String name, Plan followed) {
    return new PlanFollower(name, followed, job.idleSetting());
  }

  ComparisonReport report(String command, long seed, String modelName, String deviceName) {
    FitReport fit = job.predictor().report();
    RunResult ours = resultOfOurs();
    return new ComparisonReport(
        command,
        VersionProvider.version(),
        seed,
        new ComparisonReport.Device(
            deviceName,
            job.profile().title(),
            job.profile().hash(),
            true,
            plan.grid().domains().stream().map(FrequencyDomain::name).toList(),
            job.physics().threads()),
        new ComparisonReport.Model(
            modelName,
            job.workload().hash(),
            job.workload().size(),
            job.workload().flops(),
            job.workload().weightBytes(),
            job.workload().unknownOperators().size()),
        job.deadlineSeconds(),
        job.periodSeconds(),
        job.fastestSeconds(),
        ours.jobs(),
        job.weather().name(),
        plan.makespanSeconds() + job.facts().wakeSeconds(),
        ours.quantileResponseSeconds(0.5),
        new ComparisonReport.Fit(
            fit.measuredSettings(),
            plan.grid().size(),
            fit.runs(),
            fit.operatorLatencyError(),
            fit.totalLatencyError(),
            fit.operatorEnergyError(),
            fit.dumbLatencyError()),
        summary(),
        governors(),
        frontier(),
        timelines(),
        notes());
  }

  private RunResult resultOfOurs() {
    return Objects.requireNonNull(results.get(GovernorCatalog.OURS));
  }

  private ComparisonReport.PlanSummary summary() {
    List<ComparisonReport.SegmentRow> rows = new ArrayList<>();
    List<Operator> operators = job.workload().operators();
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
        job.problem().deadlineSeconds(),
        plan.switches(),
        rows);
  }

  /** Returns what each governor did that was run, in the order in which they ran. */
  List<ComparisonReport.GovernorResult> governors() {
    List<ComparisonReport.GovernorResult> rows = new ArrayList<>();
    results.forEach(
        (name, result) ->
            rows.add(
                new ComparisonReport.GovernorResult(
                    name,
                    GovernorCatalog.note(name),
                    result.energyJoulesPerJob(),
                    saving(result, GovernorCatalog.STOCK),
                    saving(result, GovernorCatalog.PERFORMANCE),
                    result.missRate(),
                    result.medianSlackSeconds(),
                    result.switchesPerJob(),
                    above(result, GovernorCatalog.CLAIRVOYANT))));
    return rows;
  }

  private OptionalDouble saving(RunResult result, String reference) {
    RunResult other = results.get(reference);
    return other == null
        ? OptionalDouble.empty()
        : OptionalDouble.of(1 - result.energyJoulesPerJob() / other.energyJoulesPerJob());
  }

  private OptionalDouble above(RunResult result, String reference) {
    RunResult other = results.get(reference);
    return other == null
        ? OptionalDouble.empty()
        : OptionalDouble.of(result.energyJoulesPerJob() / other.energyJoulesPerJob() - 1);
  }

  /** Plans for deadlines from the fastest possible to the whole period, the period kept. */
  private List<ComparisonReport.FrontierPoint> frontier() {
    List<ComparisonReport.FrontierPoint> points = new ArrayList<>();
    double least = fastestOperators() * (1 + 1e-6);
    double most =
        Math.max(job.problem().deadlineSeconds(), job.periodSeconds() - job.facts().wakeSeconds());
    for (int p = 0; p < FRONTIER_POINTS; p++) {
      double deadline = least + (most - least) * p / (FRONTIER_POINTS - 1);
      Plan point = new LagrangianPlanner().plan(job.problem().withDeadline(deadline));
      points.add(
          new ComparisonReport.FrontierPoint(
              deadline,
              point.energyJoules() / job.periodSeconds(),
              point.energyJoules(),
              point.lowerBoundJoules()));
    }
    return points;
  }

  private double fastestOperators() {
    try {
      return new LagrangianPlanner().plan(job.problem().withDeadline(1e-12)).makespanSeconds();
    } catch (DeadlineUnreachableException e) {
      return e.fastest().makespanSeconds();
    }
  }

  private List<ComparisonReport.Timeline> timelines() {
    List<ComparisonReport.Timeline> timelines = new ArrayList<>();
    for (String name :
        List.of(GovernorCatalog.OURS, GovernorCatalog.STOCK, GovernorCatalog.CLAIRVOYANT)) {
      RunResult result = results.get(name);
      if (result != null) {
        timelines.add(timeline(name, result, name.equals(GovernorCatalog.OURS)));
      }
    }
    return timelines;
  }

  private ComparisonReport.Timeline timeline(String name, RunResult result, boolean operators) {
    RunResult.Trace trace = result.trace();
    List<ComparisonReport.Step> steps = new ArrayList<>();
    for (RunResult.Clock clock : trace.clocks()) {
      List<Double> megahertz = new ArrayList<>();
      for (int d = 0; d < plan.grid().dimensions(); d++) {
        megahertz.add(plan.grid().frequency(clock.setting(), d).megahertz());
      }
      steps.add(new ComparisonReport.Step(clock.seconds(), megahertz));
    }
    List<ComparisonReport.Ran> ran = new ArrayList<>();
    if (operators) {
      for (int i = 0; i < trace.operators().size(); i++) {
        Operator operator = job.workload().operators().get(i);
        RunResult.Interval interval = trace.operators().get(i);
        ran.add(
            new ComparisonReport.Ran(
                operator.name(),
                PlanDocuments.lower(operator.kind()),
                interval.startSeconds(),
                interval.endSeconds()));
      }
    }
    return new ComparisonReport.Timeline(name, trace.responseSeconds(), steps, ran);
  }

  private List<String> notes() {
    List<String> all = new ArrayList<>();
    all.add(
        "Simulated: no phone was involved. Latency and power come from a model of the device; the plans"
            + " were made from %d profiled settings of %d, measured on it with noise, and from measured"
                .formatted(job.predictor().report().measuredSettings(), plan.grid().size())
            + " switch costs. Only the clairvoyant oracle sees the model's truth.");
    all.add(
        "Energy per job covers a whole period for every governor: the job, its switches and the idle time"
            + " until the next release. %d jobs before those that count let each governor settle."
                .formatted(WARM_UP_JOBS));
    List<Operator> unknown = job.workload().unknownOperators();
    if (!unknown.isEmpty()) {
      all.add(
          "Without a FLOP formula, counted by their bytes only: "
              + unknown.stream()
                  .map(operator -> operator.name() + " (" + operator.type() + ")")
                  .collect(Collectors.joining(", "))
              + ".");
    }
    all.addAll(notes);
    all.addAll(job.profile().cautions());
    job.profile()
        .provenance()
        .forEach(
            (field, source) -> all.add(field + ": " + source + (source.endsWith(".") ? "" : ".")));
    return all;
  }
}
