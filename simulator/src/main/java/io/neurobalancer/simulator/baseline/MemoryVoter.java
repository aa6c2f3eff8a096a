package io.neurobalancer.simulator.baseline;

import io.neurobalancer.governor.Governor;
import io.neurobalancer.governor.Machine;

/** One of several governors that vote on the memory clock; the bus follows the highest vote. */
interface MemoryVoter {

  /** Begins; the device is idle. */
  void start(long nowNanos, Machine machine);

  /** Returns when {@link #sample} is due next, or {@link Governor#NEVER}. */
  default long nextSampleNanos() {
    return Governor.NEVER;
  }

  /** Reads counters and reconsiders the vote. */
  default void sample(long nowNanos) {}

  /** A kernel was dispatched or the last one of a job retired, as a GPU driver hears of it. */
  default void dispatched(long nowNanos) {}

  /** The core clock was asked for this OPP. */
  default void coreAsked(int coreOpp) {}

  /** Returns the OPP of the memory clock that is voted for. */
  int voteOpp();
}
