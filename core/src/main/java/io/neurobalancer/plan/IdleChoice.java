package io.neurobalancer.plan;

import io.neurobalancer.device.FrequencyDomain;
import io.neurobalancer.device.SettingGrid;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Where the clocks should rest between jobs. Resting slow saves idle power but costs switches at
 * both ends of every job, which a short job does not earn back.
 *
 * <p>Three places are tried: every domain at its slowest, the setting in which the job begins, and
 * that one with the memory at its slowest. Each gets its own plan; the cheapest period wins. How
 * deeply the device sleeps between jobs depends on the gap that the plan leaves, and the plan on
 * what sleeping costs: each idle state is supposed in turn, and a plan whose gap leads to another
 * state than supposed is charged what that other state burns.
 *
 * @param idleSetting the setting between jobs
 * @param idleState the idle state that the plan's gap leads to
 * @param plan the plan that goes with them
 */
public record IdleChoice(int idleSetting, int idleState, Plan plan) {

  /** What resting costs. */
  public interface Rest {

    /** Returns the number of idle states, shallowest first, at least one. */
    int states();

    /** Returns the idle state that a gap between jobs leads to. */
    int state(double gapSeconds);

    /**
     * Returns the planning problem of a job before and after which the device rests: its idle power
     * and its entry.
     */
    PlanningProblem problem(int state, int idleSetting);
  }

  /**
   * Chooses.
   *
   * @throws DeadlineUnreachableException if even from the slowest setting no plan meets the
   *     deadline
   */
  public static IdleChoice choose(SettingGrid grid, Rest rest) {
    IdleChoice best = choose(grid, rest, 0);
    for (int state = 1; state < rest.states(); state++) {
      IdleChoice choice = choose(grid, rest, state);
      if (choice.plan().energyJoules() < best.plan().energyJoules()) {
        best = choice;
      }
    }
    return best;
  }

  private static IdleChoice choose(SettingGrid grid, Rest rest, int state) {
    int slowest = grid.slowest();
    IdleChoice best = at(rest, state, slowest);
    int first = best.plan().setting(0);
    int quiet = first;
    for (int d = 0; d < grid.dimensions(); d++) {
      if (grid.domains().get(d).kind() == FrequencyDomain.Kind.MEMORY) {
        quiet = grid.with(quiet, d, 0);
      }
    }
    Set<Integer> others = new LinkedHashSet<>();
    others.add(quiet);
    others.add(first);
    others.remove(slowest);
    for (int setting : others) {
      IdleChoice choice = at(rest, state, setting);
      if (choice.plan().energyJoules() < best.plan().energyJoules()) {
        best = choice;
      }
    }
    return best;
  }

  /** Plans for a state, and prices the plan by the state that its own gap leads to. */
  private static IdleChoice at(Rest rest, int state, int setting) {
    PlanningProblem problem = rest.problem(state, setting);
    Plan plan = new LagrangianPlanner().plan(problem);
    int reached = rest.state(problem.periodSeconds() - plan.makespanSeconds());
    if (reached == state) {
      return new IdleChoice(setting, state, plan);
    }
    Plan priced =
        new Plan(
            plan.planner(),
            rest.problem(reached, setting),
            plan.settings(),
            Double.NEGATIVE_INFINITY);
    return new IdleChoice(setting, reached, priced);
  }
}
