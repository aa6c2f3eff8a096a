package io.neurobalancer.governor;

/**
 * Chooses frequencies over time. A governor is driven by its caller: it is told what happens and
 * when, and answers by requests on its {@link Board}.
 *
 * <p>Times are nanoseconds of one monotonic clock with an arbitrary start. Calls come in order of
 * time from one thread. For each job of a stream come {@link #released}, one {@link
 * #segmentStarting} per segment and {@link #finished}; {@link #tick} comes whenever {@link
 * #nextTickNanos} has passed, busy or idle.
 *
 * <p>Each method has an empty default: a kernel governor overrides {@link #tick}, a plan follower
 * {@link #segmentStarting}.
 */
public interface Governor {

  /** A tick time that never comes. */
  long NEVER = Long.MAX_VALUE;

  /** Begins governing: whoever has a factory can run the same governor on any board. */
  @FunctionalInterface
  interface Factory {

    /** Returns a governor of an idle device, which may request a first setting at once. */
    Governor on(Board board, long nowNanos);
  }

  /**
   * A job is released and its first segment is about to run; the threads of the inference wake up.
   *
   * @param stream index of the stream that the job belongs to
   * @param deadlineNanos when the job must have finished
   */
  default void released(int stream, long nowNanos, long deadlineNanos) {}

  /**
   * A segment of a job is about to start.
   *
   * @param segment index among the segments of the stream
   */
  default void segmentStarting(int stream, int segment, long nowNanos) {}

  /** The last segment of the job has ended; the threads of the inference sleep. */
  default void finished(int stream, long nowNanos) {}

  /** Returns when {@link #tick} is due next, or {@link #NEVER}. */
  default long nextTickNanos() {
    return NEVER;
  }

  /** Does the periodic work that was due. The next tick must be later than {@code nowNanos}. */
  default void tick(long nowNanos) {}
}
