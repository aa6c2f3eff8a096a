package io.neurobalancer.baselines.law;

/** Holds one clock at one OPP for ever, as a governor of the core clock or as a voter. */
public final class Hold implements MemoryVoter {

  private final int opp;

  private Hold(int opp) {
    this.opp = opp;
  }

  /** Returns a governor that asked a clock for an OPP and never asks again. */
  public static Hold at(Clock clock, int opp) {
    clock.request(opp);
    return new Hold(opp);
  }

  /** Returns a voter for an OPP. */
  public static Hold voting(int opp) {
    return new Hold(opp);
  }

  @Override
  public int voteOpp() {
    return opp;
  }
}
