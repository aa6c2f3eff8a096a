package io.neurobalancer.baselines.android;

import io.neurobalancer.baselines.law.Hardware;
import io.neurobalancer.baselines.linux.SchedutilGovernor;
import io.neurobalancer.governor.Board;
import io.neurobalancer.governor.GovernorInfo;
import io.neurobalancer.governor.GovernorSpec;

/**
 * {@code sched_pixel}: Google's {@code schedutil} for Tensor phones. A deep fall is allowed sooner
 * than a shallow one.
 *
 * <pre>
 *   fall from a to b dropped while  since * a &lt; down_rate_limit * b * (b/a)^(scale_pow - 1)
 * </pre>
 *
 * <p>The powers are taken one integer division after the other, as in the source. Everything else
 * is {@link SchedutilGovernor}'s law.
 *
 * <p>Source: Google's kernel for gs101, vendor hooks, {@code kernel/sched/cpufreq_gov.c}. Not
 * modelled: headroom and response-time tables, which are neutral by default, and the limit on
 * memory-bound cores by performance counters ({@code pmu_limit}), which the image ships with its
 * polling off ({@code pmu_poll_enable} 0); its tunables are accepted and do nothing.
 */
final class SchedPixelGovernor extends SchedutilGovernor {

  static final GovernorInfo INFO =
      new GovernorInfo(
          "sched_pixel",
          GovernorInfo.Family.ANDROID,
          GovernorInfo.Role.CORE,
          GovernorInfo.Hardware.CPU,
          "schedutil whose deep falls are allowed sooner than shallow ones",
          "Google's gs101 kernel, vendor_hooks kernel/sched/cpufreq_gov.c",
          tunables(
              "up_rate_limit_us | 500 | least time from one change to a rise",
              "down_rate_limit_us | 20000 | least time to a fall, scaled by its depth",
              "down_rate_limit_scale_pow | 1 | power of the depth",
              "util_est | 1 | 1: a task wakes up with what it last used",
              "lcpi_threshold | 1000 | no effect: counter polling is off in the image",
              "spc_threshold | 100 | no effect: counter polling is off in the image",
              "limit_frequency | 0 | no effect: counter polling is off in the image",
              "pmu_limit_enable | 0 | no effect: counter polling is off in the image",
              "hz | 250 | scheduler ticks per second (CONFIG_HZ)"));

  private final long power;

  SchedPixelGovernor(GovernorSpec spec, Hardware hardware, Board board, long nowNanos) {
    super(spec, hardware, board, nowNanos);
    this.power = spec.number("down_rate_limit_scale_pow", 1, 1, 8);
  }

  @Override
  protected boolean tooSoonToFall(
      long sinceNanos, long limitNanos, long fromKilohertz, long toKilohertz) {
    long scaled = limitNanos * toKilohertz;
    for (int p = 1; p < power; p++) {
      scaled = scaled / fromKilohertz * toKilohertz;
    }
    return sinceNanos * fromKilohertz < scaled;
  }
}
