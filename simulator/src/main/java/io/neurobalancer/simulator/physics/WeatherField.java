package io.neurobalancer.simulator.physics;

import java.util.SplittableRandom;

/**
 * The disturbances of a series of jobs under one seed. Every value is a function of seed, job and
 * operator, whatever was asked before, so two governors meet the same weather; and a series may be
 * of any length, since no more than a chunk of it is held.
 *
 * <p>What is correlated from job to job (the drift, bursts of stalls, episodes of another load)
 * follows chains that are driven by one hash per job. A chunk runs its chains up from some way
 * before its first job, far enough for the start to be forgotten.
 */
public final class WeatherField {

  private static final int CHUNK = 1_024;
  private static final int RUN_UP = 512;
  private static final int QUANTILES = 4_096;
  private static final double STALL_SHAPE = 1.6;

  private static final int FACTOR = 1;
  private static final int STALL = 2;
  private static final int STALL_LENGTH = 3;
  private static final int DRIFT = 4;
  private static final int DRIFT_ANGLE = 5;
  private static final int BURST = 6;
  private static final int EPISODE = 7;

  private final Weather weather;
  private final long seed;
  private final double[] common = new double[CHUNK];
  private final boolean[] burst = new boolean[CHUNK];
  private final boolean[] crowded = new boolean[CHUNK];
  private final double[] factorOfQuantile = new double[QUANTILES];
  private int chunk = -1;

  /** Prepares the weather of a series of jobs. */
  public WeatherField(Weather weather, long seed) {
    this.weather = weather;
    this.seed = seed;
    SplittableRandom table = new SplittableRandom(0x5EED);
    for (int q = 0; q < QUANTILES; q++) {
      factorOfQuantile[q] = StrictMath.exp(weather.jitter().operatorSigma() * table.nextGaussian());
    }
  }

  /** Returns by what factor an operator of a job takes longer than in still weather. */
  public double factor(int job, int operator) {
    return common[at(job)] * factorOfQuantile[(int) (mix(job, operator, FACTOR) >>> 52)];
  }

  /**
   * Returns for how long an operator of a job is stalled, whatever the clocks, seconds; mostly 0.
   */
  public double stallSeconds(int job, int operator) {
    Weather.Stalls stalls = weather.stalls();
    double probability = burst[at(job)] ? stalls.inBurstProbability() : stalls.probability();
    if (probability == 0 || uniform(mix(job, operator, STALL)) >= probability) {
      return 0;
    }
    double length =
        stalls.scaleSeconds()
            / StrictMath.pow(1 - uniform(mix(job, operator, STALL_LENGTH)), 1 / STALL_SHAPE);
    return Math.min(length, stalls.capSeconds());
  }

  /** Returns whether another load runs beside a job. */
  public boolean crowded(int job) {
    return crowded[at(job)];
  }

  /** Returns the place of a job in its chunk, which is made first if another is held. */
  private int at(int job) {
    if (job / CHUNK != chunk) {
      make(job / CHUNK);
    }
    return job % CHUNK;
  }

  private void make(int wanted) {
    chunk = wanted;
    Weather.Jitter jitter = weather.jitter();
    double memory = jitter.commonMemory();
    double innovation = jitter.commonSigma() * Math.sqrt(1 - memory * memory);
    double drift = 0;
    boolean bursting = false;
    boolean crowding = false;
    for (int k = -RUN_UP; k < CHUNK; k++) {
      int job = wanted * CHUNK + k;
      drift = memory * drift + innovation * gaussian(job);
      bursting =
          chain(
              bursting,
              job,
              BURST,
              weather.stalls().burstProbability(),
              weather.stalls().burstEnd());
      crowding =
          chain(crowding, job, EPISODE, weather.crowd().probability(), weather.crowd().end());
      if (k >= 0) {
        common[k] = StrictMath.exp(drift);
        burst[k] = bursting;
        crowded[k] = crowding;
      }
    }
  }

  private boolean chain(boolean on, int job, int purpose, double begin, double end) {
    double draw = uniform(mix(job, 0, purpose));
    return on ? draw >= end : draw < begin;
  }

  /** One of the two numbers of the Box-Muller transform. */
  private double gaussian(int job) {
    double radius = Math.sqrt(-2 * StrictMath.log(1 - uniform(mix(job, 0, DRIFT))));
    return radius * StrictMath.cos(2 * Math.PI * uniform(mix(job, 0, DRIFT_ANGLE)));
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
