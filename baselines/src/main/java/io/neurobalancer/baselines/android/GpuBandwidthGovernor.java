package io.neurobalancer.baselines.android;

import io.neurobalancer.baselines.law.ClockTable;
import io.neurobalancer.baselines.law.Hardware;
import io.neurobalancer.baselines.law.MemoryVoter;
import io.neurobalancer.baselines.law.Window;
import io.neurobalancer.device.OppTable;
import io.neurobalancer.governor.Board;
import io.neurobalancer.governor.Counter;
import io.neurobalancer.governor.GovernorInfo;
import io.neurobalancer.governor.GovernorSpec;
import org.jspecify.annotations.Nullable;

/**
 * {@code gpubw_mon}: the Adreno GPU's own vote on the memory clock. Each GPU level has a usual bus
 * point; the governor moves the vote one point up or down as the bus fills or empties.
 *
 * <pre>
 *   norm = (ram cycles + cycles waiting for ram) / total us          divisions truncate
 *   norm &gt; highest so far:          remember it, recompute the thresholds, one point up
 *   else n = norm * 100 / 80:
 *        n &gt; up[point], GPU &gt; 75 % busy:   one point up
 *        n &lt; down[point], point &gt; 0:       one point down
 * </pre>
 *
 * <p>Thresholds are percents of the highest norm: a point's up threshold is its share of the
 * fastest point's bandwidth less 5, its down threshold the share of the point below less 10.
 *
 * <p>It runs as kernels retire, never before 50 ms have piled up. A faster GPU level drops what was
 * learned about the bus (recalled, not read). While the GPU sleeps (from 80 ms of idling on,
 * recalled too) it votes for nothing.
 *
 * <p>Source: AOSP's MSM kernel, {@code drivers/devfreq/governor_gpubw_mon.c} at 5ab64028. Ram
 * cycles are DRAM bytes over the bus width, waiting cycles the core's stalled ones. Our own: where
 * the device gives no {@code table}, GPU levels spread evenly over the bus points. The average vote
 * sets no clock here.
 */
final class GpuBandwidthGovernor implements MemoryVoter {

  static final GovernorInfo INFO =
      new GovernorInfo(
          "gpubw_mon",
          GovernorInfo.Family.ANDROID,
          GovernorInfo.Role.MEMORY,
          GovernorInfo.Hardware.GPU,
          "the GPU's vote: a bus point per GPU level, moved as the bus fills",
          "aosp-mirror kernel_msm drivers/devfreq/governor_gpubw_mon.c",
          GovernorInfo.rows(
              "table | evenly spread | 'gpuKHz:memoryKHz ...', the usual point of each GPU level",
              "bus_width | 32 | bytes per ram cycle",
              "idle_timer_ms | 80 | idle time after which the GPU sleeps"));

  private static final long FLOOR_MICROS = 50_000;
  private static final long TARGET_PERCENT = 80;
  private static final long CAP_PERCENT = 75;
  private static final long HISTORY = 5;

  private final int[] usualPoint;
  private final long[] upPercent;
  private final long[] downPercent;
  private final long busWidth;
  private final long sleepNanos;
  private final Window window;
  private long sleepsAt = NEVER;
  private boolean asleep = true;
  private long highestNorm;
  private int level;
  private int moved;

  GpuBandwidthGovernor(GovernorSpec spec, Hardware hardware, Board board, long nowNanos) {
    OppTable core = hardware.core();
    OppTable memory = hardware.memory();
    busWidth = spec.number("bus_width", 32, 1, 1_024);
    sleepNanos = spec.number("idle_timer_ms", 80, 0, 100_000) * 1_000_000;
    usualPoint = new int[core.size()];
    @Nullable ClockTable table =
        spec.tunables().containsKey("table")
            ? ClockTable.of(spec, "table", "gpuKHz:memoryKHz", 2)
            : null;
    int steps = Math.max(1, usualPoint.length - 1);
    for (int l = 0; l < usualPoint.length; l++) {
      usualPoint[l] =
          table == null
              ? (l * (memory.size() - 1) + steps / 2) / steps
              : memory.ceilHertz(1_000 * table.ceil(core.frequency(l).kilohertz()));
    }
    int points = memory.size();
    upPercent = new long[points];
    downPercent = new long[points];
    long below = 2 * HISTORY;
    for (int p = 0; p < points; p++) {
      long share = 100 * memory.frequency(p).kilohertz() / memory.max().kilohertz();
      upPercent[p] = share - HISTORY;
      downPercent[p] = below - 2 * HISTORY;
      below = share;
    }
    downPercent[0] = 0;
    if (points > 1) {
      downPercent[1] = Math.max(downPercent[1], 2 * HISTORY);
    }
    upPercent[points - 1] = 100;
    window =
        new Window(
            INFO.name(),
            board,
            nowNanos,
            Counter.BUSY_NANOS,
            Counter.DRAM_BYTES,
            Counter.STALLED_CYCLES);
  }

  @Override
  public long nextTickNanos() {
    return sleepsAt;
  }

  @Override
  public void tick(long nowNanos) {
    sleepsAt = NEVER;
    asleep = true;
  }

  @Override
  public void coreAsked(int coreOpp) {
    if (coreOpp > level || (coreOpp < level && moved < 0)) {
      moved = 0;
    }
    level = coreOpp;
  }

  @Override
  public int voteOpp() {
    return asleep ? 0 : point();
  }

  private int point() {
    return Math.max(0, Math.min(upPercent.length - 1, usualPoint[level] + moved));
  }

  @Override
  public void segmentStarting(int stream, int segment, long nowNanos) {
    dispatched(nowNanos);
  }

  @Override
  public void finished(int stream, long nowNanos) {
    dispatched(nowNanos);
  }

  private void dispatched(long nowNanos) {
    asleep = false;
    sleepsAt = nowNanos + Math.max(1, sleepNanos);
    long total = window.elapsedMicros(nowNanos);
    if (total < FLOOR_MICROS) {
      return;
    }
    long ram = (long) (window.since(Counter.DRAM_BYTES) / busWidth);
    long waiting = (long) window.since(Counter.STALLED_CYCLES);
    long norm = (ram + waiting) / total;
    long gpuPercent = 100 * (window.busyNanos() / 1_000) / total;
    window.restart(nowNanos);
    decide(norm, gpuPercent);
  }

  private void decide(long norm, long gpuPercent) {
    int here = point();
    if (norm > highestNorm) {
      highestNorm = norm;
      move(here, 1);
      return;
    }
    long scaled = norm * 100 / TARGET_PERCENT;
    if (scaled > upPercent[here] * highestNorm / 100 && gpuPercent > CAP_PERCENT) {
      move(here, 1);
    } else if (scaled < downPercent[here] * highestNorm / 100 && here > 0) {
      move(here, -1);
    }
  }

  private void move(int here, int step) {
    int next = Math.max(0, Math.min(upPercent.length - 1, here + step));
    moved = next - usualPoint[level];
  }
}
