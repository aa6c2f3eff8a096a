package io.neurobalancer.planner;

import io.neurobalancer.device.FrequencyDomain;
import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.predictor.CostTable;
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
 *     priced as the plan prices it, switches to the neighbours included
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
    double runnerUpCostJoules) {

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
    FlatProblem flat = new FlatProblem(plan.problem());
    double price = plan.marginalJoulesPerSecond().orElse(0);
    List<Explanation> explanations = new ArrayList<>();
    for (int i = 0; i < plan.operators(); i++) {
      explanations.add(explain(plan, flat, price, i));
    }
    return explanations;
  }

  private static Explanation explain(Plan plan, FlatProblem flat, double price, int i) {
    CostTable costs = plan.problem().costs();
    int m = flat.settings;
    int own = plan.setting(i);
    int fastest = own;
    int runnerUp = own;
    double least = Double.POSITIVE_INFINITY;
    for (int x = 0; x < m; x++) {
      if (flat.seconds[i * m + x] < flat.seconds[i * m + fastest]) {
        fastest = x;
      }
      double cost = priced(plan, flat, price, i, x);
      if (x != own && cost < least) {
        least = cost;
        runnerUp = x;
      }
    }
    return new Explanation(
        i,
        own,
        bound(costs, i, own),
        costs.latencySeconds(i, own),
        costs.energyJoules(i, own),
        costs.latencySeconds(i, own) - costs.latencySeconds(i, fastest),
        flat.joules[i * m + fastest] - flat.joules[i * m + own],
        runnerUp,
        runnerUp == own ? 0 : least - priced(plan, flat, price, i, own));
  }

  private static double priced(Plan plan, FlatProblem flat, double price, int i, int x) {
    int j = i * flat.settings + x;
    if (flat.seconds[j] == Double.POSITIVE_INFINITY) {
      return Double.POSITIVE_INFINITY;
    }
    int n = flat.operators;
    double joules = flat.joules[j];
    double seconds = flat.seconds[j];
    if (i > 0) {
      joules += flat.switchJoules(plan.setting(i - 1), x);
      seconds += flat.switchSeconds(plan.setting(i - 1), x);
    }
    if (i < n - 1) {
      joules += flat.switchJoules(x, plan.setting(i + 1));
      seconds += flat.switchSeconds(x, plan.setting(i + 1));
    }
    if (i == 0 || i == n - 1) {
      int first = i == 0 ? x : plan.setting(0);
      int last = i == n - 1 ? x : plan.setting(n - 1);
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
    return Math.log(latencies) / Math.log(clocks);
  }
}
