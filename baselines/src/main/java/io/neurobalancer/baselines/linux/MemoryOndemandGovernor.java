package io.neurobalancer.baselines.linux;

import io.neurobalancer.baselines.law.Clock;
import io.neurobalancer.baselines.law.Hardware;
import io.neurobalancer.baselines.law.MemoryVoter;
import io.neurobalancer.baselines.law.SampledGovernor;
import io.neurobalancer.baselines.law.Window;
import io.neurobalancer.governor.Board;
import io.neurobalancer.governor.Counter;
import io.neurobalancer.governor.GovernorSpec;

/**
 * devfreq's {@code simple_ondemand} on the memory clock, polled: {@link SimpleOndemandLaw} over the
 * share of the bus's clocks that moved data, as the monitors of Rockchip's and Samsung's memory
 * controllers count them.
 *
 * <p>Source: Linux, {@code drivers/devfreq/governor_simpleondemand.c} at 0d2cd91b. Where the clock
 * changed within an interval, the share is taken at the clock that the interval ends with.
 */
final class MemoryOndemandGovernor extends SampledGovernor implements MemoryVoter {

  private final Clock memory;
  private final double bytesPerClock;
  private final SimpleOndemandLaw law;
  private final Window window;
  private int vote;

  MemoryOndemandGovernor(GovernorSpec spec, Hardware hardware, Board board, long nowNanos) {
    super(spec.number("polling_ms", 50, 1, 10_000) * 1_000_000, nowNanos);
    this.memory = hardware.memoryClock(board);
    this.bytesPerClock = hardware.bytesPerClock();
    this.law = SimpleOndemandLaw.of(spec);
    this.window = new Window(spec.name(), board, nowNanos, Counter.DRAM_BYTES);
  }

  @Override
  public int voteOpp() {
    return vote;
  }

  @Override
  protected void sample(long nowNanos) {
    long hertz = memory.opps().frequency(memory.current()).hertz();
    long busyMicros = (long) (window.since(Counter.DRAM_BYTES) / bytesPerClock / hertz * 1e6);
    vote =
        memory.opps().ceilHertz(law.nextHertz(busyMicros, window.elapsedMicros(nowNanos), hertz));
    window.restart(nowNanos);
  }
}
