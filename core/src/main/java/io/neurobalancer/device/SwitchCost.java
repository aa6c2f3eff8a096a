package io.neurobalancer.device;

import io.neurobalancer.unit.NeuroBalancerException;
import java.util.Locale;

/**
 * What one switch of one domain costs while a job runs, whatever the distance.
 *
 * @param upSeconds time lost when the domain gets faster, seconds, not negative
 * @param downSeconds time lost when it gets slower, seconds, not negative
 * @param upJoules energy of a switch to a faster OPP, joules, not negative
 * @param downJoules energy of a switch to a slower OPP, joules, not negative
 */
public record SwitchCost(double upSeconds, double downSeconds, double upJoules, double downJoules) {

  /** A switch that costs nothing. */
  public static final SwitchCost FREE = new SwitchCost(0, 0, 0, 0);

  public SwitchCost {
    check("upSeconds", upSeconds);
    check("downSeconds", downSeconds);
    check("upJoules", upJoules);
    check("downJoules", downJoules);
  }

  /** Returns a cost that is the same up and down. */
  public static SwitchCost symmetric(double seconds, double joules) {
    return new SwitchCost(seconds, seconds, joules, joules);
  }

  /** Returns the time of going from one OPP index to another, seconds. */
  public double seconds(int fromOpp, int toOpp) {
    return toOpp > fromOpp ? upSeconds : toOpp < fromOpp ? downSeconds : 0;
  }

  /** Returns the energy of going from one OPP index to another, joules. */
  public double joules(int fromOpp, int toOpp) {
    return toOpp > fromOpp ? upJoules : toOpp < fromOpp ? downJoules : 0;
  }

  private static void check(String name, double value) {
    if (!(value >= 0) || Double.isInfinite(value)) {
      throw NeuroBalancerException.invalid(
          String.format(
              Locale.ROOT,
              "The switch cost %s (%s) must be a finite number, not negative.",
              name,
              value));
    }
  }
}
