package io.neurobalancer.plan;

import io.neurobalancer.cost.Quantiles;

/**
 * How surely a job must meet its deadline, and how its makespan varies:
 *
 * <pre>
 *   makespan = (1 + gamma W) (sum t_i + switches + sum sigma_i Z_i)
 * </pre>
 *
 * <p>with independent standard normal Z_i (each operator's own jitter) and W (what slows a whole
 * job: temperature, a neighbour's traffic). The jitters average out over many operators; the common
 * factor does not, and a margin that took all variation for independent would be far too small.
 *
 * <p>The quantile is that of a normal distribution of the same mean, with the jitter stretched by
 * the factor's own quantile, which is on the safe side.
 *
 * @param reliability the share of jobs that must end in time, above 0.5 and below 1
 * @param spreadQuantile the share of runs that end within an operator's mean plus its spread, by
 *     which the cost table's spreads are read
 * @param commonDeviation gamma, the standard deviation of the common factor, as a share
 */
public record RobustTarget(double reliability, double spreadQuantile, double commonDeviation) {

  public RobustTarget {
    checkShare("reliability", reliability);
    checkShare("quantile of the spreads", spreadQuantile);
    if (!(commonDeviation >= 0) || commonDeviation * Quantiles.normal(reliability) >= 1) {
      throw new InvalidProblemException(
          "The common deviation (%s) must not be negative, and below %.3f at a reliability of %s."
              .formatted(commonDeviation, 1 / Quantiles.normal(reliability), reliability));
    }
  }

  private static void checkShare(String name, double value) {
    if (!(value > 0.5 && value < 1)) {
      throw new InvalidProblemException(
          "The %s (%s) must lie between 0.5 and 1.%nMaybe write 99.9 %% as 0.999."
              .formatted(name, value));
    }
  }

  /** Returns the time within which that share of jobs run under a plan ends, seconds. */
  public double makespanSeconds(Plan plan) {
    double variance = 0;
    double scale = deviationPerSpread();
    for (int i = 0; i < plan.operators(); i++) {
      double deviation = scale * plan.problem().costs().spreadSeconds(i, plan.setting(i));
      variance += deviation * deviation;
    }
    double common = commonDeviation * plan.makespanSeconds();
    return plan.makespanSeconds()
        + Quantiles.normal(reliability) * Math.sqrt(variance + common * common);
  }

  /**
   * Returns the common deviation at which whole jobs end within a factor on their mean as often as
   * operators end within their spread.
   *
   * @param makespanFactor the quantile of measured makespans over predicted ones, such as 1.04
   */
  public double commonDeviationFor(double makespanFactor) {
    return Math.max(0, makespanFactor - 1) / Quantiles.normal(spreadQuantile);
  }

  /** Returns an operator's deviation, stretched, per second of its spread. */
  double deviationPerSpread() {
    return (1 + commonDeviation * Quantiles.normal(reliability)) / Quantiles.normal(spreadQuantile);
  }
}
