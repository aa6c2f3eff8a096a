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
 * <p>What others see of the signal changes only when its time passes the end of a period: a job
 * shorter than that may sleep with what it woke up with.
 *
 * <p>Within a stretch of constant state of length t the signal moves to its limit by the factor
 * {@code 1 - 0.5^(t / 33.554 ms)}. The kernel sums the same series in fixed point, period by
 * period; this is its closed form and differs by less than one unit of 1024.
 *
 * <p>Source: Linux, {@code kernel/sched/pelt.c} and {@code pelt.h} (update_rq_clock_pelt);
 * Documentation/scheduler/sched-capacity.rst for the frequency invariance.
 */
final class PeltSignal {

  private static final double PERIOD_NANOS = 1_024 * 1_024.0;

  private static final double HALF_LIFE_NANOS = 32 * PERIOD_NANOS;

  /** From 1001 to 1023 by where in its period the kernel looks: the middle. */
  private static final double SATURATED = 1_012;

  private final boolean paced;
  private double exact;
  private double seen;
  private double signalNanos;
  private double lostNanos;
  private long atNanos;

  /**
   * Begins at zero.
   *
   * @param paced whether a slow clock slows the signal's pace down, as from 5.1 on
   */
  PeltSignal(long nowNanos, boolean paced) {
    this.atNanos = nowNanos;
    this.signalNanos = nowNanos;
    this.paced = paced;
  }

  /** Accounts for the stretch since the last call. */
  void advance(long nowNanos, boolean running, double clockShare) {
    double nanos = nowNanos - atNanos;
    if (nanos == 0) {
      return;
    }
    double before = signalNanos;
    if (!paced || !running) {
      if (paced && exact >= SATURATED) {
        lostNanos = atNanos - signalNanos;
      }
      signalNanos = nowNanos - lostNanos;
    } else {
      signalNanos += nanos * clockShare;
    }
    atNanos = nowNanos;
    double limit = !running ? 0 : paced ? 1_024 : 1_024 * clockShare;
    double kept = StrictMath.pow(0.5, (signalNanos - before) / HALF_LIFE_NANOS);
    exact = limit + (exact - limit) * kept;
    if (Math.floor(signalNanos / PERIOD_NANOS) != Math.floor(before / PERIOD_NANOS)) {
      seen = exact;
    }
  }

  /** Returns the utilization, 0 to 1024, truncated as the kernel's integer is. */
  int utilization() {
    return (int) seen;
  }
}
