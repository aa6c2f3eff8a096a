package io.neurobalancer.plan;

import io.neurobalancer.cost.CostTable;
import io.neurobalancer.cost.Quantiles;
import java.util.Locale;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * Plans so that a given share of jobs meets the deadline, not only the average one.
 *
 * <p>With mean makespan m and variance V of the operators' own jitter, a plan is admissible if
 * {@code m + z sqrt(V + (gamma m)^2) <= D}, that is, if {@code V <= h(m) = ((D - m) / z)^2 - (gamma
 * m)^2}. Both m and V are sums over operators, so against a straight line in place of h the problem
 * is the usual one, with latencies {@code t + kappa sigma^2}. As h is convex while z gamma &lt; 1,
 *
 * <ul>
 *   <li>each of its tangents lies below it: what is planned against a tangent is admissible. The
 *       tangent at the plan found admits that plan again, so repeating never makes it worse;
 *   <li>its chord from the fastest makespan to where V must vanish lies above it: what is proven
 *       against the chord bounds every admissible plan.
 * </ul>
 */
public final class RobustPlanner implements Planner {

  /** Tangents tried at first, evenly spread over the mean makespans that may be admissible. */
  private static final int FIRST_TANGENTS = 8;

  private static final int MOST_ROUNDS = 6;

  private final RobustTarget target;

  /** Creates a planner for one target. */
  public RobustPlanner(RobustTarget target) {
    this.target = target;
  }

  @Override
  public String name() {
    return "robust";
  }

  @Override
  public Plan plan(PlanningProblem problem) {
    double deadline = problem.deadlineSeconds();
    double z = Quantiles.normal(target.reliability());
    double gamma = target.commonDeviation();
    double fastest = Frontier.fastestMakespan(problem);
    double latest = deadline / (1 + z * gamma);
    double room = allowedVariance(deadline, fastest, z);
    Plan best = null;
    if (fastest < latest && room > 0) {
      for (int tangent = FIRST_TANGENTS; tangent > 0; tangent--) {
        double at = fastest + (latest - fastest) * tangent / FIRST_TANGENTS;
        best = better(best, againstTangent(problem, at, z));
      }
      for (int round = 0; best != null && round < MOST_ROUNDS; round++) {
        Plan next = againstTangent(problem, best.makespanSeconds(), z);
        if (next == null || next.energyJoules() >= best.energyJoules() * (1 - 1e-9)) {
          break;
        }
        best = next;
      }
    }
    if (best == null) {
      throw unreachable(problem);
    }
    Plan bound = against(problem, (latest - fastest) / room, latest);
    return new Plan(
            name(),
            problem,
            best.settings(),
            bound == null ? Double.NEGATIVE_INFINITY : bound.lowerBoundJoules(),
            best.marginalJoulesPerSecond())
        .withNote(
            String.format(
                Locale.ROOT,
                "%s %% of jobs end within %.4g ms, common deviation %.2f %%",
                percent(target.reliability()),
                target.makespanSeconds(best) * 1e3,
                gamma * 100));
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.4f", share * 100).replaceAll("\\.?0+$", "");
  }

  private DeadlineUnreachableException unreachable(PlanningProblem problem) {
    try {
      new LagrangianPlanner().plan(problem.withDeadline(Double.MIN_NORMAL));
      throw new IllegalStateException("A deadline of no time was met.");
    } catch (DeadlineUnreachableException e) {
      Plan fastest = new Plan(name(), problem, e.fastest().settings(), Double.NEGATIVE_INFINITY);
      return new DeadlineUnreachableException(
          problem.deadlineSeconds(),
          fastest,
          percent(target.reliability()),
          target.makespanSeconds(fastest));
    }
  }

  private static @Nullable Plan better(@Nullable Plan a, @Nullable Plan b) {
    return a == null || (b != null && b.energyJoules() < a.energyJoules()) ? b : a;
  }

  /** Returns the variance that a plan of that mean makespan may have at most, square seconds. */
  private double allowedVariance(double deadline, double mean, double z) {
    double left = (deadline - mean) / z;
    double common = target.commonDeviation() * mean;
    return left * left - common * common;
  }

  private @Nullable Plan againstTangent(PlanningProblem problem, double mean, double z) {
    double deadline = problem.deadlineSeconds();
    double gamma = target.commonDeviation();
    double slope = 2 * (deadline - mean) / (z * z) + 2 * gamma * gamma * mean;
    double allowed = allowedVariance(deadline, mean, z);
    if (!(slope > 0)) {
      return null;
    }
    Plan priced = against(problem, 1 / slope, mean + allowed / slope);
    if (priced == null) {
      return null;
    }
    Plan plan =
        new Plan(
            name(),
            problem,
            priced.settings(),
            Double.NEGATIVE_INFINITY,
            OptionalDouble.of(priced.marginalJoulesPerSecond().orElse(0)));
    Trellis flat = new Trellis(problem);
    boolean admissible =
        target.makespanSeconds(plan) <= deadline * (1 + 1e-12)
            && flat.keepsLimits(flat.compress(plan.settings()));
    return admissible ? plan : null;
  }

  /** Plans with variance counted as time; null if that cannot be met. */
  private @Nullable Plan against(PlanningProblem problem, double perVariance, double deadline) {
    CostTable costs = problem.costs();
    double[] latency = costs.latencySeconds();
    double[] energy = costs.energyJoules();
    double[] spread = costs.spreadSeconds();
    double scale = target.deviationPerSpread();
    for (int j = 0; j < latency.length; j++) {
      double added = perVariance * scale * spread[j] * scale * spread[j];
      latency[j] += added;
      // The counted time is not spent: the device idles through it like before.
      energy[j] += problem.idlePowerWatts() * added;
    }
    if (!(deadline > 0)) {
      return null;
    }
    CostTable counted = new CostTable(costs.grid(), costs.operatorNames(), latency, energy, spread);
    try {
      return new LagrangianPlanner().plan(problem.withCosts(counted, deadline));
    } catch (DeadlineUnreachableException e) {
      return null;
    }
  }
}
