package io.neurobalancer.baselines.law;

import io.neurobalancer.governor.Board;
import io.neurobalancer.governor.Governor;
import io.neurobalancer.governor.GovernorSpec;

/**
 * Asks a governor whenever Linux's scheduler would: when the inference wakes up, when it goes to
 * sleep, and at every scheduler tick while it runs.
 *
 * <p>Ticks fall on a grid of the machine's clock, not of the job's: a CPU that leaves tick-less
 * idle goes on with the grid of ticks it left. There are {@code hz} a second, 250 unless a device's
 * kernel was configured otherwise (the Pixel 4's has 300). An idle CPU asks nothing.
 *
 * <p>A wake-up counts before the governor is asked, and so does a sleep: a task that wakes up adds
 * its estimate first, one that sleeps takes it away first.
 *
 * <p>Source: Linux, {@code kernel/sched/fair.c} ({@code enqueue_task_fair}, {@code
 * dequeue_task_fair}), {@code kernel/sched/sched.h} ({@code cpufreq_update_util}), {@code
 * kernel/time/tick-sched.c}.
 */
public abstract class SchedulerDrivenGovernor implements Governor {

  private final long tickNanos;
  private final Clock clock;
  private int jobs;
  private long nextTick = NEVER;

  /** Begins at the slowest clock. */
  protected SchedulerDrivenGovernor(GovernorSpec spec, Hardware hardware, Board board) {
    tickNanos = 1_000_000_000 / spec.number("hz", 250, 50, 10_000);
    clock = hardware.coreClock(board);
    clock.request(0);
  }

  /**
   * Accounts for the stretch since the last call, in which the inference ran or slept as {@link
   * #running} says.
   */
  protected void account(long nowNanos) {}

  /**
   * Reconsiders the clock, after a job that wakes up was counted as running and one that sleeps no
   * longer was.
   */
  protected abstract void decide(long nowNanos);

  /** Returns the core clock. */
  protected final Clock clock() {
    return clock;
  }

  /** Returns whether any job runs. */
  protected final boolean running() {
    return jobs > 0;
  }

  @Override
  public long nextTickNanos() {
    return nextTick;
  }

  @Override
  public void tick(long nowNanos) {
    nextTick = tickAfter(nowNanos);
    account(nowNanos);
    decide(nowNanos);
  }

  @Override
  public void released(int stream, long nowNanos, long deadlineNanos) {
    account(nowNanos);
    jobs++;
    nextTick = tickAfter(nowNanos);
    decide(nowNanos);
  }

  @Override
  public void finished(int stream, long nowNanos) {
    account(nowNanos);
    jobs--;
    nextTick = running() ? tickAfter(nowNanos) : NEVER;
    decide(nowNanos);
  }

  private long tickAfter(long nowNanos) {
    return (nowNanos / tickNanos + 1) * tickNanos;
  }
}
