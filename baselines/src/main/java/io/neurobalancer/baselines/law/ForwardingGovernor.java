package io.neurobalancer.baselines.law;

import io.neurobalancer.governor.Governor;

/** Passes every event on to another governor; what a subclass adds comes after it. */
public abstract class ForwardingGovernor implements Governor {

  private final Governor governor;

  /** Passes on to a governor that has begun. */
  protected ForwardingGovernor(Governor governor) {
    this.governor = governor;
  }

  @Override
  public void released(int stream, long nowNanos, long deadlineNanos) {
    governor.released(stream, nowNanos, deadlineNanos);
  }

  @Override
  public void segmentStarting(int stream, int segment, long nowNanos) {
    governor.segmentStarting(stream, segment, nowNanos);
  }

  @Override
  public void finished(int stream, long nowNanos) {
    governor.finished(stream, nowNanos);
  }

  @Override
  public long nextTickNanos() {
    return governor.nextTickNanos();
  }

  /** Passes a tick on if it was this governor's; several may be due at one time, or only one. */
  @Override
  public void tick(long nowNanos) {
    if (nowNanos >= governor.nextTickNanos()) {
      governor.tick(nowNanos);
    }
  }
}
