package io.neurobalancer.baselines.law;

import io.neurobalancer.device.OppTable;
import io.neurobalancer.governor.Board;

/**
 * One clock of a board, as the governor of that clock sees it.
 *
 * @param board what it belongs to
 * @param domain its index in the board's grid
 * @param opps what it can be given
 */
public record Clock(Board board, int domain, OppTable opps) {

  /** Asks for an OPP. */
  public void request(int opp) {
    board.request(domain, opp);
  }

  /** Returns the OPP that was asked for last. */
  public int requested() {
    return board.requested(domain);
  }

  /** Returns the OPP at which the clock runs, or the one asked for where the board cannot tell. */
  public int current() {
    return board.actualOrRequested(domain);
  }
}
