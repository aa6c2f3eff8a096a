package io.neurobalancer.baselines.law;

/**
 * What a device showed off line with a set of small programs ("traces"), as SysScale, CoScale and
 * GEOPM ask for before they can be used: how long each takes and what the counters and the meter
 * say, at any setting.
 *
 * <p>No trace may be taken from the model that is to be governed: a governor that is trained on its
 * exam proves nothing. Traces are numbered from 0.
 */
public interface TraceMeasurements {

  /** Returns how many traces there are, at least 1. */
  int traces();

  /** Returns the trace that waits least for memory. */
  int computing();

  /** Returns the trace that moves most bytes in a second. */
  int streaming();

  /** Returns how long a trace takes at a setting, seconds. */
  double seconds(int trace, int setting);

  /** Returns the DRAM bandwidth of a trace at a setting, MiB/s. */
  double bandwidth(int trace, int setting);

  /** Returns the share of its time in which a trace waits for memory at a setting. */
  double stalledShare(int trace, int setting);

  /** Returns the power of the device while a trace runs at a setting, watts. */
  double watts(int trace, int setting);

  /** Returns the power of the cores while a trace runs at a setting, watts. */
  double coreWatts(int trace, int setting);

  /** Returns the best bandwidth that any trace reached at a setting, MiB/s. */
  default double bestBandwidth(int setting) {
    double best = 0;
    for (int t = 0; t < traces(); t++) {
      best = Math.max(best, bandwidth(t, setting));
    }
    return best;
  }
}
