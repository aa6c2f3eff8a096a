package io.neurobalancer.governor;

import io.neurobalancer.device.SettingGrid;
import java.util.List;

/**
 * What a governor may touch of a device: its clocks, counters and meters.
 *
 * <p>Reads within one call of a governor are of one instant. Requests are remembered, and the
 * driver that called the governor applies them after the call, in an order that is safe on the
 * hardware. Whether and when a clock follows is the device's affair.
 */
public interface Board {

  /** What {@link #actual} returns where the device cannot tell. */
  int UNKNOWN = -1;

  /** Returns the settings of the device. */
  SettingGrid grid();

  /**
   * Asks for an OPP. Asking for what is already requested costs nothing.
   *
   * @param domain index of the domain in the grid
   * @param opp index of the OPP in the domain's table
   */
  void request(int domain, int opp);

  /** Asks for the OPPs of a setting, domain by domain. */
  default void request(int setting) {
    for (int d = 0; d < grid().dimensions(); d++) {
      request(d, grid().oppIndex(setting, d));
    }
  }

  /** Returns the OPP index last requested for a domain. */
  int requested(int domain);

  /**
   * Returns the OPP index at which a domain runs, as read back: behind what was requested while the
   * clock settles, below it under a thermal cap; {@link #UNKNOWN} where the device cannot tell.
   */
  int actual(int domain);

  /** Returns {@link #actual}, or what was requested where the device cannot tell. */
  default int actualOrRequested(int domain) {
    int actual = actual(domain);
    return actual == UNKNOWN ? requested(domain) : actual;
  }

  /** Returns how many cores run the inference when one is running, at least 1. */
  int activeCores();

  /** Returns a total since an arbitrary start, NaN where this board does not count it. */
  double counter(Counter counter);

  /** Returns the sources of energy readings; none on a board without a meter. */
  List<Rail> rails();

  /**
   * Returns the energy of a rail since an arbitrary start, joules, never falling; NaN where it
   * cannot be read.
   *
   * @param rail index in {@link #rails()}
   */
  double joules(int rail);

  /** Returns the temperature of the die, degrees Celsius, NaN where no sensor tells it. */
  double celsius();
}
