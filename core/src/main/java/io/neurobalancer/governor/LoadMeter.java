package io.neurobalancer.governor;

/**
 * The counters that kernel governors read. All are totals since an arbitrary start, valid at the
 * moment of the call that hands over the time; a governor works with differences.
 *
 * <p>Cores are those of the cluster that the core domain clocks. The inference runs on {@link
 * #activeCores()} of them and loads them alike, so per-core counters are those of one such core.
 * Where the core domain clocks a GPU, the whole GPU counts as one core.
 */
public interface LoadMeter {

  /** Returns how many cores run the inference when one is running, at least 1. */
  int activeCores();

  /** Returns for how long one active core was not idle, nanoseconds. */
  long busyNanos();

  /** Returns the instructions retired by one active core. */
  double instructions();

  /** Returns the clock cycles that one active core spent not idle. */
  double cycles();

  /** Returns the cycles of one active core in which it waited for memory. */
  double stalledCycles();

  /** Returns the last-level cache misses of one active core. */
  double cacheMisses();

  /** Returns the bytes that all cores moved to and from DRAM. */
  double dramBytes();
}
