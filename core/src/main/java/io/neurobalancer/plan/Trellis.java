package io.neurobalancer.plan;

import io.neurobalancer.cost.CostTable;
import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.device.SwitchCost;
import io.neurobalancer.device.SwitchCosts;
import java.util.Arrays;

/**
 * A problem as the planners' loops read it: flat arrays, idle power folded into the energies.
 *
 * <p>A second of running replaces a second of idling, so an operator costs {@code e' = e - P_idle
 * t} more than idling does, and the constant {@code P_idle T} is left aside.
 *
 * <p>Operators between two cuts are one row. OPPs that no allowed setting uses are left out, so
 * settings are renumbered here; what is still forbidden costs {@link #FORBIDDEN}, which is not
 * infinity because zero times infinity is no number.
 */
final class Trellis {

  /** The cost of a forbidden setting: never chosen, and far from overflow even when priced. */
  static final double FORBIDDEN = 1e200;

  final PlanningProblem problem;

  /** Number of rows: operators, or groups of them between cuts. */
  final int rows;

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

  /** Per domain and setting, the OPP: {@code opp[d * settings + x]}. */
  final int[] opp;

  /** Per setting, its number in the problem. */
  final int[] original;

  /** Per row, its first operator; one more entry for the end. */
  final int[] firstOperator;

  Trellis(PlanningProblem problem) {
    this.problem = problem;
    CostTable costs = problem.costs();
    SettingGrid grid = costs.grid();
    int domains = grid.dimensions();
    int[][] keptOpps = new int[domains][];
    size = new int[domains];
    stride = new int[domains];
    int product = 1;
    for (int d = domains - 1; d >= 0; d--) {
      keptOpps[d] = keptOpps(problem, d);
      size[d] = keptOpps[d].length;
      stride[d] = product;
      product *= size[d];
    }
    settings = product;
    original = new int[settings];
    opp = new int[domains * settings];
    for (int x = 0; x < settings; x++) {
      int[] indices = new int[domains];
      for (int d = 0; d < domains; d++) {
        opp[d * settings + x] = x / stride[d] % size[d];
        indices[d] = keptOpps[d][opp[d * settings + x]];
      }
      original[x] = grid.setting(indices);
    }
    firstOperator = firstOperators(problem);
    rows = firstOperator.length - 1;
    if (rows == costs.operators() && settings == costs.settings()) {
      seconds = costs.latencySeconds();
      joules = costs.energyJoules();
      foldIdle();
    } else {
      seconds = new double[rows * settings];
      joules = new double[rows * settings];
      sumRows(costs);
    }
    upSeconds = new double[domains];
    downSeconds = new double[domains];
    upJoules = new double[domains];
    downJoules = new double[domains];
    for (int d = 0; d < domains; d++) {
      SwitchCost cost = problem.switchCosts().domain(d);
      upSeconds[d] = cost.upSeconds();
      downSeconds[d] = cost.downSeconds();
      upJoules[d] = cost.upJoules() - problem.idlePowerWatts() * cost.upSeconds();
      downJoules[d] = cost.downJoules() - problem.idlePowerWatts() * cost.downSeconds();
    }
    entrySeconds = new double[settings];
    entryJoules = new double[settings];
    exitJoules = new double[settings];
    if (problem.start() instanceof Start.FromSetting from) {
      SwitchCosts switches = problem.switchCosts();
      for (int x = 0; x < settings; x++) {
        entrySeconds[x] = switches.seconds(grid, from.setting(), original[x]);
        entryJoules[x] =
            switches.joules(grid, from.setting(), original[x])
                - problem.idlePowerWatts() * entrySeconds[x];
        exitJoules[x] = switches.joules(grid, original[x], from.setting());
      }
    }
  }

  /** The same problem with rows merged. */
  private Trellis(Trellis fine, int factor) {
    problem = fine.problem;
    rows = (fine.rows + factor - 1) / factor;
    settings = fine.settings;
    size = fine.size;
    stride = fine.stride;
    upSeconds = fine.upSeconds;
    downSeconds = fine.downSeconds;
    upJoules = fine.upJoules;
    downJoules = fine.downJoules;
    entrySeconds = fine.entrySeconds;
    entryJoules = fine.entryJoules;
    exitJoules = fine.exitJoules;
    opp = fine.opp;
    original = fine.original;
    seconds = new double[rows * settings];
    joules = new double[rows * settings];
    firstOperator = new int[rows + 1];
    for (int r = 0; r < fine.rows; r++) {
      int to = r / factor * settings;
      int from = r * settings;
      for (int x = 0; x < settings; x++) {
        seconds[to + x] += fine.seconds[from + x];
        joules[to + x] += fine.joules[from + x];
      }
      if (r % factor == 0) {
        firstOperator[r / factor] = fine.firstOperator[r];
      }
    }
    firstOperator[rows] = fine.firstOperator[fine.rows];
  }

