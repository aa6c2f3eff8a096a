package io.neurobalancer.plan;

import io.neurobalancer.cost.Calibration;
import io.neurobalancer.cost.CostTable;
import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.device.SwitchCosts;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Plans a job that recurs: which settings its operators get, and where the clocks rest in between.
 *
 * <pre>
 *   release                                          deadline     next release
 *   |--wake--|--switch--operators and switches--|.......|..............|--wake--
 *                                               |--switch--rest--------|
 * </pre>
 *
 * <p>The three depend on each other. Waking takes as long as the idle state says that the gap
 * between two jobs leads to, and the gap is what the plan leaves. So each idle state is supposed in
 * turn: its wake-up is reserved, its power is what idling costs, and the plan is to leave a gap
 * that leads to this very state, after every job, or after nearly every one. What it is worth is
 * then told by the states that jobs of this length, some faster and some slower, really lead to.
 * Resting slowly spares idle power and costs switches at both ends of the job; for a plan in hand
 * the best setting to rest at is found by looking at all of them, and the job is planned again from
 * there as long as that helps. Where a clock would not get to rest and back before the next job,
 * because it has to settle in between, it stays, and the job is entered from the plan's own last
 * setting.
 *
 * <p>Falling asleep and waking take time in which the device does nothing and yet burns what it
 * burns awake, for which the operator that burns least stands: in periods of a few milliseconds a
 * deep state may cost more than it spares.
 *
 * <p>If no idle power is known, idling counts as free everywhere and the plan's note says so.
 */
public final class JobPlanner {

  /** A plan this much slower than the fastest is allowed where not even that leaves a margin. */
  private static final double ROUNDING = 1e-9;

  private static final int MOST_PLANS_PER_STATE = 4;
  private static final int MOST_PRICES = 10;

  /** A job that is to keep its gap short is made this much slower, for the runs that are faster. */
  private static final double LINGERING = 0.01;

  /** An idle state that hardly any job reaches, being so much faster, asks for no time to wake. */
  private static final double QUICK_DEVIATIONS = 2;

  /**
   * A plan that counts on an idle state reaches it with jobs that are so many deviations slower.
   */
  private static final double[] SURELY = {IdlePricing.MARGIN_DEVIATIONS};

  /** Reaching a state only nearly always leaves more time: the cheaper of both plans wins. */
  private static final double[] RELIANCE = {IdlePricing.MARGIN_DEVIATIONS, 1.5, 0.75};

  private static final String NO_IDLE_POWER =
      "the idle power is not known: idling counts as free, so that the plan may race too much";

  private static final String NO_MARGIN =
      "the deadline leaves no room for the margin: the fastest plan is taken";

  private final CostTable costs;
  private final Calibration calibration;
  private final Deadline deadline;
  private final Planner planner;
  private final Consumer<PlanningProblem.Builder> details;
  private final SettingGrid grid;
  private final IdlePricing idle;

  private JobPlanner(
      CostTable costs,
      Calibration calibration,
      Deadline deadline,
      Planner planner,
      Consumer<PlanningProblem.Builder> details) {
    this.costs = costs;
    this.calibration = calibration;
    this.deadline = deadline;
    this.planner = planner;
    this.details = details;
    this.grid = costs.grid();
    this.idle = new IdlePricing(costs, calibration, deadline);
  }

  /**
   * Plans a job.
   *
   * @param costs latency and energy of the operators
   * @param calibration what else the device costs
   * @param deadline when the job must have ended
   * @param planner how the settings of the operators are chosen
   * @throws DeadlineUnreachableException if the job cannot end in time even without a margin
   */
  public static JobPlan plan(
      CostTable costs, Calibration calibration, Deadline deadline, Planner planner) {
    return plan(costs, calibration, deadline, planner, builder -> {});
  }

  /**
   * Plans a job whose problem has more to it, such as forbidden settings, cuts and switch limits.
   *
   * @param details adds to the problem; what it says of switch costs, idle power, period and start
   *     is overwritten
   * @throws DeadlineUnreachableException if the job cannot end in time even without a margin
   */
  public static JobPlan plan(
      CostTable costs,
      Calibration calibration,
      Deadline deadline,
      Planner planner,
      Consumer<PlanningProblem.Builder> details) {
    JobPlanner job = new JobPlanner(costs, calibration, deadline, planner, details);
    JobPlan punctual = job.cheapest(true);
    JobPlan best = punctual == null ? job.cheapest(false) : punctual;
    if (best == null) {
      throw job.unreachable();
    }
    best = job.proven(best);
    if (punctual == null) {
      best = withNote(best, NO_MARGIN);
    }
    return job.idle.known() ? best : withNote(best, NO_IDLE_POWER);
  }

