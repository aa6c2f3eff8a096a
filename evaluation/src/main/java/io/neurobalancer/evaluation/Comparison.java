package io.neurobalancer.evaluation;

import io.neurobalancer.baselines.Baselines;
import io.neurobalancer.baselines.law.Baseline;
import io.neurobalancer.baselines.law.Training;
import io.neurobalancer.cost.FitReport;
import io.neurobalancer.device.DeviceIdentity;
import io.neurobalancer.device.FrequencyDomain;
import io.neurobalancer.governor.BalancedGovernor;
import io.neurobalancer.governor.Governor;
import io.neurobalancer.governor.GovernorInfo;
import io.neurobalancer.governor.GovernorSpec;
import io.neurobalancer.governor.PlanGovernor;
import io.neurobalancer.onnx.importer.ModelStatements;
import io.neurobalancer.plan.DeadlineUnreachableException;
import io.neurobalancer.plan.Explanation;
import io.neurobalancer.plan.JobPlan;
import io.neurobalancer.plan.Plan;
import io.neurobalancer.report.ComparisonReport;
import io.neurobalancer.simulator.SimulatedTarget;
import io.neurobalancer.simulator.oracle.CertifiedBound;
import io.neurobalancer.simulator.oracle.ClairvoyantGovernor;
import io.neurobalancer.simulator.oracle.HindsightPair;
import io.neurobalancer.target.JobTrace;
import io.neurobalancer.target.Pilot;
import io.neurobalancer.target.RunObserver;
import io.neurobalancer.target.RunResult;
import io.neurobalancer.target.Schedule;
import io.neurobalancer.target.Target;
import io.neurobalancer.unit.Durations;
import io.neurobalancer.unit.NeuroBalancerException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Runs a prepared job under one governor after another and puts the findings together. */
public final class Comparison {

  /**
   * After so many jobs the slowest kernel law has settled, even at a deadline it can hardly meet.
   */
  /** How long governors settle before jobs count, and the fewest and most jobs that takes. */
  private static final double SETTLING_SECONDS = 3;

  private static final int LEAST_WARM_UP = 30;
  private static final int MOST_WARM_UP = 300;

  /** Nanoseconds since a run's start are kept in a long. */
  private static final double LONGEST_SECONDS = 5e9;

  private static final double YEAR_SECONDS = 365.25 * 24 * 3600;

  /** The share of deadlines that may be missed. */
  private final PreparedJob prepared;

  private final Target target;
  private final int warmUp;
  private final Map<String, Integer> lateWhileSettling = new LinkedHashMap<>();
  private final Schedule schedule;
  private final DeviceFacts device;
  private final SimulatedTraining.Traces traces;
  private final Plan plan;
  private final Map<String, RunResult> results = new LinkedHashMap<>();
  private final Map<String, JobTrace> jobTraces = new LinkedHashMap<>();
  private final List<String> notes = new ArrayList<>();
  private final Map<String, String> notRun = new LinkedHashMap<>();
  private Watcher watcher = Watcher.NONE;
  private double boundJoules = Double.NaN;

  /**
   * Prepares a comparison.
   *
   * @param jobs under each governor, at least one
   */
  public Comparison(PreparedJob prepared, int jobs) {
    this(prepared, jobs, OptionalInt.empty(), new SimulatedTraining.Traces());
  }

  /**
   * As above.
   *
   * @param warmUp jobs before those that count; empty for {@link #settling}
   */
  public Comparison(PreparedJob prepared, int jobs, OptionalInt warmUp) {
    this(prepared, jobs, warmUp, new SimulatedTraining.Traces());
  }

  /**
   * Returns how many jobs governors settle in: three seconds of them, which is many times the
   * memory of any governor (schedutil halves what it knows every 32 ms, devfreq looks every 50 to
   * 100 ms, ztt every second), but no fewer than 30 and no more than 300.
   */
  static int settling(double periodSeconds) {
    double jobs = Math.ceil(SETTLING_SECONDS / periodSeconds);
    return (int) Math.max(LEAST_WARM_UP, Math.min(MOST_WARM_UP, jobs));
  }

