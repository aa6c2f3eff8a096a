package io.neurobalancer.plan;

import io.neurobalancer.cost.CostTable;
import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.device.SwitchCosts;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * One inference to plan.
 *
 * <pre>
 *   minimise    sum e_i(x_i) + sum_d epsilon_d [switches of d] + P_idle * (T - makespan)
 *   subject to  makespan = sum t_i(x_i) + sum_d tau_d [switches of d] &lt;= D
 * </pre>
 *
 * <p>No operator runs at a forbidden setting, the setting changes only at a cut (by default every
 * operator begins one), and each domain keeps its {@link SwitchLimit}.
 */
public final class PlanningProblem {

  private final CostTable costs;
  private final SwitchCosts switchCosts;
  private final double idlePowerWatts;
  private final double deadlineSeconds;
  private final double periodSeconds;
  private final Entry entry;
  private final BitSet forbidden;
  private final BitSet cuts;
  private final List<SwitchLimit> limits;

  private PlanningProblem(Builder builder) {
    this.costs = builder.costs;
    this.switchCosts = builder.switchCosts;
    this.idlePowerWatts = builder.idlePowerWatts;
    this.deadlineSeconds = builder.deadlineSeconds;
    this.periodSeconds = Math.max(builder.periodSeconds, builder.deadlineSeconds);
    this.entry = builder.entry;
    this.forbidden = (BitSet) builder.forbidden.clone();
    this.cuts = (BitSet) builder.cuts.clone();
    this.limits = List.of(builder.limits);
    check("deadline", deadlineSeconds, true);
    check("idle power", idlePowerWatts, false);
    check("period", periodSeconds, true);
    int domains = costs.grid().dimensions();
    if (switchCosts.perDomain().size() != domains) {
      throw new InvalidProblemException(
          "Switch costs are given for %d domains; the device has %d."
              .formatted(switchCosts.perDomain().size(), domains));
    }
    if (forbidden.cardinality() >= costs.settings()) {
      throw new InvalidProblemException(
          "Every setting is forbidden (all %d): nothing is left to plan with.%nMaybe lift a cap."
              .formatted(costs.settings()));
    }
    if (entry instanceof Entry.FromSetting from) {
      checkSetting("The entry's setting", from.setting(), costs);
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

  /** Returns the same problem with other costs on the same grid, and another deadline. */
  PlanningProblem withCosts(CostTable other, double deadline) {
    Builder builder = new Builder(other, deadline);
    copyTo(builder);
    return builder.build();
  }

  /** Returns the same problem with another period, at least the deadline, seconds. */
  public PlanningProblem withPeriod(double seconds) {
    return toBuilder().periodSeconds(seconds).build();
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

  /** Returns whether the setting may change before an operator; true for the first one. */
  public boolean cutBefore(int operator) {
    return operator == 0 || cuts.get(operator);
  }

  /** Returns how often and how soon a domain may switch. */
  public SwitchLimit switchLimit(int domain) {
    return limits.get(domain);
  }

  private Builder toBuilder() {
    Builder builder = new Builder(costs, deadlineSeconds);
    copyTo(builder);
    return builder;
  }

  private void copyTo(Builder builder) {
    builder.switchCosts = switchCosts;
    builder.idlePowerWatts = idlePowerWatts;
    builder.periodSeconds = periodSeconds;
    builder.entry = entry;
    builder.forbidden = (BitSet) forbidden.clone();
    builder.cuts = (BitSet) cuts.clone();
    builder.limits = limits.toArray(SwitchLimit[]::new);
  }

  private static void check(String name, double value, boolean positive) {
    if (!(positive ? value > 0 : value >= 0) || Double.isInfinite(value)) {
      throw new InvalidProblemException(
          "The %s (%s) must be finite and %s."
              .formatted(name, value, positive ? "positive" : "not negative"));
    }
  }

  private static void checkSetting(String what, int setting, CostTable costs) {
    if (setting < 0 || setting >= costs.settings()) {
      throw new InvalidProblemException(
          "%s (%d) is none of the %d settings of the device."
              .formatted(what, setting, costs.settings()));
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
    private BitSet cuts;
    private SwitchLimit[] limits;

    private Builder(CostTable costs, double deadlineSeconds) {
      this.costs = costs;
      this.deadlineSeconds = deadlineSeconds;
      this.switchCosts = SwitchCosts.free(costs.grid().dimensions());
      this.cuts = new BitSet();
      this.cuts.set(1, Math.max(1, costs.operators()));
      this.limits =
          Stream.generate(() -> SwitchLimit.NONE)
              .limit(costs.grid().dimensions())
              .toArray(SwitchLimit[]::new);
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
      checkSetting("The forbidden setting", setting, costs);
      forbidden.set(setting);
      return this;
    }

    /**
     * Groups the operators: the setting may change only before the given ones, and between jobs.
     *
     * @param firstOperators indices of the operators that begin a group; 0 always does
     */
    public Builder cuts(int... firstOperators) {
      BitSet given = new BitSet();
      IntStream.of(firstOperators)
          .forEach(
              operator -> {
                if (operator < 0 || operator >= costs.operators()) {
                  throw new InvalidProblemException(
                      "A cut before operator %d is outside the %d operators."
                          .formatted(operator, costs.operators()));
                }
                given.set(operator);
              });
      cuts = given;
      return this;
    }

    /** Limits how often and how soon a domain switches. */
    public Builder switchLimit(int domain, SwitchLimit limit) {
      if (domain < 0 || domain >= limits.length) {
        throw new InvalidProblemException(
            "A switch limit names domain %d; the device has %d.".formatted(domain, limits.length));
      }
      limits[domain] = limit;
      return this;
    }

    /**
     * Builds the problem.
     *
     * @throws InvalidProblemException if a number is out of range or sizes do not match
     */
    public PlanningProblem build() {
      return new PlanningProblem(this);
    }
  }
}
