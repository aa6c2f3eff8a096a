package io.neurobalancer.baselines.android;

import io.neurobalancer.baselines.law.Hardware;
import io.neurobalancer.baselines.law.SchedulerDrivenGovernor;
import io.neurobalancer.device.OppTable;
import io.neurobalancer.governor.Board;
import io.neurobalancer.governor.GovernorInfo;
import io.neurobalancer.governor.GovernorSpec;
import io.neurobalancer.unit.Frequency;

/**
 * {@code schedutil} as Qualcomm phones run it: utilization is what the CPU did in the last whole
 * window (WALT), not a decaying average, and a heavily loaded CPU jumps to {@code hispeed_freq}.
 *
 * <pre>
 *   util    = running time of the last window, scaled by the clock, over the window, times 1024
 *   avg_cap = mean clock of the last window while running, over the fastest, times 1024
 *   if util &gt;= hispeed_load% of avg_cap:  util = max(util, 80 % of hispeed_freq's capacity)
 *   raw     = (fmax + fmax / 4) * util / 1024
 * </pre>
 *
 * <p>Windows roll over at fixed multiples of their length, noticed at the next scheduler event.
 *
 * <p>Source: OnePlus's kernel for SM8250, {@code kernel/sched/cpufreq_schedutil.c} at 011ac4d8.
 * Departures: no task is new after the first window, so the rule for new tasks ({@code NL_RATIO})
 * never applies; no predicted load ({@code pl} 0) and no boost of related thread groups, as no
 * inference asks for them; {@code hispeed_freq} defaults to 0 (off) as in the code, devices set it.
 */
final class SchedutilWaltGovernor extends SchedulerDrivenGovernor {

  static final GovernorInfo INFO =
      new GovernorInfo(
          "schedutil-walt",
          GovernorInfo.Family.ANDROID,
          GovernorInfo.Role.CORE,
          GovernorInfo.Hardware.CPU,
          "schedutil on the load of the last whole window (WALT)",
          "OnePlusOSS sm8250 kernel/sched/cpufreq_schedutil.c",
          GovernorInfo.rows(
              "up_rate_limit_us | 500 | least time from one change to a rise",
              "down_rate_limit_us | 20000 | least time from one change to a fall",
              "window_ms | 20 | length of a window (sched_ravg_window)",
              "hispeed_load | 90 | percent of the mean clock that count as heavy load",
              "hispeed_freq | 0 | clock that heavy load jumps to, kHz; 0 is off",
              "hz | 250 | scheduler ticks per second (CONFIG_HZ)"));

  private final OppTable opps;
  private final long upNanos;
  private final long downNanos;
  private final long windowNanos;
  private final long hispeedLoad;
  private final int hispeedUtilization;
  private long windowStart;
  private long accountedTo;
  private long busyNanos;
  private double scaledNanos;
  private int utilization;
  private int averageCapacity;
  private long lastChange;

  SchedutilWaltGovernor(GovernorSpec spec, Hardware hardware, Board board, long nowNanos) {
    super(spec, hardware, board);
    this.opps = hardware.core();
    this.upNanos = spec.number("up_rate_limit_us", 500, 0, 10_000_000) * 1_000;
    this.downNanos = spec.number("down_rate_limit_us", 20_000, 0, 10_000_000) * 1_000;
    this.windowNanos = spec.number("window_ms", 20, 1, 1_000) * 1_000_000;
    this.hispeedLoad = spec.number("hispeed_load", 90, 1, 100);
    long hispeed = spec.number("hispeed_freq", 0, 0, 100_000_000);
    this.hispeedUtilization =
        hispeed == 0 ? 0 : capacity(Frequency.ofKilohertz(hispeed)) * 80 / 100;
    this.windowStart = nowNanos / windowNanos * windowNanos;
    this.accountedTo = nowNanos;
    this.lastChange = nowNanos;
  }

  @Override
  protected void account(long nowNanos) {
    double share = (double) opps.frequency(clock().current()).hertz() / opps.max().hertz();
    while (windowStart + windowNanos <= nowNanos) {
      account(windowStart + windowNanos, share);
      utilization = (int) (scaledNanos * 1_024 / windowNanos);
      averageCapacity = busyNanos == 0 ? 0 : (int) (scaledNanos * 1_024 / busyNanos);
      scaledNanos = 0;
      busyNanos = 0;
      windowStart += windowNanos;
    }
    account(nowNanos, share);
  }

  private void account(long untilNanos, double share) {
    if (running()) {
      busyNanos += untilNanos - accountedTo;
      scaledNanos += (untilNanos - accountedTo) * share;
    }
    accountedTo = untilNanos;
  }

  @Override
  protected void decide(long nowNanos) {
    boolean heavy = utilization > 0 && utilization >= averageCapacity * hispeedLoad / 100;
    int util = heavy ? Math.max(utilization, hispeedUtilization) : utilization;
    int current = clock().requested();
    int next = opps.ceilHertz(rawKilohertz(opps.max().kilohertz(), util) * 1_000);
    long since = nowNanos - lastChange;
    if ((next > current && since >= upNanos) || (next < current && since >= downNanos)) {
      clock().request(next);
      lastChange = nowNanos;
    }
  }

  private static long rawKilohertz(long maximumKilohertz, int utilization) {
    return (maximumKilohertz + (maximumKilohertz >> 2)) * utilization / 1_024;
  }

  private int capacity(Frequency clock) {
    return (int) (1_024 * clock.kilohertz() / opps.max().kilohertz());
  }
}