  /**
   * Gives a plan a bound that has none because its rest was chosen after it was made: its problem
   * is solved once more.
   */
  private JobPlan proven(JobPlan job) {
    if (!Double.isInfinite(job.plan().lowerBoundJoules())) {
      return job;
    }
    Plan solved = planned(job.plan().problem());
    return solved == null || Double.isInfinite(solved.lowerBoundJoules())
        ? job
        : new JobPlan(
            solved.withSettings(job.plan().settings()), job.idleSetting(), job.idleState());
  }

  private static JobPlan withNote(JobPlan job, String note) {
    return new JobPlan(job.plan().withNote(note), job.idleSetting(), job.idleState());
  }

  /** Returns the best plan over all idle states and places to rest; null if none holds. */
  private @Nullable JobPlan cheapest(boolean withMargin) {
    JobPlan best = null;
    for (int state = 0; state < idle.states(); state++) {
      double before = Double.NaN;
      for (double deviations : withMargin && state > 0 ? RELIANCE : SURELY) {
        Supposed supposed = new Supposed(state, withMargin, deviations);
        double budget = budgetSeconds(supposed);
        if (budget != before) {
          best = cheapest(supposed, best);
        }
        before = budget;
      }
    }
    return best;
  }

  /** Returns the best of a plan and those that suppose an idle state. */
  private @Nullable JobPlan cheapest(Supposed supposed, @Nullable JobPlan given) {
    JobPlan staying = staying(supposed);
    JobPlan best = better(given, staying, supposed.withMargin());
    best = better(best, lingering(staying, supposed), supposed.withMargin());
    Set<Integer> tried = new HashSet<>();
    Deque<Integer> rests = new ArrayDeque<>();
    addRests(staying, rests);
    if (staying == null) {
      // The way back from its own end may be what makes it too slow.
      Plan begun = planned(problem(supposed, grid.slowest(), Start.free()));
      if (begun != null) {
        rests.add(begun.setting(0));
      }
    }
    while (tried.size() < MOST_PLANS_PER_STATE && !rests.isEmpty()) {
      int rest = rests.remove();
      if (tried.add(rest)) {
        if (staying != null) {
          best = better(best, repriced(staying.plan(), supposed, rest), supposed.withMargin());
        }
        JobPlan resting = resting(supposed, rest);
        best = better(best, resting, supposed.withMargin());
        addRests(resting, rests);
      }
    }
    return best;
  }

  /**
   * Returns the better of two plans, the second of which may turn out not to hold, or to lead to
   * other idle states than supposed.
   */
  private @Nullable JobPlan better(
      @Nullable JobPlan best, @Nullable JobPlan candidate, boolean withMargin) {
    JobPlan other = candidate == null ? null : asReached(candidate, withMargin);
    if (other == null
        || !wakesInTime(other, withMargin)
        || !reaches(other.plan(), other.idleSetting())) {
      return best;
    }
    if (best == null) {
      return other;
    }
    // Where there is no room for a margin, the earlier end is the better plan.
    boolean wins =
        withMargin
            ? other.plan().energyJoules() < best.plan().energyJoules()
            : end(other) < end(best);
    return wins ? other : best;
  }

  private double end(JobPlan job) {
    return idle.wakeSeconds(job.idleState()) + job.plan().makespanSeconds();
  }

  /**
   * Prices a plan by the idle states that its jobs reach, some being slower than planned and some
   * faster; null if it does not hold in the state that a job of the planned length leads to.
   */
  private @Nullable JobPlan asReached(JobPlan job, boolean withMargin) {
    double seconds = job.plan().makespanSeconds();
    int state = idle.reached(job.idleState(), seconds, 0);
    if (idle.reached(state, seconds, 0) != state) {
      return null;
    }
    double[] shares = withMargin ? idle.shares(state, seconds) : idle.always(state);
    if (shares[state] == 1 && state == job.idleState()) {
      return job;
    }
    return repriced(job.plan(), new Supposed(state, withMargin, 0), job.idleSetting(), shares);
  }

  /** Returns whether there is time to wake even from where a faster job leads. */
  private boolean wakesInTime(JobPlan job, boolean withMargin) {
    double seconds = job.plan().makespanSeconds();
    int deepest = idle.reached(job.idleState(), seconds, withMargin ? -QUICK_DEVIATIONS : 0);
    double factor = withMargin ? deadline.marginFactor() : 1;
    return deepest == job.idleState()
        || idle.wakeSeconds(deepest) + factor * seconds <= deadline.deadlineSeconds();
  }

  /** Returns the settings of a plan under another rest; null if there is no time for them. */
  private @Nullable JobPlan repriced(Plan plan, Supposed supposed, int rest) {
    return repriced(plan, supposed, rest, idle.always(supposed.state()));
  }

