package io.neurobalancer.plan;

import io.neurobalancer.unit.Durations;
import io.neurobalancer.unit.NeuroBalancerException;
import java.util.Locale;

/** Even the fastest possible plan takes longer than the time that it has. */
public final class DeadlineUnreachableException extends NeuroBalancerException {

  private static final long serialVersionUID = 1L;

  private final double wantedSeconds;
  private final double neededSeconds;
  private final transient Plan fastest;

  /**
   * Says by how much a problem's budget is too small.
   *
   * @param fastest the fastest plan there is, of the problem that cannot be solved
   */
  public DeadlineUnreachableException(Plan fastest) {
    super(
        Kind.FINDING,
        String.format(
            Locale.ROOT,
            "The time for the operators (%s) is shorter than the fastest possible makespan (%s over %d operators).%nMaybe ask for at least that, or use a smaller model.",
            Durations.format(fastest.problem().budgetSeconds()),
            Durations.format(fastest.makespanSeconds()),
            fastest.operators()));
    this.wantedSeconds = fastest.problem().budgetSeconds();
    this.neededSeconds = fastest.makespanSeconds();
    this.fastest = fastest;
  }

  /**
   * Says by how much a job's deadline is too early.
   *
   * @param deadlineSeconds after the release
   * @param wakeSeconds what the device needs before the first operator
   */
  DeadlineUnreachableException(double deadlineSeconds, double wakeSeconds, Plan fastest) {
    super(
        Kind.FINDING,
        String.format(
            Locale.ROOT,
            "The deadline (%s) is shorter than the fastest possible job (%s: %s to wake up and %s for %d operators).%nMaybe ask for at least that, or use a smaller model or more threads.",
            Durations.format(deadlineSeconds),
            Durations.format(wakeSeconds + fastest.makespanSeconds()),
            Durations.format(wakeSeconds),
            Durations.format(fastest.makespanSeconds()),
            fastest.operators()));
    this.wantedSeconds = deadlineSeconds;
    this.neededSeconds = wakeSeconds + fastest.makespanSeconds();
    this.fastest = fastest;
  }

  /** Returns the time asked for, seconds: a problem's budget or a job's deadline. */
  public double wantedSeconds() {
    return wantedSeconds;
  }

  /** Returns the least time with which it would work, seconds. */
  public double neededSeconds() {
    return neededSeconds;
  }

  /** Returns the fastest plan there is; it takes too long. */
  public Plan fastest() {
    return fastest;
  }
}
