package io.neurobalancer.planner;

import io.neurobalancer.device.FrequencyDomain;
import io.neurobalancer.device.SettingGrid;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.IntFunction;

/**
 * Where the clocks should rest between jobs. Resting slow saves idle power but costs switches at
 * both ends of every job, which a short job does not earn back.
 *
 * <p>Three places are tried: every domain at its slowest, the setting in which the job begins, and
 * that one with the memory at its slowest. Each gets its own plan; the cheapest period wins.
 *
 * @param idleSetting the setting between jobs
 * @param plan the plan that goes with it
 */
public record IdleChoice(int idleSetting, Plan plan) {

  /**
   * Chooses.
   *
   * @param problems the planning problem for a setting between jobs: its idle power, and its entry
   * @throws DeadlineUnreachableException if even from the slowest setting no plan meets the
   *     deadline
   */
  public static IdleChoice choose(SettingGrid grid, IntFunction<PlanningProblem> problems) {
    LagrangianPlanner planner = new LagrangianPlanner();
    int slowest = grid.slowest();
    Plan fromSlowest = planner.plan(problems.apply(slowest));
    int first = fromSlowest.setting(0);
    int quiet = first;
    for (int d = 0; d < grid.dimensions(); d++) {
      if (grid.domains().get(d).kind() == FrequencyDomain.Kind.MEMORY) {
        quiet = grid.with(quiet, d, 0);
      }
    }
    IdleChoice best = new IdleChoice(slowest, fromSlowest);
    Set<Integer> others = new LinkedHashSet<>();
    others.add(quiet);
    others.add(first);
    others.remove(slowest);
    for (int setting : others) {
      Plan plan = planner.plan(problems.apply(setting));
      if (plan.energyJoules() < best.plan().energyJoules()) {
        best = new IdleChoice(setting, plan);
      }
    }
    return best;
  }
}
