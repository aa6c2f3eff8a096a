package io.neurobalancer.simulator;

import io.neurobalancer.governor.Governor;
import io.neurobalancer.simulator.physics.DevicePhysics;
import io.neurobalancer.simulator.physics.Weather;
import io.neurobalancer.simulator.physics.WeatherField;

/**
 * Periodic jobs of one workload on one simulated device, repeated under one governor after another
 * in the same weather.
 *
 * @param physics the device and the workload
 * @param weather what disturbs them
 * @param seed of the weather
 * @param deadlineSeconds after each release
 * @param periodSeconds between releases, at least the deadline
 * @param jobs how many, at least one
 * @param warmUpJobs how many run before those, under the same governor, and count for nothing: a
 *     governor that learns the load from zero is not judged by its first moments
 */
public record Experiment(
    DevicePhysics physics,
    Weather weather,
    long seed,
    double deadlineSeconds,
    double periodSeconds,
    int jobs,
    int warmUpJobs) {

  public Experiment {
    if (jobs < 1) {
      throw new IllegalArgumentException(
          "The number of jobs (%d) must be positive.".formatted(jobs));
    }
    if (warmUpJobs < 0) {
      throw new IllegalArgumentException(
          "The number of jobs to warm up with (%d) must not be negative.".formatted(warmUpJobs));
    }
    if (!(deadlineSeconds > 0) || !(periodSeconds >= deadlineSeconds)) {
      throw new IllegalArgumentException(
          "The deadline (%s s) must be positive and not exceed the period (%s s)."
              .formatted(deadlineSeconds, periodSeconds));
    }
  }

  /** Creates an experiment that counts from the first job on. */
  public Experiment(
      DevicePhysics physics,
      Weather weather,
      long seed,
      double deadlineSeconds,
      double periodSeconds,
      int jobs) {
    this(physics, weather, seed, deadlineSeconds, periodSeconds, jobs, 0);
  }

  /** Sees every counted job as it is done, for those who need more than the whole. */
  @FunctionalInterface
  public interface Observer {
    /**
     * A job and the idle time after it are over.
     *
     * @param job which one, from 0
     * @param responseSeconds from its release to its end
     * @param energyJoules from its start to that of the next one
     */
    void jobDone(int job, double responseSeconds, double energyJoules);
  }

  /** Runs all jobs under a governor that has not been started yet. The middle job is traced. */
  public RunResult run(Governor governor) {
    return run(governor, (job, responseSeconds, energyJoules) -> {});
  }

  /** Runs all jobs under a governor that has not been started yet, seen by an observer. */
  public RunResult run(Governor governor, Observer observer) {
    return new Engine(physics, governor, weather)
        .run(field(), deadlineSeconds, periodSeconds, warmUpJobs, jobs, observer);
  }

  /** Runs all jobs under the clairvoyant oracle. */
  public RunResult runClairvoyant() {
    return run(clairvoyant());
  }

  /** Returns the clairvoyant oracle of this experiment. */
  public Governor clairvoyant() {
    return new ClairvoyantGovernor(physics, weather, field(), deadlineSeconds, periodSeconds);
  }

  private WeatherField field() {
    return new WeatherField(weather, seed);
  }
}
