package io.neurobalancer.simulator.engine;

import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.device.SwitchCosts;
import java.util.Objects;

/**
 * The clocks of a device over time: what is asked for, what runs, and when a clock that has just
 * changed may change again. The {@link Engine} and whoever looks ahead of it move the same machine.
 */
public final class ClockDomains {

  /** Is told of every switch. */
  @FunctionalInterface
  public interface SwitchListener {

    /**
     * A domain has changed its OPP.
     *
     * @param stallSeconds for which running cores stand still
     * @param joules of the switch
     */
    void switched(int domain, int opp, double stallSeconds, double joules);
  }

  private final DeviceModel device;
  private final SettingGrid grid;
  private final SwitchCosts switchCosts;
  private final double[] settleSeconds;
  private final int[] requested;
  private final int[] current;
  private final int[] cap;
  private final int[] stride;
  private final double[] settledAt;
  private int setting;
  private long attempts;

  /** Starts with every clock at its slowest, settled. */
  public ClockDomains(DeviceModel device) {
    this.device = device;
    grid = device.grid();
    switchCosts = device.switchCosts();
    int domains = grid.dimensions();
    settleSeconds = new double[domains];
    requested = new int[domains];
    current = new int[domains];
    cap = new int[domains];
    stride = new int[domains];
    settledAt = new double[domains];
    for (int d = 0; d < domains; d++) {
      settleSeconds[d] = device.settleSeconds(d);
      stride[d] = grid.stride(d);
      cap[d] = grid.domains().get(d).opps().size() - 1;
    }
  }

  private ClockDomains(ClockDomains other) {
    device = other.device;
    attempts = other.attempts;
    grid = other.grid;
    switchCosts = other.switchCosts;
    settleSeconds = other.settleSeconds;
    stride = other.stride;
    requested = other.requested.clone();
    current = other.current.clone();
    cap = other.cap.clone();
    settledAt = other.settledAt.clone();
    setting = other.setting;
  }

  /** Returns a copy to look ahead with. */
  public ClockDomains copy() {
    return new ClockDomains(this);
  }

  /** Asks a domain for an OPP. */
  public void request(int domain, int opp) {
    requested[domain] = Objects.checkIndex(opp, grid.domains().get(domain).opps().size());
  }

  /** Asks for a setting. */
  public void requestSetting(int wanted) {
    for (int d = 0; d < requested.length; d++) {
      requested[d] = grid.oppIndex(wanted, d);
    }
  }

  /** Returns what a domain was asked for last, unless that failed: then what it runs at. */
  public int requested(int domain) {
    return requested[domain];
  }

  /** Returns the OPP at which a domain runs. */
  public int current(int domain) {
    return current[domain];
  }

  /** Returns the setting at which the device runs. */
  public int setting() {
    return setting;
  }

  /** Takes away the OPPs of a domain above a highest one. */
  public void cap(int domain, int highest) {
    cap[domain] = highest;
  }

  /** Returns the highest OPP that a domain may run at. */
  public int cap(int domain) {
    return cap[domain];
  }

  /** Lets every clock that was asked to change and has settled do so. */
  public void advance(double now, SwitchListener listener) {
    for (int d = 0; d < current.length; d++) {
      int wanted = Math.min(requested[d], cap[d]);
      if (wanted != current[d] && now >= settledAt[d]) {
        int before = current[d];
        if (device.switchFails(attempts++)) {
          requested[d] = before;
          continue;
        }
        setting += (wanted - before) * stride[d];
        current[d] = wanted;
        settledAt[d] = now + settleSeconds[d];
        listener.switched(
            d,
            wanted,
            switchCosts.domain(d).seconds(before, wanted),
            switchCosts.domain(d).joules(before, wanted));
      }
    }
  }

  /** Returns when the next pending switch can happen, infinity if none is pending. */
  public double nextSwitch(double now) {
    double next = Double.POSITIVE_INFINITY;
    for (int d = 0; d < current.length; d++) {
      if (Math.min(requested[d], cap[d]) != current[d]) {
        next = Math.min(next, Math.max(now, settledAt[d]));
      }
    }
    return next;
  }
}
