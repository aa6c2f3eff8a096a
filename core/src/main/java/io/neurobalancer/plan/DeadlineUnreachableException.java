package io.neurobalancer.plan;

import io.neurobalancer.unit.Durations;

/** Even the fastest possible plan misses the deadline. */
public final class DeadlineUnreachableException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final double deadlineSeconds;
  private final transient Plan fastest;

  /**
   * Says by how much the deadline is missed.
   *
   * @param deadlineSeconds the deadline asked for, seconds
   * @param fastest the fastest plan there is
   */
  public DeadlineUnreachableException(double deadlineSeconds, Plan fastest) {
    super(
        "The deadline (%s) is shorter than the fastest possible makespan (%s over %d operators).%nMaybe ask for at least that, or use a smaller model."
            .formatted(
                Durations.format(deadlineSeconds),
                Durations.format(fastest.makespanSeconds()),
                fastest.operators()));
    this.deadlineSeconds = deadlineSeconds;
    this.fastest = fastest;
  }

  /**
   * Says by how much a share of jobs would miss the deadline.
   *
   * @param percent the share of jobs, as text
   * @param quantileSeconds the time within which that share ends under the fastest plan, seconds
   */
  DeadlineUnreachableException(
      double deadlineSeconds, Plan fastest, String percent, double quantileSeconds) {
    super(
        "The deadline (%s) is shorter than what %s %% of jobs need under the fastest plan (%s over %d operators).%nMaybe ask for at least that, or for a lower reliability."
            .formatted(
                Durations.format(deadlineSeconds),
                percent,
                Durations.format(quantileSeconds),
                fastest.operators()));
    this.deadlineSeconds = deadlineSeconds;
    this.fastest = fastest;
  }

  /** Returns the deadline asked for, seconds. */
  public double deadlineSeconds() {
    return deadlineSeconds;
  }

  /** Returns the fastest plan there is; it misses the deadline. */
  public Plan fastest() {
    return fastest;
  }
}
