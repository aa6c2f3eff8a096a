package io.neurobalancer.governor;

/**
 * A counter that kernel governors read. All are totals since an arbitrary start; a governor works
 * with differences.
 *
 * <p>Cores are those of the cluster that the core domain clocks. The inference runs on {@link
 * Board#activeCores()} of them and loads them alike, so per-core counters are those of one such
 * core. Where the core domain clocks a GPU, the whole GPU counts as one core.
 */
public enum Counter {
  /** For how long one active core was not idle, nanoseconds. */
  BUSY_NANOS,
  /** The instructions retired by one active core. */
  INSTRUCTIONS,
  /** The clock cycles that one active core spent not idle. */
  CYCLES,
  /** The cycles of one active core in which it waited for memory. */
  STALLED_CYCLES,
  /** The last-level cache misses of one active core. */
  CACHE_MISSES,
  /** The bytes that all cores moved to and from DRAM. */
  DRAM_BYTES
}