  /** Returns the problem in which so many rows at a time share a setting. */
  Trellis coarse(int factor) {
    return new Trellis(this, factor);
  }

  /** The same problem with one row held at one setting. */
  private Trellis(Trellis free, int row, int setting) {
    problem = free.problem;
    rows = free.rows;
    settings = free.settings;
    size = free.size;
    stride = free.stride;
    upSeconds = free.upSeconds;
    downSeconds = free.downSeconds;
    upJoules = free.upJoules;
    downJoules = free.downJoules;
    entrySeconds = free.entrySeconds;
    entryJoules = free.entryJoules;
    exitJoules = free.exitJoules;
    opp = free.opp;
    original = free.original;
    firstOperator = free.firstOperator;
    seconds = free.seconds.clone();
    joules = free.joules.clone();
    for (int x = 0; x < settings; x++) {
      if (x != setting) {
        seconds[row * settings + x] = FORBIDDEN;
        joules[row * settings + x] = FORBIDDEN;
      }
    }
  }

  /** Returns the problem in which a row must run at a setting. */
  Trellis holding(int row, int setting) {
    return new Trellis(this, row, setting);
  }

  private static int[] keptOpps(PlanningProblem problem, int domain) {
    SettingGrid grid = problem.grid();
    boolean[] used = new boolean[grid.domains().get(domain).opps().size()];
    int stride = grid.stride(domain);
    for (int x = 0; x < grid.size(); x++) {
      if (!problem.forbidden(x)) {
        used[x / stride % used.length] = true;
      }
    }
    int[] kept = new int[used.length];
    int count = 0;
    for (int j = 0; j < used.length; j++) {
      if (used[j]) {
        kept[count++] = j;
      }
    }
    return Arrays.copyOf(kept, count);
  }

  private static int[] firstOperators(PlanningProblem problem) {
    int operators = problem.costs().operators();
    int[] first = new int[operators + 1];
    int count = 0;
    for (int i = 0; i < operators; i++) {
      if (problem.cutBefore(i)) {
        first[count++] = i;
      }
    }
    first[count++] = operators;
    return Arrays.copyOf(first, count);
  }

  /** As {@link #sumRows} where nothing is left out and nothing is added up: a copy of the table. */
  private void foldIdle() {
    double idle = problem.idlePowerWatts();
    for (int j = 0; j < seconds.length; j++) {
      joules[j] -= idle * seconds[j];
    }
    for (int x = 0; x < settings; x++) {
      if (problem.forbidden(x)) {
        for (int j = x; j < seconds.length; j += settings) {
          seconds[j] = FORBIDDEN;
          joules[j] = FORBIDDEN;
        }
      }
    }
  }

  private void sumRows(CostTable costs) {
    double idle = problem.idlePowerWatts();
    boolean[] forbidden = new boolean[settings];
    for (int x = 0; x < settings; x++) {
      forbidden[x] = problem.forbidden(original[x]);
    }
    for (int r = 0; r < rows; r++) {
      for (int x = 0; x < settings; x++) {
        int j = r * settings + x;
        if (forbidden[x]) {
          seconds[j] = FORBIDDEN;
          joules[j] = FORBIDDEN;
          continue;
        }
        for (int i = firstOperator[r]; i < firstOperator[r + 1]; i++) {
          double t = costs.latencySeconds(i, original[x]);
          seconds[j] += t;
          joules[j] += costs.energyJoules(i, original[x]) - idle * t;
        }
      }
    }
  }

  boolean cyclic() {
    return problem.start() instanceof Start.SteadyState;
  }

  /** Returns the number of frequency domains. */
  int domains() {
    return size.length;
  }

  /** Returns whether no cap forbids a setting. */
  boolean allowed(int setting) {
    return !problem.forbidden(original[setting]);
  }

  /** Returns whether a row may run at a setting. */
  boolean allowed(int row, int setting) {
    return seconds[row * settings + setting] < FORBIDDEN;
  }

  /** Returns the energy that every plan shares: idling for the whole period, and waking. */
  double idleJoules() {
    return problem.sharedJoules();
  }

