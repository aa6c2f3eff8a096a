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

  /** Returns one that tells this observer first and then another one. */
  default RunObserver and(RunObserver other) {
    RunObserver one = this;
    return new RunObserver() {
      @Override
      public void released(int stream, int job, double seconds, double deadlineSeconds) {
        one.released(stream, job, seconds, deadlineSeconds);
        other.released(stream, job, seconds, deadlineSeconds);
      }

      @Override
      public void segment(int stream, int job, int segment, double start, double end) {
        one.segment(stream, job, segment, start, end);
        other.segment(stream, job, segment, start, end);
      }

      @Override
      public void requested(int domain, int opp, double seconds) {
        one.requested(domain, opp, seconds);
        other.requested(domain, opp, seconds);
      }

      @Override
      public void clock(int domain, int opp, double seconds) {
        one.clock(domain, opp, seconds);
        other.clock(domain, opp, seconds);
      }

      @Override
      public void finished(int stream, int job, double responseSeconds, double joules) {
        one.finished(stream, job, responseSeconds, joules);
        other.finished(stream, job, responseSeconds, joules);
      }

      @Override
      public void idle(double startSeconds, double endSeconds, double joules) {
        one.idle(startSeconds, endSeconds, joules);
        other.idle(startSeconds, endSeconds, joules);
      }
    };
  }
}
