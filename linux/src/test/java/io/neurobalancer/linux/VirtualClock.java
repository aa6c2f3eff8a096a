package io.neurobalancer.linux;

import io.neurobalancer.target.RunClock;

/** A clock that only moves when somebody sleeps or works. */
final class VirtualClock implements RunClock {

  private volatile long now = 1_000_000_000L;

  @Override
  public long nanoTime() {
    return now;
  }

  @Override
  public synchronized void sleepUntil(long nanos) {
    now = Math.max(now, nanos);
  }

  synchronized void advance(long nanos) {
    now += nanos;
  }
}
