package io.neurobalancer.baselines.linux;

/**
 * The utilization of one CPU as the kernel tracks it: running time in an exponentially decaying
 * average whose half-life is 32 periods. A period is 1024 of the kernel's microseconds, which are
 * 1024 nanoseconds each: 33.554 ms in all.
 *
 * <p>How a slow clock counts depends on the kernel:
 *
 * <pre>
 *   before 5.1   running moves the signal towards 1024 * share, at full pace
 *   from 5.1     running moves it towards 1024, at share of the pace; the time that the slow clock
 *                cost, dt * (1 - share), decays the signal when the CPU is idle next
 * </pre>
 *
 * <p>where share is the clock's part of the fastest one. A CPU that is always busy is thus seen as
 * fully used since 5.1, whatever its clock, and schedutil climbs to the fastest clock without
 * stopping at steps. The decay that is owed is forgotten where the signal is saturated: there was
 * no idle time to be had.
 *
 * <p>Within a stretch of constant state of length t the signal moves to its limit by the factor
 * {@code 1 - 0.5^(t / 33.554 ms)}. The kernel sums the same series in fixed point, period by
 * period; this is its closed form and differs by less than one unit of 1024.
 *
 * <p>Source: Linux, {@code kernel/sched/pelt.c} and {@code pelt.h} (update_rq_clock_pelt);
 * Documentation/scheduler/sched-capacity.rst for the frequency invariance.
 */
final class PeltSignal {

  private static final double HALF_LIFE_NANOS = 32 * 1_024 * 1_024.0;

  /** From 1001 to 1023 by where in its period the kernel looks: the middle. */
  private static final double SATURATED = 1_012;

  private final boolean paced;
  private double utilization;
  private double owedNanos;
  private long atNanos;

  /**
   * Begins at zero.
   *
   * @param paced whether a slow clock slows the signal's pace down, as from 5.1 on
   */
  PeltSignal(long nowNanos, boolean paced) {
    this.atNanos = nowNanos;
    this.paced = paced;
  }

  /** Accounts for the stretch since the last call. */
  void advance(long nowNanos, boolean running, double clockShare) {
    double nanos = nowNanos - atNanos;
    atNanos = nowNanos;
    if (!paced) {
      move(running ? 1_024 * clockShare : 0, nanos);
    } else if (running) {
      move(1_024, nanos * clockShare);
      owedNanos += nanos * (1 - clockShare);
    } else if (nanos > 0) {
      move(0, utilization >= SATURATED ? nanos : nanos + owedNanos);
      owedNanos = 0;
    }
  }

  private void move(double limit, double nanos) {
    double kept = StrictMath.pow(0.5, nanos / HALF_LIFE_NANOS);
    utilization = limit + (utilization - limit) * kept;
  }

  /** Returns the utilization, 0 to 1024, truncated as the kernel's integer is. */
  int utilization() {
    return (int) utilization;
  }
}
