package io.neurobalancer.evaluation;

import io.neurobalancer.NeuroBalancer;
import io.neurobalancer.baselines.Baselines;
import io.neurobalancer.baselines.law.Training;
import io.neurobalancer.cost.CostModel;
import io.neurobalancer.files.StreamsFile;
import io.neurobalancer.governor.Board;
import io.neurobalancer.governor.FeedbackPlan;
import io.neurobalancer.governor.Governor;
import io.neurobalancer.governor.GovernorSpec;
import io.neurobalancer.governor.PlanGovernor;
import io.neurobalancer.governor.StreamsGovernor;
import io.neurobalancer.plan.Deadline;
import io.neurobalancer.plan.JobPlan;
import io.neurobalancer.plan.JointPlanner;
import io.neurobalancer.simulator.SimulatedTarget;
import io.neurobalancer.target.Budget;
import io.neurobalancer.target.RunObserver;
import io.neurobalancer.target.RunResult;
import io.neurobalancer.target.Schedule;
import io.neurobalancer.target.Target;
import io.neurobalancer.workload.Workload;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Several models on one simulated device: planned together, beside each one's plan as if it were
 * alone, and the stock governor.
 */
public final class StreamsComparison {

  /** Planned together, with feedback. */
  public static final String JOINT = "neurobalancer";

  /** Every stream follows the plan that it would have alone. */
  public static final String ALONE = "each alone";

  /** Governors that are compared. */
  public static final int RUNS = 3;

  private static final int PROFILED = 12;
  private static final int WARM_UP_JOBS = 30;

  private final RunObserver observer;
  private final List<StreamsFile.Entry> entries;
  private final JointPlanner.Joint joint;
  private final Map<String, RunResult> results = new LinkedHashMap<>();

  /**
   * Measures, plans and runs.
   *
   * @param opener opens the device for workloads
   * @param workloads one per stream
   * @param seconds of virtual time after the warm-up; every stream runs as many jobs as fit
   * @param observer watches every run
   * @throws io.neurobalancer.unit.NeuroBalancerException if the streams cannot all keep their
   *     deadlines
   */
  public StreamsComparison(
      StreamsFile file,
      Function<List<Workload>, Target> opener,
      List<Workload> workloads,
      double seconds,
      RunObserver observer) {
    this.observer = observer;
    this.entries = file.streams();
    List<JointPlanner.Request> requests = new ArrayList<>();
    List<CostModel> costs = new ArrayList<>();
    List<Deadline> deadlines = new ArrayList<>();
    for (int s = 0; s < entries.size(); s++) {
      StreamsFile.Entry entry = entries.get(s);
      try (Target single = opener.apply(List.of(workloads.get(s)))) {
        CostModel model = NeuroBalancer.measure(single, Budget.settings(PROFILED));
        Deadline deadline =
            NeuroBalancer.withMargin(
                model, new Deadline(entry.deadlineSeconds(), entry.periodSeconds(), 1));
        costs.add(model);
        deadlines.add(deadline);
        requests.add(
            new JointPlanner.Request(entry.name(), model.costs(), model.calibration(), deadline));
      }
    }
    this.joint = JointPlanner.plan(requests);
    List<FeedbackPlan> plans = new ArrayList<>();
    List<Governor.Factory> alone = new ArrayList<>();
    for (int s = 0; s < entries.size(); s++) {
      plans.add(FeedbackPlan.of(joint.jobs().get(s), deadlines.get(s), costs.get(s).calibration()));
      JobPlan own = NeuroBalancer.plan(costs.get(s), deadlines.get(s));
      alone.add(PlanGovernor.of(own.plan(), own.idleSetting()));
    }
    List<Schedule.Periodic> periodic = new ArrayList<>();
    for (StreamsFile.Entry entry : entries) {
      periodic.add(
          new Schedule.Periodic(
              entry.periodSeconds(),
              entry.deadlineSeconds(),
              (int)
                  Math.max(1, Math.min(10_000_000L, Math.round(seconds / entry.periodSeconds())))));
    }
    Schedule schedule = new Schedule(periodic, WARM_UP_JOBS);
    try (Target target = opener.apply(workloads)) {
      run(target, schedule, JOINT, StreamsGovernor.of(plans, joint.demandSeconds()));
      run(target, schedule, ALONE, (board, now) -> new Together(alone, board, now));
      if (target instanceof SimulatedTarget simulated) {
        run(
            target,
            schedule,
            GovernorCatalog.STOCK,
            Baselines.create(
                    GovernorSpec.of(GovernorCatalog.STOCK), simulated.hardware(), Training.none())
                .factory());
      }
    }
  }

  private void run(Target target, Schedule schedule, String name, Governor.Factory governor) {
    results.put(name, target.run(governor, schedule, observer));
  }

  /** Returns the streams. */
  public List<StreamsFile.Entry> entries() {
    return entries;
  }

  /** Returns the plans that were admitted together. */
  public JointPlanner.Joint joint() {
    return joint;
  }

  /** Returns what happened under each governor, in the order in which they ran. */
  public Map<String, RunResult> results() {
    return results;
  }

  /** Every stream has a governor of its own, which knows nothing of the others. */
  private static final class Together implements Governor {
    private final List<Governor> governors = new ArrayList<>();
    private int active;

    Together(List<Governor.Factory> factories, Board board, long now) {
      for (Governor.Factory factory : factories) {
        governors.add(factory.on(board, now));
      }
    }

    @Override
    public void released(int stream, long nowNanos, long deadlineNanos) {
      active++;
      governors.get(stream).released(0, nowNanos, deadlineNanos);
    }

    @Override
    public void segmentStarting(int stream, int segment, long nowNanos) {
      governors.get(stream).segmentStarting(0, segment, nowNanos);
    }

    @Override
    public void finished(int stream, long nowNanos) {
      active--;
      if (active == 0) {
        governors.get(stream).finished(0, nowNanos);
      }
    }
  }
}
