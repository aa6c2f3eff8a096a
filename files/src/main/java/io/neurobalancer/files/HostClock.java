package io.neurobalancer.files;

import io.neurobalancer.device.FrequencyDomain;
import java.util.List;

/**
 * The clock of the CPU that submits a GPU's kernels. A submission takes as many of its cycles at
 * any clock, and between two of them it waits.
 *
 * @param domain its OPPs
 * @param busyWatts per OPP, while it submits, watts
 * @param waitingShare what it burns while it waits, as a share of that
 * @param transition a switch of it
 */
public record HostClock(
    FrequencyDomain domain,
    List<Double> busyWatts,
    double waitingShare,
    DeviceDescription.Transition transition) {
  public HostClock {
    busyWatts = List.copyOf(busyWatts);
  }

  HostClock withTransition(DeviceDescription.Transition other) {
    return new HostClock(domain, busyWatts, waitingShare, other);
  }
}
