package io.neurobalancer.simulator.baseline;

import io.neurobalancer.governor.LoadMeter;

/** One of several governors that vote on the memory clock; the bus follows the highest vote. */
interface MemoryVoter {

  /** Returns the kernel's name of the governor. */
  String name();

  /** Returns when {@link #sample} is due next, nanoseconds. */
  long nextSampleNanos();

  /** Reads counters and reconsiders the vote. */
  void sample(long nowNanos, LoadMeter meter);

  /** Returns the bandwidth voted for, in MiB/s of one 4-byte channel. */
  long voteMbps();
}
