package io.neurobalancer.baselines.law;

import io.neurobalancer.governor.Governor;

/**
 * One of several governors that vote on the memory clock, of which the highest vote wins. It
 * requests nothing itself.
 *
 * <p>As a GPU's driver hears of it, a kernel is dispatched when a segment starts, and the last one
 * of a job has retired when the job is finished.
 */
public interface MemoryVoter extends Governor {

  /** The core clock was asked for this OPP. */
  default void coreAsked(int coreOpp) {}

  /** Returns the OPP of the memory clock that is voted for. */
  int voteOpp();
}
