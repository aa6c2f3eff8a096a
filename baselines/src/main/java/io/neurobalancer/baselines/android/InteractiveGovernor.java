package io.neurobalancer.baselines.android;

import io.neurobalancer.baselines.law.Clock;
import io.neurobalancer.baselines.law.Hardware;
import io.neurobalancer.baselines.law.SampledGovernor;
import io.neurobalancer.baselines.law.SteppedTunable;
import io.neurobalancer.baselines.law.Window;
import io.neurobalancer.device.OppTable;
import io.neurobalancer.governor.Board;
import io.neurobalancer.governor.Counter;
import io.neurobalancer.governor.GovernorInfo;
import io.neurobalancer.governor.GovernorSpec;

/**
 * {@code interactive}: jumps to {@code hispeed_freq} under load, goes above it only after a while,
 * and keeps a clock for a while before it lowers it.
 *
 * <pre>
 *   L = 100 * cycles / elapsed                  mean clock while counting idle as none, in kHz * 100
 *   load = L / target
 *   choose(L) = fixed point of  f = lowest OPP &gt;= L / target_load(f)
 *   new = hispeed_freq                          load &gt;= go_hispeed_load and target below it
 *         max(choose(L), hispeed_freq)          load &gt;= go_hispeed_load otherwise
 *         choose(L), at most hispeed_freq from below it         otherwise
 * </pre>
 *
 * <p>Above {@code hispeed_freq} a rise waits {@code above_hispeed_delay}; a fall waits until the
 * clock that was last justified is {@code min_sample_time} old.
 *
 * <p>The timer is deferrable: on an idle CPU it runs late by {@code timer_slack} if the clock is
 * above its minimum, else not before the CPU wakes up.
 *
 * <p>Source: {@code drivers/cpufreq/cpufreq_interactive.c} of Android's MSM kernel at 2568bbb8,
 * with the last {@code else} where AOSP has it. {@code hispeed_freq} is the fastest clock unless
 * set, as there. No input boost; {@code max_freq_hysteresis} and {@code io_is_busy} are off as by
 * default.
 */
final class InteractiveGovernor extends SampledGovernor {

  static final GovernorInfo INFO =
      new GovernorInfo(
          "interactive",
          GovernorInfo.Family.ANDROID,
          GovernorInfo.Role.CORE,
          GovernorInfo.Hardware.CPU,
          "jumps under load, lingers before it slows down (Android up to kernel 4.4)",
          "aosp-mirror kernel_msm drivers/cpufreq/cpufreq_interactive.c",
          GovernorInfo.rows(
              "timer_rate | 20000 | time between samples, us",
              "timer_slack | 80000 | how late an idle CPU may sample, us",
              "target_loads | 90 | load to aim at, percent, as 'value kHz:value'",
              "go_hispeed_load | 99 | load that asks for hispeed_freq, percent",
              "hispeed_freq | fastest | first clock under load, kHz",
              "above_hispeed_delay | 20000 | wait above it, us, as 'value kHz:value'",
              "min_sample_time | 80000 | how long a clock is kept before it falls, us"));

  private final Clock clock;
  private final OppTable opps;
  private final Window window;
  private final long slackNanos;
  private final SteppedTunable targetLoads;
  private final SteppedTunable aboveHispeedMicros;
  private final long goHispeedLoad;
  private final long hispeedKilohertz;
  private final long minSampleNanos;
  private boolean running;
  private int target;
  private int floor;
  private long floorValidated;
  private long hispeedValidated;

  InteractiveGovernor(GovernorSpec spec, Hardware hardware, Board board, long nowNanos) {
    super(spec.number("timer_rate", 20_000, 1_000, 10_000_000) * 1_000, nowNanos);
    this.clock = hardware.coreClock(board);
    this.opps = hardware.core();
    this.slackNanos = spec.number("timer_slack", 80_000, 0, 10_000_000) * 1_000;
    this.targetLoads = SteppedTunable.of(spec, "target_loads", "90");
    this.aboveHispeedMicros = SteppedTunable.of(spec, "above_hispeed_delay", "20000");
    this.goHispeedLoad = spec.number("go_hispeed_load", 99, 1, 1_000);
    this.hispeedKilohertz =
        spec.number("hispeed_freq", opps.max().kilohertz(), 1, opps.max().kilohertz());
    this.minSampleNanos = spec.number("min_sample_time", 80_000, 0, 10_000_000) * 1_000;
    this.window = new Window(INFO.name(), board, nowNanos, Counter.CYCLES);
    this.floorValidated = nowNanos;
    this.hispeedValidated = nowNanos;
    clock.request(0);
    sampleAt(NEVER); // idle at the slowest clock: nothing to do before it wakes up
  }

  @Override
  public void tick(long nowNanos) {
    super.tick(nowNanos);
    arm(nowNanos);
  }

  @Override
  public void released(int stream, long nowNanos, long deadlineNanos) {
    running = true;
    if (nowNanos - window.startNanos() >= periodNanos()) {
      sample(nowNanos); // the timer that idling had put off
    }
    sampleAt(Math.max(nowNanos + 1, window.startNanos() + periodNanos()));
  }

  @Override
  public void finished(int stream, long nowNanos) {
    running = false;
    sampleAt(
        target > 0
            ? Math.max(nowNanos + 1, window.startNanos() + periodNanos() + slackNanos)
            : NEVER);
  }

  private void arm(long nowNanos) {
    long late = running ? 0 : slackNanos;
    sampleAt(running || target > 0 ? nowNanos + periodNanos() + late : NEVER);
  }

  @Override
  protected void sample(long nowNanos) {
    double cycles = window.since(Counter.CYCLES);
    long elapsedMicros = window.elapsedMicros(nowNanos);
    window.restart(nowNanos);
    long adjusted = 100 * (long) (cycles * 1_000 / elapsedMicros);
    decide(nowNanos, adjusted);
  }

  private void decide(long nowNanos, long adjusted) {
    long current = kilohertz(target);
    long wanted;
    if (adjusted / current >= goHispeedLoad) {
      wanted =
          current < hispeedKilohertz
              ? hispeedKilohertz
              : Math.max(kilohertz(choose(adjusted)), hispeedKilohertz);
    } else {
      wanted = kilohertz(choose(adjusted));
      if (wanted > hispeedKilohertz && current < hispeedKilohertz) {
        wanted = hispeedKilohertz;
      }
    }
    if (current >= hispeedKilohertz
        && wanted > current
        && nowNanos - hispeedValidated < aboveHispeedMicros.at(current) * 1_000) {
      return;
    }
    hispeedValidated = nowNanos;
    int next = opps.ceilHertz(wanted * 1_000);
    if (next < floor && nowNanos - floorValidated < minSampleNanos) {
      return;
    }
    floor = next;
    floorValidated = nowNanos;
    target = next;
    clock.request(next);
  }

  /**
   * Looks for the OPP whose own target load it meets, narrowing the clocks between which it lies;
   * where none settles, the upper end of what is left.
   */
  private int choose(long adjusted) {
    int least = -1;
    int most = opps.size();
    int here = target;
    while (true) {
      int before = here;
      here = opps.ceilHertz(adjusted / targetLoads.at(kilohertz(here)) * 1_000);
      if (here > before) {
        least = before;
        if (here >= most) {
          here = most - 1;
          if (here == least) {
            return most;
          }
        }
      } else if (here < before) {
        most = before;
        if (here <= least) {
          here = least + 1;
          if (here == most) {
            return here;
          }
        }
      } else {
        return here;
      }
    }
  }

  private long kilohertz(int opp) {
    return opps.frequency(opp).kilohertz();
  }
}
