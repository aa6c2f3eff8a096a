package io.neurobalancer.files;

import io.neurobalancer.device.FrequencyDomain;
import java.util.List;

/**
 * The clock of the DRAM, and the DRAM.
 *
 * @param domain its OPPs; a single one where it cannot be set
 * @param controllable whether it can be set
 * @param backgroundWatts per OPP, the power of the DRAM and what is clocked with it while a job
 *     runs, without that of traffic, watts
 * @param access bandwidth and latency
 * @param transition a switch of it
 */
public record MemoryClock(
    FrequencyDomain domain,
    boolean controllable,
    List<Double> backgroundWatts,
    DeviceDescription.Memory access,
    DeviceDescription.Transition transition) {
  public MemoryClock {
    backgroundWatts = List.copyOf(backgroundWatts);
  }

  MemoryClock withBackgroundWatts(List<Double> watts) {
    return new MemoryClock(domain, controllable, watts, access, transition);
  }

  MemoryClock withAccess(DeviceDescription.Memory other) {
    return new MemoryClock(domain, controllable, backgroundWatts, other, transition);
  }
}
