package io.neurobalancer.simulator.baseline;

import io.neurobalancer.governor.Governor;
import io.neurobalancer.governor.GovernorSpec;
import io.neurobalancer.governor.Machine;

/**
 * Asks a governor whenever Linux's scheduler would: when the inference wakes up, when it goes to
 * sleep, and at every scheduler tick while it runs.
 *
 * <p>Ticks fall on a grid of the machine's clock, not of the job's: a CPU that leaves tick-less
 * idle goes on with the grid of ticks it left. There are {@code hz} a second, 250 unless a device's
 * kernel was configured otherwise (the Pixel 4's has 300). An idle CPU asks nothing.
 *
 * <p>Source: Linux, {@code kernel/sched/sched.h} ({@code cpufreq_update_util}), {@code
 * kernel/time/tick-sched.c}.
 */
abstract class SchedulerDrivenGovernor implements Governor {

  private final long tickNanos;
  private final Ports ports = new Ports();
  private boolean running;
  private long nextTick = NEVER;

  SchedulerDrivenGovernor(GovernorSpec spec) {
    tickNanos = 1_000_000_000 / spec.number("hz", 250, 50, 10_000);
  }

  /** Sets the first OPP and remembers when governing began. */
  abstract void started(long nowNanos);

  /**
   * Accounts for the stretch since the last call, in which the inference ran or slept as {@link
   * #running} says, and reconsiders the clock.
   */
  abstract void update(long nowNanos);

  Ports ports() {
    return ports;
  }

  boolean running() {
    return running;
  }

  @Override
  public void start(long nowNanos, Machine device) {
    ports.connect(device);
    started(nowNanos);
  }

  @Override
  public long nextTickNanos() {
    return nextTick;
  }

  @Override
  public void tick(long nowNanos) {
    nextTick = tickAfter(nowNanos);
    update(nowNanos);
  }

  @Override
  public void jobReleased(long nowNanos, long deadlineNanos) {
    update(nowNanos);
    running = true;
    nextTick = tickAfter(nowNanos);
  }

  @Override
  public void jobFinished(long nowNanos) {
    update(nowNanos);
    running = false;
    nextTick = NEVER;
  }

  private long tickAfter(long nowNanos) {
    return (nowNanos / tickNanos + 1) * tickNanos;
  }
}
