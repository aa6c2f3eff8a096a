package io.neurobalancer.governor;

/**
 * The duty cycle of a governor on a board: sample, decide, commit. It reads no clock and never
 * waits; whoever owns the thread and the clock calls it, as {@code Agrona}'s agents are driven.
 */
public final class GovernorLoop {

  private final DrivenBoard board;
  private final Governor governor;
  private long decisions;
  private long commits;

  /** Starts a governor on a board. */
  public GovernorLoop(Governor.Factory factory, DrivenBoard board, long nowNanos) {
    this.board = board;
    board.sample(nowNanos);
    this.governor = factory.on(board, nowNanos);
    commit(nowNanos);
  }

  /** Tells of a release; returns how many domains were asked to change. */
  public int released(int stream, long nowNanos, long deadlineNanos) {
    board.sample(nowNanos);
    governor.released(stream, nowNanos, deadlineNanos);
    return commit(nowNanos);
  }

  /** Tells of the start of a segment; returns how many domains were asked to change. */
  public int segmentStarting(int stream, int segment, long nowNanos) {
    board.sample(nowNanos);
    governor.segmentStarting(stream, segment, nowNanos);
    return commit(nowNanos);
  }

  /** Tells of the end of a job; returns how many domains were asked to change. */
  public int finished(int stream, long nowNanos) {
    board.sample(nowNanos);
    governor.finished(stream, nowNanos);
    return commit(nowNanos);
  }

  /** Returns when {@link #doWork} is due next, or {@link Governor#NEVER}. */
  public long nextTickNanos() {
    return governor.nextTickNanos();
  }

  /**
   * Runs the ticks that are due.
   *
   * @return how many domains were asked to change
   * @throws IllegalStateException if the governor asks for the same tick again
   */
  public int doWork(long nowNanos) {
    int changed = 0;
    while (governor.nextTickNanos() <= nowNanos) {
      long due = governor.nextTickNanos();
      board.sample(nowNanos);
      governor.tick(nowNanos);
      changed += commit(nowNanos);
      if (governor.nextTickNanos() <= due) {
        throw new IllegalStateException(
            "The governor " + governor + " asks for a tick at " + due + " ns again.");
      }
    }
    return changed;
  }

  /** Returns how many times the governor was asked since the start. */
  public long decisions() {
    return decisions;
  }

  /** Returns how many requests for a domain were passed on since the start. */
  public long commits() {
    return commits;
  }

  private int commit(long nowNanos) {
    decisions++;
    int changed = board.commit(nowNanos);
    commits += changed;
    return changed;
  }
}
