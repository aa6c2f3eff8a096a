package io.neurobalancer.simulator.baseline;

/**
 * How busy a CPU was between two samples of {@code ondemand} or {@code conservative}.
 *
 * <p>A CPU that slept for more than two sampling periods was not sampled meanwhile. Waking up, it
 * is given the load of the sample before, once; how many periods it slept through is kept for
 * {@code conservative}.
 *
 * <p>Source: Linux, {@code drivers/cpufreq/cpufreq_governor.c} ({@code dbs_update}); microseconds,
 * divisions truncate.
 */
final class DbsLoad {

  private long lastNanos;
  private long lastBusyNanos;
  private long previousLoad;
  private long idlePeriods;

  void start(long nowNanos, long busyNanos) {
    lastNanos = nowNanos;
    lastBusyNanos = busyNanos;
  }

  /** Returns when the last sample was taken. */
  long lastNanos() {
    return lastNanos;
  }

  /** Returns how many sampling periods the CPU had slept through at the last sample. */
  long idlePeriods() {
    return idlePeriods;
  }

  /** Takes a sample and returns the load in percent. */
  long sample(long nowNanos, long busyNanos, long samplingMicros) {
    long elapsed = Math.max(1, (nowNanos - lastNanos) / 1_000);
    long idle = Math.max(0, elapsed - (busyNanos - lastBusyNanos) / 1_000);
    lastNanos = nowNanos;
    lastBusyNanos = busyNanos;
    idlePeriods = idle > 2 * samplingMicros ? idle / samplingMicros : 0;
    if (idle > 2 * samplingMicros && previousLoad > 0) {
      long load = previousLoad;
      previousLoad = 0;
      return load;
    }
    previousLoad = 100 * (elapsed - idle) / elapsed;
    return previousLoad;
  }
}
