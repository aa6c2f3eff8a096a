package io.neurobalancer.simulator;

import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.device.SwitchCosts;
import io.neurobalancer.files.DeviceDescription;
import io.neurobalancer.simulator.physics.OperatorCosts;

/**
 * Plays one job of a planned device through before it runs, as the {@link Engine} will: a clock
 * that has not settled keeps its speed for a while, and the operator in progress with it. A
 * planner's sum knows nothing of that. Heat caps are left out.
 */
final class Rehearsal {

  private final SettingGrid grid;
  private final SwitchCosts switchCosts;
  private final double[] settleSeconds;
  private final int[] current;
  private final double[] settledAt;
  private double now;
  private double standstill;

  Rehearsal(DeviceDescription profile, SettingGrid grid, SwitchCosts switchCosts) {
    this.grid = grid;
    this.switchCosts = switchCosts;
    this.settleSeconds =
        new double[] {
          profile.coreTransition().settleSeconds(), profile.memoryTransition().settleSeconds()
        };
    this.current = new int[grid.dimensions()];
    this.settledAt = new double[grid.dimensions()];
  }

  private Rehearsal(Rehearsal other) {
    grid = other.grid;
    switchCosts = other.switchCosts;
    settleSeconds = other.settleSeconds;
    current = other.current.clone();
    settledAt = other.settledAt.clone();
    now = other.now;
  }

  /** Returns a copy to try a plan on. */
  Rehearsal copy() {
    return new Rehearsal(this);
  }

  /** Takes over the state of a copy whose plan was chosen. */
  void become(Rehearsal chosen) {
    System.arraycopy(chosen.current, 0, current, 0, current.length);
    System.arraycopy(chosen.settledAt, 0, settledAt, 0, settledAt.length);
    now = chosen.now;
  }

  /** Returns the time of the device, seconds. */
  double seconds() {
    return now;
  }

  /** The device idles, asked for a setting, until some time. */
  void rest(int wanted, double until) {
    while (now < until) {
      switchClocks(wanted);
      now = Math.min(until, Math.max(now, nextSettled(wanted)));
    }
    standstill = 0;
  }

  /**
   * Runs one job and returns when it ends.
   *
   * @param wakeSeconds from now to the first operator
   */
  double run(
      double wakeSeconds, int[] settings, OperatorCosts costs, double[] factors, double[] stalls) {
    // While the cores wake, the clocks that the last rest asked for are still asked for.
    now += wakeSeconds;
    for (int i = 0; i < settings.length; i++) {
      int wanted = settings[i];
      standFor(stalls[i], wanted);
      double left = 1;
      while (left > 0) {
        switchClocks(wanted);
        now += standstill;
        standstill = 0;
        double whole = costs.seconds(i, grid.setting(current)) * factors[i];
        double until = nextSettled(wanted);
        double span = left * whole;
        if (now + span <= until) {
          now += span;
          left = 0;
        } else {
          left -= Math.max(0, until - now) / whole;
          now = Math.max(now, until);
        }
      }
    }
    return now;
  }

  private void standFor(double seconds, int wanted) {
    double end = now + seconds;
    while (now < end) {
      switchClocks(wanted);
      now = Math.min(end, Math.max(now, nextSettled(wanted)));
    }
  }

  private void switchClocks(int wanted) {
    for (int d = 0; d < current.length; d++) {
      int opp = grid.oppIndex(wanted, d);
      if (opp != current[d] && now >= settledAt[d]) {
        standstill += switchCosts.domain(d).seconds(current[d], opp);
        current[d] = opp;
        settledAt[d] = now + settleSeconds[d];
      }
    }
  }

  /** Returns when the next pending switch can happen, or infinity if none is pending. */
  private double nextSettled(int wanted) {
    double next = Double.POSITIVE_INFINITY;
    for (int d = 0; d < current.length; d++) {
      if (grid.oppIndex(wanted, d) != current[d]) {
        next = Math.min(next, Math.max(now, settledAt[d]));
      }
    }
    return next;
  }
}
