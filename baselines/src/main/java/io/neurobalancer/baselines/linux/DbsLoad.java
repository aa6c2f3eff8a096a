package io.neurobalancer.baselines.linux;

import io.neurobalancer.baselines.law.Window;
import io.neurobalancer.governor.Board;
import io.neurobalancer.governor.Counter;

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

  private final Window window;
  private long previousLoad;
  private long idlePeriods;

  /** Begins; the governor's name is for sentences. */
  DbsLoad(String governor, Board board, long nowNanos) {
    window = new Window(governor, board, nowNanos, Counter.BUSY_NANOS);
  }

  /** Returns when the last sample was taken. */
  long lastNanos() {
    return window.startNanos();
  }

  /** Returns how many sampling periods the CPU had slept through at the last sample. */
  long idlePeriods() {
    return idlePeriods;
  }

  /** Takes a sample and returns the load in percent. */
  long sample(long nowNanos, long samplingMicros) {
    long elapsed = window.elapsedMicros(nowNanos);
    long idle = Math.max(0, elapsed - window.busyNanos() / 1_000);
    window.restart(nowNanos);
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
