package io.neurobalancer.baselines.law;

import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.governor.Board;
import io.neurobalancer.governor.Counter;
import io.neurobalancer.governor.Rail;
import java.util.List;

/** Passes every call on to another board, for those that change one of them. */
public abstract class ForwardingBoard implements Board {

  private final Board board;

  /** Passes on to a board. */
  protected ForwardingBoard(Board board) {
    this.board = board;
  }

  @Override
  public SettingGrid grid() {
    return board.grid();
  }

  @Override
  public void request(int domain, int opp) {
    board.request(domain, opp);
  }

  @Override
  public int requested(int domain) {
    return board.requested(domain);
  }

  @Override
  public int actual(int domain) {
    return board.actual(domain);
  }

  @Override
  public int activeCores() {
    return board.activeCores();
  }

  @Override
  public double counter(Counter counter) {
    return board.counter(counter);
  }

  @Override
  public List<Rail> rails() {
    return board.rails();
  }

  @Override
  public double joules(int rail) {
    return board.joules(rail);
  }

  @Override
  public double celsius() {
    return board.celsius();
  }
}
