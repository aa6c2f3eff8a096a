package io.neurobalancer.baselines.linux;

/**
 * The utilization of one CPU as the kernel tracks it: running time, scaled by the clock, in an
 * exponentially decaying average whose half-life is 32 periods of 1024 microseconds.
 *
 * <p>Within a stretch of constant state of length t the signal moves to its limit (the clock's
 * share of the fastest one times 1024 while running, 0 while sleeping) by the factor {@code 1 -
 * 0.5^(t / 32.768 ms)}. The kernel sums the same series in fixed point with 1024-microsecond steps;
 * this is its closed form and differs by less than one unit of 1024.
 *
 * <p>Source: Linux, {@code kernel/sched/pelt.c}; Documentation/scheduler/sched-capacity.rst for the
 * frequency invariance.
 */
final class PeltSignal {

  private static final double HALF_LIFE_NANOS = 32 * 1_024_000.0;

  private double utilization;
  private long atNanos;

  PeltSignal(long nowNanos) {
    atNanos = nowNanos;
  }

  /** Accounts for the stretch since the last call. */
  void advance(long nowNanos, boolean running, double clockShare) {
    double limit = running ? 1_024 * clockShare : 0;
    double kept = StrictMath.pow(0.5, (nowNanos - atNanos) / HALF_LIFE_NANOS);
    utilization = limit + (utilization - limit) * kept;
    atNanos = nowNanos;
  }

  /** Returns the utilization, 0 to 1024, truncated as the kernel's integer is. */
  int utilization() {
    return (int) utilization;
  }
}