  /** As above, with traces that other comparisons share. */
  Comparison(PreparedJob prepared, int jobs, OptionalInt warmUp, SimulatedTraining.Traces traces) {
    this.traces = traces;
    this.prepared = prepared;
    this.target = prepared.target();
    this.warmUp = warmUp.orElse(settling(prepared.deadline().periodSeconds()));
    double span = ((double) jobs + this.warmUp) * prepared.deadline().periodSeconds();
    if (span > LONGEST_SECONDS) {
      throw NeuroBalancerException.invalid(
          "%d jobs with a period of %s last %.0f years; at most %.0f can be told to the nanosecond.%nMaybe ask for fewer jobs."
              .formatted(
                  jobs,
                  Durations.format(prepared.deadline().periodSeconds()),
                  span / YEAR_SECONDS,
                  LONGEST_SECONDS / YEAR_SECONDS));
    }
    this.schedule = prepared.schedule(jobs, this.warmUp);
    this.device = DeviceFacts.of(target);
    this.plan = prepared.job().plan();
  }

  /** Returns what happened under each governor that was run. */
  Map<String, RunResult> results() {
    return results;
  }

  /** Returns the certified bound, joules per job; NaN where the device's truth is not known. */
  double boundJoulesPerJob() {
    return boundJoules;
  }

  /** Returns our plan. */
  public JobPlan plan() {
    return prepared.job();
  }

  /** Is told how far a comparison is. */
  public interface Watcher {

    /** Looks away. */
    Watcher NONE = new Watcher() {};

    /** A governor is about to run. */
    default void governor(String name) {}

    /** A job has ended, warm-up jobs and those of trial runs included. */
    default void job() {}
  }

  /** Returns how many jobs run under each governor, warm-up jobs included. */
  public int jobsPerGovernor() {
    return schedule.streams().get(0).jobs() + warmUp;
  }

  /** Returns why a governor was not run, of those that were asked for and were not. */
  public Map<String, String> notRun() {
    return new LinkedHashMap<>(notRun);
  }

  /** Runs the governors. */
  public void run(List<String> governors, Watcher watching) {
    watcher = watching;
    for (String name : governors) {
      watcher.governor(name);
      try {
        @Nullable RunResult result = run(name);
        if (result != null) {
          results.put(name, result);
          result.notes().stream().filter(note -> !notes.contains(note)).forEach(notes::add);
        }
      } catch (DeadlineUnreachableException e) {
        notRun(name, "it has no plan that meets the deadline.");
      }
    }
    CertifiedBound.joulesPerJob(target, schedule).ifPresent(joules -> boundJoules = joules);
  }

  /** Returns null, with a note, where the governor makes no sense on the device. */
  private @Nullable RunResult run(String name) {
    if (name.equals(GovernorCatalog.OURS)) {
      return ours();
    }
    if (name.equals(GovernorCatalog.STATIC)) {
      return run(name, follower(prepared.job()));
    }
    if (name.equals(GovernorCatalog.CLAIRVOYANT)) {
      return target instanceof SimulatedTarget simulated
          ? clairvoyant(simulated)
          : notRun(name, "the truth about %s is not known.".formatted(target.identity().name()));
    }
    if (name.equals(GovernorCatalog.CORE_ONLY)) {
      return held(name, FrequencyDomain.Kind.CORE);
    }
    if (name.equals(GovernorCatalog.MEMORY_ONLY)) {
      return held(name, FrequencyDomain.Kind.MEMORY);
    }
    GovernorSpec spec = GovernorSpec.parse(name);
    if (spec.name().equals(HindsightPair.INFO.name())) {
      return target instanceof SimulatedTarget simulated
          ? hindsight(name, spec, simulated)
          : notRun(name, "it is for simulated devices only.");
    }
    Optional<GovernorInfo> baseline = Baselines.find(spec.name());
    if (baseline.isEmpty()) {
      return run(name, follower(prepared.plan(name)));
    }
    Optional<String> unfit = Baselines.unfit(baseline.get(), device.hardware());
    if (unfit.isPresent()) {
      return notRun(name, unfit.get());
    }
    try {
      Baseline created = Baselines.create(spec, device.hardware(), training());
      RunResult result = run(name, created.factory());
      notes.addAll(created.notes());
      return result;
    } catch (NeuroBalancerException e) {
      if (target instanceof SimulatedTarget) {
        throw e;
      }
      // A table has holes and few counters: that is no reason not to compare the others.
      return notRun(name, Objects.requireNonNull(e.getMessage()).lines().findFirst().orElse(""));
    }
  }

