package io.neurobalancer.plan;

import java.util.Arrays;

/**
 * Two settings and one cut: the best of all plans that run the first operators at one setting and
 * the rest at another, switches priced. A single setting is one of them. It is the strongest rival
 * that needs no search: much of what a setting per operator gains is the mixture of two OPPs that
 * lie too far apart.
 *
 * <p>Sums over the first operators make every candidate a few additions: O(M^2 N) in all.
 */
public final class TwoPairPlanner implements Planner {

  @Override
  public String name() {
    return "two-pair";
  }

  @Override
  public Plan plan(PlanningProblem problem) {
    Trellis flat = new Trellis(problem);
    int[] best = new Search(flat, problem.budgetSeconds()).best();
    Plan plan = new Plan(name(), problem, flat.expand(best));
    if (plan.slackSeconds() < 0) {
      throw new DeadlineUnreachableException(plan);
    }
    return plan;
  }

  /** Looks at every pair of settings with every cut. */
  private static final class Search {
    private final Trellis flat;
    private final double budget;
    private final int n;

    /** Per setting, the time and energy of its first rows: {@code [x * (n + 1) + rows]}. */
    private final double[] seconds;

    private final double[] joules;
    private int[] best;
    private double bestJoules = Double.POSITIVE_INFINITY;

    Search(Trellis flat, double budget) {
      this.flat = flat;
      this.budget = budget;
      this.n = flat.rows;
      this.seconds = new double[flat.settings * (n + 1)];
      this.joules = new double[flat.settings * (n + 1)];
      for (int x = 0; x < flat.settings; x++) {
        for (int i = 0, at = x * (n + 1); i < n; i++, at++) {
          seconds[at + 1] = seconds[at] + flat.seconds[i * flat.settings + x];
          joules[at + 1] = joules[at] + flat.joules[i * flat.settings + x];
        }
      }
      // What is left if nothing fits.
      this.best = flat.constant(SinglePairPlanner.fastest(flat));
    }

    int[] best() {
      for (int x = 0; x < flat.settings; x++) {
        for (int y = 0; flat.allowed(x) && y < flat.settings; y++) {
          if (flat.allowed(y)) {
            cuts(x, y);
          }
        }
      }
      return best;
    }

    private void cuts(int x, int y) {
      int first = x * (n + 1);
      int second = y * (n + 1);
      double otherSeconds =
          flat.boundarySeconds(y, x) + flat.switchSeconds(x, y) + seconds[second + n];
      double otherJoules = flat.boundaryJoules(y, x) + flat.switchJoules(x, y) + joules[second + n];
      // No cut is one plan per setting, not one per pair.
      for (int rows = x == y ? n : 1; rows < n || (x == y && rows == n); rows++) {
        double total = otherJoules + joules[first + rows] - joules[second + rows];
        if (total < bestJoules
            && otherSeconds + seconds[first + rows] - seconds[second + rows]
                <= budget * (1 + 1e-12)) {
          offer(x, y, rows);
        }
      }
    }

    /** Sums taken in another order may differ in the last digit: the path's own ones decide. */
    private void offer(int x, int y, int rows) {
      int[] path = flat.constant(y);
      Arrays.fill(path, 0, rows, x);
      double total = flat.folded(path);
      if (total < bestJoules && flat.feasible(path)) {
        bestJoules = total;
        best = path;
      }
    }
  }
}
