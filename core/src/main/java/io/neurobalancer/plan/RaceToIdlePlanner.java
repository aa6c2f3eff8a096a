package io.neurobalancer.plan;

/** The setting at which the whole job is fastest, then idle: what to beat where idling is cheap. */
public final class RaceToIdlePlanner implements Planner {

  @Override
  public String name() {
    return "race-to-idle";
  }

  @Override
  public Plan plan(PlanningProblem problem) {
    Trellis flat = new Trellis(problem);
    Plan plan =
        new Plan(name(), problem, flat.expand(flat.constant(SinglePairPlanner.fastest(flat))));
    if (plan.slackSeconds() < 0) {
      throw new DeadlineUnreachableException(plan);
    }
    return plan;
  }
}
