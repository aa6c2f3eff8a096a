package io.neurobalancer.linux;

/** A monotonic clock, so that tests run in virtual time. */
public interface Clock {

  /** Returns nanoseconds since an arbitrary start, never falling. */
  long nanoTime();

  /** Returns at or soon after that time; at once if it has passed. */
  void sleepUntil(long nanos);
}
