package io.neurobalancer.simulator.baseline;

import io.neurobalancer.device.OppTable;
import io.neurobalancer.governor.GovernorSpec;
import io.neurobalancer.governor.Machine;

/**
 * devfreq's {@code simple_ondemand} on the memory clock, polled: {@link SimpleOndemandLaw} over the
 * share of the bus's clocks that moved data, as the monitors of Rockchip's and Samsung's memory
 * controllers count them.
 *
 * <p>Source: Linux, {@code drivers/devfreq/governor_simpleondemand.c} at 0d2cd91b. Where the clock
 * changed within an interval, the share is taken at the clock that the interval ends with.
 */
final class MemoryOndemandGovernor implements MemoryVoter {

  private final OppTable memory;
  private final double bytesPerClock;
  private final SimpleOndemandLaw law;
  private final long pollingNanos;
  private final Ports ports = new Ports();
  private long nextSample;
  private long lastNanos;
  private double lastBytes;
  private int vote;

  MemoryOndemandGovernor(GovernorSpec spec, Site site) {
    this.memory = site.memory();
    this.bytesPerClock = site.bytesPerClock();
    this.law = SimpleOndemandLaw.of(spec);
    this.pollingNanos = spec.number("polling_ms", 50, 1, 10_000) * 1_000_000;
  }

  @Override
  public void start(long nowNanos, Machine machine) {
    ports.connect(machine);
    lastNanos = nowNanos;
    lastBytes = machine.loadMeter().dramBytes();
    nextSample = nowNanos + pollingNanos;
  }

  @Override
  public long nextSampleNanos() {
    return nextSample;
  }

  @Override
  public int voteOpp() {
    return vote;
  }

  @Override
  public void sample(long nowNanos) {
    double bytes = ports.machine().loadMeter().dramBytes();
    long hertz = memory.frequency(ports.currentMemory()).hertz();
    long busyMicros = (long) ((bytes - lastBytes) / bytesPerClock / hertz * 1e6);
    vote = memory.ceilHertz(law.nextHertz(busyMicros, (nowNanos - lastNanos) / 1_000, hertz));
    lastNanos = nowNanos;
    lastBytes = bytes;
    nextSample = nowNanos + pollingNanos;
  }
}
