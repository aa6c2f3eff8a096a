package io.neurobalancer.plan;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.WeakHashMap;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Tries every assignment and asks the checker: the truth for tiny problems. What a problem's
 * assignments are is found once, however many questions are asked of it.
 */
final class ExhaustivePlanner implements Planner {

  private static final Map<PlanningProblem, List<Assignment>> KNOWN = new WeakHashMap<>();

  /** An assignment that nothing speaks against but perhaps its being late. */
  private static final class Assignment {
    private final int[] settings;
    private final double seconds;
    private final double joules;
    private final boolean late;

    Assignment(Plan plan, boolean late) {
      this.settings = plan.settings();
      this.seconds = plan.makespanSeconds();
      this.joules = plan.energyJoules();
      this.late = late;
    }
  }

  @Override
  public String name() {
    return "exhaustive";
  }

  @Override
  public Plan plan(PlanningProblem problem) {
    List<Assignment> all = assignments(problem);
    Optional<Assignment> best =
        all.stream()
            .filter(one -> one.seconds <= problem.budgetSeconds())
            .min(Comparator.comparingDouble(one -> one.joules));
    if (best.isEmpty()) {
      Assignment fastest =
          all.stream().min(Comparator.comparingDouble(one -> one.seconds)).orElseThrow();
      throw new DeadlineUnreachableException(new Plan(name(), problem, fastest.settings));
    }
    return Plan.searched(
        name(), problem, best.get().settings, best.get().joules, OptionalDouble.empty());
  }

  /** Returns the energy of the best feasible assignment of some; infinite if there is none. */
  static double least(PlanningProblem problem, Predicate<int[]> some) {
    return assignments(problem).stream()
        .filter(one -> !one.late && some.test(one.settings))
        .mapToDouble(one -> one.joules)
        .min()
        .orElse(Double.POSITIVE_INFINITY);
  }

  /** Returns the makespan of the fastest assignment, seconds, in time or not. */
  static double fastestSeconds(PlanningProblem problem) {
    return assignments(problem).stream().mapToDouble(one -> one.seconds).min().orElseThrow();
  }

  private static synchronized List<Assignment> assignments(PlanningProblem problem) {
    return KNOWN.computeIfAbsent(problem, ExhaustivePlanner::enumerated);
  }

  private static List<Assignment> enumerated(PlanningProblem problem) {
    List<Assignment> found = new ArrayList<>();
    forEach(
        problem,
        path -> {
          Plan plan = new Plan("exhaustive", problem, path);
          // A plan that is only late is a plan; it may still be the fastest.
          List<PlanChecker.Finding> findings = PlanChecker.check(plan);
          if (findings.stream().allMatch(finding -> finding.kind() == PlanChecker.Kind.LATE)) {
            found.add(new Assignment(plan, !findings.isEmpty()));
          }
        });
    return found;
  }

  /** Shows every assignment, allowed or not, in one array that changes. */
  static void forEach(PlanningProblem problem, Consumer<int[]> consumer) {
    int[] path = new int[problem.costs().operators()];
    for (int i = 0; i < path.length; ) {
      consumer.accept(path);
      for (i = 0; i < path.length && ++path[i] == problem.costs().settings(); i++) {
        path[i] = 0;
      }
    }
  }
}
