package io.neurobalancer.linux;

import io.neurobalancer.target.RunClock;
import java.util.concurrent.locks.LockSupport;

/** The clock of this machine. It stands still while the machine sleeps. */
public final class SystemClock implements RunClock {

  /** The kernel wakes a thread some 50 us late; the rest is spun. */
  private static final long SPIN_NANOS = 80_000;

  /** Creates the clock. */
  public SystemClock() {}

  @Override
  public long nanoTime() {
    return System.nanoTime();
  }

  @Override
  public void sleepUntil(long nanos) {
    while (true) {
      long left = nanos - System.nanoTime();
      if (left <= 0 || Thread.currentThread().isInterrupted()) {
        return;
      }
      if (left > SPIN_NANOS) {
        LockSupport.parkNanos(left - SPIN_NANOS);
      } else {
        Thread.onSpinWait();
      }
    }
  }
}
