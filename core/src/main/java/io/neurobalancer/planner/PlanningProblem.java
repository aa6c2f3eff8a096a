package io.neurobalancer.planner;

import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.device.SwitchCosts;
import io.neurobalancer.predictor.CostTable;
import java.util.BitSet;
import java.util.Objects;

/**
 * One inference to plan.
 *
 * <pre>
 *   minimise    sum e_i(x_i) + sum_d epsilon_d [switches of d] + P_idle * (T - makespan)
 *   subject to  makespan = sum t_i(x_i) + sum_d tau_d [switches of d] &lt;= D
 * </pre>
 */
public final class PlanningProblem {

  private final CostTable costs;
  private final SwitchCosts switchCosts;
  private final double idlePowerWatts;
  private final double deadlineSeconds;
  private final double periodSeconds;
  private final Entry entry;
  private final BitSet forbidden;

  private PlanningProblem(Builder builder) {
    this.costs = builder.costs;
    this.switchCosts = builder.switchCosts;
    this.idlePowerWatts = builder.idlePowerWatts;
    this.deadlineSeconds = builder.deadlineSeconds;
    this.periodSeconds = Math.max(builder.periodSeconds, builder.deadlineSeconds);
    this.entry = builder.entry;
    this.forbidden = (BitSet) builder.forbidden.clone();
    check("deadline", deadlineSeconds, true);
    check("idle power", idlePowerWatts, false);
    int domains = costs.grid().dimensions();
    if (switchCosts.perDomain().size() != domains) {
      throw new IllegalArgumentException(
          "Switch costs are given for %d domains; the device has %d."
              .formatted(switchCosts.perDomain().size(), domains));
    }
    if (forbidden.cardinality() >= costs.settings()) {
      throw new IllegalArgumentException(
          "Every setting is forbidden: nothing is left to plan with.");
    }
    if (entry instanceof Entry.FromSetting from) {
      Objects.checkIndex(from.setting(), costs.settings());
    }
  }

  /**
   * Starts a problem with free switches, no idle power, steady-state entry and period = deadline.
   */
  public static Builder builder(CostTable costs, double deadlineSeconds) {
    return new Builder(costs, deadlineSeconds);
  }

  /**
   * Returns the same problem with another deadline; the period is kept, or raised to the deadline.
   */
  public PlanningProblem withDeadline(double seconds) {
    Builder builder = toBuilder();
    builder.deadlineSeconds = seconds;
    return builder.build();
  }

  /** Returns the same problem with one more setting forbidden. */
  public PlanningProblem withForbidden(int setting) {
    return toBuilder().forbid(setting).build();
  }

  /** Returns latency and energy of every operator at every setting. */
  public CostTable costs() {
    return costs;
  }

  /** Returns the settings of the device. */
  public SettingGrid grid() {
    return costs.grid();
  }

  /** Returns what switches cost. */
  public SwitchCosts switchCosts() {
    return switchCosts;
  }

  /** Returns the power of the device between jobs, watts. */
  public double idlePowerWatts() {
    return idlePowerWatts;
  }

  /** Returns the time by which the job must end, seconds after its release. */
  public double deadlineSeconds() {
    return deadlineSeconds;
  }

  /** Returns the time between two releases, seconds, at least the deadline. */
  public double periodSeconds() {
    return periodSeconds;
  }

  /** Returns where the first operator is entered from. */
  public Entry entry() {
    return entry;
  }

  /** Returns whether no operator may run at a setting (a thermal or a user's cap). */
  public boolean forbidden(int setting) {
    return forbidden.get(setting);
  }

  private Builder toBuilder() {
    Builder builder = new Builder(costs, deadlineSeconds);
    builder.switchCosts = switchCosts;
    builder.idlePowerWatts = idlePowerWatts;
    builder.periodSeconds = periodSeconds;
    builder.entry = entry;
    builder.forbidden = (BitSet) forbidden.clone();
    return builder;
  }

  private static void check(String name, double value, boolean positive) {
    if (!(positive ? value > 0 : value >= 0) || Double.isInfinite(value)) {
      throw new IllegalArgumentException(
          "The %s (%s) must be finite and %s."
              .formatted(name, value, positive ? "positive" : "not negative"));
    }
  }

  /** Collects what a problem needs. */
  public static final class Builder {
    private final CostTable costs;
    private double deadlineSeconds;
    private SwitchCosts switchCosts;
    private double idlePowerWatts;
    private double periodSeconds;
    private Entry entry = Entry.steadyState();
    private BitSet forbidden = new BitSet();

    private Builder(CostTable costs, double deadlineSeconds) {
      this.costs = costs;
      this.deadlineSeconds = deadlineSeconds;
      this.switchCosts = SwitchCosts.free(costs.grid().dimensions());
    }

    /** Sets what switches cost. */
    public Builder switchCosts(SwitchCosts value) {
      switchCosts = value;
      return this;
    }

    /** Sets the power of the device between jobs, watts. */
    public Builder idlePowerWatts(double value) {
      idlePowerWatts = value;
      return this;
    }

    /** Sets the time between two releases, seconds; a value below the deadline is raised to it. */
    public Builder periodSeconds(double value) {
      periodSeconds = value;
      return this;
    }

    /** Sets where the first operator is entered from. */
    public Builder entry(Entry value) {
      entry = value;
      return this;
    }

    /** Forbids a setting to every operator. */
    public Builder forbid(int setting) {
      forbidden.set(Objects.checkIndex(setting, costs.settings()));
      return this;
    }

    /**
     * Builds the problem.
     *
     * @throws IllegalArgumentException if a number is out of range or sizes do not match
     */
    public PlanningProblem build() {
      return new PlanningProblem(this);
    }
  }
}
