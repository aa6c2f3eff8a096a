package io.neurobalancer.linux;

import io.neurobalancer.target.RunClock;

/**
 * The clock of a run, which uses the waiting: it keeps sampled meters up to date and looks for caps
 * and rivals while no job runs.
 */
final class AttendingClock implements RunClock {

  /** Less slack than this is no time to look for rivals. */
  private static final long LOOK_SLACK_NANOS = 5_000_000;

  private static final long SLICE_NANOS = 10_000_000;

  private final RunClock clock;
  private final LinuxBoard board;
  private final Meters meters;

  AttendingClock(RunClock clock, LinuxBoard board, Meters meters) {
    this.clock = clock;
    this.board = board;
    this.meters = meters;
  }

  @Override
  public long nanoTime() {
    return clock.nanoTime();
  }

  @Override
  public void sleepUntil(long nanos) {
    meters.poll();
    long now = clock.nanoTime();
    if (nanos - now > LOOK_SLACK_NANOS) {
      board.look(now);
    }
    clock.sleepUntil(Math.min(nanos, now + SLICE_NANOS));
  }
}
