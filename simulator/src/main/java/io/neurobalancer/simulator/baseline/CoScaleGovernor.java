package io.neurobalancer.simulator.baseline;

import io.neurobalancer.files.DeviceDescription;
import io.neurobalancer.governor.Governor;
import io.neurobalancer.governor.GovernorSpec;
import io.neurobalancer.governor.LoadMeter;
import io.neurobalancer.governor.Machine;
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
final class CoScaleGovernor implements Governor {

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

  private final long epochNanos;
  private final double bound;
  private final double[] coreHertz;
  private final double[] busyWatts;
  private final double[] stalledWatts;
  private final double[] memoryWatts;
  private final double[] bestMbps;
  private final Ports ports = new Ports();
  private long nextEpoch;
  private double lastCycles;
  private double lastStalled;
  private double lastBytes;
  private long lastBusyNanos;
  private double carriedSeconds;

  /**
   * Creates the governor with its models.
   *
   * @param coreHertz per core OPP, its clock
   * @param busyWatts per core OPP, the power of the cores while they compute
   * @param stalledWatts per core OPP, their power while they wait
   * @param memoryWatts per memory OPP, all other power
   * @param bestMbps per memory OPP, the bandwidth of transfers, MiB/s
   */
  CoScaleGovernor(
      GovernorSpec spec,
      double[] coreHertz,
      double[] busyWatts,
      double[] stalledWatts,
      double[] memoryWatts,
      double[] bestMbps) {
    this.epochNanos = spec.number("epoch_ms", 5, 1, 10_000) * 1_000_000;
    this.bound = spec.real("bound", 0.1, 0, 10);
    this.coreHertz = coreHertz;
    this.busyWatts = busyWatts;
    this.stalledWatts = stalledWatts;
    this.memoryWatts = memoryWatts;
    this.bestMbps = bestMbps;
  }

  /** Measures the models on a device. */
  static Baseline measure(GovernorSpec spec, Characterization device) {
    int cores = device.coreOpps();
    int memories = device.memoryOpps();
    double[] coreHertz = new double[cores];
    double[] busyWatts = new double[cores];
    double[] stalledWatts = new double[cores];
    double[] memoryWatts = new double[memories];
    double[] bestMbps = new double[memories];
    for (int c = 0; c < cores; c++) {
      int x = device.setting(c, memories - 1);
      coreHertz[c] = device.grid().frequency(x, DeviceDescription.CORE).hertz();
      double still = device.stalledShare(device.streaming(), x);
      double quick = device.stalledShare(device.computing(), x);
      double a = device.coreWatts(device.computing(), x);
      double b = device.coreWatts(device.streaming(), x);
      double slope = (b - a) / Math.max(1e-9, still - quick);
      busyWatts[c] = a - slope * quick;
      stalledWatts[c] = Math.max(0, busyWatts[c] + slope);
    }
    for (int m = 0; m < memories; m++) {
      int x = device.setting(cores - 1, m);
      memoryWatts[m] =
          device.watts(device.computing(), x) - device.coreWatts(device.computing(), x);
      bestMbps[m] = device.bestMbps(m);
    }
    CoScaleGovernor governor =
        new CoScaleGovernor(spec, coreHertz, busyWatts, stalledWatts, memoryWatts, bestMbps);
    return new Baseline(
        governor,
        List.of(
            String.format(
                Locale.ROOT,
                "coscale keeps to %.0f %% slowdown against the fastest pair and knows no deadline; its power model was measured with %d traces on this device.",
                governor.bound * 100,
                device.traces())));
  }

  @Override
  public String name() {
    return "coscale";
  }

  @Override
  public void start(long nowNanos, Machine device) {
    ports.connect(device);
    nextEpoch = nowNanos + epochNanos;
    ports.requestCore(coreHertz.length - 1);
    ports.requestMemory(memoryWatts.length - 1);
    remember();
  }

  @Override
  public long nextTickNanos() {
    return nextEpoch;
  }

  @Override
  public void tick(long nowNanos) {
    LoadMeter meter = ports.machine().loadMeter();
    double busySeconds = (meter.busyNanos() - lastBusyNanos) * 1e-9;
    if (busySeconds > 0) {
      double computing = (meter.cycles() - lastCycles) - (meter.stalledCycles() - lastStalled);
      double mebibytes = (meter.dramBytes() - lastBytes) / MIB;
      double stalledSeconds = Math.max(0, busySeconds - computing / coreHertz[ports.currentCore()]);
      double transfer = mebibytes / bestMbps[ports.currentMemory()];
      choose(busySeconds, computing, mebibytes, Math.max(0, stalledSeconds - transfer));
    }
    remember();
    nextEpoch = nowNanos + epochNanos;
  }

  private void choose(double busySeconds, double cycles, double mebibytes, double other) {
    int c = coreHertz.length - 1;
    int m = memoryWatts.length - 1;
    double fastest = seconds(c, m, cycles, mebibytes, other);
    double allowed = (1 + bound) * fastest;
    carriedSeconds = Math.max(0, carriedSeconds + allowed - busySeconds);
    double most = allowed + carriedSeconds;
    int bestCore = c;
    int bestMemory = m;
    double leastJoules = Double.MAX_VALUE;
    while (true) {
      double here = seconds(c, m, cycles, mebibytes, other);
      double joules = here * watts(c, m, cycles, here);
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
    ports.requestCore(bestCore);
    ports.requestMemory(bestMemory);
  }

  /** Returns the power that a step down saves per added time; negative if it may not be taken. */
  private double worth(
      int fromCore,
      int fromMemory,
      int core,
      int memory,
      double cycles,
      double mebibytes,
      double other,
      double most) {
    double before = seconds(fromCore, fromMemory, cycles, mebibytes, other);
    double after = seconds(core, memory, cycles, mebibytes, other);
    if (after > most) {
      return -1;
    }
    double saved = watts(fromCore, fromMemory, cycles, before) - watts(core, memory, cycles, after);
    return Math.max(0, saved) / Math.max(1e-12, after - before);
  }

  private double seconds(int core, int memory, double cycles, double mebibytes, double other) {
    return cycles / coreHertz[core] + mebibytes / bestMbps[memory] + other;
  }

  private double watts(int core, int memory, double cycles, double seconds) {
    double busy = Math.min(1, cycles / coreHertz[core] / Math.max(1e-12, seconds));
    return busy * busyWatts[core] + (1 - busy) * stalledWatts[core] + memoryWatts[memory];
  }

  private void remember() {
    LoadMeter meter = ports.machine().loadMeter();
    lastCycles = meter.cycles();
    lastStalled = meter.stalledCycles();
    lastBytes = meter.dramBytes();
    lastBusyNanos = meter.busyNanos();
  }
}
