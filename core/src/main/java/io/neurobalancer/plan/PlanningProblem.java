package io.neurobalancer.plan;

import io.neurobalancer.cost.CostTable;
import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.device.SwitchCosts;
import io.neurobalancer.unit.NeuroBalancerException;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * One inference to plan.
 *
 * <pre>
 *   minimise    sum e_i(x_i) + sum_d epsilon_d [switches of d] + P_idle * (T - makespan)
 *   subject to  makespan = sum t_i(x_i) + sum_d tau_d [switches of d] &lt;= budget
 * </pre>
 *
 * <p>No operator runs at a forbidden setting, the setting changes only at a cut (by default every
 * operator begins one), and each domain keeps its {@link SwitchLimit}.
 */
public final class PlanningProblem {

  private final CostTable costs;
  private final SwitchCosts switchCosts;
  private final double idlePowerWatts;
  private final double wakingJoules;
  private final double budgetSeconds;
  private final double periodSeconds;
  private final Start start;
  private final BitSet forbidden;
  private final BitSet cuts;
  private final List<SwitchLimit> limits;
  private final List<String> classes;

  private PlanningProblem(Builder builder) {
    this.costs = builder.costs;
    this.switchCosts = builder.switchCosts;
    this.idlePowerWatts = builder.idlePowerWatts;
    this.wakingJoules = builder.wakingJoules;
    this.budgetSeconds = builder.budgetSeconds;
    this.periodSeconds = Math.max(builder.periodSeconds, builder.budgetSeconds);
    this.start = builder.start;
    this.forbidden = (BitSet) builder.forbidden.clone();
    this.cuts = (BitSet) builder.cuts.clone();
    this.limits = List.of(builder.limits);
    this.classes = builder.classes;
    check("budget", budgetSeconds, true);
    check("idle power", idlePowerWatts, false);
    check("energy of going to rest and waking", wakingJoules, false);
    check("period", periodSeconds, true);
    int domains = costs.grid().dimensions();
    if (switchCosts.perDomain().size() != domains) {
      throw NeuroBalancerException.invalid(
          String.format(
              Locale.ROOT,
              "Switch costs are given for %d domains; the device has %d.",
              switchCosts.perDomain().size(),
              domains));
    }
    if (forbidden.cardinality() >= costs.settings()) {
      throw NeuroBalancerException.invalid(
          String.format(
              Locale.ROOT,
              "Every setting is forbidden (all %d): nothing is left to plan with.%nMaybe lift a cap.",
              costs.settings()));
    }
    if (start instanceof Start.FromSetting from) {
      checkSetting("The setting that the job starts from", from.setting(), costs);
    }
  }

  /**
   * Begins a problem with free switches, no idle power, the steady state and a period as long as
   * the budget.
   *
   * @param costs latency and energy of every operator at every setting
   * @param budgetSeconds the time left for operators and switches: the deadline less what waking up
   *     takes and what is kept as a margin
   */
  public static Builder builder(CostTable costs, double budgetSeconds) {
    return new Builder(costs, budgetSeconds);
  }

  /** Returns the same problem from another start. */
  public PlanningProblem withStart(Start start) {
    return toBuilder().start(start).build();
  }

  /** Returns the same problem with another budget; the period is kept, or raised to the budget. */
  public PlanningProblem withBudget(double seconds) {
    Builder builder = toBuilder();
    builder.budgetSeconds = seconds;
    return builder.build();
  }

  /** Returns the same problem with another period, at least the budget, seconds. */
  public PlanningProblem withPeriod(double seconds) {
    return toBuilder().periodSeconds(seconds).build();
  }

  /** Returns the same problem with more settings forbidden. */
  public PlanningProblem withForbidden(int... settings) {
    return toBuilder().forbid(settings).build();
  }

