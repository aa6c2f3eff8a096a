package io.neurobalancer.files;

import io.neurobalancer.unit.NeuroBalancerException;
import java.util.List;
import java.util.Locale;

/**
 * How the DRAM's background power falls with its clock from that of the fastest OPP. No phone's
 * DRAM rail was ever published over its clocks, so results are to be looked at under each shape.
 */
public enum DramShape {
  /** In proportion to the clock. */
  LINE,
  /**
   * As the DDR rail of a Jetson TX2 (128-bit LPDDR4) does, whose intercept over traffic was
   * measured at eight EMC clocks: flat over the slow ones, and a cliff above 0.71 of the fastest.
   * Source: github.com/dipayan2/osldvfs, commit 9c20282f2206e39d215057fb25671d148d97e9ea, rails
   * under five loads at 1144 settings.
   */
  MEASURED,
  /** In proportion to the clock, but no further down than to 0.57 of the fastest one. */
  FLAT;

  private static final double FLAT_BELOW = 0.5692;

  /** Shares of the fastest clock, 1866 MHz there: 204, 408, 665.6, 800, 1062.4, 1331.2, 1600. */
  private static final List<Double> CLOCKS =
      List.of(0.1093, 0.2187, 0.3567, 0.4287, 0.5693, 0.7134, 0.8574, 1.0);

  /** Shares of the power at the fastest clock, 1151 mW there. */
  private static final List<Double> POWERS =
      List.of(0.140, 0.175, 0.221, 0.245, 0.297, 0.340, 0.644, 1.0);

  /**
   * Returns the shape of a name, in lower case.
   *
   * @throws NeuroBalancerException if there is none
   */
  public static DramShape named(String name) {
    for (DramShape shape : values()) {
      if (shape.name().toLowerCase(Locale.ROOT).equals(name)) {
        return shape;
      }
    }
    throw NeuroBalancerException.invalid(
        "There is no DRAM shape '%s'.%nMaybe use one of: line, measured, flat.".formatted(name));
  }

  /**
   * Returns the background as a share of that at the fastest clock.
   *
   * @param clock as a share of the fastest one, above 0 and at most 1
   */
  public double share(double clock) {
    return switch (this) {
      case LINE -> clock;
      case FLAT -> Math.max(clock, FLAT_BELOW);
      case MEASURED -> measured(clock);
    };
  }

  private static double measured(double clock) {
    int above = 0;
    while (above < CLOCKS.size() - 1 && CLOCKS.get(above) < clock) {
      above++;
    }
    if (above == 0) {
      // Slower clocks were measured under load only; what leaks and refreshes there does not fall.
      return POWERS.get(0);
    }
    double rise = (clock - CLOCKS.get(above - 1)) / (CLOCKS.get(above) - CLOCKS.get(above - 1));
    return POWERS.get(above - 1) + rise * (POWERS.get(above) - POWERS.get(above - 1));
  }
}
