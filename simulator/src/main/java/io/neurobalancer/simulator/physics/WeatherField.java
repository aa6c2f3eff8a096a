package io.neurobalancer.simulator.physics;

import java.util.SplittableRandom;

/**
 * The disturbances of a series of jobs under one seed. Every value is a function of seed, job and
 * operator, whatever was asked before, so two governors meet the same weather.
 */
public final class WeatherField {

  private static final int QUANTILES = 4_096;
  private static final double STALL_SHAPE = 1.6;

  private final Weather weather;
  private final long seed;
  private final double[] common;
  private final boolean[] burst;
  private final double[] factorOfQuantile = new double[QUANTILES];

  /**
   * Prepares the weather of a series of jobs.
   *
   * @param jobs how many
   */
  public WeatherField(Weather weather, long seed, int jobs) {
    this.weather = weather;
    this.seed = seed;
    common = new double[jobs];
    burst = new boolean[jobs];
    SplittableRandom random = new SplittableRandom(seed);
    double drift = weather.commonSigma() * random.nextGaussian();
    boolean bursting = false;
    double innovation =
        weather.commonSigma() * Math.sqrt(1 - weather.commonMemory() * weather.commonMemory());
    for (int j = 0; j < jobs; j++) {
      drift = weather.commonMemory() * drift + innovation * random.nextGaussian();
      common[j] = Math.exp(drift);
      bursting =
          bursting
              ? random.nextDouble() >= weather.burstEnd()
              : random.nextDouble() < weather.burstProbability();
      burst[j] = bursting;
    }
    SplittableRandom table = new SplittableRandom(0x5EED);
    for (int q = 0; q < QUANTILES; q++) {
      factorOfQuantile[q] = Math.exp(weather.operatorSigma() * table.nextGaussian());
    }
  }

  /** Returns by what factor an operator of a job takes longer than in still weather. */
  public double factor(int job, int operator) {
    return common[job] * factorOfQuantile[(int) (mix(job, operator, 1) >>> 52)];
  }

  /**
   * Returns for how long an operator of a job is stalled, whatever the clocks, seconds; mostly 0.
   */
  public double stallSeconds(int job, int operator) {
    double probability = burst[job] ? weather.burstStallProbability() : weather.stallProbability();
    if (probability == 0 || uniform(mix(job, operator, 2)) >= probability) {
      return 0;
    }
    double length =
        weather.stallScaleSeconds() / Math.pow(1 - uniform(mix(job, operator, 3)), 1 / STALL_SHAPE);
    return Math.min(length, weather.stallCapSeconds());
  }

  private static double uniform(long bits) {
    return (bits >>> 11) * 0x1.0p-53;
  }

  /** Finalizer of SplitMix64 over the coordinates. */
  private long mix(int job, int operator, int purpose) {
    long z = seed + 0x9E3779B97F4A7C15L * (((long) job << 20) + ((long) operator << 3) + purpose);
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
