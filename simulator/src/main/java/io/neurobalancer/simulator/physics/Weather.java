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
 * @param faults what does not work as it should
 * @param profiledInNominal whether the device is measured in {@link #NOMINAL} weather, before this
 *     one comes; else it is measured in another draw of the same
 */
public record Weather(
    String name,
    Jitter jitter,
    Stalls stalls,
    Crowd crowd,
    double warmerKelvin,
    Faults faults,
    boolean profiledInNominal) {

  /** Weather without faults, in which the device is measured too. */
  public Weather(String name, Jitter jitter, Stalls stalls, Crowd crowd, double warmerKelvin) {
    this(name, jitter, stalls, crowd, warmerKelvin, Faults.NONE, false);
  }

  /**
   * What does not work as it should.
   *
   * @param timerFactor what the timer shows of a second while the device is measured
   * @param meterSpread by how much the meter may err at a setting, either way, always the same, as
   *     a share
   * @param stuckReadings share of readings at which the meter shows the one before
   * @param failedSwitches share of switches that do not happen; the request is lost with them
   */
  public record Faults(
      double timerFactor, double meterSpread, double stuckReadings, double failedSwitches) {

    /** Everything works. */
    public static final Faults NONE = new Faults(1, 0, 0, 0);
  }

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

  /** Measured on a nominal day: heavy jitter that hardly remembers the job before. */
  public static final Weather JITTERY =
      onNominalDay("jittery", new Jitter(0.05, 0.04, 0.5), RARE, Crowd.NONE, 0);

  /** Measured on a nominal day: stalls of up to 5 ms in bursts of ten jobs. */
  public static final Weather BURSTS =
      onNominalDay("bursts", PERCENT, new Stalls(2e-5, 0.01, 0.1, 0.03, 3e-4, 5e-3), Crowd.NONE, 0);

  /** Measured on a nominal day: the work of a job depends on its data, by 17 % mostly. */
  public static final Weather DATA_DEPENDENT =
      onNominalDay("data-dependent", new Jitter(0.012, 0.17, 0), RARE, Crowd.NONE, 0);

  /** Measured on a nominal day, then so hot around the device that it throttles. */
  public static final Weather THROTTLED = onNominalDay("throttled", PERCENT, RARE, Crowd.NONE, 38);

  /** The cost model is wrong: latencies a tenth too low, energies by up to a fifth either way. */
  public static final Weather WRONG_MODEL =
      new Weather("wrong-model", PERCENT, RARE, Crowd.NONE, 0, new Faults(0.9, 0.2, 0, 0), true);

  /** Every third reading of the meter is the one before. */
  public static final Weather STICKING_METER =
      new Weather(
          "sticking-meter", PERCENT, RARE, Crowd.NONE, 0, new Faults(1, 0, 1.0 / 3, 0), true);

  /** One switch in twenty does not happen. */
  public static final Weather FAILING_SWITCHES =
      new Weather(
          "failing-switches", PERCENT, RARE, Crowd.NONE, 0, new Faults(1, 0, 0, 0.05), true);

  /**
   * Measured on a nominal day, then another load beside half of the jobs, which takes so much of
   * the bandwidth and of the cores' time.
   */
  private static Weather loaded(int percent) {
    return onNominalDay(
        "loaded-" + percent,
        PERCENT,
        RARE,
        new Crowd(0.05, 0.05, percent / 100.0, percent / 100.0),
        0);
  }

  private static Weather onNominalDay(
      String name, Jitter jitter, Stalls stalls, Crowd crowd, double warmerKelvin) {
    return new Weather(name, jitter, stalls, crowd, warmerKelvin, Faults.NONE, true);
  }

  /** Returns all presets, calmest first. */
  public static List<Weather> presets() {
    return List.of(
        STILL,
        NOMINAL,
        BUSY,
        CROWDED,
        HOT,
        JITTERY,
        BURSTS,
        loaded(10),
        loaded(30),
        loaded(50),
        THROTTLED,
        DATA_DEPENDENT,
        WRONG_MODEL,
        STICKING_METER,
        FAILING_SWITCHES);
  }

  /** Returns the weather in which the device is measured. */
  public Weather ofProfiling() {
    return profiledInNominal ? NOMINAL : this;
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
