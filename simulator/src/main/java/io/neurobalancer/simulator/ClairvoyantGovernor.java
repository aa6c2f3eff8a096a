package io.neurobalancer.simulator;

import io.neurobalancer.cost.CostTable;
import io.neurobalancer.files.DeviceDescription;
import io.neurobalancer.governor.Governor;
import io.neurobalancer.governor.Machine;
import io.neurobalancer.plan.DeadlineUnreachableException;
import io.neurobalancer.plan.Entry;
import io.neurobalancer.plan.IdleChoice;
import io.neurobalancer.plan.LagrangianPlanner;
import io.neurobalancer.plan.Plan;
import io.neurobalancer.plan.PlanningProblem;
import io.neurobalancer.simulator.physics.DevicePhysics;
import io.neurobalancer.simulator.physics.OperatorCosts;
import io.neurobalancer.simulator.physics.Weather;
import io.neurobalancer.simulator.physics.WeatherField;
import io.neurobalancer.workload.Operator;
import java.util.Arrays;
import java.util.List;

/**
 * The oracle: it knows what every operator of this very job will take and burn at every setting,
 * weather included, and what a switch really costs. No governor that sees only measurements can do
 * better, up to the gap that its plans certify. It is a bound, not a contender.
 *
 * <p>It takes the die to be at 40 degrees Celsius, rests as the job of still weather would, and
 * takes thermal caps away; what that leaves is far below the differences between governors.
 *
 * <p>Where even knowing everything the deadline cannot be met, it runs as fast as possible.
 */
final class ClairvoyantGovernor implements Governor {

  private static final int ATTEMPTS = 8;

  private final DevicePhysics physics;
  private final WeatherField weather;
  private final double deadlineSeconds;
  private final double periodSeconds;
  private final int idleState;
  private final int idleSetting;
  private final List<String> names;
  private final double[] latency;
  private final double[] energy;
  private final double[] spread;
  private Machine machine = NoMachine.INSTANCE;
  private final OperatorCosts crowded;
  private final Rehearsal device;
  private final double[] factors;
  private final double[] stalls;
  private long finishedNanos;
  private int job = -1;
  private int[] settings = {};

  ClairvoyantGovernor(
      DevicePhysics physics,
      Weather weather,
      WeatherField field,
      double deadlineSeconds,
      double periodSeconds) {
    this.physics = physics;
    this.weather = field;
    this.crowded = physics.costs(weather.crowd());
    this.deadlineSeconds = deadlineSeconds;
    this.periodSeconds = periodSeconds;
    this.names = physics.workload().operators().stream().map(Operator::name).toList();
    int entries = physics.workload().size() * physics.grid().size();
    this.latency = new double[entries];
    this.energy = new double[entries];
    this.spread = new double[entries];
    this.factors = new double[names.size()];
    this.stalls = new double[names.size()];
    int[] resting = restingPlace();
    this.idleState = resting[0];
    this.idleSetting = resting[1];
    this.device = new Rehearsal(physics.profile(), physics.grid(), physics.switchCosts());
  }

  /** Chooses where to rest between jobs, and how deeply, by the job of still weather. */
  private int[] restingPlace() {
    Arrays.fill(factors, 1);
    fill(physics.costs());
    DeviceDescription profile = physics.profile();
    double left = deadlineSeconds - profile.idle().wakeSeconds();
    IdleChoice.Rest rest =
        new IdleChoice.Rest() {
          @Override
          public int states() {
            return profile.idleStates().size();
          }

          @Override
          public int state(double gapSeconds) {
            return profile.idleStates().indexOf(profile.idleState(gapSeconds));
          }

          @Override
          public PlanningProblem problem(int state, int setting) {
            return ClairvoyantGovernor.this.problem(left, state, setting);
          }
        };
    try {
      IdleChoice choice = IdleChoice.choose(physics.grid(), rest);
      return new int[] {choice.idleState(), choice.idleSetting()};
    } catch (DeadlineUnreachableException | IllegalArgumentException e) {
      return new int[] {0, physics.grid().slowest()};
    }
  }

  @Override
  public String name() {
    return "clairvoyant";
  }

  @Override
  public void start(long nowNanos, Machine simulated) {
    machine = simulated;
    request(idleSetting);
  }

  @Override
  public void jobReleased(long nowNanos, long deadlineNanos) {
    job++;
    // What is left of the deadline: less than all of it if the job before overran its period.
    double left = (deadlineNanos - nowNanos) * 1e-9;
    double gap = (nowNanos - finishedNanos) * 1e-9;
    double wake = gap > 0 ? physics.profile().idleState(gap).wakeSeconds() : 0;
    device.rest(idleSetting, nowNanos * 1e-9);
    settings = plan(left, wake);
  }

  @Override
  public void operatorStarting(int operator, long nowNanos) {
    request(settings[operator]);
  }

  @Override
  public void jobFinished(long nowNanos) {
    finishedNanos = nowNanos;
    request(idleSetting);
  }

  /** Plans for ever less time until the plan, played through, ends within what is left. */
  private int[] plan(double left, double wake) {
    OperatorCosts costs = weather.crowded(job) ? crowded : physics.costs();
    for (int i = 0; i < factors.length; i++) {
      factors[i] = weather.factor(job, i);
      stalls[i] = weather.stallSeconds(job, i);
    }
    fill(costs);
    double target = left - wake;
    Rehearsal played = device.copy();
    int[] planned = {};
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      Plan plan = planFor(Math.max(1e-6, target));
      planned = plan.settings();
      played = device.copy();
      double late = played.run(wake, planned, costs, factors, stalls) - device.seconds() - left;
      if (late <= 0 || plan.makespanSeconds() > target) {
        break; // in time, or as fast as it goes
      }
      target = Math.min(target, plan.makespanSeconds()) - 1.05 * late - 1e-7;
    }
    device.become(played);
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
  private void fill(OperatorCosts costs) {
    int m = physics.grid().size();
    for (int i = 0; i < names.size(); i++) {
      for (int x = 0; x < m; x++) {
        double running = costs.seconds(i, x) * factors[i];
        latency[i * m + x] = running + stalls[i];
        energy[i * m + x] = running * costs.watts(i, x) + stalls[i] * physics.stallWatts(x);
      }
    }
  }

  private PlanningProblem problem(double seconds, int state, int idle) {
    // A microsecond of rounding in the engine must not turn an exact fit into a miss.
    return PlanningProblem.builder(
            new CostTable(physics.grid(), names, latency, energy, spread), seconds * (1 - 1e-5))
        .switchCosts(physics.switchCosts())
        .idlePowerWatts(physics.idleWatts(state, idle))
        .periodSeconds(periodSeconds)
        .entry(Entry.from(idle))
        .build();
  }

  private void request(int setting) {
    for (int d = 0; d < physics.grid().dimensions(); d++) {
      machine.actuator().request(d, physics.grid().oppIndex(setting, d));
    }
  }
}
