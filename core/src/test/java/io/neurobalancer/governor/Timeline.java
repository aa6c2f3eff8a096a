package io.neurobalancer.governor;

import io.neurobalancer.unit.Frequency;

/**
 * Drives a governor over the time of a {@link FakeBoard} as an engine would: ticks when they are
 * due, jobs where the test says so. While a job runs, the core is busy and counts cycles at the
 * clock of domain 0.
 */
public final class Timeline {

  private final FakeBoard board;
  private final Governor governor;
  private boolean running;
  private double bytesPerSecond;
  private double instructionsPerCycle;
  private double stalledShare;

  /** Begins governing at the board's time. */
  public Timeline(FakeBoard board, Governor.Factory factory) {
    this.board = board;
    this.governor = factory.on(board, board.now);
  }

  /** Says what jobs do from now on while they run; a byte in 64 is a cache miss. */
  public Timeline loading(double bytesPerSecond, double instructionsPerCycle, double stalled) {
    this.bytesPerSecond = bytesPerSecond;
    this.instructionsPerCycle = instructionsPerCycle;
    this.stalledShare = stalled;
    return this;
  }

  /** A job is released now and runs until so many milliseconds of the board's time. */
  public Timeline workUntil(double milliseconds) {
    if (!running) {
      governor.released(0, board.now, Governor.NEVER);
      running = true;
    }
    return advance(milliseconds);
  }

  /** A segment starts now. */
  public Timeline segment(int segment) {
    governor.segmentStarting(0, segment, board.now);
    return this;
  }

  /** The job ends now; nothing runs until so many milliseconds of the board's time. */
  public Timeline sleepUntil(double milliseconds) {
    if (running) {
      governor.finished(0, board.now);
      running = false;
    }
    return advance(milliseconds);
  }

  private Timeline advance(double milliseconds) {
    long end = Math.round(milliseconds * 1e6);
    while (governor.nextTickNanos() <= end) {
      pass(governor.nextTickNanos());
      governor.tick(board.now);
    }
    pass(end);
    return this;
  }

  private void pass(long until) {
    if (running) {
      Frequency clock = board.grid().domains().get(0).opps().frequency(board.actualOrRequested(0));
      board.count(Counter.BUSY_NANOS, (double) (until - board.now));
      double seconds = (until - board.now) * 1e-9;
      double cycles = seconds * clock.hertz();
      board.count(Counter.CYCLES, cycles);
      board.count(Counter.STALLED_CYCLES, cycles * stalledShare);
      board.count(Counter.INSTRUCTIONS, cycles * instructionsPerCycle);
      board.count(Counter.DRAM_BYTES, seconds * bytesPerSecond);
      board.count(Counter.CACHE_MISSES, seconds * bytesPerSecond / 64);
    }
    board.now = until;
  }
}
