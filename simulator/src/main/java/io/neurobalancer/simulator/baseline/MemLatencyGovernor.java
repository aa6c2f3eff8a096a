package io.neurobalancer.simulator.baseline;

import io.neurobalancer.governor.GovernorSpec;
import io.neurobalancer.governor.LoadMeter;

/**
 * {@code mem_latency} ("memlat"): while the instructions per cache miss are few, the memory clock
 * follows the core clock by a table.
 *
 * <pre>
 *   ratio = instructions / misses                 (instructions, if there was no miss)
 *   vote  = table.ceil(core clock)  if ratio &lt;= ratio_ceil, else 0
 * </pre>
 *
 * <p>The core clock is the cycles counted over the polling interval, so a core that was idle for
 * part of it counts as slower. The table, tunable {@code core_dev_table}, has entries {@code
 * kHz:MiB/s} separated by spaces; a core above the last row takes the last row.
 *
 * <p>Source: Qualcomm's kernel, {@code drivers/devfreq/governor_memlat.c}, from a description of
 * its law. All active cores are loaded alike here, so the maximum over them is the one that is
 * read.
 */
final class MemLatencyGovernor implements MemoryVoter {

  private final long pollingNanos;
  private final long ratioCeiling;
  private final long[] coreKilohertz;
  private final long[] mbps;
  private long nextSample;
  private long lastSample;
  private double lastInstructions;
  private double lastMisses;
  private double lastCycles;
  private long vote;

  MemLatencyGovernor(GovernorSpec spec) {
    pollingNanos = spec.number("polling_ms", 10) * 1_000_000;
    ratioCeiling = spec.number("ratio_ceil", 15);
    String table = spec.tunables().getOrDefault("core_dev_table", "").strip();
    if (table.isEmpty()) {
      throw new IllegalArgumentException(
          "The governor mem_latency needs the tunable core_dev_table.%nMaybe give it as 'kHz:MBps kHz:MBps ...'."
              .formatted());
    }
    String[] rows = table.split(" +", -1);
    coreKilohertz = new long[rows.length];
    mbps = new long[rows.length];
    for (int r = 0; r < rows.length; r++) {
      String[] pair = rows[r].split(":", -1);
      try {
        coreKilohertz[r] = Long.parseLong(pair[0]);
        mbps[r] = Long.parseLong(pair[pair.length - 1]);
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException(
            "The row '%s' of mem_latency's core_dev_table is not 'kHz:MBps'.".formatted(rows[r]),
            e);
      }
    }
    nextSample = pollingNanos;
  }

  @Override
  public String name() {
    return "mem_latency";
  }

  @Override
  public long nextSampleNanos() {
    return nextSample;
  }

  @Override
  public long voteMbps() {
    return vote;
  }

  @Override
  public void sample(long nowNanos, LoadMeter meter) {
    double instructions = meter.instructions() - lastInstructions;
    double misses = meter.cacheMisses() - lastMisses;
    double cycles = meter.cycles() - lastCycles;
    long elapsedMicros = Math.max(1, (nowNanos - lastSample) / 1_000);
    long kilohertz = (long) (cycles * 1_000 / elapsedMicros);
    long ratio = (long) (misses < 1 ? instructions : instructions / misses);
    vote = kilohertz > 0 && ratio <= ratioCeiling ? ceil(kilohertz) : 0;
    lastInstructions = meter.instructions();
    lastMisses = meter.cacheMisses();
    lastCycles = meter.cycles();
    lastSample = nowNanos;
    nextSample = nowNanos + pollingNanos;
  }

  private long ceil(long kilohertz) {
    for (int r = 0; r < mbps.length; r++) {
      if (coreKilohertz[r] >= kilohertz) {
        return mbps[r];
      }
    }
    return mbps[mbps.length - 1];
  }
}
