package io.neurobalancer.simulator.oracle;

import io.neurobalancer.cost.Calibration;
import io.neurobalancer.cost.CostTable;
import io.neurobalancer.device.IdleState;
import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.governor.Board;
import io.neurobalancer.governor.Governor;
import io.neurobalancer.plan.Deadline;
import io.neurobalancer.plan.DeadlineUnreachableException;
import io.neurobalancer.plan.JobPlan;
import io.neurobalancer.plan.JobPlanner;
import io.neurobalancer.plan.LagrangianPlanner;
import io.neurobalancer.plan.Plan;
import io.neurobalancer.plan.PlanningProblem;
import io.neurobalancer.plan.Start;
import io.neurobalancer.simulator.SimulatedTarget;
import io.neurobalancer.simulator.engine.DeviceModel;
import io.neurobalancer.simulator.physics.DevicePhysics;
import io.neurobalancer.target.Schedule;
import io.neurobalancer.workload.Operator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * The oracle: it knows what every operator of this very job will take and burn at every setting,
 * weather included, and what a switch really costs. It is achievable in hindsight, but no
 * contender; what no governor can go below is {@link CertifiedBound}.
 *
 * <p>It takes the die to be at 40 degrees Celsius, rests as the job of still weather would, and
 * takes thermal caps away.
 *
 * <p>Where even knowing everything the deadline cannot be met, it runs as fast as possible.
 */
public final class ClairvoyantGovernor implements Governor {

  private static final int ATTEMPTS = 8;

  /** How many of the jobs that do not count are planned like those that do. */
  private static final int SETTLING_JOBS = 20;

  private final Board board;
  private final DevicePhysics physics;
  private final DeviceModel device;
  private final DeviceModel.StreamModel stream;
  private final SettingGrid grid;
  private final double deadlineSeconds;
  private final double periodSeconds;
  private final int idleState;
  private final int idleSetting;
  private final List<String> names;
  private final double[] latency;
  private final double[] energy;
  private final double[] spread;
  private final JobPreview preview;
  private final double[] factors;
  private final double[] stalls;
  private final int firstPlanned;
  private long finishedNanos;
  private int job = -1;
  private int[] settings = {};

  private ClairvoyantGovernor(
      Board board, SimulatedTarget target, Schedule.Periodic periodic, int warmUpJobs) {
    this.firstPlanned = warmUpJobs - SETTLING_JOBS;
    this.board = board;
    this.physics = target.physics(0);
    this.device = target.model();
    this.stream = device.streams().get(0);
    this.grid = device.grid();
    this.deadlineSeconds = periodic.deadlineSeconds();
    this.periodSeconds = periodic.periodSeconds();
    this.names = physics.workload().operators().stream().map(Operator::name).toList();
    int entries = names.size() * grid.size();
    this.latency = new double[entries];
    this.energy = new double[entries];
    this.spread = new double[entries];
    this.factors = new double[names.size()];
    this.stalls = new double[names.size()];
    int[] resting = restingPlace();
    this.idleState = resting[0];
    this.idleSetting = resting[1];
    this.preview = new JobPreview(device);
    board.request(idleSetting);
  }

  /** Returns the oracle of a simulated device's one stream. */
  public static Factory of(SimulatedTarget target, Schedule schedule) {
    return (board, nowNanos) ->
        new ClairvoyantGovernor(board, target, schedule.streams().get(0), schedule.warmUpJobs());
  }

  /** Chooses where to rest between jobs, and how deeply, by the job of still weather. */
  private int[] restingPlace() {
    Arrays.fill(factors, 1);
    fill(physics.costs());
    try {
      JobPlan still =
          JobPlanner.plan(
              new CostTable(grid, names, latency, energy, spread),
              truth(),
              new Deadline(deadlineSeconds, periodSeconds, 1),
              new LagrangianPlanner());
      return new int[] {still.idleState(), still.idleSetting()};
    } catch (DeadlineUnreachableException e) {
      return new int[] {0, grid.slowest()};
    }
  }

