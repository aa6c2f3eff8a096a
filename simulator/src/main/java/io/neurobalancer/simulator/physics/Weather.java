package io.neurobalancer.simulator.physics;

import io.neurobalancer.unit.NeuroBalancerException;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What disturbs a device from run to run. The disturbances of a job depend on the seed only, so all
 * governors meet the same ones.
 *
 * @param name as on the command line
 * @param jitter percent-level spread of run times
 * @param stalls rare and long interruptions
 * @param crowd another load beside the inference
 * @param warmerKelvin how much warmer than the profile's ambient it is around the device
 */
public record Weather(String name, Jitter jitter, Stalls stalls, Crowd crowd, double warmerKelvin) {

  /**
   * Spread of run times.
   *
   * @param operatorSigma relative jitter of each operator (standard deviation of its logarithm)
   * @param commonSigma relative drift that all operators of a job share
   * @param commonMemory correlation of that drift from one job to the next
   */
  public record Jitter(double operatorSigma, double commonSigma, double commonMemory) {}

  /**
   * Interruptions that no clock shortens. They cluster: in a burst they are frequent.
   *
   * @param probability that an operator is hit in a calm job
   * @param burstProbability that a burst begins with a job
   * @param burstEnd that a burst ends after a job
   * @param inBurstProbability that an operator is hit in a burst
   * @param scaleSeconds shortest stall; lengths follow a Pareto law
   * @param capSeconds longest stall
   */
  public record Stalls(
      double probability,
      double burstProbability,
      double burstEnd,
      double inBurstProbability,
      double scaleSeconds,
      double capSeconds) {}

  /**
   * A load beside the inference, in episodes.
   *
   * @param probability that an episode begins with a job
   * @param end that an episode ends after a job
   * @param bandwidthShare what it takes of the bandwidth that the memory clock offers
   * @param coreShare what it takes of the cores' time
   */
  public record Crowd(double probability, double end, double bandwidthShare, double coreShare) {

    /** No other load. */
    public static final Crowd NONE = new Crowd(0, 1, 0, 0);

    public Crowd {
      if (!(bandwidthShare >= 0 && bandwidthShare < 1 && coreShare >= 0 && coreShare < 1)) {
        throw new IllegalArgumentException(
            "The shares of a co-running load (%s, %s) must be at least 0 and below 1."
                .formatted(bandwidthShare, coreShare));
      }
    }
  }

  private static final Jitter PERCENT = new Jitter(0.012, 0.006, 0.9);
  private static final Stalls RARE = new Stalls(2e-5, 4e-4, 0.4, 0.004, 1e-4, 8e-4);

  /** No disturbance at all. */
  public static final Weather STILL =
      new Weather("still", new Jitter(0, 0, 0), new Stalls(0, 0, 1, 0, 0, 0), Crowd.NONE, 0);

  /** A phone with nothing else to do: percent-level jitter, rare and short stalls. */
  public static final Weather NOMINAL = new Weather("nominal", PERCENT, RARE, Crowd.NONE, 0);

  /** A phone in use: more jitter, a strong drift, stalls that come in bursts. */
  public static final Weather BUSY =
      new Weather(
          "busy",
          new Jitter(0.03, 0.03, 0.95),
          new Stalls(2e-4, 0.01, 0.2, 0.02, 3e-4, 1e-2),
          Crowd.NONE,
          0);

  /**
   * Another app beside the inference in about 30 % of the jobs: it takes a third of the bandwidth
   * and a seventh of the cores' time.
   */
  public static final Weather CROWDED =
      new Weather(
          "crowded",
          new Jitter(0.015, 0.01, 0.9),
          new Stalls(5e-5, 0.002, 0.3, 0.008, 1e-4, 2e-3),
          new Crowd(0.02, 0.05, 0.33, 0.14),
          0);

  /** Nominal weather in the sun, 15 kelvin warmer: caps come early. */
  public static final Weather HOT = new Weather("hot", PERCENT, RARE, Crowd.NONE, 15);

  /** Returns all presets, calmest first. */
  public static List<Weather> presets() {
    return List.of(STILL, NOMINAL, BUSY, CROWDED, HOT);
  }

  /**
   * Returns the preset of a name.
   *
   * @throws NeuroBalancerException if there is none
   */
  public static Weather named(String name) {
    return presets().stream()
        .filter(preset -> preset.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                NeuroBalancerException.invalid(
                    "There is no weather '%s'.%nMaybe use one of: %s."
                        .formatted(
                            name,
                            presets().stream()
                                .map(Weather::name)
                                .collect(Collectors.joining(", ")))));
  }
}
