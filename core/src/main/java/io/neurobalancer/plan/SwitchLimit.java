package io.neurobalancer.plan;

import io.neurobalancer.unit.NeuroBalancerException;
import java.util.Locale;

/**
 * How often and how soon a domain may switch. Some memory clocks take tens of milliseconds to
 * settle; switching them per operator costs more than any table says.
 *
 * @param maximumSwitches most switches per period, those on entry to the job and on return from it
 *     included
 * @param minimumDwellSeconds least time between two switches of one job, the one on entry included;
 *     counted over operators, without the switches between them. Between jobs a clock is taken to
 *     have settled.
 */
public record SwitchLimit(int maximumSwitches, double minimumDwellSeconds) {

  /** No limit. */
  public static final SwitchLimit NONE = new SwitchLimit(Integer.MAX_VALUE, 0);

  public SwitchLimit {
    if (maximumSwitches < 0) {
      throw NeuroBalancerException.invalid(
          String.format(
              Locale.ROOT,
              "The maximum number of switches (%d) must not be negative.",
              maximumSwitches));
    }
    if (!(minimumDwellSeconds >= 0) || Double.isInfinite(minimumDwellSeconds)) {
      throw NeuroBalancerException.invalid(
          String.format(
              Locale.ROOT,
              "The minimum dwell (%s s) must be finite and not negative.",
              minimumDwellSeconds));
    }
  }

  /** Returns a limit on the number of switches per period only. */
  public static SwitchLimit atMost(int switches) {
    return new SwitchLimit(switches, 0);
  }

  /** Returns a limit on the time between switches only. */
  public static SwitchLimit dwell(double seconds) {
    return new SwitchLimit(Integer.MAX_VALUE, seconds);
  }

  /** Returns whether this limits nothing. */
  public boolean isNone() {
    return equals(NONE);
  }
}
