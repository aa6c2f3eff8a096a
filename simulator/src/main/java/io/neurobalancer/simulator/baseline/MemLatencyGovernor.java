package io.neurobalancer.simulator.baseline;

import io.neurobalancer.governor.GovernorSpec;
import io.neurobalancer.governor.LoadMeter;
import io.neurobalancer.governor.Machine;

/**
 * {@code mem_latency} ("memlat"): while the instructions per cache miss are few, the memory clock
 * follows the core clock by a table. {@code compute} is the same without the test: a floor at high
 * core clocks.
 *
 * <pre>
 *   ratio = instructions / misses                 (instructions, if there was no miss)
 *   vote  = table.ceil(core clock)  if ratio &lt;= ratio_ceil and stalls &gt;= stall_floor, else 0
 * </pre>
 *
 * <p>The core clock is the cycles counted over the polling interval, so a core that was idle for
 * part of it counts as slower. The table, {@code core_dev_table}, gives MiB/s of one 4-byte channel
 * to each clock; a core above the last row takes the last row.
 *
 * <p>Source: {@code drivers/devfreq/governor_memlat.c} of Qualcomm's kernel, read in LineageOS's
 * xiaomi_sm6150 at 42b18578. All active cores are loaded alike here, so the maximum over them is
 * the one that is read.
 */
final class MemLatencyGovernor implements MemoryVoter {

  static final GovernorInfo INFO =
      new GovernorInfo(
          "mem_latency",
          GovernorInfo.Family.ANDROID,
          GovernorInfo.Role.MEMORY,
          GovernorInfo.Hardware.ANY,
          "while misses are many, the memory clock follows the core clock by a table",
          "LineageOS xiaomi_sm6150 drivers/devfreq/governor_memlat.c",
          GovernorInfo.rows(
              "polling_ms | 10 | time between samples",
              "ratio_ceil | 15 | instructions per miss up to which it votes",
              "stall_floor | 0 | percent of stalled cycles from which it votes",
              "core_dev_table |  | 'coreKHz:MBps ...', bandwidth to vote for at each core clock"));

  static final GovernorInfo COMPUTE =
      new GovernorInfo(
          "compute",
          GovernorInfo.Family.ANDROID,
          GovernorInfo.Role.MEMORY,
          GovernorInfo.Hardware.ANY,
          "the memory clock follows the core clock by a table, misses or not",
          "LineageOS xiaomi_sm6150 drivers/devfreq/governor_memlat.c",
          GovernorInfo.rows(
              "polling_ms | 10 | time between samples",
              "core_dev_table |  | 'coreKHz:MBps ...', bandwidth to vote for at each core clock"));

  private final long pollingNanos;
  private final long ratioCeiling;
  private final long stallFloorPercent;
  private final ClockTable table;
  private final BusVotes votes;
  private final Ports ports = new Ports();
  private long nextSample;
  private long lastSample;
  private double lastInstructions;
  private double lastMisses;
  private double lastCycles;
  private double lastStalled;
  private long vote;

  private MemLatencyGovernor(GovernorSpec spec, Site site, long ratioCeiling) {
    this.votes = new BusVotes(site.memory());
    this.pollingNanos = spec.number("polling_ms", 10, 1, 10_000) * 1_000_000;
    this.ratioCeiling = ratioCeiling;
    this.stallFloorPercent = spec.number("stall_floor", 0, 0, 100);
    this.table = ClockTable.of(spec, "core_dev_table", "kHz:MBps", 2);
  }

  static MemLatencyGovernor memLatency(GovernorSpec spec, Site site) {
    return new MemLatencyGovernor(spec, site, spec.number("ratio_ceil", 15, 1, 20_000));
  }

  static MemLatencyGovernor compute(GovernorSpec spec, Site site) {
    return new MemLatencyGovernor(spec, site, Long.MAX_VALUE);
  }

  @Override
  public void start(long nowNanos, Machine machine) {
    ports.connect(machine);
    remember(nowNanos);
  }

  @Override
  public long nextSampleNanos() {
    return nextSample;
  }

  @Override
  public int voteOpp() {
    return votes.opp(vote);
  }

  /** Returns the bandwidth voted for, MiB/s of one 4-byte channel; 0 for no vote. */
  long voteMbps() {
    return vote;
  }

  @Override
  public void sample(long nowNanos) {
    LoadMeter meter = ports.machine().loadMeter();
    double instructions = meter.instructions() - lastInstructions;
    double misses = meter.cacheMisses() - lastMisses;
    double cycles = meter.cycles() - lastCycles;
    double stalled = meter.stalledCycles() - lastStalled;
    long elapsedMicros = Math.max(1, (nowNanos - lastSample) / 1_000);
    long kilohertz = (long) (cycles * 1_000 / elapsedMicros);
    long ratio = (long) (misses < 1 ? instructions : instructions / misses);
    boolean stalls = stalled * 100 >= cycles * stallFloorPercent;
    vote = kilohertz > 0 && ratio <= ratioCeiling && stalls ? table.ceil(kilohertz) : 0;
    remember(nowNanos);
  }

  private void remember(long nowNanos) {
    LoadMeter meter = ports.machine().loadMeter();
    lastInstructions = meter.instructions();
    lastMisses = meter.cacheMisses();
    lastCycles = meter.cycles();
    lastStalled = meter.stalledCycles();
    lastSample = nowNanos;
    nextSample = nowNanos + pollingNanos;
  }
}
