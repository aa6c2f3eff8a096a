package io.neurobalancer.plan;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * A multiple-choice knapsack filled greedily: one group per operator, one choice per setting, the
 * budget as capacity. It prices no switch.
 *
 * <ol>
 *   <li>Each group keeps its Pareto front (sorted by latency, strictly falling energy) or, for
 *       {@code hull-greedy}, the lower convex hull of it.
 *   <li>Every group starts at its fastest choice, or at the setting at which the whole job is
 *       fastest where that is as fast but for the time of switching there and back: a tie is no
 *       reason to switch.
 *   <li>Over and over, the step to a next-slower choice that saves most energy per added second is
 *       taken, as long as one fits.
 * </ol>
 *
 * <p>Two departures in its favour: energies are those above idling, and, since its plan would take
 * longer than the budget by the switches' time, it is run again with a capacity smaller by the
 * overrun until the plan fits. If none does, {@code single-pair} plans, and the plan's note says
 * so.
 */
public final class GreedyPlanner implements Planner {

  private static final int MOST_RETRIES = 60;

  private final boolean hull;

  private GreedyPlanner(boolean hull) {
    this.hull = hull;
  }

  /** Returns the greedy over Pareto steps. */
  public static GreedyPlanner mckp() {
    return new GreedyPlanner(false);
  }

  /** Returns the greedy over convex-hull steps, which no poor first step misleads. */
  public static GreedyPlanner hull() {
    return new GreedyPlanner(true);
  }

  @Override
  public String name() {
    return hull ? "hull-greedy" : "mckp-greedy";
  }

  @Override
  public Plan plan(PlanningProblem problem) {
    Trellis flat = new Trellis(problem);
    int home = SinglePairPlanner.fastest(flat);
    List<int[]> fronts = new ArrayList<>();
    for (int i = 0; i < flat.rows; i++) {
      fronts.add(front(flat, i, home));
    }
    double capacity = problem.budgetSeconds();
    for (int attempt = 0; attempt < MOST_RETRIES && capacity > 0; attempt++) {
      int[] path = fill(flat, fronts, capacity);
      double overrun = flat.makespan(path) - problem.budgetSeconds();
      if (overrun <= 0 && flat.keepsLimits(path)) {
        return new Plan(name(), problem, flat.expand(path));
      }
      capacity -= Math.max(overrun, 1e-3 * problem.budgetSeconds());
    }
    return new Plan(name(), problem, new SinglePairPlanner().plan(problem).settings())
        .withNote("no capacity leaves time for the switches: this is the single-pair plan");
  }

  /** The next step of one group. */
  private record Step(int row, double rate, double addedSeconds) {}

  private static int[] fill(Trellis flat, List<int[]> fronts, double capacity) {
    int[] position = new int[flat.rows];
    double used = 0;
    PriorityQueue<Step> steps =
        new PriorityQueue<>(
            Comparator.comparingDouble(Step::rate).reversed().thenComparingInt(Step::row));
    for (int i = 0; i < flat.rows; i++) {
      used += flat.seconds[i * flat.settings + fronts.get(i)[0]];
      addStep(steps, flat, fronts.get(i), i, 0);
    }
    while (!steps.isEmpty()) {
      Step step = steps.remove();
      // What does not fit now never will, and what comes after it needs it first.
      if (used + step.addedSeconds() <= capacity) {
        used += step.addedSeconds();
        addStep(steps, flat, fronts.get(step.row()), step.row(), ++position[step.row()]);
      }
    }
    int[] path = new int[flat.rows];
    for (int i = 0; i < path.length; i++) {
      path[i] = fronts.get(i)[position[i]];
    }
    return path;
  }

  private static void addStep(
      PriorityQueue<Step> steps, Trellis flat, int[] front, int row, int position) {
    if (position + 1 < front.length) {
      int here = row * flat.settings + front[position];
      int next = row * flat.settings + front[position + 1];
      double added = flat.seconds[next] - flat.seconds[here];
      steps.add(new Step(row, (flat.joules[here] - flat.joules[next]) / added, added));
    }
  }

  /** Returns the settings worth having for one operator, fastest first. */
  private int[] front(Trellis flat, int operator, int home) {
    int row = operator * flat.settings;
    List<Integer> order = new ArrayList<>();
    for (int x = 0; x < flat.settings; x++) {
      if (flat.allowed(x)) {
        order.add(x);
      }
    }
    order.sort(
        Comparator.<Integer>comparingDouble(x -> flat.seconds[row + x])
            .thenComparingDouble(x -> flat.joules[row + x]));
    int fastest = order.get(0);
    double saved = flat.seconds[row + home] - flat.seconds[row + fastest];
    boolean tie = saved <= flat.switchSeconds(home, fastest) + flat.switchSeconds(fastest, home);
    List<Integer> front = new ArrayList<>(List.of(tie ? home : fastest));
    for (int x : order) {
      int last = row + front.get(front.size() - 1);
      if (flat.joules[row + x] >= flat.joules[last]
          || flat.seconds[row + x] <= flat.seconds[last]) {
        continue;
      }
      while (hull && front.size() >= 2 && aboveLine(flat, row, front, x)) {
        front.remove(front.size() - 1);
      }
      front.add(x);
    }
    return front.stream().mapToInt(Integer::intValue).toArray();
  }

  /**
   * Returns whether the last point of the front lies on or above the line from the one before it to
   * x.
   */
  private static boolean aboveLine(Trellis flat, int row, List<Integer> front, int x) {
    int a = row + front.get(front.size() - 2);
    int b = row + front.get(front.size() - 1);
    int c = row + x;
    double rateAb = (flat.joules[a] - flat.joules[b]) / (flat.seconds[b] - flat.seconds[a]);
    double rateAc = (flat.joules[a] - flat.joules[c]) / (flat.seconds[c] - flat.seconds[a]);
    return rateAb <= rateAc;
  }
}
