package io.neurobalancer.plan;

import io.neurobalancer.unit.NeuroBalancerException;

/**
 * One setting for the whole job, the cheapest that meets the deadline: the strongest simple rival.
 * It switches nothing while the job runs.
 */
public final class SinglePairPlanner implements Planner {

  @Override
  public String name() {
    return "single-pair";
  }

  @Override
  public Plan plan(PlanningProblem problem) {
    Trellis flat = new Trellis(problem);
    int best = cheapest(flat);
    if (best < 0) {
      throw new DeadlineUnreachableException(
          new Plan(name(), problem, flat.expand(flat.constant(fastest(flat)))));
    }
    return new Plan(name(), problem, flat.expand(flat.constant(best)));
  }

  /** Returns the cheapest setting that meets the deadline all the time; -1 if none does. */
  static int cheapest(Trellis flat) {
    int best = -1;
    double least = Double.POSITIVE_INFINITY;
    for (int x = 0; x < flat.settings; x++) {
      if (flat.allowed(x)) {
        int[] path = flat.constant(x);
        double joules = flat.folded(path);
        if (joules < least && flat.feasible(path)) {
          least = joules;
          best = x;
        }
      }
    }
    return best;
  }

  /**
   * Returns the setting at which the whole job is fastest.
   *
   * @throws NeuroBalancerException if switch limits leave none
   */
  static int fastest(Trellis flat) {
    int best = -1;
    double least = Double.POSITIVE_INFINITY;
    for (int x = 0; x < flat.settings; x++) {
      if (flat.allowed(x)) {
        int[] path = flat.constant(x);
        double seconds = flat.makespan(path);
        if (seconds < least && flat.keepsLimits(path)) {
          least = seconds;
          best = x;
        }
      }
    }
    if (best < 0) {
      throw NeuroBalancerException.invalid(
          "The switch limits leave no single setting for the whole job.\nMaybe allow more switches.");
    }
    return best;
  }
}
