package io.neurobalancer.baselines.research;

import io.neurobalancer.baselines.law.Baseline;
import io.neurobalancer.baselines.law.Clock;
import io.neurobalancer.baselines.law.Hardware;
import io.neurobalancer.baselines.law.SampledGovernor;
import io.neurobalancer.baselines.law.TraceMeasurements;
import io.neurobalancer.baselines.law.Window;
import io.neurobalancer.governor.Board;
import io.neurobalancer.governor.Counter;
import io.neurobalancer.governor.GovernorInfo;
import io.neurobalancer.governor.GovernorSpec;
import java.util.List;
import java.util.Locale;

/**
 * A governor in the style of CoScale: core and memory clock are chosen together, once per epoch, by
 * walking down from the fastest pair towards the least energy of the whole system within a bound on
 * slowdown. What an epoch did not use of the bound carries over.
 *
 * <pre>
 *   T(c, m) = computing cycles / c + transfer(m) + other stalls     for the epoch's work
 *   P(c, m) = cores at c, computing and stalled in T's proportion, + memory at m
 *   walk: at each step the one of the two clocks whose next lower OPP saves more power per added
 *         time; the pair with least P * T on the way, within (1 + bound) * T(max, max) + carried
 * </pre>
 *
 * <p>As we understand Q. Deng, D. Meisner, A. Bhattacharjee, T. Wenisch and R. Bianchini,
 * "CoScale", MICRO 2012, of which the abstract was read. Ours: the epoch's length and its counters
 * (DRAM bytes at the bandwidth that the best trace reaches are transfer; other stalls follow no
 * clock), and power from an off-line characterization of this device. It knows no deadline:
 * slowdown is against the fastest pair.
 */
final class CoScaleGovernor extends SampledGovernor {

  static final GovernorInfo INFO =
      new GovernorInfo(
          "coscale",
          GovernorInfo.Family.RESEARCH,
          GovernorInfo.Role.BOTH,
          GovernorInfo.Hardware.ANY,
          "both clocks together, least energy within a slowdown bound, epoch by epoch",
          "in the style of Deng et al., CoScale, MICRO 2012, as we understand the abstract",
          GovernorInfo.rows(
              "epoch_ms | 5 | time between decisions",
              "bound | 0.10 | slowdown allowed against the fastest pair"));

  private static final double MIB = 1 << 20;

  private final double bound;
  private final Models models;
  private final Clock core;
  private final Clock memory;
  private final Window window;
  private double carriedSeconds;

  /**
   * What the walk reckons with.
   *
   * @param coreHertz per core OPP, its clock
   * @param busyWatts per core OPP, the power of the cores while they compute
   * @param stalledWatts per core OPP, their power while they wait
   * @param memoryWatts per memory OPP, all other power
   * @param bestMbps per memory OPP, the bandwidth of transfers, MiB/s
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Models(
      double[] coreHertz,
      double[] busyWatts,
      double[] stalledWatts,
      double[] memoryWatts,
      double[] bestMbps) {

    /** Measures them on a device. */
    static Models measure(Hardware hardware, TraceMeasurements device) {
      int cores = hardware.core().size();
      int memories = hardware.memory().size();
      double[] coreHertz = new double[cores];
      double[] busyWatts = new double[cores];
      double[] stalledWatts = new double[cores];
      double[] memoryWatts = new double[memories];
      double[] bestMbps = new double[memories];
      for (int c = 0; c < cores; c++) {
        int x = hardware.setting(c, memories - 1);
        coreHertz[c] = hardware.core().frequency(c).hertz();
        double still = device.stalledShare(device.streaming(), x);
        double quick = device.stalledShare(device.computing(), x);
        double a = device.coreWatts(device.computing(), x);
        double b = device.coreWatts(device.streaming(), x);
        double slope = (b - a) / Math.max(1e-9, still - quick);
        busyWatts[c] = a - slope * quick;
        stalledWatts[c] = Math.max(0, busyWatts[c] + slope);
      }
      for (int m = 0; m < memories; m++) {
        int x = hardware.setting(cores - 1, m);
        memoryWatts[m] =
            device.watts(device.computing(), x) - device.coreWatts(device.computing(), x);
        bestMbps[m] = device.bestBandwidth(x);
      }
      return new Models(coreHertz, busyWatts, stalledWatts, memoryWatts, bestMbps);
    }