  private Calibration truth() {
    List<Double> settle = new ArrayList<>();
    for (int d = 0; d < grid.dimensions(); d++) {
      settle.add(device.settleSeconds(d));
    }
    List<List<Double>> idle = new ArrayList<>();
    for (int s = 0; s < device.idleStates().size(); s++) {
      List<Double> watts = new ArrayList<>();
      for (int x = 0; x < grid.size(); x++) {
        watts.add(device.idleWatts(s, x));
      }
      idle.add(watts);
    }
    return new Calibration(device.switchCosts(), settle, device.idleStates(), idle, Map.of());
  }

  @Override
  public void released(int released, long nowNanos, long deadlineNanos) {
    job++;
    // What is left of the deadline: less than all of it if the job before overran its period.
    double left = (deadlineNanos - nowNanos) * 1e-9;
    double gap = (nowNanos - finishedNanos) * 1e-9;
    double wake = gap > 0 ? device.idleStates().get(device.idleState(gap)).wakeSeconds() : 0;
    preview.rest(idleSetting, nowNanos * 1e-9);
    settings = plan(left, wake);
  }

  @Override
  public void segmentStarting(int started, int segment, long nowNanos) {
    board.request(settings[stream.stream().firstOperator(segment)]);
  }

  @Override
  public void finished(int ended, long nowNanos) {
    finishedNanos = nowNanos;
    board.request(idleSetting);
  }

  /** Plans for ever less time until the plan, played through, ends within what is left. */
  private int[] plan(double left, double wake) {
    DeviceModel.OperatorModel costs = stream.costs(job);
    for (int i = 0; i < factors.length; i++) {
      factors[i] = stream.factor(job, i);
      stalls[i] = stream.stallSeconds(job, i);
    }
    fill(costs);
    double target = left - wake;
    JobPreview played = preview.copy();
    // Jobs that do not count run as the first one did, but for the last of them.
    boolean again = job > 0 && job < firstPlanned;
    int[] planned = settings;
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      double makespan = 0;
      if (!again) {
        Plan plan = planFor(Math.max(1e-6, target));
        planned = plan.settings();
        makespan = plan.makespanSeconds();
      }
      played = preview.copy();
      double late = played.run(wake, planned, costs, factors, stalls) - preview.seconds() - left;
      if (again || late <= 0 || makespan > target) {
        break; // in time, or as fast as it goes
      }
      target = Math.min(target, makespan) - 1.05 * late - 1e-7;
    }
    preview.become(played);
    return planned;
  }

  private Plan planFor(double seconds) {
    try {
      return new LagrangianPlanner().plan(problem(seconds, idleState, idleSetting));
    } catch (DeadlineUnreachableException e) {
      return e.fastest();
    }
  }

  /** Tabulates what every operator will take and burn. */
  private void fill(DeviceModel.OperatorModel costs) {
    int m = grid.size();
    for (int i = 0; i < names.size(); i++) {
      for (int x = 0; x < m; x++) {
        double running = costs.seconds(i, x) * factors[i];
        latency[i * m + x] = running + stalls[i];
        energy[i * m + x] = running * costs.watts(i, x) + stalls[i] * device.stallWatts(x);
      }
    }
  }

  private PlanningProblem problem(double seconds, int state, int idle) {
    IdleState rest = device.idleStates().get(state);
    double waking =
        (rest.entrySeconds() + rest.wakeSeconds())
            * Math.max(0, device.stallWatts(idle) - device.idleWatts(state, idle));
    // A microsecond of rounding in the engine must not turn an exact fit into a miss.
    return PlanningProblem.builder(
            new CostTable(grid, names, latency, energy, spread), seconds * (1 - 1e-5))
        .switchCosts(device.switchCosts())
        .idlePowerWatts(device.idleWatts(state, idle))
        .wakingJoules(waking)
        .periodSeconds(periodSeconds)
        .start(Start.from(idle))
        .build();
  }
}
