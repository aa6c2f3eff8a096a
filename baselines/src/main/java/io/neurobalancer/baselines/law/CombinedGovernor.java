package io.neurobalancer.baselines.law;

import io.neurobalancer.governor.Board;
import io.neurobalancer.governor.Governor;
import java.util.List;

/**
 * A governor of the core clock beside voters on the memory clock, of which the highest wins, as a
 * kernel runs them. Without any vote the memory clock rests at its slowest.
 */
public final class CombinedGovernor extends ForwardingGovernor {

  private final Hardware hardware;
  private final Board board;
  private final MemoryVoter[] voters;

  /** Combines governors that have begun. */
  public CombinedGovernor(
      Hardware hardware, Board board, Governor core, List<? extends MemoryVoter> voters) {
    super(core);
    this.hardware = hardware;
    this.board = board;
    this.voters = voters.toArray(new MemoryVoter[0]);
    vote();
  }

  @Override
  public long nextTickNanos() {
    long next = super.nextTickNanos();
    for (MemoryVoter voter : voters) {
      next = Math.min(next, voter.nextTickNanos());
    }
    return next;
  }

  @Override
  public void tick(long nowNanos) {
    super.tick(nowNanos);
    for (MemoryVoter voter : voters) {
      if (nowNanos >= voter.nextTickNanos()) {
        voter.tick(nowNanos);
      }
    }
    vote();
  }

  @Override
  public void released(int stream, long nowNanos, long deadlineNanos) {
    super.released(stream, nowNanos, deadlineNanos);
    for (MemoryVoter voter : voters) {
      voter.released(stream, nowNanos, deadlineNanos);
    }
    vote();
  }

  @Override
  public void segmentStarting(int stream, int segment, long nowNanos) {
    super.segmentStarting(stream, segment, nowNanos);
    for (MemoryVoter voter : voters) {
      voter.segmentStarting(stream, segment, nowNanos);
    }
    vote();
  }

  @Override
  public void finished(int stream, long nowNanos) {
    super.finished(stream, nowNanos);
    for (MemoryVoter voter : voters) {
      voter.finished(stream, nowNanos);
    }
    vote();
  }

  private void vote() {
    if (!hardware.hasMemory()) {
      return;
    }
    int highest = 0;
    for (MemoryVoter voter : voters) {
      if (hardware.hasCore()) {
        voter.coreAsked(board.requested(hardware.coreDomain()));
      }
      highest = Math.max(highest, voter.voteOpp());
    }
    board.request(hardware.memoryDomain(), highest);
  }
}
