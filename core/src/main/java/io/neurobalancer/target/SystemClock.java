package io.neurobalancer.target;

import java.util.concurrent.locks.LockSupport;

/** The clock of this machine: the one place that reads it. It stands still while it sleeps. */
public final class SystemClock implements RunClock {

  /** The only instance that anyone needs. */
  public static final SystemClock INSTANCE = new SystemClock();

  /** A parked thread wakes up late by some 50 us; the rest of a wait is spun. */
  private static final long SPIN_NANOS = 100_000;

  private SystemClock() {}

  @Override
  public long nanoTime() {
    return System.nanoTime();
  }

  @Override
  public void sleepUntil(long nanoTime) {
    while (true) {
      long left = nanoTime - System.nanoTime();
      if (left <= 0 || Thread.currentThread().isInterrupted()) {
        return;
      }
      // Below that it looks again and again: Android 8 has no Thread.onSpinWait.
      if (left > SPIN_NANOS) {
        LockSupport.parkNanos(left - SPIN_NANOS);
      }
    }
  }
}