  private @Nullable JobPlan repriced(Plan plan, Supposed supposed, int rest, double[] shares) {
    int last = plan.setting(plan.operators() - 1);
    Start start = rest == last ? Start.steadyState() : Start.from(rest);
    PlanningProblem problem = problem(supposed, rest, start, shares);
    if (problem == null) {
      return null;
    }
    Plan priced = new Plan(plan.planner(), problem, plan.settings());
    return priced.slackSeconds() < 0 ? null : new JobPlan(priced, rest, supposed.state());
  }

  /** Plans a job that leaves the clocks where it ends; null if there is no time for it. */
  private @Nullable JobPlan staying(Supposed supposed) {
    int state = supposed.state();
    int last = grid.slowest();
    JobPlan plan = null;
    for (int round = 0; round < MOST_PLANS_PER_STATE; round++) {
      Plan found = planned(problem(supposed, last, Start.steadyState()));
      if (found == null) {
        return null;
      }
      int ends = found.setting(found.operators() - 1);
      plan = new JobPlan(found, ends, state);
      boolean same =
          idle.watts(state, ends) == idle.watts(state, last)
              && idle.wakingJoules(state, ends) == idle.wakingJoules(state, last);
      if (same) {
        return plan;
      }
      last = ends;
    }
    // It does not settle on one end: its settings count, at the power that they idle at.
    PlanningProblem priced = problem(supposed, last, Start.steadyState());
    return plan == null || priced == null
        ? null
        : new JobPlan(new Plan(plan.plan().planner(), priced, plan.plan().settings()), last, state);
  }

  /**
   * Slows a job down until its gap is too short for a deeper state, which may cost more than it
   * spares; null where that is not called for. Dearer idling makes plans slower, so the least price
   * of idling is looked for that makes this one slow enough.
   */
  private @Nullable JobPlan lingering(@Nullable JobPlan staying, Supposed supposed) {
    int state = supposed.state();
    if (staying == null || idle.reached(state, staying.plan().makespanSeconds(), 0) <= state) {
      return null;
    }
    double needed = longestSeconds(state, state + 1) * (1 + LINGERING);
    PlanningProblem problem = staying.plan().problem();
    if (needed > problem.budgetSeconds()) {
      return null;
    }
    Plan slow = null;
    double low = problem.idlePowerWatts();
    double high = Math.max(low, staying.plan().energyJoules() / deadline.periodSeconds());
    for (int step = 0; step < MOST_PRICES; step++) {
      double tried = slow == null ? high : (low + high) / 2;
      Plan found = planned(problem.withIdlePower(tried));
      if (found != null && found.makespanSeconds() >= needed) {
        slow = found;
        high = tried;
      } else {
        low = tried;
        high = slow == null ? 2 * high : high;
      }
    }
    return slow == null ? null : repriced(slow, supposed, slow.setting(slow.operators() - 1));
  }

  private @Nullable JobPlan resting(Supposed supposed, int rest) {
    Plan plan = planned(problem(supposed, rest, Start.from(rest)));
    return plan == null ? null : new JobPlan(plan, rest, supposed.state());
  }

  private @Nullable Plan planned(@Nullable PlanningProblem problem) {
    try {
      return problem == null ? null : planner.plan(problem);
    } catch (DeadlineUnreachableException e) {
      return null;
    }
  }

  /**
   * Returns how long a job takes at most that wakes from one state and reaches another, seconds.
   */
  private double longestSeconds(int from, int reached) {
    return deadline.periodSeconds()
        - idle.wakeSeconds(from)
        - calibration.idleStates().get(reached).minimumResidencySeconds();
  }

  /** Returns how long a planned job may take, seconds; not positive if there is no time for one. */
  private double budgetSeconds(Supposed supposed) {
    double budget = deadline.deadlineSeconds() - idle.wakeSeconds(supposed.state());
    double residency = longestSeconds(supposed.state(), supposed.state());
    if (supposed.withMargin()) {
      budget /= deadline.marginFactor();
      residency /= idle.slowed(1, supposed.deviations());
    }
    return supposed.state() == 0 ? budget : Math.min(budget, residency);
  }

  private @Nullable PlanningProblem problem(Supposed supposed, int rest, Start start) {
    return problem(supposed, rest, start, idle.always(supposed.state()));
  }

