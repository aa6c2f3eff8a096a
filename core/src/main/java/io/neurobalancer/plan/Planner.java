package io.neurobalancer.plan;

/** Chooses a setting per operator so that the job fits its budget at the least energy. */
public interface Planner {

  /** Returns the name in every output, such as {@code lagrangian} or {@code single-pair}. */
  String name();

  /**
   * Plans one inference.
   *
   * @throws DeadlineUnreachableException if even the fastest plan takes longer than the budget
   */
  Plan plan(PlanningProblem problem);

  /**
   * Returns the fastest plan of a problem, whatever its budget; nothing is proven of its energy.
   */
  static Plan fastest(PlanningProblem problem) {
    return LagrangianPlanner.fastest(problem);
  }
}
