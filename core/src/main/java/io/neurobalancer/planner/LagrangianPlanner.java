package io.neurobalancer.planner;

import java.util.OptionalDouble;

/**
 * Prices time: for a price of {@code lambda} joules per second the cheapest path is a Viterbi pass,
 * and the right price makes it end just in time.
 *
 * <p>For any price, {@code L(lambda) - lambda D} with {@code L(lambda) = min (e' + lambda t)}
 * bounds every feasible plan from below, since a feasible plan pays {@code e' <= e' + lambda (D -
 * t)}. The bound is concave in the price and each path is one of its lines; the next price tried is
 * where the lines of the last feasible and the last infeasible path meet (Newton's method on a
 * concave piecewise linear function), so a handful of passes suffice.
 *
 * <p>At the best price one path ends a little too late and one a little too early, at nearly the
 * same cost. They are spliced at every operator, and what slack remains is spent by single changes,
 * so that the plan comes close to the bound; its gap says how close.
 */
public final class LagrangianPlanner implements Planner {

  private static final int MOST_PRICES = 40;

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
    FlatProblem flat = new FlatProblem(problem);
    ShortestPath search = new ShortestPath(flat);
    int[] thrifty = search.closed(1, 0);
    double thriftyBound = search.bound();
    if (flat.meetsDeadline(thrifty)) {
      return new Plan(
          name, problem, thrifty, thriftyBound + flat.idleJoules(), OptionalDouble.of(0));
    }
    int[] early = fastest(flat, search, name);
    int[] late = thrifty;
    PathImprover improver = new PathImprover(flat);
    improver.offer(early);
    double bestBound = thriftyBound;
    double bestPrice = 0;
    for (int step = 0; step < MOST_PRICES; step++) {
      double price =
          (flat.folded(early) - flat.folded(late)) / (flat.makespan(late) - flat.makespan(early));
      if (!(price > 0) || Double.isInfinite(price)) {
        break;
      }
      int[] path = search.open(1, price);
      double bound = search.bound() - price * problem.deadlineSeconds();
      if (bound > bestBound) {
        bestBound = bound;
        bestPrice = price;
      }
      double cost = flat.folded(path) + price * flat.makespan(path);
      double known = flat.folded(early) + price * flat.makespan(early);
      boolean meets = flat.meetsDeadline(path);
      if (meets) {
        improver.offer(path);
      }
      if (cost >= known - 1e-12 * Math.abs(known)) {
        break;
      }
      if (meets) {
        early = path;
      } else {
        late = path;
      }
    }
    if (flat.cyclic()) {
      int[] cycle = search.closed(1, bestPrice);
      bestBound = Math.max(bestBound, search.bound() - bestPrice * problem.deadlineSeconds());
      if (flat.meetsDeadline(cycle)) {
        improver.offer(cycle);
      } else {
        improver.splice(cycle, early);
      }
    }
    improver.splice(late, early);
    improver.polish();
    return new Plan(
        name,
        problem,
        improver.best(),
        bestBound + flat.idleJoules(),
        OptionalDouble.of(bestPrice));
  }

  private static int[] fastest(FlatProblem flat, ShortestPath search, String name) {
    int[] path = search.closed(0, 1);
    if (!flat.meetsDeadline(path)) {
      throw new DeadlineUnreachableException(
          flat.problem.deadlineSeconds(),
          new Plan(name, flat.problem, path, Double.NEGATIVE_INFINITY));
    }
    return path;
  }
}
