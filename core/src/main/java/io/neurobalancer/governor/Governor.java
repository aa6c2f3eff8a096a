package io.neurobalancer.governor;

/**
 * Chooses frequencies over time. A governor is driven by its caller: it is told what happens and
 * when, and answers by asking the {@link Actuator} of its {@link Machine}.
 *
 * <p>Times are nanoseconds of one monotonic clock with an arbitrary start. Calls come in order of
 * time from one thread. After {@link #start} come, for each job, {@link #jobReleased}, one {@link
 * #operatorStarting} per operator and {@link #jobFinished}; {@link #tick} comes whenever {@link
 * #nextTickNanos} has passed, busy or idle.
 *
 * <p>Each method has an empty default: a kernel governor overrides {@link #tick}, a plan follower
 * {@link #operatorStarting}.
 */
public interface Governor {

  /** A tick time that never comes. */
  long NEVER = Long.MAX_VALUE;

  /** Returns the name in reports, such as {@code neurobalancer} or {@code schedutil}. */
  String name();

  /** Begins governing. The device is idle. */
  default void start(long nowNanos, Machine machine) {}

  /** Returns when {@link #tick} is due next, or {@link #NEVER}. */
  default long nextTickNanos() {
    return NEVER;
  }

  /** Does the periodic work that was due. The next tick must be later than {@code nowNanos}. */
  default void tick(long nowNanos) {}

  /**
   * A job is released and its first operator is about to run; the threads of the inference wake up.
   */
  default void jobReleased(long nowNanos, long deadlineNanos) {}

  /** The operator with this index is about to start. */
  default void operatorStarting(int operator, long nowNanos) {}

  /** The last operator of the job has ended; the threads of the inference sleep. */
  default void jobFinished(long nowNanos) {}
}