  private @Nullable RunResult notRun(String name, String reason) {
    notes.add("%s was not run: %s".formatted(name, reason));
    notRun.put(name, reason);
    return null;
  }

  private RunResult run(String name, Governor.Factory governor) {
    lateWhileSettling.remove(name);
    int traced = schedule.streams().get(0).jobs() / 2;
    JobTrace.Recorder recorder = new JobTrace.Recorder(traced, target.grid().dimensions());
    RunResult result = target.run(governor, schedule, recorder.and(watched(name)));
    jobTraces.put(name, recorder.trace());
    return result;
  }

  private RunObserver watched(String name) {
    double deadline = prepared.deadline().deadlineSeconds();
    return new RunObserver() {
      @Override
      public void finished(int stream, int job, double responseSeconds, double joules) {
        if (job < 0 && responseSeconds > deadline) {
          lateWhileSettling.merge(name, 1, Integer::sum);
        }
        watcher.job();
      }
    };
  }

  private Training training() {
    return target instanceof SimulatedTarget simulated
        ? new SimulatedTraining(simulated, schedule.streams().get(0), traces)
        : Training.none();
  }

  /**
   * Runs the oracle that plans every job for its true costs. A plan is optimal up to its gap and to
   * what settling clocks and idle states between jobs do to it, so where the one pair that proves
   * best for this very run does better still, that is taken.
   */
  private RunResult clairvoyant(SimulatedTarget simulated) {
    RunResult planned =
        run(GovernorCatalog.CLAIRVOYANT, ClairvoyantGovernor.of(simulated, schedule));
    JobTrace trace = Objects.requireNonNull(jobTraces.get(GovernorCatalog.CLAIRVOYANT));
    RunResult pair = results.get(HindsightPair.INFO.name());
    if (pair == null) {
      HindsightPair chosen =
          HindsightPair.choose(GovernorSpec.of(HindsightPair.INFO.name()), simulated, schedule);
      pair = run(GovernorCatalog.CLAIRVOYANT, chosen.factory());
    }
    int misses = Double.compare(pair.missRate(), planned.missRate());
    if (misses < 0 || (misses == 0 && pair.energyJoulesPerJob() < planned.energyJoulesPerJob())) {
      return pair;
    }
    jobTraces.put(GovernorCatalog.CLAIRVOYANT, trace);
    return planned;
  }

  private RunResult hindsight(String name, GovernorSpec spec, SimulatedTarget simulated) {
    HindsightPair chosen = HindsightPair.choose(spec, simulated, schedule);
    notes.addAll(chosen.notes());
    return run(name, chosen.factory());
  }

  /** Runs what the pilot adopts; says what feedback did where that is our plan with feedback. */
  private RunResult ours() {
    Pilot pilot = new Trials(prepared, device.hardware(), warmUp, stock()).pilot();
    notes.add("Do no harm: " + pilot);
    Governor.Factory adopted = pilot.adopted().governor();
    RunResult result = run(GovernorCatalog.OURS, adopted);
    if (adopted instanceof BalancedGovernor.Factory balanced) {
      balanced.report().ifPresent(report -> notes.add("Feedback: " + report));
    }
    return result;
  }

  /** Runs one clock held beside the stock governor of the other; null where there is no such. */
  private @Nullable RunResult held(String name, FrequencyDomain.Kind kind) {
    Optional<Pilot> pilot = new Trials(prepared, device.hardware(), warmUp, stock()).held(kind);
    if (pilot.isEmpty()) {
      return notRun(name, "it needs a core clock, a memory clock and their stock governors.");
    }
    notes.add(
        "%s holds %s, the best of %d in a trial, beside stock's governor of the other clock."
            .formatted(name, pilot.get().adopted().name(), pilot.get().results().size()));
    return run(name, pilot.get().adopted().governor());
  }

  private Optional<Governor.Factory> stock() {
    GovernorInfo stock = GovernorCatalog.get(GovernorCatalog.STOCK);
    if (Baselines.unfit(stock, device.hardware()).isPresent()
        || device.hardware().stockCore().isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        Baselines.create(GovernorSpec.of(GovernorCatalog.STOCK), device.hardware(), training())
            .factory());
  }

  private static Governor.Factory follower(JobPlan followed) {
    return PlanGovernor.of(followed.plan(), followed.idleSetting());
  }

