package io.neurobalancer.linux;

import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.governor.Counter;
import io.neurobalancer.governor.DrivenBoard;
import io.neurobalancer.governor.Rail;
import io.neurobalancer.target.NullBoard;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A machine whose clocks are left to its own governors: decisions are taken and go nowhere, and the
 * meters are read, so that what the machine uses by itself can be compared with.
 */
final class WatchingBoard implements DrivenBoard {

  private final NullBoard decisions;
  private final List<Meter> meters;
  private final List<Rail> rails;

  WatchingBoard(SettingGrid grid, int activeCores, Meters meters) {
    this.decisions = new NullBoard(grid, activeCores);
    this.meters = meters.total();
    this.rails = this.meters.stream().map(Meter::rail).collect(Collectors.toList());
  }

  @Override
  public SettingGrid grid() {
    return decisions.grid();
  }

  @Override
  public void request(int domain, int opp) {
    decisions.request(domain, opp);
  }

  @Override
  public int requested(int domain) {
    return decisions.requested(domain);
  }

  @Override
  public int actual(int domain) {
    return decisions.actual(domain);
  }

  @Override
  public int activeCores() {
    return decisions.activeCores();
  }

  @Override
  public double counter(Counter counter) {
    return decisions.counter(counter);
  }

  @Override
  public List<Rail> rails() {
    return rails;
  }

  @Override
  public double joules(int rail) {
    return meters.get(rail).poll();
  }

  @Override
  public double celsius() {
    return decisions.celsius();
  }

  @Override
  public void sample(long nowNanos) {}

  @Override
  public int commit(long nowNanos) {
    return decisions.commit(nowNanos);
  }
}
