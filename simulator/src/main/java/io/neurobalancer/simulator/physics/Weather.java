package io.neurobalancer.simulator.physics;

import java.util.List;

/**
 * What disturbs a device from run to run. The disturbances of a job depend on the seed only, so all
 * governors meet the same ones.
 *
 * @param name as on the command line
 * @param operatorSigma relative jitter of each operator (standard deviation of its logarithm)
 * @param commonSigma relative drift that all operators of a job share
 * @param commonMemory correlation of that drift from one job to the next
 * @param stallProbability that an operator is hit by a stall in a calm job
 * @param burstProbability that a burst of stalls begins with a job
 * @param burstEnd that a burst ends after a job
 * @param burstStallProbability that an operator is hit in a burst
 * @param stallScaleSeconds shortest stall; lengths follow a Pareto law
 * @param stallCapSeconds longest stall
 */
public record Weather(
    String name,
    double operatorSigma,
    double commonSigma,
    double commonMemory,
    double stallProbability,
    double burstProbability,
    double burstEnd,
    double burstStallProbability,
    double stallScaleSeconds,
    double stallCapSeconds) {

  /** No disturbance at all. */
  public static final Weather STILL = new Weather("still", 0, 0, 0, 0, 0, 1, 0, 0, 0);

  /** A phone with nothing else to do: percent-level jitter, rare and short stalls. */
  public static final Weather NOMINAL =
      new Weather("nominal", 0.012, 0.006, 0.9, 2e-5, 4e-4, 0.4, 0.004, 1e-4, 8e-4);

  /** A phone in use: more jitter, a strong drift, stalls that come in bursts. */
  public static final Weather BUSY =
      new Weather("busy", 0.03, 0.03, 0.95, 2e-4, 0.01, 0.2, 0.02, 3e-4, 1e-2);

  /** Returns all presets, calmest first. */
  public static List<Weather> presets() {
    return List.of(STILL, NOMINAL, BUSY);
  }
}
