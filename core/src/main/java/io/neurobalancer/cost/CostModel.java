package io.neurobalancer.cost;

import java.util.Locale;

/**
 * All that a planner needs to know: what operators cost on a device, what the device costs besides,
 * how far both can be trusted, and where they come from.
 *
 * <pre>{@code
 * CostModel costs = NeuroBalancer.measure(target, Budget.settings(12));
 * double seconds = costs.costs().latencySeconds(operator, setting);
 * }</pre>
 *
 * @param costs latency, energy and spread of N operators at M settings; energies are NaN where no
 *     meter tells them
 * @param calibration switch costs, idle powers and wake-up times
 * @param quality how well the fit predicts what it has not seen
 * @param provenance where the figures come from
 */
public record CostModel(
    CostTable costs, Calibration calibration, FitReport quality, Provenance provenance) {

  /** Returns whether energies are known; without them a plan can only be made by time. */
  public boolean hasEnergy() {
    return costs.hasEnergy();
  }

  /** Returns what was measured and how well the fit does, in one line. */
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "costs of %s: %d operators at %d settings, %s",
        provenance,
        costs.operators(),
        costs.settings(),
        quality);
  }
}
