package io.neurobalancer.plan;

import io.neurobalancer.unit.NeuroBalancerException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Energy against budget, the period kept: what every budget costs at least, as certified.
 *
 * @param plans for ascending budgets, energies never rising
 * @param fastestMakespanSeconds no budget below this suffices
 * @param saturationSeconds more time than this saves nothing: the makespan of the cheapest plan
 * @param energyOptimalSeconds the pace at which jobs that follow each other without a pause, each
 *     released when the one before must have ended, burn least: slower, and the longer period's
 *     background power eats what slower clocks save
 * @param knee index of the plan where the curve bends most: up to it a millisecond saves much,
 *     beyond it little
 */
public record Frontier(
    List<Plan> plans,
    double fastestMakespanSeconds,
    double saturationSeconds,
    double energyOptimalSeconds,
    int knee) {

  public Frontier {
    plans = List.copyOf(plans);
  }

  /**
   * Traces the curve from the fastest makespan to where more time saves nothing, or to the period.
   *
   * @param problem its own budget is ignored; its period is kept, raised to the fastest makespan if
   *     it is shorter
   * @param points how many budgets, at least two; fewer come back if all coincide
   */
  public static Frontier of(PlanningProblem problem, int points) {
    if (points < 2) {
      throw NeuroBalancerException.invalid(
          String.format(
              Locale.ROOT,
              "A frontier of %d points is no curve.%nMaybe ask for at least 2.",
              points));
    }
    double fastest = Planner.fastest(problem).makespanSeconds();
    double period = Math.max(problem.periodSeconds(), fastest);
    PlanningProblem whole = problem.withBudget(period);
    Trellis flat = new Trellis(whole);
    LagrangianSearch search = new LagrangianSearch(flat);
    double saturation = Math.max(fastest, plan(flat, search, whole).makespanSeconds());
    double optimal =
        Math.min(Math.max(fastest, search.secondsAt(problem.idlePowerWatts())), period);
    List<Plan> plans = new ArrayList<>();
    for (int p = 0; p < points; p++) {
      double share = (double) p / (points - 1);
      double budget = p == points - 1 ? saturation : fastest + share * (saturation - fastest);
      Plan plan = plan(flat, search, whole.withBudget(budget));
      Plan before = plans.isEmpty() ? plan : plans.get(p - 1);
      // A plan for less time is also one for more: the curve never rises.
      plans.add(
          plan.energyJoules() <= before.energyJoules()
              ? plan
              : plan.withSettings(before.settings()));
      if (saturation <= fastest) {
        break;
      }
    }
    return new Frontier(plans, fastest, saturation, optimal, knee(plans));
  }

  private static Plan plan(Trellis flat, LagrangianSearch search, PlanningProblem problem) {
    return flat.limited()
        ? new LagrangianPlanner().plan(problem)
        : LagrangianPlanner.plan(flat, search, problem, "lagrangian");
  }

  /** Returns the makespan of the plan that is cheapest when time costs nothing, seconds. */
  public static double saturation(PlanningProblem problem) {
    return new LagrangianPlanner()
        .plan(problem.withBudget(Double.MAX_VALUE / 1e100))
        .makespanSeconds();
  }

  /** The point farthest from the line between the ends, both axes scaled to the curve's extent. */
  private static int knee(List<Plan> plans) {
    Plan first = plans.get(0);
    Plan last = plans.get(plans.size() - 1);
    double time = last.problem().budgetSeconds() - first.problem().budgetSeconds();
    double energy = first.energyJoules() - last.energyJoules();
    int knee = 0;
    double farthest = 0;
    for (int p = 0; p < plans.size() && time > 0 && energy > 0; p++) {
      Plan plan = plans.get(p);
      double across = (plan.problem().budgetSeconds() - first.problem().budgetSeconds()) / time;
      double down = (first.energyJoules() - plan.energyJoules()) / energy;
      if (down - across > farthest) {
        farthest = down - across;
        knee = p;
      }
    }
    return knee;
  }
}
