package io.neurobalancer.files;

import io.neurobalancer.device.FrequencyDomain;
import java.util.List;
import java.util.OptionalDouble;

/**
 * The clock of the cores, and what burns with it.
 *
 * @param domain its OPPs
 * @param busyWatts per OPP, the power of one busy core, watts
 * @param clusterWatts per OPP, what the cores share while any is active, watts
 * @param published per OPP, figures to compare the simulation with
 * @param transition a switch of it
 */
public record CoreClock(
    FrequencyDomain domain,
    List<Double> busyWatts,
    List<Double> clusterWatts,
    List<Published> published,
    DeviceDescription.Transition transition) {
  public CoreClock {
    busyWatts = List.copyOf(busyWatts);
    clusterWatts = List.copyOf(clusterWatts);
    published = List.copyOf(published);
  }

  CoreClock withTransition(DeviceDescription.Transition other) {
    return new CoreClock(domain, busyWatts, clusterWatts, published, other);
  }

  /**
   * Figures of an OPP that no simulation uses, to compare it with.
   *
   * @param coremarkIterationsPerSecond of one core
   * @param checkWatts of one busy core, by another source than the one that is simulated
   */
  public record Published(OptionalDouble coremarkIterationsPerSecond, OptionalDouble checkWatts) {}
}
