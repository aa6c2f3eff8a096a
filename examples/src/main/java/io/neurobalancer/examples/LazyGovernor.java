package io.neurobalancer.examples;

import io.neurobalancer.governor.Board;
import io.neurobalancer.governor.Governor;

/**
 * A governor of one's own: it needs no profile and no plan. It remembers how long the last job took
 * from release to end, and goes one setting down where more than a fifth of the deadline was left,
 * two up where less than a tenth was.
 *
 * <p>It runs on any target, simulated, replayed or real: {@code target.run(LazyGovernor::new,
 * ...)}.
 */
public final class LazyGovernor implements Governor {

  private final Board board;
  private int step;
  private long releasedNanos;
  private long deadlineNanos;

  /** Begins at the fastest setting. */
  public LazyGovernor(Board board, long nowNanos) {
    this.board = board;
    this.step = steps() - 1;
    this.releasedNanos = nowNanos;
    request();
  }

  @Override
  public void released(int stream, long nowNanos, long deadline) {
    releasedNanos = nowNanos;
    deadlineNanos = deadline;
  }

  @Override
  public void finished(int stream, long nowNanos) {
    double left = (double) (deadlineNanos - nowNanos) / (deadlineNanos - releasedNanos);
    if (left < 0.1) {
      step = Math.min(steps() - 1, step + 2);
    } else if (left > 0.2) {
      step = Math.max(0, step - 1);
    }
    request();
  }

  /** As many steps as the first domain has OPPs; the other domains follow in proportion. */
  private int steps() {
    return board.grid().domains().get(0).opps().size();
  }

  private void request() {
    for (int d = 0; d < board.grid().dimensions(); d++) {
      int highest = board.grid().domains().get(d).opps().size() - 1;
      board.request(d, (int) Math.round((double) highest * step / Math.max(1, steps() - 1)));
    }
  }
}