  /**
   * States the problem of a supposed state and a place to rest; null if there is no time for a job.
   *
   * @param shares of the jobs that lead to each idle state, by which idling is priced
   */
  private @Nullable PlanningProblem problem(
      Supposed supposed, int rest, Start start, double[] shares) {
    double budget = budgetSeconds(supposed);
    if (!(budget > 0)) {
      return null;
    }
    double watts = 0;
    double waking = 0;
    for (int s = 0; s < shares.length; s++) {
      watts += shares[s] * idle.watts(s, rest);
      waking += shares[s] * idle.wakingJoules(s, rest);
    }
    PlanningProblem.Builder builder = PlanningProblem.builder(costs, budget);
    details.accept(builder);
    PlanningProblem problem =
        builder
            .switchCosts(calibration.switchCosts())
            .idlePowerWatts(watts)
            .wakingJoules(waking)
            .periodSeconds(deadline.periodSeconds())
            .start(start)
            .build();
    if (supposed.withMargin()) {
      return problem;
    }
    double fastest = Planner.fastest(problem).makespanSeconds();
    return problem.withBudget(Math.min(budget, fastest * (1 + ROUNDING)));
  }

  /** Returns the time from the end of a job to the first operator of the next one, less waking. */
  private double gapSeconds(Plan plan) {
    return deadline.periodSeconds() - plan.makespanSeconds();
  }

  /** Returns whether every clock gets to rest at a setting and settles before the next job. */
  private boolean reaches(Plan plan, int rest) {
    int last = plan.setting(plan.operators() - 1);
    int first = plan.setting(0);
    for (int d = 0; d < grid.dimensions(); d++) {
      double settle = calibration.settleSeconds().get(d);
      if (grid.oppIndex(last, d) == grid.oppIndex(rest, d)) {
        continue;
      }
      double needed = Math.max(0, settle - secondsAtLast(plan, d));
      if (grid.oppIndex(rest, d) != grid.oppIndex(first, d)) {
        needed += settle;
      }
      if (needed > gapSeconds(plan)) {
        return false;
      }
    }
    return true;
  }

  /** Returns for how long a domain has kept its last OPP when the job ends, at least, seconds. */
  private double secondsAtLast(Plan plan, int domain) {
    int last = grid.oppIndex(plan.setting(plan.operators() - 1), domain);
    double seconds = 0;
    for (int i = plan.operators() - 1; i >= 0; i--) {
      if (grid.oppIndex(plan.setting(i), domain) != last) {
        break;
      }
      seconds += costs.latencySeconds(i, plan.setting(i));
    }
    return seconds;
  }

  /**
   * Adds where a plan had best rest: where the clocks get in time, and where they would if the plan
   * began or ended there.
   */
  private void addRests(@Nullable JobPlan job, Deque<Integer> rests) {
    if (job == null) {
      rests.add(grid.slowest());
    } else {
      rests.add(bestRest(job, true));
      rests.add(bestRest(job, false));
    }
  }

  /** Returns where to rest after a plan and before it is run again, for the least energy. */
  private int bestRest(JobPlan job, boolean inTime) {
    Plan plan = job.plan();
    SwitchCosts switches = calibration.switchCosts();
    int last = plan.setting(plan.operators() - 1);
    int first = plan.setting(0);
    double inside = plan.makespanSeconds() - entrySeconds(plan, first);
    int best = last;
    double least = Double.POSITIVE_INFINITY;
    for (int x = 0; x < grid.size(); x++) {
      double seconds = inside + switches.seconds(grid, x, first);
      double joules =
          switches.joules(grid, last, x)
              + switches.joules(grid, x, first)
              + idle.wakingJoules(job.idleState(), x)
              + idle.watts(job.idleState(), x) * (deadline.periodSeconds() - seconds);
      if (joules < least && (!inTime || reaches(plan, x))) {
        least = joules;
        best = x;
      }
    }
    return best;
  }

  private double entrySeconds(Plan plan, int first) {
    int before =
        plan.problem().start() instanceof Start.FromSetting from
            ? from.setting()
            : plan.setting(plan.operators() - 1);
    return calibration.switchCosts().seconds(grid, before, first);
  }

  private DeadlineUnreachableException unreachable() {
    PlanningProblem.Builder builder = PlanningProblem.builder(costs, deadline.deadlineSeconds());
    details.accept(builder);
    PlanningProblem problem =
        builder.switchCosts(calibration.switchCosts()).start(Start.steadyState()).build();
    Plan fastest = Planner.fastest(problem);
    int state =
        calibration.idleState(gapSeconds(fastest) - calibration.idleStates().get(0).wakeSeconds());
    return new DeadlineUnreachableException(
        deadline.deadlineSeconds(), idle.wakeSeconds(state), fastest);
  }

  /**
   * What a plan is made for.
   *
   * @param state that the device wakes from and that the gap shall lead to
   * @param deviations by how many a job may be slower and still reach it
   */
  private record Supposed(int state, boolean withMargin, double deviations) {}
}
