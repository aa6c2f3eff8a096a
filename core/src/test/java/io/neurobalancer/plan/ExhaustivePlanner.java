package io.neurobalancer.plan;

import java.util.Objects;
import java.util.OptionalDouble;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Tries every assignment and asks the checker: the truth for tiny problems. */
final class ExhaustivePlanner implements Planner {

  @Override
  public String name() {
    return "exhaustive";
  }

  @Override
  public Plan plan(PlanningProblem problem) {
    int n = problem.costs().operators();
    int m = problem.costs().settings();
    int[] path = new int[n];
    int @Nullable [] best = null;
    int @Nullable [] fastest = null;
    double bestEnergy = Double.POSITIVE_INFINITY;
    double leastMakespan = Double.POSITIVE_INFINITY;
    while (true) {
      // A plan that is only late is a plan; it may still be the fastest.
      Plan plan = new Plan(name(), problem, path);
      if (PlanChecker.check(plan).stream()
          .allMatch(finding -> finding.kind() == PlanChecker.Kind.LATE)) {
        if (plan.makespanSeconds() < leastMakespan) {
          leastMakespan = plan.makespanSeconds();
          fastest = path.clone();
        }
        if (plan.slackSeconds() >= 0 && plan.energyJoules() < bestEnergy) {
          bestEnergy = plan.energyJoules();
          best = path.clone();
        }
      }
      int i = 0;
      while (i < n && ++path[i] == m) {
        path[i++] = 0;
      }
      if (i == n) {
        break;
      }
    }
    if (best == null) {
      throw new DeadlineUnreachableException(
          new Plan(name(), problem, Objects.requireNonNull(fastest)));
    }
    return Plan.searched(name(), problem, best, bestEnergy, OptionalDouble.empty());
  }

  /** Returns the energy of the best feasible assignment of some; infinite if there is none. */
  static double least(PlanningProblem problem, Predicate<int[]> some) {
    int[] path = new int[problem.costs().operators()];
    double least = Double.POSITIVE_INFINITY;
    for (int i = 0; i < path.length; ) {
      if (some.test(path)) {
        Plan plan = new Plan("any", problem, path);
        if (plan.energyJoules() < least && PlanChecker.check(plan).isEmpty()) {
          least = plan.energyJoules();
        }
      }
      for (i = 0; i < path.length && ++path[i] == problem.costs().settings(); i++) {
        path[i] = 0;
      }
    }
    return least;
  }
}
