package io.neurobalancer.target;

/** The time of whoever runs jobs in real time, so that a test can have a time of its own. */
public interface RunClock {

  /** Returns nanoseconds since an arbitrary origin, never falling. */
  long nanoTime();

  /**
   * Waits until a moment has come. It may return sooner, and does if the thread is interrupted,
   * whose interrupt status it keeps; callers look at the time again.
   */
  void sleepUntil(long nanoTime);
}
