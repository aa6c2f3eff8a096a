package io.neurobalancer.baselines.linux;

import io.neurobalancer.baselines.law.Hardware;
import io.neurobalancer.baselines.law.SchedulerDrivenGovernor;
import io.neurobalancer.device.OppTable;
import io.neurobalancer.governor.Board;
import io.neurobalancer.governor.GovernorInfo;
import io.neurobalancer.governor.GovernorSpec;

/**
 * {@code conservative}: one step of a share of the fastest clock up above a load, one down below
 * another.
 *
 * <p>The clock that is wanted moves in steps of {@code freq_step} percent of the fastest one,
 * whether or not an OPP lies there; going up the fastest OPP at or below it is taken, going down
 * the slowest at or above. Each sampling period slept through takes one step off first, which is
 * remembered only if this sample's load is above or below a threshold.
 *
 * <p>Where that brings the wish down to the slowest clock and the load is low, the clock follows.
 * Kernels before 6.1.192 (of that series) leave it where it is then ({@code break_early}): they ask
 * of the wish, not of the clock, whether it can fall any further.
 *
 * <p>Source: Linux, {@code drivers/cpufreq/cpufreq_conservative.c} and {@code cpufreq_governor.c}
 * (since 4.11); {@code sampling_rate} as in {@link OndemandGovernor}.
 */
final class ConservativeGovernor extends SchedulerDrivenGovernor {

  static final GovernorInfo INFO =
      new GovernorInfo(
          "conservative",
          GovernorInfo.Family.LINUX,
          GovernorInfo.Role.CORE,
          GovernorInfo.Hardware.CPU,
          "one step up above a load, one step down below another",
          "Linux drivers/cpufreq/cpufreq_conservative.c",
          GovernorInfo.rows(
              "sampling_rate | 10000 | time between samples, us",
              "up_threshold | 80 | load above which the clock steps up, percent",
              "down_threshold | 20 | load below which it steps down, percent",
              "freq_step | 5 | step, percent of the fastest clock",
              "sampling_down_factor | 1 | samples between steps down",
              "break_early | 0 | 1: a wish at an end changes nothing, as in older kernels",
              "hz | 250 | scheduler ticks per second (CONFIG_HZ)"));

  private static final long LEAST_STEP_KILOHERTZ = 5;

  private final OppTable opps;
  private final long samplingMicros;
  private final long upThreshold;
  private final long downThreshold;
  private final long downFactor;
  private final long stepPercent;
  private final boolean breaksEarly;
  private final DbsLoad load;
  private long wanted;
  private long downSkipped;

  ConservativeGovernor(GovernorSpec spec, Hardware hardware, Board board, long nowNanos) {
    super(spec, hardware, board);
    this.opps = hardware.core();
    this.samplingMicros = spec.number("sampling_rate", 10_000, 1_000, 10_000_000);
    this.upThreshold = spec.number("up_threshold", 80, 1, 100);
    this.downThreshold = spec.number("down_threshold", 20, 0, upThreshold - 1);
    this.stepPercent = spec.number("freq_step", 5, 0, 100);
    this.downFactor = spec.number("sampling_down_factor", 1, 1, 10);
    this.breaksEarly = spec.number("break_early", 0, 0, 1) == 1;
    this.load = new DbsLoad(INFO.name(), board, nowNanos);
    this.wanted = opps.min().kilohertz();
  }

  @Override
  protected void decide(long nowNanos) {
    if (nowNanos - load.lastNanos() < samplingMicros * 1_000) {
      return;
    }
    long percent = load.sample(nowNanos, samplingMicros);
    if (stepPercent > 0) {
      step(percent);
    }
  }

  private void step(long percent) {
    long least = opps.min().kilohertz();
    long most = opps.max().kilohertz();
    long step = stepPercent * most / 100;
    step = step == 0 ? LEAST_STEP_KILOHERTZ : step;
    long target = Math.max(least, wanted - load.idlePeriods() * step);
    if (percent > upThreshold) {
      downSkipped = 0;
      if (target < most || !breaksEarly) {
        wanted = Math.min(most, target + step);
        clock().request(floor(wanted));
      }
    } else if (++downSkipped >= downFactor) {
      downSkipped = 0;
      if (percent < downThreshold && (target > least || !breaksEarly)) {
        wanted = Math.max(least, target - step);
        clock().request(opps.ceilHertz(wanted * 1_000));
      }
    }
  }

  /** Returns the fastest OPP at or below a clock that is not below the slowest one. */
  private int floor(long kilohertz) {
    int above = opps.ceilHertz(kilohertz * 1_000);
    return opps.frequency(above).kilohertz() > kilohertz ? above - 1 : above;
  }
}
