package io.neurobalancer.baselines;

import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.governor.Board;
import io.neurobalancer.governor.Counter;
import io.neurobalancer.governor.Rail;
import java.util.List;

/**
 * A board of an idle device that was just switched on. A governor is begun on it once before any
 * device is touched, so that a wrong tunable is refused where it was written.
 */
final class TrialBoard implements Board {

  private final SettingGrid grid;
  private final int[] requested;

  TrialBoard(SettingGrid grid) {
    this.grid = grid;
    this.requested = new int[grid.dimensions()];
  }

  @Override
  public SettingGrid grid() {
    return grid;
  }

  @Override
  public void request(int domain, int opp) {
    requested[domain] = opp;
  }

  @Override
  public int requested(int domain) {
    return requested[domain];
  }

  @Override
  public int actual(int domain) {
    return requested[domain];
  }

  @Override
  public int activeCores() {
    return 1;
  }

  @Override
  public double counter(Counter counter) {
    return 0;
  }

  @Override
  public List<Rail> rails() {
    return List.of(new Rail("device", "trial", 0));
  }

  @Override
  public double joules(int rail) {
    return 0;
  }

  @Override
  public double celsius() {
    return 25;
  }
}
