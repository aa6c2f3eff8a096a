package io.neurobalancer.target;

import io.neurobalancer.unit.NeuroBalancerException;
import java.util.Locale;

/**
 * How much a profiling campaign may measure.
 *
 * @param settings how many settings, at least one; more than there are means all
 * @param repeats how often to run each, at least one; at most so often if adaptive
 * @param adaptive whether settings are chosen by what is known so far, and repeated only until they
 *     are known well enough
 */
public record Budget(int settings, int repeats, boolean adaptive) {

  private static final int REPEATS = 20;

  public Budget {
    if (settings < 1 || repeats < 1) {
      throw NeuroBalancerException.invalid(
          String.format(
              Locale.ROOT,
              "A campaign needs a budget (%d settings) and repeats (%d) of at least one.%nMaybe use 12 settings and 20 repeats.",
              settings,
              repeats));
    }
  }

  /**
   * Returns a fixed design: that many settings, chosen to fill the grid, each run 20 times. The
   * same device and budget give the same runs in the same order.
   */
  public static Budget settings(int settings) {
    return new Budget(settings, REPEATS, false);
  }

  /**
   * Returns an adaptive design: that many settings, chosen where the fit is least sure, each run 20
   * times at most.
   */
  public static Budget adaptive(int settings) {
    return new Budget(settings, REPEATS, true);
  }

  /** Returns this budget with another number of repeats. */
  public Budget repeats(int times) {
    return new Budget(settings, times, adaptive);
  }
}
