package io.neurobalancer.target;

import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.governor.Counter;
import io.neurobalancer.governor.DrivenBoard;
import io.neurobalancer.governor.Rail;
import java.util.List;
import java.util.Objects;

/**
 * The board of a machine whose clocks are left alone: decisions are taken and can be recorded,
 * nothing is written, and nothing can be read. {@link #actual} is {@link #UNKNOWN}, counters,
 * meters and the temperature are NaN, and there are no rails.
 */
public final class NullBoard implements DrivenBoard {

  private final SettingGrid grid;
  private final int activeCores;
  private final int[] requested;
  private final int[] committed;

  /**
   * Begins with every domain asked for its fastest OPP.
   *
   * @param grid the settings that would be asked for
   * @param activeCores how many cores run the inference, at least 1
   */
  public NullBoard(SettingGrid grid, int activeCores) {
    if (activeCores < 1) {
      throw new IllegalArgumentException(
          "The number of active cores (" + activeCores + ") must be positive.");
    }
    this.grid = grid;
    this.activeCores = activeCores;
    this.requested = new int[grid.dimensions()];
    for (int d = 0; d < requested.length; d++) {
      requested[d] = grid.domains().get(d).opps().size() - 1;
    }
    this.committed = requested.clone();
  }

  @Override
  public SettingGrid grid() {
    return grid;
  }

  @Override
  public void request(int domain, int opp) {
    requested[domain] = Objects.checkIndex(opp, grid.domains().get(domain).opps().size());
  }

  @Override
  public int requested(int domain) {
    return requested[domain];
  }

  @Override
  public int actual(int domain) {
    return UNKNOWN;
  }

  @Override
  public int activeCores() {
    return activeCores;
  }

  @Override
  public double counter(Counter counter) {
    return Double.NaN;
  }

  @Override
  public List<Rail> rails() {
    return List.of();
  }

  @Override
  public double joules(int rail) {
    return Double.NaN;
  }

  @Override
  public double celsius() {
    return Double.NaN;
  }

  @Override
  public void sample(long nowNanos) {}

  @Override
  public int commit(long nowNanos) {
    int changed = 0;
    for (int d = 0; d < requested.length; d++) {
      changed += requested[d] == committed[d] ? 0 : 1;
      committed[d] = requested[d];
    }
    return changed;
  }
}
