package io.neurobalancer.plan;

import java.util.function.IntPredicate;

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
    int best = cheapest(flat, x -> flat.feasible(flat.constant(x)));
    if (best < 0) {
      throw new DeadlineUnreachableException(
          new Plan(name(), problem, flat.expand(flat.constant(fastest(flat)))));
    }
    return new Plan(name(), problem, flat.expand(flat.constant(best)));
  }

  private static int cheapest(Trellis flat, IntPredicate eligible) {
    int best = -1;
    for (int x = 0; x < flat.settings; x++) {
      if (flat.allowed(x)
          && eligible.test(x)
          && (best < 0 || flat.folded(flat.constant(x)) < flat.folded(flat.constant(best)))) {
        best = x;
      }
    }
    return best;
  }

  /** Returns the setting at which the whole job is fastest. */
  static int fastest(Trellis flat) {
    int best = -1;
    for (int x = 0; x < flat.settings; x++) {
      if (flat.allowed(x)
          && (best < 0 || flat.makespan(flat.constant(x)) < flat.makespan(flat.constant(best)))) {
        best = x;
      }
    }
    return best;
  }
}