    double seconds(int core, int memory, double cycles, double mebibytes, double other) {
      return cycles / coreHertz[core] + mebibytes / bestMbps[memory] + other;
    }

    double watts(int core, int memory, double cycles, double seconds) {
      double busy = Math.min(1, cycles / coreHertz[core] / Math.max(1e-12, seconds));
      return busy * busyWatts[core] + (1 - busy) * stalledWatts[core] + memoryWatts[memory];
    }
  }

  /** Begins at the fastest pair. */
  CoScaleGovernor(GovernorSpec spec, Hardware hardware, Models models, Board board, long nowNanos) {
    super(spec.number("epoch_ms", 5, 1, 10_000) * 1_000_000, nowNanos);
    this.bound = bound(spec);
    this.models = models;
    this.core = hardware.coreClock(board);
    this.memory = hardware.memoryClock(board);
    this.window =
        new Window(
            INFO.name(),
            board,
            nowNanos,
            Counter.BUSY_NANOS,
            Counter.CYCLES,
            Counter.STALLED_CYCLES,
            Counter.DRAM_BYTES);
    core.request(core.opps().size() - 1);
    memory.request(memory.opps().size() - 1);
  }

  private static double bound(GovernorSpec spec) {
    return spec.real("bound", 0.1, 0, 10);
  }

  /** Measures the models on a device. */
  static Baseline measure(GovernorSpec spec, Hardware hardware, TraceMeasurements device) {
    Models models = Models.measure(hardware, device);
    return new Baseline(
        (board, nowNanos) -> new CoScaleGovernor(spec, hardware, models, board, nowNanos),
        List.of(
            String.format(
                Locale.ROOT,
                "coscale keeps to %.0f %% slowdown against the fastest pair and knows no deadline; its power model was measured with %d traces on this device.",
                bound(spec) * 100,
                device.traces())));
  }

  @Override
  protected void sample(long nowNanos) {
    double busySeconds = window.busyNanos() * 1e-9;
    if (busySeconds > 0) {
      double computing = window.since(Counter.CYCLES) - window.since(Counter.STALLED_CYCLES);
      double mebibytes = window.since(Counter.DRAM_BYTES) / MIB;
      double stalledSeconds =
          Math.max(0, busySeconds - computing / models.coreHertz()[core.current()]);
      double transfer = mebibytes / models.bestMbps()[memory.current()];
      choose(busySeconds, computing, mebibytes, Math.max(0, stalledSeconds - transfer));
    }
    window.restart(nowNanos);
  }

  private void choose(double busySeconds, double cycles, double mebibytes, double other) {
    int c = core.opps().size() - 1;
    int m = memory.opps().size() - 1;
    double fastest = models.seconds(c, m, cycles, mebibytes, other);
    double allowed = (1 + bound) * fastest;
    carriedSeconds = Math.max(0, carriedSeconds + allowed - busySeconds);
    double most = allowed + carriedSeconds;
    int bestCore = c;
    int bestMemory = m;
    double leastJoules = Double.MAX_VALUE;
    while (true) {
      double here = models.seconds(c, m, cycles, mebibytes, other);
      double joules = here * models.watts(c, m, cycles, here);
      if (joules < leastJoules) {
        leastJoules = joules;
        bestCore = c;
        bestMemory = m;
      }
      double coreStep = c > 0 ? worth(c, m, c - 1, m, cycles, mebibytes, other, most) : -1;
      double memoryStep = m > 0 ? worth(c, m, c, m - 1, cycles, mebibytes, other, most) : -1;
      if (coreStep < 0 && memoryStep < 0) {
        break;
      }
      if (coreStep >= memoryStep) {
        c--;
      } else {
        m--;
      }
    }
    core.request(bestCore);
    memory.request(bestMemory);
  }

  /** Returns the power that a step down saves per added time; negative if it may not be taken. */
  private double worth(
      int fromCore,
      int fromMemory,
      int toCore,
      int toMemory,
      double cycles,
      double mebibytes,
      double other,
      double most) {
    double before = models.seconds(fromCore, fromMemory, cycles, mebibytes, other);
    double after = models.seconds(toCore, toMemory, cycles, mebibytes, other);
    if (after > most) {
      return -1;
    }
    double saved =
        models.watts(fromCore, fromMemory, cycles, before)
            - models.watts(toCore, toMemory, cycles, after);
    return Math.max(0, saved) / Math.max(1e-12, after - before);
  }
}
