package io.neurobalancer.target;

/** Is told what happens during a run. Times are seconds since the run's start. */
public interface RunObserver {

  /** Looks away. */
  RunObserver NONE = new RunObserver() {};

  /**
   * A job is released.
   *
   * @param job its number within the stream, warm-up jobs negative
   */
  default void released(int stream, int job, double seconds, double deadlineSeconds) {}

  /** A segment of a job has run. */
  default void segment(int stream, int job, int segment, double startSeconds, double endSeconds) {}

  /** A governor has asked for another OPP of a domain, whether or not the device follows. */
  default void requested(int domain, int opp, double seconds) {}

  /**
   * A domain runs at another OPP from now on, as read back. A device that cannot tell at which OPP
   * it runs never says so.
   */
  default void clock(int domain, int opp, double seconds) {}

  /**
   * A job has finished.
   *
   * @param responseSeconds from its release to its end
   * @param joules from its start to its end; NaN without a meter
   */
  default void finished(int stream, int job, double responseSeconds, double joules) {}

  /**
   * The device has idled until the next release.
   *
   * @param joules meanwhile; NaN without a meter
   */
  default void idle(double startSeconds, double endSeconds, double joules) {}
}
