package io.neurobalancer.simulator.baseline;

import io.neurobalancer.device.OppTable;
import io.neurobalancer.governor.Governor;
import io.neurobalancer.governor.GovernorSpec;
import io.neurobalancer.governor.LoadMeter;
import io.neurobalancer.governor.Machine;
import java.util.List;

/**
 * GEOPM's {@code cpu_activity} agent: each clock between its most efficient one and its fastest, in
 * proportion to how much the work asks of it.
 *
 * <pre>
 *   F_core   = Fe_core   + (Fmax_core - Fe_core) * (1 - stalled cycles / cycles)
 *   F_memory = Fe_memory + (Fmax_memory - Fe_memory) * bandwidth / best bandwidth at this clock
 * </pre>
 *
 * <p>The efficient clocks come from a sweep: the one at which a computing trace uses least energy
 * (memory at its fastest), the one at which a streaming trace does (cores at their fastest). {@code
 * phi} leans towards performance (0: efficient clocks become the fastest) or energy (1: fastest
 * clocks become the efficient ones); 0.5 leaves them. The uncore clock of a server stands for the
 * memory clock here.
 *
 * <p>Source: GEOPM's manual of the agent (experimental); the 10 ms period and the linear lean of
 * phi are recalled, not read. While nothing runs the clocks are kept: the agent's counters then
 * count nothing.
 */
final class GeopmActivityGovernor implements Governor {

  static final GovernorInfo INFO =
      new GovernorInfo(
          "geopm-cpu-activity",
          GovernorInfo.Family.RESEARCH,
          GovernorInfo.Role.BOTH,
          GovernorInfo.Hardware.ANY,
          "each clock between its efficient one and its fastest, by activity",
          "GEOPM, manual of the cpu_activity agent (experimental)",
          GovernorInfo.rows(
              "period_ms | 10 | time between decisions",
              "phi | 0.5 | 0 leans towards performance, 1 towards energy"));

  private static final double MIB = 1 << 20;

  private final long periodNanos;
  private final OppTable coreOpps;
  private final OppTable memoryOpps;
  private final double[] coreRange;
  private final double[] memoryRange;
  private final double[] bestMbps;
  private final Ports ports = new Ports();
  private long nextTick;
  private double lastCycles;
  private double lastStalled;
  private double lastBytes;
  private long lastBusyNanos;

  /**
   * Creates the governor with what a sweep found.
   *
   * @param coreEfficient OPP of the efficient core clock
   * @param memoryEfficient OPP of the efficient memory clock
   * @param bestMbps per memory OPP, the best bandwidth seen, MiB/s
   */
  GeopmActivityGovernor(
      GovernorSpec spec, Site site, int coreEfficient, int memoryEfficient, double[] bestMbps) {
    double phi = spec.real("phi", 0.5, 0, 1);
    this.periodNanos = spec.number("period_ms", 10, 1, 10_000) * 1_000_000;
    this.coreOpps = site.core();
    this.memoryOpps = site.memory();
    this.coreRange = lean(coreOpps, coreEfficient, phi);
    this.memoryRange = lean(memoryOpps, memoryEfficient, phi);
    this.bestMbps = bestMbps;
  }

  /** Sweeps a device. */
  static Baseline sweep(GovernorSpec spec, Site site, Characterization device) {
    int fastestCore = site.core().size() - 1;
    int fastestMemory = site.memory().size() - 1;
    int coreEfficient = 0;
    for (int c = 1; c <= fastestCore; c++) {
      coreEfficient =
          joules(device, device.computing(), c, fastestMemory)
                  < joules(device, device.computing(), coreEfficient, fastestMemory)
              ? c
              : coreEfficient;
    }
    int memoryEfficient = 0;
    double[] bestMbps = new double[fastestMemory + 1];
    for (int m = 0; m <= fastestMemory; m++) {
      memoryEfficient =
          joules(device, device.streaming(), fastestCore, m)
                  < joules(device, device.streaming(), fastestCore, memoryEfficient)
              ? m
              : memoryEfficient;
      bestMbps[m] = device.bestMbps(m);
    }
    return new Baseline(
        new GeopmActivityGovernor(spec, site, coreEfficient, memoryEfficient, bestMbps),
        List.of(
            "geopm-cpu-activity's sweep found %s the efficient core clock and %s the efficient memory clock."
                .formatted(
                    site.core().frequency(coreEfficient),
                    site.memory().frequency(memoryEfficient))));
  }

  private static double joules(Characterization device, int trace, int core, int memory) {
    int setting = device.setting(core, memory);
    return device.seconds(trace, setting) * device.watts(trace, setting);
  }

  /** Returns the efficient and the fastest clock after phi leaned them, hertz. */
  private static double[] lean(OppTable opps, int efficient, double phi) {
    double low = opps.frequency(efficient).hertz();
    double high = opps.max().hertz();
    double range = high - low;
    return phi > 0.5
        ? new double[] {low, high - range * (phi - 0.5) / 0.5}
        : new double[] {low + range * (0.5 - phi) / 0.5, high};
  }

  @Override
  public String name() {
    return "geopm-cpu-activity";
  }

  @Override
  public void start(long nowNanos, Machine device) {
    ports.connect(device);
    nextTick = nowNanos + periodNanos;
    ports.requestCore(coreOpps.size() - 1);
    ports.requestMemory(memoryOpps.size() - 1);
    remember();
  }

  @Override
  public long nextTickNanos() {
    return nextTick;
  }

  @Override
  public void tick(long nowNanos) {
    LoadMeter meter = ports.machine().loadMeter();
    double cycles = meter.cycles() - lastCycles;
    double busySeconds = (meter.busyNanos() - lastBusyNanos) * 1e-9;
    if (cycles > 0 && busySeconds > 0) {
      double activity = 1 - (meter.stalledCycles() - lastStalled) / cycles;
      double mbps = (meter.dramBytes() - lastBytes) / MIB / (periodNanos * 1e-9);
      double memory = mbps / bestMbps[ports.currentMemory()];
      ports.requestCore(coreOpps.ceilHertz(between(coreRange, activity)));
      ports.requestMemory(memoryOpps.ceilHertz(between(memoryRange, memory)));
    }
    remember();
    nextTick = nowNanos + periodNanos;
  }

  private static long between(double[] range, double share) {
    double clamped = Math.max(0, Math.min(1, share));
    return Math.round(range[0] + (range[1] - range[0]) * clamped);
  }

  private void remember() {
    LoadMeter meter = ports.machine().loadMeter();
    lastCycles = meter.cycles();
    lastStalled = meter.stalledCycles();
    lastBytes = meter.dramBytes();
    lastBusyNanos = meter.busyNanos();
  }
}
