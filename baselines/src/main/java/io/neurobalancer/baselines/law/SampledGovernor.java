package io.neurobalancer.baselines.law;

import io.neurobalancer.governor.Governor;

/** A governor that is polled: it looks at its counters once per period, busy or idle. */
public abstract class SampledGovernor implements Governor {

  private final long periodNanos;
  private long next;

  /**
   * Begins; the first sample is due after one period.
   *
   * @param periodNanos between samples, positive
   */
  protected SampledGovernor(long periodNanos, long nowNanos) {
    this.periodNanos = periodNanos;
    this.next = nowNanos + periodNanos;
  }

  /** Looks at the counters and reconsiders. */
  protected abstract void sample(long nowNanos);

  /** Returns the time between samples. */
  protected final long periodNanos() {
    return periodNanos;
  }

  /** Puts the next sample off or forward; {@link #NEVER} stops sampling. */
  protected final void sampleAt(long nanos) {
    next = nanos;
  }

  @Override
  public long nextTickNanos() {
    return next;
  }

  @Override
  public void tick(long nowNanos) {
    next = nowNanos + periodNanos;
    sample(nowNanos);
  }
}
