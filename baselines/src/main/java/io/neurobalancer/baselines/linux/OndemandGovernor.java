package io.neurobalancer.baselines.linux;

import io.neurobalancer.baselines.law.Hardware;
import io.neurobalancer.baselines.law.SchedulerDrivenGovernor;
import io.neurobalancer.device.OppTable;
import io.neurobalancer.governor.Board;
import io.neurobalancer.governor.GovernorInfo;
import io.neurobalancer.governor.GovernorSpec;

/**
 * {@code ondemand}: full speed above a load, else in proportion to it.
 *
 * <pre>
 *   next = fmax                                       load &gt; up_threshold
 *          fmin + load * (fmax - fmin) / 100          otherwise; the nearest OPP is taken
 * </pre>
 *
 * <p>After a jump to full speed the next sample waits {@code sampling_down_factor} periods. Samples
 * are taken at scheduler events at least a sampling period apart; load as in {@link DbsLoad}.
 *
 * <p>Source: Linux, {@code drivers/cpufreq/cpufreq_ondemand.c} and {@code cpufreq_governor.c}
 * (since 4.6). {@code up_threshold} is the 95 of kernels that account idle time exactly; {@code
 * sampling_rate}, which the kernel derives from the switch latency, is the 10 ms that its
 * documentation calls typical. {@code powersave_bias} is 0 as by default.
 */
final class OndemandGovernor extends SchedulerDrivenGovernor {

  static final GovernorInfo INFO =
      new GovernorInfo(
          "ondemand",
          GovernorInfo.Family.LINUX,
          GovernorInfo.Role.CORE,
          GovernorInfo.Hardware.CPU,
          "full speed above a load, else in proportion to it",
          "Linux drivers/cpufreq/cpufreq_ondemand.c",
          GovernorInfo.rows(
              "sampling_rate | 10000 | time between samples, us",
              "up_threshold | 95 | load above which full speed is asked for, percent",
              "sampling_down_factor | 1 | periods that full speed is kept unexamined",
              "hz | 250 | scheduler ticks per second (CONFIG_HZ)"));

  private final OppTable opps;
  private final long samplingMicros;
  private final long upThreshold;
  private final long downFactor;
  private final DbsLoad load;
  private long multiplier = 1;

  OndemandGovernor(GovernorSpec spec, Hardware hardware, Board board, long nowNanos) {
    super(spec, hardware, board);
    this.opps = hardware.core();
    this.samplingMicros = spec.number("sampling_rate", 10_000, 1_000, 10_000_000);
    this.upThreshold = spec.number("up_threshold", 95, 1, 100);
    this.downFactor = spec.number("sampling_down_factor", 1, 1, 100_000);
    this.load = new DbsLoad(INFO.name(), board, nowNanos);
  }

  @Override
  protected void decide(long nowNanos) {
    long period = samplingMicros * multiplier;
    if (nowNanos - load.lastNanos() < period * 1_000) {
      return;
    }
    long percent = load.sample(nowNanos, period);
    int fastest = opps.size() - 1;
    if (percent > upThreshold) {
      if (clock().requested() < fastest) {
        multiplier = downFactor;
      }
      clock().request(fastest);
    } else {
      multiplier = 1;
      long least = opps.min().kilohertz();
      clock().request(closest(least + percent * (opps.max().kilohertz() - least) / 100));
    }
  }

  /** Returns the OPP nearest to a clock, the slower one of two that are as near. */
  private int closest(long kilohertz) {
    int above = opps.ceilHertz(kilohertz * 1_000);
    if (above == 0) {
      return 0;
    }
    long up = opps.frequency(above).kilohertz() - kilohertz;
    long down = kilohertz - opps.frequency(above - 1).kilohertz();
    return down > up ? above : above - 1;
  }
}
