package io.neurobalancer.simulator.replay;

import io.neurobalancer.device.SwitchCosts;
import io.neurobalancer.unit.NeuroBalancerException;

/**
 * What a choice of settings cost according to a table of measurements.
 *
 * @param makespanSeconds sum of the measured latencies and the switches, seconds
 * @param energyJoules sum of the measured energies and the switches, joules; idling is not in it
 */
public record ReplayedRun(double makespanSeconds, double energyJoules) {

  /**
   * Runs operators at settings, entered from the first one's setting.
   *
   * @param settings one per operator
   * @param switches what a switch was measured to cost
   * @throws NeuroBalancerException if the table lacks a row that is visited
   */
  public static ReplayedRun of(MeasuredTable table, int[] settings, SwitchCosts switches) {
    if (settings.length != table.operatorNames().size()) {
      throw new IllegalArgumentException(
          "A run needs one setting per operator (%d), not %d."
              .formatted(table.operatorNames().size(), settings.length));
    }
    double seconds = 0;
    double joules = 0;
    for (int i = 0; i < settings.length; i++) {
      int before = settings[Math.max(0, i - 1)];
      seconds +=
          table.latencySeconds(i, settings[i])
              + switches.seconds(table.grid(), before, settings[i]);
      joules +=
          table.energyJoules(i, settings[i]) + switches.joules(table.grid(), before, settings[i]);
    }
    return new ReplayedRun(seconds, joules);
  }
}