  /** Returns everything that was found. */
  public ComparisonReport report(
      String command, String version, long seed, String weather, String model) {
    FitReport fit = prepared.costs().quality();
    RunResult ours = Objects.requireNonNull(results.get(GovernorCatalog.OURS));
    DeviceIdentity identity = target.identity();
    double wake =
        prepared.costs().calibration().idleStates().get(prepared.job().idleState()).wakeSeconds();
    return new ComparisonReport(
        command,
        version,
        seed,
        new ComparisonReport.Device(
            identity.name(),
            identity.title(),
            identity.hash(),
            identity.origin() == DeviceIdentity.Origin.SIMULATED,
            plan.grid().domains().stream().map(FrequencyDomain::name).toList(),
            device.threads()),
        new ComparisonReport.Model(
            model,
            prepared.workload().hash(),
            prepared.workload().size(),
            prepared.workload().flops(),
            prepared.workload().weightBytes(),
            prepared.workload().unknownOperators().size()),
        prepared.deadline().deadlineSeconds(),
        prepared.deadline().periodSeconds(),
        prepared.fastestSeconds(),
        (int) ours.jobs(),
        weather,
        plan.makespanSeconds() + wake,
        ours.quantileResponseSeconds(0.5),
        new ComparisonReport.Fit(
            fit.measuredSettings().size(),
            plan.grid().size(),
            fit.runs(),
            fit.operatorLatencyError(),
            fit.totalLatencyError(),
            fit.operatorEnergyError(),
            fit.meanBaselineLatencyError()),
        ReportRows.plan(prepared),
        boundJoules,
        governors(),
        ReportRows.frontier(prepared),
        timelines(),
        notes());
  }

  /** Returns what each governor did that was run, in the order in which they ran. */
  public List<ComparisonReport.GovernorResult> governors() {
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
                    above(result, GovernorCatalog.CLAIRVOYANT),
                    Double.isNaN(boundJoules)
                        ? OptionalDouble.empty()
                        : OptionalDouble.of(result.energyJoulesPerJob() / boundJoules - 1),
                    ReportRows.byPart(result),
                    ReportRows.responses(result))));
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

  private List<ComparisonReport.Timeline> timelines() {
    List<ComparisonReport.Timeline> timelines = new ArrayList<>();
    for (String name :
        List.of(GovernorCatalog.OURS, GovernorCatalog.STOCK, GovernorCatalog.CLAIRVOYANT)) {
      JobTrace trace = jobTraces.get(name);
      if (trace != null) {
        timelines.add(
            ReportRows.timeline(prepared, name, trace, name.equals(GovernorCatalog.OURS)));
      }
    }
    return timelines;
  }

  private List<String> notes() {
    List<String> all = new ArrayList<>();
    DeviceIdentity identity = target.identity();
    all.add(
        switch (identity.origin()) {
          case SIMULATED ->
              "Simulated: no device was involved. Latency and power come from a model of the"
                  + " device; the plans"
                  + " were made from %d profiled settings of %d, measured on it with noise, and from measured"
                      .formatted(
                          prepared.costs().quality().measuredSettings().size(), plan.grid().size())
                  + " switch costs. Only the clairvoyant oracle and the certified bound see the"
                  + " model's truth.";
          case REPLAYED ->
              "Replayed: every run takes and burns what the rows of %s say that it visits."
                  .formatted(identity.name());
          case REAL -> "Measured on %s.".formatted(identity.title());
        });
    all.add(
        "Energy per job covers a whole period for every governor: the job, its switches and the"
            + " idle time"
            + " until the next release. %d jobs before those that count let each governor settle."
                .formatted(warmUp));
    if (!lateWhileSettling.isEmpty()) {
      all.add(
          "Late among those %d jobs, and not counted: %s."
              .formatted(
                  warmUp,
                  lateWhileSettling.entrySet().stream()
                      .map(late -> late.getKey() + " " + late.getValue())
                      .collect(Collectors.joining(", "))));
    }
    if (identity.origin() != DeviceIdentity.Origin.REPLAYED) {
      all.addAll(modelLines());
    }
    all.addAll(notes);
    all.addAll(device.notes());
    return all;
  }

  /** Returns what must be known of how the model was read. */
  public List<String> modelLines() {
    List<Double> seconds =
        Explanation.of(prepared.job().plan()).stream().map(Explanation::latencySeconds).toList();
    return ModelStatements.lines(prepared.workload(), seconds);
  }
}
