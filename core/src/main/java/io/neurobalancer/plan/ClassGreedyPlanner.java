package io.neurobalancer.plan;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One setting per class of operators, such as all pointwise convolutions: the likeliest reading of
 * what K. Bin et al., "NeuroBalancer", IEEE TMC 24(5), 2025, do, whose full text is not public.
 *
 * <p>All classes start at one setting. Then, over and over, the class and the setting for it are
 * chosen that save most energy per added second, or save some at no time at all, as long as the job
 * fits its budget. Neighbours at one setting need no switch between them; every other switch is
 * priced. A class that leaves its neighbours alone pays for a switch at each of them, and may get
 * stuck for it where they all start fastest: so the search begins there, and once more at the best
 * single setting, and the cheaper end counts.
 *
 * <p>Where the setting may not change within a group of operators, the group counts to the class of
 * its first one. A problem that names no classes is one class; the plan's note says so.
 */
public final class ClassGreedyPlanner implements Planner {

  @Override
  public String name() {
    return "class-greedy";
  }

  @Override
  public Plan plan(PlanningProblem problem) {
    Trellis flat = new Trellis(problem);
    Search search = new Search(flat, classes(problem, flat), problem.budgetSeconds());
    int[] path = search.run(SinglePairPlanner.fastest(flat));
    int single = SinglePairPlanner.cheapest(flat);
    if (single >= 0) {
      int[] other = search.run(single);
      path = flat.folded(other) < flat.folded(path) ? other : path;
    }
    Plan plan = new Plan(name(), problem, flat.expand(path));
    if (plan.slackSeconds() < 0) {
      throw new DeadlineUnreachableException(plan);
    }
    return problem.classes().isEmpty()
        ? plan.withNote("no classes were given: all operators count as one")
        : plan;
  }

  /** Numbers the class of every row. */
  private static int[] classes(PlanningProblem problem, Trellis flat) {
    List<String> seen = new ArrayList<>();
    int[] classOfRow = new int[flat.rows];
    for (int r = 0; r < flat.rows && !problem.classes().isEmpty(); r++) {
      String name = problem.classes().get(flat.firstOperator[r]);
      if (!seen.contains(name)) {
        seen.add(name);
      }
      classOfRow[r] = seen.indexOf(name);
    }
    return classOfRow;
  }

  /** The classes' settings while they are being chosen. */
  private static final class Search {
    private final Trellis flat;
    private final int[] classOfRow;
    private final int classes;
    private final double budget;
    private final double[] seconds;
    private final double[] joules;

    /** How often a class follows another one, from the job's own end to its start included. */
    private final int[][] follows;

    private final int first;
    private final int last;
    private final int[] chosen;

    Search(Trellis flat, int[] classOfRow, double budget) {
      this.flat = flat;
      this.classOfRow = classOfRow;
      this.budget = budget;
      int most = 0;
      for (int c : classOfRow) {
        most = Math.max(most, c);
      }
      this.classes = most + 1;
      this.seconds = new double[classes * flat.settings];
      this.joules = new double[classes * flat.settings];
      this.follows = new int[classes][classes];
      this.first = classOfRow[0];
      this.last = classOfRow[flat.rows - 1];
      this.chosen = new int[classes];
      for (int r = 0; r < flat.rows; r++) {
        for (int x = 0; x < flat.settings; x++) {
          seconds[classOfRow[r] * flat.settings + x] += flat.seconds[r * flat.settings + x];
          joules[classOfRow[r] * flat.settings + x] += flat.joules[r * flat.settings + x];
        }
        if (r > 0) {
          follows[classOfRow[r - 1]][classOfRow[r]]++;
        }
      }
    }

    /** Searches from one setting for all classes. */
    int[] run(int start) {
      Arrays.fill(chosen, start);
      int[] path = path();
      while (true) {
        double seconds = flat.makespan(path);
        int bestClass = -1;
        int bestSetting = -1;
        double bestRate = 0;
        for (int c = 0; c < classes; c++) {
          for (int x = 0; x < flat.settings; x++) {
            if (x == chosen[c] || !flat.allowed(x)) {
              continue;
            }
            double saved = joules(c, chosen[c]) - joules(c, x);
            double added = seconds(c, x) - seconds(c, chosen[c]);
            double rate = added > 0 ? saved / added : Double.POSITIVE_INFINITY;
            if (saved > 1e-12 * Math.abs(joules(c, x))
                && rate > bestRate
                && seconds + added <= budget
                && fits(c, x)) {
              bestClass = c;
              bestSetting = x;
              bestRate = rate;
            }
          }
        }
        if (bestClass < 0) {
          return path;
        }
        chosen[bestClass] = bestSetting;
        path = path();
      }
    }

    /** Returns whether the whole path is feasible, sums taken as the plan takes them. */
    private boolean fits(int c, int x) {
      int before = chosen[c];
      chosen[c] = x;
      boolean feasible = flat.feasible(path());
      chosen[c] = before;
      return feasible;
    }

    private int[] path() {
      int[] path = new int[flat.rows];
      for (int r = 0; r < path.length; r++) {
        path[r] = chosen[classOfRow[r]];
      }
      return path;
    }

    /** Returns what depends on a class's setting, joules. */
    private double joules(int c, int x) {
      double sum =
          joules[c * flat.settings + x] + flat.boundaryJoules(at(last, c, x), at(first, c, x));
      for (int other = 0; other < classes; other++) {
        if (other != c) {
          sum += follows[c][other] * flat.switchJoules(x, chosen[other]);
          sum += follows[other][c] * flat.switchJoules(chosen[other], x);
        }
      }
      return sum;
    }

    /** Returns what depends on a class's setting, seconds. */
    private double seconds(int c, int x) {
      double sum =
          seconds[c * flat.settings + x] + flat.boundarySeconds(at(last, c, x), at(first, c, x));
      for (int other = 0; other < classes; other++) {
        if (other != c) {
          sum += follows[c][other] * flat.switchSeconds(x, chosen[other]);
          sum += follows[other][c] * flat.switchSeconds(chosen[other], x);
        }
      }
      return sum;
    }

    private int at(int wanted, int c, int x) {
      return wanted == c ? x : chosen[wanted];
    }
  }
}
