package io.neurobalancer.baselines.linux;

import io.neurobalancer.governor.GovernorSpec;

/**
 * The arithmetic of devfreq's {@code simple_ondemand}: race when busy, otherwise follow the load.
 *
 * <pre>
 *          maximum                            nothing measured, or busy &gt; up
 *   next = current                            up - down &lt; busy &lt;= up
 *          busy / total * current * 100 / (up - down / 2)    otherwise
 * </pre>
 *
 * <p>Source: Linux, {@code drivers/devfreq/governor_simpleondemand.c} at 0d2cd91b. The divisions
 * truncate, as there: with the defaults up = 90 and down = 5 the last divisor is 88, not 87.5.
 *
 * @param upPercent load above which the maximum is asked for
 * @param downPercent width of the band below it in which the clock is kept
 */
public record SimpleOndemandLaw(long upPercent, long downPercent) {

  /** Reads the tunables {@code upthreshold} and {@code downdifferential}. */
  public static SimpleOndemandLaw of(GovernorSpec spec) {
    long up = spec.number("upthreshold", 90, 1, 100);
    return new SimpleOndemandLaw(up, spec.number("downdifferential", 5, 0, up - 1));
  }

  /** Returns the rate to round up to an OPP, hertz; {@link Long#MAX_VALUE} for the maximum. */
  public long nextHertz(long busyMicros, long totalMicros, long currentHertz) {
    if (totalMicros == 0 || busyMicros * 100 > totalMicros * upPercent) {
      return Long.MAX_VALUE;
    }
    if (busyMicros * 100 > totalMicros * (upPercent - downPercent)) {
      return currentHertz;
    }
    return busyMicros * currentHertz / totalMicros * 100 / (upPercent - downPercent / 2);
  }
}
