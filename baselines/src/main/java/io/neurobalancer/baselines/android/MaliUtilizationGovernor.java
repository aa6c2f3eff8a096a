package io.neurobalancer.baselines.android;

import io.neurobalancer.baselines.law.Clock;
import io.neurobalancer.baselines.law.ClockTable;
import io.neurobalancer.baselines.law.Hardware;
import io.neurobalancer.baselines.law.SampledGovernor;
import io.neurobalancer.baselines.law.Window;
import io.neurobalancer.device.OppTable;
import io.neurobalancer.governor.Board;
import io.neurobalancer.governor.Counter;
import io.neurobalancer.governor.GovernorInfo;
import io.neurobalancer.governor.GovernorSpec;
import io.neurobalancer.unit.Frequency;
import io.neurobalancer.unit.NeuroBalancerException;

/**
 * {@code mali-utilization}: each level of a Mali GPU has a utilization above which it is left
 * upwards and one below which it is left downwards, the latter after some polls in a row.
 *
 * <pre>
 *   util = 100 * busy / total over a polling interval
 *   util &gt; up[level]:    one level faster
 *   util &lt; down[level]:  one level slower, once hysteresis[level] polls in a row said so
 * </pre>
 *
 * <p>With {@code step_up} n &gt; 1 a utilization nearer to 100 than to {@code up[level]} rises n
 * levels at once and halves the hysteresis there (Google's {@code quickstep}).
 *
 * <p>Source: Google's kernel for gs201, {@code mali_kbase/platform/pixel/pixel_gpu_dvfs_governor.c}
 * ({@code basic}, {@code quickstep}) at bfbb3a16; the table is the device's. Departure: polling
 * goes on while the GPU is idle, where the driver would power it off.
 */
final class MaliUtilizationGovernor extends SampledGovernor {

  static final GovernorInfo INFO =
      new GovernorInfo(
          "mali-utilization",
          GovernorInfo.Family.ANDROID,
          GovernorInfo.Role.CORE,
          GovernorInfo.Hardware.GPU,
          "one level up or down as utilization leaves the band of its level",
          "kernel_google_gs201 mali_kbase/platform/pixel/pixel_gpu_dvfs_governor.c",
          GovernorInfo.rows(
              "table |  | 'kHz:downPercent:upPercent ...', one row per level",
              "hysteresis | 1 | polls before a level is left downwards, one number or one per level",
              "polling_ms | 20 | time between samples",
              "step_up | 1 | levels of a steep rise (quickstep: 2)"));

  private final Clock clock;
  private final Window window;
  private final int stepUp;
  private final int[] opp;
  private final long[] down;
  private final long[] up;
  private final long[] hysteresis;
  private int level;
  private long delay;

  MaliUtilizationGovernor(GovernorSpec spec, Hardware hardware, Board board, long nowNanos) {
    super(spec.number("polling_ms", 20, 1, 10_000) * 1_000_000, nowNanos);
    this.clock = hardware.coreClock(board);
    this.stepUp = (int) spec.number("step_up", 1, 1, 8);
    ClockTable table = ClockTable.of(spec, "table", "kHz:downPercent:upPercent", 3);
    long[] polls = spec.numbers("hysteresis", 1);
    if (polls.length != 1 && polls.length != table.size()) {
      throw NeuroBalancerException.invalid(
          "mali-utilization's hysteresis has %d numbers for %d rows of its table.%nMaybe give one, or one per row."
              .formatted(polls.length, table.size()));
    }
    opp = new int[table.size()];
    down = new long[opp.length];
    up = new long[opp.length];
    hysteresis = new long[opp.length];
    for (int l = 0; l < opp.length; l++) {
      opp[l] = level(clock.opps(), table.kilohertz(l));
      down[l] = table.number(l, 1);
      up[l] = table.number(l, 2);
      hysteresis[l] = Math.max(1, polls[polls.length == 1 ? 0 : l]);
    }
    window = new Window(INFO.name(), board, nowNanos, Counter.BUSY_NANOS);
    delay = hysteresis[0];
    clock.request(opp[0]);
  }

  private static int level(OppTable opps, long kilohertz) {
    try {
      return opps.indexOf(Frequency.ofKilohertz(kilohertz));
    } catch (IllegalArgumentException e) {
      throw NeuroBalancerException.invalid("mali-utilization's table: " + e.getMessage(), e);
    }
  }

  @Override
  protected void sample(long nowNanos) {
    long utilization = 100 * (window.busyNanos() / 1_000) / window.elapsedMicros(nowNanos);
    window.restart(nowNanos);
    decide(utilization);
    clock.request(opp[level]);
  }

  private void decide(long utilization) {
    int fastest = opp.length - 1;
    if (level < fastest && utilization > up[level]) {
      boolean steep =
          stepUp > 1 && level + stepUp <= fastest && utilization > (100 + up[level]) / 2;
      level += steep ? stepUp : 1;
      delay = steep ? hysteresis[level] / 2 : hysteresis[level];
    } else if (level > 0 && utilization < down[level]) {
      delay--;
      if (delay <= 0) {
        level--;
        delay = hysteresis[level];
      }
    } else {
      delay = hysteresis[level];
    }
  }
}
