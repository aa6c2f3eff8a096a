package io.neurobalancer.plan;

import java.util.OptionalDouble;

/**
 * Prices time: for a price of {@code lambda} joules per second the cheapest path is a Viterbi pass,
 * and the right price makes it end just in time.
 *
 * <p>For any price, {@code L(lambda) - lambda D} (D being the budget) with {@code L(lambda) = min
 * (e' + lambda t)} bounds every feasible plan from below, since a feasible plan pays {@code e' <=
 * e' + lambda (D - t)}. The bound is concave in the price and each path is one of its lines; the
 * next price tried is where the lines of the last feasible and the last infeasible path meet
 * (Newton's method on a concave piecewise linear function), so a handful of passes suffice.
 *
 * <p>At the best price one path ends a little too late and one a little too early, at nearly the
 * same cost. Every path that begins like the best of the one price and ends like the best of the
 * other, through any operator at any setting, is tried, and what slack remains is spent by single
 * changes, so that the plan comes close to the bound; its gap says how close.
 */
public final class LagrangianPlanner implements Planner {

  @Override
  public String name() {
    return "lagrangian";
  }

  @Override
  public Plan plan(PlanningProblem problem) {
    return plan(problem, name());
  }

  /** Plans under another planner's name, for planners that only narrow the problem. */
  static Plan plan(PlanningProblem problem, String name) {
    Trellis flat = new Trellis(problem);
    return flat.limited()
        ? planWithinLimits(flat, problem, name)
        : plan(flat, new LagrangianSearch(flat), problem, name);
  }

  /** Plans with a search that has perhaps planned the same problem for other budgets. */
  static Plan plan(Trellis flat, LagrangianSearch search, PlanningProblem problem, String name) {
    if (!search.solve(problem.budgetSeconds())) {
      throw new DeadlineUnreachableException(
          new Plan(name, problem, flat.expand(search.fastest())));
    }
    return new Plan(
        name,
        problem,
        flat.expand(search.best()),
        search.bound() + problem.sharedJoules(),
        search.price());
  }

  private static Plan planWithinLimits(Trellis flat, PlanningProblem problem, String name) {
    LimitedSearch search = new LimitedSearch(flat);
    if (!search.solve()) {
      throw new DeadlineUnreachableException(
          new Plan(name, problem, flat.expand(search.fastest())));
    }
    return Plan.searched(
        name,
        problem,
        flat.expand(search.best()),
        search.bound() + flat.idleJoules(),
        OptionalDouble.of(search.price()));
  }

  /** Returns the fastest plan, whatever the budget. */
  static Plan fastest(PlanningProblem problem) {
    Trellis flat = new Trellis(problem.withBudget(Double.MIN_NORMAL));
    int[] path = new int[flat.rows];
    if (flat.limited()) {
      LimitedSearch search = new LimitedSearch(flat);
      search.solve();
      path = search.fastest();
    } else {
      new Viterbi(flat).closed(0, 1, path);
    }
    return new Plan("fastest", problem, flat.expand(path));
  }
}
