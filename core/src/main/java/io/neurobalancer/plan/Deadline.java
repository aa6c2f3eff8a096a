package io.neurobalancer.plan;

import io.neurobalancer.unit.Durations;
import io.neurobalancer.unit.NeuroBalancerException;
import java.util.Locale;

/**
 * When a job must have ended, as its user states it.
 *
 * @param deadlineSeconds after each release, seconds
 * @param periodSeconds from one release to the next, seconds, at least the deadline
 * @param marginFactor by how much longer than predicted a job may take and still end in time, at
 *     least 1: the quantile of measured makespans over predicted ones that shall be punctual
 */
public record Deadline(double deadlineSeconds, double periodSeconds, double marginFactor) {

  public Deadline {
    if (!(deadlineSeconds > 0) || !(deadlineSeconds <= periodSeconds)) {
      throw NeuroBalancerException.invalid(
          String.format(
              Locale.ROOT,
              "The deadline (%s s) must be positive and at most the period (%s s).%nMaybe leave the period out: it is then the deadline.",
              deadlineSeconds,
              periodSeconds));
    }
    if (Double.isInfinite(periodSeconds)) {
      throw NeuroBalancerException.invalid("The period (Infinity s) must be finite.");
    }
    if (!(marginFactor >= 1) || Double.isInfinite(marginFactor)) {
      throw NeuroBalancerException.invalid(
          String.format(
              Locale.ROOT,
              "The margin factor (%s) must be finite and at least 1.%nMaybe write 1.05 for five percent.",
              marginFactor));
    }
  }

  /** Returns a deadline at the next release, without a margin. */
  public static Deadline of(double seconds) {
    return new Deadline(seconds, seconds, 1);
  }

  /**
   * Returns a deadline at the next release, without a margin, such as {@code Deadline.of("33ms")}.
   *
   * @throws IllegalArgumentException if the text is no span of time
   */
  public static Deadline of(String text) {
    return of(Durations.parseSeconds(text));
  }

  /** Returns the same deadline for jobs that are released so many seconds apart. */
  public Deadline every(double seconds) {
    return new Deadline(deadlineSeconds, seconds, marginFactor);
  }

  /** Returns the same deadline with another margin. */
  public Deadline margin(double factor) {
    return new Deadline(deadlineSeconds, periodSeconds, factor);
  }
}
