package io.neurobalancer.plan;

import io.neurobalancer.device.SwitchCost;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The bound that a price of time proves, computed once more, straight from the definition and as
 * plainly as can be: no code is shared with the planners, and no short cut of theirs is taken.
 *
 * <p>At a price every second costs so many joules more, and every second of running spares one of
 * idling. A layer's best predecessors are found one domain at a time, by trying every OPP: O(N M
 * sum of OPPs) in all.
 */
final class BoundCheck {

  private final PlanningProblem problem;
  private final double price;
  private final int settings;
  private final int domains;
  private final int[][] opp;
  private final int[] opps;
  private final int[] stride;

  /** Per group of operators between cuts, what each setting costs there. */
  private final List<double[]> groups = new ArrayList<>();

  private BoundCheck(PlanningProblem problem, double price) {
    this.problem = problem;
    this.price = price;
    this.settings = problem.costs().settings();
    this.domains = problem.grid().dimensions();
    this.opp = new int[domains][settings];
    this.opps = new int[domains];
    this.stride = new int[domains];
    for (int d = 0; d < domains; d++) {
      opps[d] = problem.grid().domains().get(d).opps().size();
      stride[d] = problem.grid().stride(d);
      for (int x = 0; x < settings; x++) {
        opp[d][x] = problem.grid().oppIndex(x, d);
      }
    }
    double[] group = {};
    for (int i = 0; i < problem.costs().operators(); i++) {
      if (problem.cutBefore(i)) {
        group = new double[settings];
        groups.add(group);
      }
      for (int x = 0; x < settings; x++) {
        double seconds = problem.costs().latencySeconds(i, x);
        double joules = problem.costs().energyJoules(i, x);
        group[x] += problem.forbidden(x) ? Double.POSITIVE_INFINITY : priced(seconds, joules);
      }
    }
  }

  /**
   * Returns {@code L(price) - price * budget}, the idle time of the whole period included, joules.
   *
   * @param wanted where this is known to be reached, cycles need not be followed to the end
   */
  static double joules(PlanningProblem problem, double price, double wanted) {
    double constant =
        problem.idlePowerWatts() * problem.periodSeconds()
            + problem.wakingJoules()
            - price * problem.budgetSeconds();
    BoundCheck check = new BoundCheck(problem, price);
    double cheapest =
        problem.start() instanceof Start.SteadyState
            ? check.cheapestCycle(wanted - constant)
            : check.cheapestPath();
    return cheapest + constant;
  }

  private double priced(double seconds, double joules) {
    return joules + (price - problem.idlePowerWatts()) * seconds;
  }

  private double switched(int d, int from, int to) {
    SwitchCost cost = problem.switchCosts().domain(d);
    return from == to
        ? 0
        : from < to
            ? priced(cost.upSeconds(), cost.upJoules())
            : priced(cost.downSeconds(), cost.downJoules());
  }

  private double cheapestPath() {
    double[] reached = groups.get(0).clone();
    double[] left = new double[settings];
    if (problem.start() instanceof Start.FromSetting from) {
      for (int x = 0; x < settings; x++) {
        for (int d = 0; d < domains; d++) {
          reached[x] += switched(d, opp[d][from.setting()], opp[d][x]);
        }
        left[x] = problem.switchCosts().joules(problem.grid(), x, from.setting());
      }
    }
    for (int g = 1; g < groups.size(); g++) {
      reached = plus(arriving(reached), groups.get(g));
    }
    return Arrays.stream(plus(reached, left)).min().orElseThrow(IllegalStateException::new);
  }

  /**
   * Through whatever setting a cycle passes at some group, it is no cheaper than the best open path
   * there and the cheapest closing switch; where that is not enough, the cycles are followed.
   */
  private double cheapestCycle(double wanted) {
    int n = groups.size();
    double closing = 0;
    for (int d = 0; d < domains; d++) {
      closing += Math.min(0, Math.min(switched(d, 0, 1), switched(d, 1, 0)));
    }
    double[][] through = new double[n][];
    double[] reached = new double[settings];
    for (int g = 0; g < n; g++) {
      reached = plus(g == 0 ? reached : arriving(reached), groups.get(g));
      through[g] = reached;
    }
    double[] after = new double[settings];
    int clearest = n - 1;
    for (int g = n - 1; g >= 0; g--) {
      through[g] = plus(through[g], after);
      if (unclear(through[g], wanted - closing) < unclear(through[clearest], wanted - closing)) {
        clearest = g;
      }
      after = leaving(plus(groups.get(g), after));
    }
    double cheapest = Double.POSITIVE_INFINITY;
    for (int x = 0; x < settings; x++) {
      double least = through[clearest][x] + closing;
      cheapest = Math.min(cheapest, least < wanted ? cycle(clearest, x) : least);
    }
    return cheapest;
  }

  private static long unclear(double[] values, double wanted) {
    return Arrays.stream(values).filter(value -> value < wanted).count();
  }

  /** Returns the cost of the cheapest cycle that passes a group at one setting. */
  private double cycle(int group, int setting) {
    double[] reached = new double[settings];
    Arrays.fill(reached, Double.POSITIVE_INFINITY);
    reached[setting] = groups.get(group)[setting];
    for (int step = 1; step < groups.size(); step++) {
      reached = plus(arriving(reached), groups.get((group + step) % groups.size()));
    }
    return arriving(reached)[setting];
  }

  /** Returns per setting the least over all settings before it, the switch from there included. */
  private double[] arriving(double[] before) {
    return relaxed(before, true);
  }

  /** Returns per setting the least over all settings after it, the switch there included. */
  private double[] leaving(double[] after) {
    return relaxed(after, false);
  }

  private double[] relaxed(double[] values, boolean forwards) {
    double[] from = values;
    for (int d = 0; d < domains; d++) {
      double[] to = new double[settings];
      for (int x = 0; x < settings; x++) {
        double least = Double.POSITIVE_INFINITY;
        for (int other = 0; other < opps[d]; other++) {
          double there = from[x + (other - opp[d][x]) * stride[d]];
          double cost = forwards ? switched(d, other, opp[d][x]) : switched(d, opp[d][x], other);
          least = Math.min(least, there + cost);
        }
        to[x] = least;
      }
      from = to;
    }
    return from;
  }

  private static double[] plus(double[] a, double[] b) {
    double[] sum = new double[a.length];
    for (int x = 0; x < sum.length; x++) {
      sum[x] = a[x] + b[x];
    }
    return sum;
  }
}
