package io.neurobalancer.baselines.research;

import io.neurobalancer.baselines.law.Baseline;
import io.neurobalancer.baselines.law.Clock;
import io.neurobalancer.baselines.law.Hardware;
import io.neurobalancer.baselines.law.SampledGovernor;
import io.neurobalancer.baselines.law.TraceMeasurements;
import io.neurobalancer.baselines.law.Window;
import io.neurobalancer.device.OppTable;
import io.neurobalancer.governor.Board;
import io.neurobalancer.governor.Counter;
import io.neurobalancer.governor.GovernorInfo;
import io.neurobalancer.governor.GovernorSpec;
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
final class GeopmActivityGovernor extends SampledGovernor {

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

  private final Clock core;
  private final Clock memory;
  private final double[] coreRange;
  private final double[] memoryRange;
  private final double[] bestMbps;
  private final Window window;

  /**
   * Begins with what a sweep found.
   *
   * @param coreEfficient OPP of the efficient core clock
   * @param memoryEfficient OPP of the efficient memory clock
   * @param bestMbps per memory OPP, the best bandwidth seen, MiB/s
   */
  GeopmActivityGovernor(
      GovernorSpec spec,
      Hardware hardware,
      int coreEfficient,
      int memoryEfficient,
      double[] bestMbps,
      Board board,
      long nowNanos) {
    super(spec.number("period_ms", 10, 1, 10_000) * 1_000_000, nowNanos);
    double phi = spec.real("phi", 0.5, 0, 1);
    this.core = hardware.coreClock(board);
    this.memory = hardware.memoryClock(board);
    this.coreRange = lean(core.opps(), coreEfficient, phi);
    this.memoryRange = lean(memory.opps(), memoryEfficient, phi);
    this.bestMbps = bestMbps.clone();
    this.window =
        new Window(
            INFO.name(),
            board,
            nowNanos,
            Counter.CYCLES,
            Counter.BUSY_NANOS,
            Counter.STALLED_CYCLES,
            Counter.DRAM_BYTES);
    core.request(core.opps().size() - 1);
    memory.request(memory.opps().size() - 1);
  }

  /** Sweeps a device. */
  static Baseline sweep(GovernorSpec spec, Hardware hardware, TraceMeasurements device) {
    int fastestCore = hardware.core().size() - 1;
    int fastestMemory = hardware.memory().size() - 1;
    int coreEfficient = 0;
    for (int c = 1; c <= fastestCore; c++) {
      coreEfficient =
          joules(device, device.computing(), hardware.setting(c, fastestMemory))
                  < joules(
                      device, device.computing(), hardware.setting(coreEfficient, fastestMemory))
              ? c
              : coreEfficient;
    }
    int memoryEfficient = 0;
    double[] bestMbps = new double[fastestMemory + 1];
    for (int m = 0; m <= fastestMemory; m++) {
      memoryEfficient =
          joules(device, device.streaming(), hardware.setting(fastestCore, m))
                  < joules(
                      device, device.streaming(), hardware.setting(fastestCore, memoryEfficient))
              ? m
              : memoryEfficient;
      bestMbps[m] = device.bestBandwidth(hardware.setting(fastestCore, m));
    }
    int efficientCore = coreEfficient;
    int efficientMemory = memoryEfficient;
    return new Baseline(
        (board, nowNanos) ->
            new GeopmActivityGovernor(
                spec, hardware, efficientCore, efficientMemory, bestMbps, board, nowNanos),
        List.of(
            "geopm-cpu-activity's sweep found %s the efficient core clock and %s the efficient memory clock."
                .formatted(
                    hardware.core().frequency(coreEfficient),
                    hardware.memory().frequency(memoryEfficient))));
  }

  private static double joules(TraceMeasurements device, int trace, int setting) {
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
  protected void sample(long nowNanos) {
    double cycles = window.since(Counter.CYCLES);
    double busySeconds = window.busyNanos() * 1e-9;
    if (cycles > 0 && busySeconds > 0) {
      double activity = 1 - window.since(Counter.STALLED_CYCLES) / cycles;
      double mbps = window.since(Counter.DRAM_BYTES) / MIB / (periodNanos() * 1e-9);
      double traffic = mbps / bestMbps[memory.current()];
      core.request(core.opps().ceilHertz(between(coreRange, activity)));
      memory.request(memory.opps().ceilHertz(between(memoryRange, traffic)));
    }
    window.restart(nowNanos);
  }

  private static long between(double[] range, double share) {
    double clamped = Math.max(0, Math.min(1, share));
    return Math.round(range[0] + (range[1] - range[0]) * clamped);
  }
}
