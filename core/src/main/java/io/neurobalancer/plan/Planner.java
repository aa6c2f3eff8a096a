package io.neurobalancer.plan;

/** Chooses a setting per operator so that the deadline holds at the least energy. */
public interface Planner {

  /** Returns the name in every output, such as {@code lagrangian} or {@code paper-greedy}. */
  String name();

  /**
   * Plans one inference.
   *
   * @throws DeadlineUnreachableException if even the fastest plan misses the deadline
   */
  Plan plan(PlanningProblem problem);
}
