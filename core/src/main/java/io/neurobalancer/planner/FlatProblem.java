package io.neurobalancer.planner;

import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.device.SwitchCost;
import io.neurobalancer.device.SwitchCosts;
import io.neurobalancer.predictor.CostTable;
import java.util.Arrays;

/**
 * A problem as the planners' loops read it: flat arrays, idle power folded into the energies.
 *
 * <p>A second of running replaces a second of idling, so an operator costs {@code e' = e - P_idle
 * t} more than idling does, and the constant {@code P_idle T} is left aside. Forbidden settings
 * have infinite latency and energy.
 */
final class FlatProblem {

  final PlanningProblem problem;
  final int operators;
  final int settings;
  final double[] seconds;
  final double[] joules;
  final int[] size;
  final int[] stride;
  final double[] upSeconds;
  final double[] downSeconds;
  final double[] upJoules;
  final double[] downJoules;

  /** Per setting, what entering the job there costs; zero unless the entry is a fixed setting. */
  final double[] entrySeconds;

  final double[] entryJoules;

  /** Per setting, what leaving it after the job costs, in energy only. */
  final double[] exitJoules;

  FlatProblem(PlanningProblem problem) {
    this.problem = problem;
    CostTable costs = problem.costs();
    SettingGrid grid = costs.grid();
    operators = costs.operators();
    settings = costs.settings();
    seconds = costs.latencySeconds();
    joules = costs.energyJoules();
    for (int j = 0; j < seconds.length; j++) {
      if (problem.forbidden(j % settings)) {
        seconds[j] = Double.POSITIVE_INFINITY;
        joules[j] = Double.POSITIVE_INFINITY;
      } else {
        joules[j] -= problem.idlePowerWatts() * seconds[j];
      }
    }
    int domains = grid.dimensions();
    size = new int[domains];
    stride = new int[domains];
    upSeconds = new double[domains];
    downSeconds = new double[domains];
    upJoules = new double[domains];
    downJoules = new double[domains];
    for (int d = 0; d < domains; d++) {
      SwitchCost cost = problem.switchCosts().domain(d);
      size[d] = grid.domains().get(d).opps().size();
      stride[d] = grid.stride(d);
      upSeconds[d] = cost.upSeconds();
      downSeconds[d] = cost.downSeconds();
      upJoules[d] = cost.upJoules() - problem.idlePowerWatts() * cost.upSeconds();
      downJoules[d] = cost.downJoules() - problem.idlePowerWatts() * cost.downSeconds();
    }
    entrySeconds = new double[settings];
    entryJoules = new double[settings];
    exitJoules = new double[settings];
    if (problem.entry() instanceof Entry.FromSetting from) {
      SwitchCosts switches = problem.switchCosts();
      for (int x = 0; x < settings; x++) {
        entrySeconds[x] = switchSeconds(from.setting(), x);
        entryJoules[x] = switchJoules(from.setting(), x);
        exitJoules[x] = switches.joules(grid, x, from.setting());
      }
    }
  }

  boolean cyclic() {
    return problem.entry() instanceof Entry.SteadyState;
  }

  /** Returns the energy that every plan shares: idling for the whole period. */
  double idleJoules() {
    return problem.idlePowerWatts() * problem.periodSeconds();
  }

  double switchSeconds(int from, int to) {
    double sum = 0;
    for (int d = 0; d < size.length; d++) {
      int a = from / stride[d] % size[d];
      int b = to / stride[d] % size[d];
      sum += b > a ? upSeconds[d] : b < a ? downSeconds[d] : 0;
    }
    return sum;
  }

  /** Returns the folded energy of a switch; negative if it burns less than idling does. */
  double switchJoules(int from, int to) {
    double sum = 0;
    for (int d = 0; d < size.length; d++) {
      int a = from / stride[d] % size[d];
      int b = to / stride[d] % size[d];
      sum += b > a ? upJoules[d] : b < a ? downJoules[d] : 0;
    }
    return sum;
  }

  /** Returns the makespan of a path, seconds. */
  double makespan(int[] path) {
    double sum = boundarySeconds(path[path.length - 1], path[0]) + seconds[path[0]];
    for (int i = 1; i < path.length; i++) {
      sum += switchSeconds(path[i - 1], path[i]) + seconds[i * settings + path[i]];
    }
    return sum;
  }

  /** Returns the folded energy of a path, joules. */
  double folded(int[] path) {
    double sum = boundaryJoules(path[path.length - 1], path[0]) + joules[path[0]];
    for (int i = 1; i < path.length; i++) {
      sum += switchJoules(path[i - 1], path[i]) + joules[i * settings + path[i]];
    }
    return sum;
  }

  /** Returns the time of getting into {@code first} when the job ends in {@code last}, seconds. */
  double boundarySeconds(int last, int first) {
    return cyclic() ? switchSeconds(last, first) : entrySeconds[first];
  }

  /** Returns the folded energy of getting into {@code first} and out of {@code last}, joules. */
  double boundaryJoules(int last, int first) {
    return cyclic() ? switchJoules(last, first) : entryJoules[first] + exitJoules[last];
  }

  boolean meetsDeadline(int[] path) {
    return makespan(path) <= problem.deadlineSeconds();
  }

  /** Returns a path that stays at one setting. */
  int[] constant(int setting) {
    int[] path = new int[operators];
    Arrays.fill(path, setting);
    return path;
  }
}