  double switchSeconds(int from, int to) {
    if (from == to) {
      return 0;
    }
    double sum = 0;
    for (int d = 0, at = 0; d < size.length; d++, at += settings) {
      int a = opp[at + from];
      int b = opp[at + to];
      sum += b > a ? upSeconds[d] : b < a ? downSeconds[d] : 0;
    }
    return sum;
  }

  /** Returns the folded energy of a switch; negative if it burns less than idling does. */
  double switchJoules(int from, int to) {
    if (from == to) {
      return 0;
    }
    double sum = 0;
    for (int d = 0, at = 0; d < size.length; d++, at += settings) {
      int a = opp[at + from];
      int b = opp[at + to];
      sum += b > a ? upJoules[d] : b < a ? downJoules[d] : 0;
    }
    return sum;
  }

  /** Returns the makespan of a path, seconds, added up as {@link PlanEvaluation} does. */
  double makespan(int[] path) {
    CostTable costs = problem.costs();
    double sum = 0;
    for (int r = 0; r < rows; r++) {
      sum +=
          r == 0 ? boundarySeconds(path[rows - 1], path[0]) : switchSeconds(path[r - 1], path[r]);
      int x = original[path[r]];
      for (int i = firstOperator[r]; i < firstOperator[r + 1]; i++) {
        sum += costs.latencySeconds(i, x);
      }
    }
    return sum;
  }

  /** Returns the folded energy of a path, joules. */
  double folded(int[] path) {
    double sum = boundaryJoules(path[rows - 1], path[0]) + joules[path[0]];
    for (int r = 1; r < rows; r++) {
      sum += switchJoules(path[r - 1], path[r]) + joules[r * settings + path[r]];
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

  /** Returns whether a path meets the problem's deadline and keeps every switch limit. */
  boolean feasible(int[] path) {
    return makespan(path) <= problem.budgetSeconds() && keepsLimits(path);
  }

  /** Returns whether some domain's switches are limited. */
  boolean limited() {
    for (int d = 0; d < size.length; d++) {
      if (!problem.switchLimit(d).isNone()) {
        return true;
      }
    }
    return false;
  }

  /** Returns whether a path keeps every domain's switch limit. */
  boolean keepsLimits(int[] path) {
    for (int d = 0; d < size.length; d++) {
      SwitchLimit limit = problem.switchLimit(d);
      if (!limit.isNone() && !keeps(path, d, limit)) {
        return false;
      }
    }
    return true;
  }

  private boolean keeps(int[] path, int d, SwitchLimit limit) {
    int before = entryOpp(d, path[rows - 1]);
    int count = 0;
    double since = Double.POSITIVE_INFINITY;
    for (int r = 0; r < rows; r++) {
      int now = originalOpp(d, path[r]);
      if (before >= 0 && now != before) {
        if (since < limit.minimumDwellSeconds() * (1 - 1e-12)) {
          return false;
        }
        count++;
        since = 0;
      }
      since += seconds[r * settings + path[r]];
      before = now;
    }
    if (problem.start() instanceof Start.FromSetting && before != entryOpp(d, path[0])) {
      count++;
    }
    return count <= limit.maximumSwitches();
  }

  /** Returns the OPP, numbered as in the problem, that a domain has before the job; -1 if any. */
  int entryOpp(int domain, int last) {
    if (problem.start() instanceof Start.FromSetting from) {
      return problem.grid().oppIndex(from.setting(), domain);
    }
    return cyclic() ? originalOpp(domain, last) : -1;
  }

  /** Returns the OPP of a setting, numbered as in the problem. */
  int originalOpp(int domain, int setting) {
    return problem.grid().oppIndex(original[setting], domain);
  }

  /** Returns a path that stays at one setting. */
  int[] constant(int setting) {
    int[] path = new int[rows];
    Arrays.fill(path, setting);
    return path;
  }

  /** Returns the problem's setting of every operator. */
  int[] expand(int[] path) {
    int[] settingOfOperator = new int[firstOperator[rows]];
    for (int r = 0; r < rows; r++) {
      Arrays.fill(settingOfOperator, firstOperator[r], firstOperator[r + 1], original[path[r]]);
    }
    return settingOfOperator;
  }

  /** Returns the path behind a setting for every operator. */
  int[] compress(int[] settingOfOperator) {
    int[] path = new int[rows];
    for (int r = 0; r < rows; r++) {
      path[r] = Arrays.binarySearch(original, settingOfOperator[firstOperator[r]]);
    }
    return path;
  }
}
