package io.neurobalancer.files;

import io.neurobalancer.device.FrequencyDomain;
import io.neurobalancer.device.OppTable;
import io.neurobalancer.unit.Frequency;
import java.util.List;
import java.util.Optional;

/**
 * The clock of the DRAM, and the DRAM.
 *
 * @param domain its OPPs; a single one where it cannot be set
 * @param controllable whether it can be set
 * @param backgroundWatts per OPP, the power of the DRAM and what is clocked with it while a job
 *     runs, without that of traffic, watts
 * @param access bandwidth and latency
 * @param displayFloor the slowest clock while a display scans out; empty if it is not known
 * @param transition a switch of it
 */
public record MemoryClock(
    FrequencyDomain domain,
    boolean controllable,
    List<Double> backgroundWatts,
    DeviceDescription.Memory access,
    Optional<Frequency> displayFloor,
    DeviceDescription.Transition transition) {
  public MemoryClock {
    backgroundWatts = List.copyOf(backgroundWatts);
  }

  MemoryClock withBackgroundWatts(List<Double> watts) {
    return new MemoryClock(domain, controllable, watts, access, displayFloor, transition);
  }

  /** Returns this memory without its OPPs below a clock. */
  MemoryClock from(Frequency least) {
    int first = domain.opps().ceil(least);
    return new MemoryClock(
        new FrequencyDomain(
            domain.name(),
            domain.kind(),
            new OppTable(domain.opps().opps().subList(first, domain.opps().size()))),
        controllable,
        backgroundWatts.subList(first, backgroundWatts.size()),
        access,
        displayFloor,
        transition);
  }

  /** Returns this memory with a background that falls with the clock in some way. */
  MemoryClock shaped(DramShape shape) {
    OppTable opps = domain.opps();
    double most = backgroundWatts.get(opps.size() - 1);
    return withBackgroundWatts(
        opps.opps().stream()
            .map(
                opp ->
                    most
                        * shape.share(
                            (double) opp.frequency().hertz() / (double) opps.max().hertz()))
            .toList());
  }

  MemoryClock withTransition(DeviceDescription.Transition other) {
    return new MemoryClock(domain, controllable, backgroundWatts, access, displayFloor, other);
  }

  MemoryClock withAccess(DeviceDescription.Memory other) {
    return new MemoryClock(domain, controllable, backgroundWatts, other, displayFloor, transition);
  }
}
