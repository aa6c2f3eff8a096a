package io.neurobalancer.linux;

import io.neurobalancer.target.RunClock;
import java.util.function.LongConsumer;

/**
 * The clock of a run, which uses the waiting: it keeps sampled meters up to date and looks for caps
 * and rivals while no job runs.
 */
final class AttendingClock implements RunClock {

  /** Less slack than this is no time to look for rivals. */
  private static final long LOOK_SLACK_NANOS = 5_000_000;

  private static final long SLICE_NANOS = 10_000_000;

  private final RunClock clock;
  private final LongConsumer look;
  private final Meters meters;

  AttendingClock(RunClock clock, LongConsumer look, Meters meters) {
    this.clock = clock;
    this.look = look;
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
      look.accept(now);
    }
    clock.sleepUntil(Math.min(nanos, now + SLICE_NANOS));
  }
}
