package io.neurobalancer.baselines.android;

import io.neurobalancer.baselines.law.ClockTable;
import io.neurobalancer.baselines.law.Hardware;
import io.neurobalancer.baselines.law.MemoryVoter;
import io.neurobalancer.baselines.law.SampledGovernor;
import io.neurobalancer.baselines.law.Window;
import io.neurobalancer.governor.Board;
import io.neurobalancer.governor.Counter;
import io.neurobalancer.governor.GovernorInfo;
import io.neurobalancer.governor.GovernorSpec;

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
final class MemLatencyGovernor extends SampledGovernor implements MemoryVoter {

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

  private final long ratioCeiling;
  private final long stallFloorPercent;
  private final ClockTable table;
  private final BusVotes votes;
  private final Window window;
  private long vote;

  private MemLatencyGovernor(
      GovernorSpec spec, Hardware hardware, Board board, long nowNanos, long ratioCeiling) {
    super(spec.number("polling_ms", 10, 1, 10_000) * 1_000_000, nowNanos);
    this.votes = new BusVotes(hardware.memory());
    this.ratioCeiling = ratioCeiling;
    this.stallFloorPercent = spec.number("stall_floor", 0, 0, 100);
    this.table = ClockTable.of(spec, "core_dev_table", "kHz:MBps", 2);
    this.window =
        new Window(
            spec.name(),
            board,
            nowNanos,
            Counter.INSTRUCTIONS,
            Counter.CACHE_MISSES,
            Counter.CYCLES,
            Counter.STALLED_CYCLES);
  }

  static MemLatencyGovernor memLatency(
      GovernorSpec spec, Hardware hardware, Board board, long nowNanos) {
    return new MemLatencyGovernor(
        spec, hardware, board, nowNanos, spec.number("ratio_ceil", 15, 1, 20_000));
  }

  static MemLatencyGovernor compute(
      GovernorSpec spec, Hardware hardware, Board board, long nowNanos) {
    return new MemLatencyGovernor(spec, hardware, board, nowNanos, Long.MAX_VALUE);
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
  protected void sample(long nowNanos) {
    double instructions = window.since(Counter.INSTRUCTIONS);
    double misses = window.since(Counter.CACHE_MISSES);
    double cycles = window.since(Counter.CYCLES);
    double stalled = window.since(Counter.STALLED_CYCLES);
    long elapsedMicros = window.elapsedMicros(nowNanos);
    long kilohertz = (long) (cycles * 1_000 / elapsedMicros);
    long ratio = (long) (misses < 1 ? instructions : instructions / misses);
    boolean stalls = stalled * 100 >= cycles * stallFloorPercent;
    vote = kilohertz > 0 && ratio <= ratioCeiling && stalls ? table.ceil(kilohertz) : 0;
    window.restart(nowNanos);
  }
}