  /** Returns the same problem as if switches cost nothing. */
  public PlanningProblem withFreeSwitches() {
    return toBuilder().switchCosts(SwitchCosts.free(grid().dimensions())).build();
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

  /** Returns what going to rest and waking burn in a period beyond the idle power, joules. */
  public double wakingJoules() {
    return wakingJoules;
  }

  /** Returns what every plan burns: idling for a whole period, and waking from it, joules. */
  double sharedJoules() {
    return idlePowerWatts * periodSeconds + wakingJoules;
  }

  /** Returns the time left for operators and switches, seconds. */
  public double budgetSeconds() {
    return budgetSeconds;
  }

  /** Returns the time between two releases, seconds, at least the budget. */
  public double periodSeconds() {
    return periodSeconds;
  }

  /** Returns where the first operator is entered from. */
  public Start start() {
    return start;
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

  /**
   * Returns the class of every operator, such as its kind, in their order; empty if not given. Only
   * planners that give a whole class one setting ask for it.
   */
  public List<String> classes() {
    return classes;
  }

  /** Returns the same problem with idling at another power, watts. */
  public PlanningProblem withIdlePower(double watts) {
    return toBuilder().idlePowerWatts(watts).build();
  }

  private Builder toBuilder() {
    Builder builder = new Builder(costs, budgetSeconds);
    copyTo(builder);
    return builder;
  }

  private void copyTo(Builder builder) {
    builder.switchCosts = switchCosts;
    builder.idlePowerWatts = idlePowerWatts;
    builder.wakingJoules = wakingJoules;
    builder.periodSeconds = periodSeconds;
    builder.start = start;
    builder.forbidden = (BitSet) forbidden.clone();
    builder.cuts = (BitSet) cuts.clone();
    builder.classes = classes;
    builder.limits = limits.toArray(new SwitchLimit[0]);
  }

  private static void check(String name, double value, boolean positive) {
    if (!(positive ? value > 0 : value >= 0) || Double.isInfinite(value)) {
      throw NeuroBalancerException.invalid(
          String.format(
              Locale.ROOT,
              "The %s (%s) must be finite and %s.",
              name,
              value,
              positive ? "positive" : "not negative"));
    }
  }

  private static void checkSetting(String what, int setting, CostTable costs) {
    if (setting < 0 || setting >= costs.settings()) {
      throw NeuroBalancerException.invalid(
          String.format(
              Locale.ROOT,
              "%s (%d) is none of the %d settings of the device.",
              what,
              setting,
              costs.settings()));
    }
  }

  /** Collects what a problem needs. */
  public static final class Builder {
    private final CostTable costs;
    private double budgetSeconds;
    private SwitchCosts switchCosts;
    private double idlePowerWatts;
    private double wakingJoules;
    private double periodSeconds;
    private Start start = Start.steadyState();
    private BitSet forbidden = new BitSet();
    private BitSet cuts;
    private SwitchLimit[] limits;
    private List<String> classes = List.of();

    private Builder(CostTable costs, double budgetSeconds) {
      this.costs = costs;
      this.budgetSeconds = budgetSeconds;
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

    /** Sets what going to rest and waking burn in a period beyond the idle power, joules. */
    public Builder wakingJoules(double value) {
      wakingJoules = value;
      return this;
    }

    /** Sets the time between two releases, seconds; a value below the budget is raised to it. */
    public Builder periodSeconds(double value) {
      periodSeconds = value;
      return this;
    }

    /** Sets where the first operator is entered from. */
    public Builder start(Start value) {
      start = value;
      return this;
    }

    /** Forbids settings to every operator. */
    public Builder forbid(int... settings) {
      for (int setting : settings) {
        checkSetting("The forbidden setting", setting, costs);
        forbidden.set(setting);
      }
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
                  throw NeuroBalancerException.invalid(
                      String.format(
                          Locale.ROOT,
                          "A cut before operator %d is outside the %d operators.",
                          operator,
                          costs.operators()));
                }
                given.set(operator);
              });
      cuts = given;
      return this;
    }

    /** Names the class of every operator, such as its kind, in their order. */
    public Builder classes(List<String> classOfOperator) {
      if (classOfOperator.size() != costs.operators()) {
        throw NeuroBalancerException.invalid(
            String.format(
                Locale.ROOT,
                "Classes are given for %d operators; there are %d.",
                classOfOperator.size(),
                costs.operators()));
      }
      classes = List.copyOf(classOfOperator);
      return this;
    }

    /** Limits how often and how soon a domain switches. */
    public Builder switchLimit(int domain, SwitchLimit limit) {
      if (domain < 0 || domain >= limits.length) {
        throw NeuroBalancerException.invalid(
            String.format(
                Locale.ROOT,
                "A switch limit names domain %d; the device has %d.",
                domain,
                limits.length));
      }
      limits[domain] = limit;
      return this;
    }

    /**
     * Builds the problem.
     *
     * @throws NeuroBalancerException if a number is out of range or sizes do not match
     */
    public PlanningProblem build() {
      return new PlanningProblem(this);
    }
  }
}
