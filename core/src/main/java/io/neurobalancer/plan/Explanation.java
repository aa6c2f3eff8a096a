package io.neurobalancer.plan;

import io.neurobalancer.cost.CostTable;
import io.neurobalancer.device.FrequencyDomain;
import io.neurobalancer.device.SettingGrid;
import java.util.ArrayList;
import java.util.List;

/**
 * Why an operator of a plan got its setting.
 *
 * @param operator index of the operator
 * @param setting the setting it got
 * @param bound what its latency follows there
 * @param latencySeconds at that setting
 * @param energyJoules of the device meanwhile
 * @param slackTakenSeconds by how much it is slower than at its own fastest setting
 * @param savedJoules by how much less it burns than at its own fastest setting, above idling
 * @param runnerUp the setting that comes closest
 * @param runnerUpCostJoules by how much taking it instead would raise the cost of the plan, time
 *     priced as the plan prices it, switches to the neighbours included; negative where it would be
 *     cheaper but miss the deadline
 * @param marginalJoulesPerSecond the best rate at which a slower setting of this operator (or of
 *     the group that it may not leave) would turn more time into joules, switches left aside; zero
 *     if none saves anything
 */
public record Explanation(
    int operator,
    int setting,
    Bound bound,
    double latencySeconds,
    double energyJoules,
    double slackTakenSeconds,
    double savedJoules,
    int runnerUp,
    double runnerUpCostJoules,
    double marginalJoulesPerSecond) {

  /** What an operator's latency follows. */
  public enum Bound {
    /** The core clock. */
    COMPUTE,
    /** The memory clock. */
    MEMORY,
    /** Both alike. */
    BALANCED,
    /** Neither: launch overhead and the like. */
    OVERHEAD
  }

  /** An elasticity below this hardly counts. */
  private static final double WEAK = 0.15;

  /** Explains every operator of a plan. */
  public static List<Explanation> of(Plan plan) {
    Trellis flat = new Trellis(plan.problem());
    int[] path = flat.compress(plan.settings());
    double price = plan.marginalJoulesPerSecond().orElse(0);
    List<Explanation> explanations = new ArrayList<>();
    for (int r = 0; r < flat.rows; r++) {
      int runnerUp = runnerUp(flat, path, price, r);
      double cost =
          runnerUp == path[r]
              ? 0
              : priced(flat, path, price, r, runnerUp) - priced(flat, path, price, r, path[r]);
      double marginal = marginalJoulesPerSecond(flat, path, r);
      for (int i = flat.firstOperator[r]; i < flat.firstOperator[r + 1]; i++) {
        explanations.add(explain(plan, i, flat.original[runnerUp], cost, marginal));
      }
    }
    return explanations;
  }

  /**
   * Returns the setting that would cost least for a row instead of its own; its own if no other.
   */
  private static int runnerUp(Trellis flat, int[] path, double price, int row) {
    int runnerUp = path[row];
    double least = Double.POSITIVE_INFINITY;
    for (int x = 0; x < flat.settings; x++) {
      if (x != path[row] && flat.allowed(x)) {
        double cost = priced(flat, path, price, row, x);
        if (cost < least) {
          least = cost;
          runnerUp = x;
        }
      }
    }
    return runnerUp;
  }

  private static double marginalJoulesPerSecond(Trellis flat, int[] path, int row) {
    int own = row * flat.settings + path[row];
    double best = 0;
    for (int x = 0; x < flat.settings; x++) {
      int j = row * flat.settings + x;
      double added = flat.seconds[j] - flat.seconds[own];
      if (flat.allowed(x) && added > 1e-12 * flat.seconds[own]) {
        best = Math.max(best, (flat.joules[own] - flat.joules[j]) / added);
      }
    }
    return best;
  }

  private static Explanation explain(
      Plan plan, int i, int runnerUp, double runnerUpCost, double marginal) {
    CostTable costs = plan.problem().costs();
    int own = plan.setting(i);
    int fastest = own;
    for (int x = 0; x < costs.settings(); x++) {
      if (!plan.problem().forbidden(x)
          && costs.latencySeconds(i, x) < costs.latencySeconds(i, fastest)) {
        fastest = x;
      }
    }
    double slackTaken = costs.latencySeconds(i, own) - costs.latencySeconds(i, fastest);
    double saved =
        costs.energyJoules(i, fastest)
            - costs.energyJoules(i, own)
            + plan.problem().idlePowerWatts() * slackTaken;
    return new Explanation(
        i,
        own,
        bound(costs, i, own),
        costs.latencySeconds(i, own),
        costs.energyJoules(i, own),
        slackTaken,
        saved,
        runnerUp,
        runnerUpCost,
        marginal);
  }

  private static double priced(Trellis flat, int[] path, double price, int row, int x) {
    int n = flat.rows;
    double joules = flat.joules[row * flat.settings + x];
    double seconds = flat.seconds[row * flat.settings + x];
    if (row > 0) {
      joules += flat.switchJoules(path[row - 1], x);
      seconds += flat.switchSeconds(path[row - 1], x);
    }
    if (row < n - 1) {
      joules += flat.switchJoules(x, path[row + 1]);
      seconds += flat.switchSeconds(x, path[row + 1]);
    }
    if (row == 0 || row == n - 1) {
      int first = row == 0 ? x : path[0];
      int last = row == n - 1 ? x : path[n - 1];
      joules += flat.boundaryJoules(last, first);
      seconds += flat.boundarySeconds(last, first);
    }
    return joules + price * seconds;
  }

  /** Compares by how many percent latency grows for a percent of clock, core against memory. */
  private static Bound bound(CostTable costs, int operator, int setting) {
    double core = 0;
    double memory = 0;
    SettingGrid grid = costs.grid();
    for (int d = 0; d < grid.dimensions(); d++) {
      double elasticity = elasticity(costs, operator, setting, d);
      if (grid.domains().get(d).kind() == FrequencyDomain.Kind.CORE) {
        core = Math.max(core, elasticity);
      } else {
        memory = Math.max(memory, elasticity);
      }
    }
    if (core < WEAK && memory < WEAK) {
      return Bound.OVERHEAD;
    }
    if (core > 1.5 * memory) {
      return Bound.COMPUTE;
    }
    return memory > 1.5 * core ? Bound.MEMORY : Bound.BALANCED;
  }

  private static double elasticity(CostTable costs, int operator, int setting, int domain) {
    SettingGrid grid = costs.grid();
    int opps = grid.domains().get(domain).opps().size();
    if (opps == 1) {
      return 0;
    }
    int here = grid.oppIndex(setting, domain);
    int slow = grid.with(setting, domain, Math.max(0, here - 1));
    int fast = grid.with(setting, domain, Math.min(opps - 1, here + 1));
    double clocks =
        (double) grid.frequency(fast, domain).hertz() / grid.frequency(slow, domain).hertz();
    double latencies = costs.latencySeconds(operator, slow) / costs.latencySeconds(operator, fast);
    return StrictMath.log(latencies) / StrictMath.log(clocks);
  }
}
