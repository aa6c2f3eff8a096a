package io.neurobalancer.plan;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A multiple-choice knapsack filled greedily: one group per operator, one choice per setting, the
 * deadline as capacity.
 *
 * <ol>
 *   <li>Each group keeps its Pareto front (sorted by latency, strictly falling energy) or, for
 *       {@code hull-greedy}, the lower convex hull of it.
 *   <li>Every group starts at its fastest choice.
 *   <li>Over and over, the step to a next-slower choice that saves most energy per added second is
 *       taken, as long as one fits.
 * </ol>
 *
 * <p>{@code paper-greedy} is the planner of K. Bin et al., "NeuroBalancer", IEEE TMC 24(5), 2025,
 * as independent implementers understand it (the full text is not public). Two departures in its
 * favour: energies are those above idling, and, since it prices no switch and its plan would miss
 * the deadline by the switches' time, it is run again with a capacity smaller by the overrun until
 * the plan fits. If none does, it falls back to one setting for the whole job, the fastest.
 */
public final class GreedyPlanner implements Planner {

  private static final int MOST_RETRIES = 60;

  private final boolean hull;

  private GreedyPlanner(boolean hull) {
    this.hull = hull;
  }

  /** Returns the greedy over Pareto steps. */
  public static GreedyPlanner paper() {
    return new GreedyPlanner(false);
  }

  /** Returns the greedy over convex-hull steps, which no poor first step misleads. */
  public static GreedyPlanner hull() {
    return new GreedyPlanner(true);
  }

  @Override
  public String name() {
    return hull ? "hull-greedy" : "paper-greedy";
  }

  @Override
  public Plan plan(PlanningProblem problem) {
    Trellis flat = new Trellis(problem);
    double capacity = problem.budgetSeconds();
    for (int attempt = 0; attempt < MOST_RETRIES; attempt++) {
      int[] path = fill(flat, capacity);
      double overrun = flat.makespan(path) - problem.budgetSeconds();
      if (overrun <= 0 && flat.keepsLimits(path)) {
        return new Plan(name(), problem, flat.expand(path));
      }
      capacity -= Math.max(overrun, 1e-3 * problem.budgetSeconds());
    }
    Plan fastest = new RaceToIdlePlanner().plan(problem);
    return new Plan(name(), problem, fastest.settings());
  }

  private int[] fill(Trellis flat, double capacity) {
    List<int[]> fronts = new ArrayList<>();
    int[] position = new int[flat.rows];
    double used = 0;
    for (int i = 0; i < flat.rows; i++) {
      int[] front = front(flat, i);
      fronts.add(front);
      used += flat.seconds[i * flat.settings + front[0]];
    }
    while (true) {
      int chosen = -1;
      double bestRate = 0;
      double chosenSeconds = 0;
      for (int i = 0; i < flat.rows; i++) {
        int[] front = fronts.get(i);
        if (position[i] + 1 < front.length) {
          int here = i * flat.settings + front[position[i]];
          int next = i * flat.settings + front[position[i] + 1];
          double added = flat.seconds[next] - flat.seconds[here];
          double rate = (flat.joules[here] - flat.joules[next]) / added;
          if (used + added <= capacity && rate > bestRate) {
            chosen = i;
            bestRate = rate;
            chosenSeconds = added;
          }
        }
      }
      if (chosen < 0) {
        break;
      }
      position[chosen]++;
      used += chosenSeconds;
    }
    int[] path = new int[flat.rows];
    for (int i = 0; i < path.length; i++) {
      path[i] = fronts.get(i)[position[i]];
    }
    return path;
  }

  /** Returns the settings worth having for one operator, fastest first. */
  private int[] front(Trellis flat, int operator) {
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
    List<Integer> front = new ArrayList<>();
    for (int x : order) {
      if (!front.isEmpty()
          && (flat.joules[row + x] >= flat.joules[row + front.get(front.size() - 1)]
              || flat.seconds[row + x] <= flat.seconds[row + front.get(front.size() - 1)])) {
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
