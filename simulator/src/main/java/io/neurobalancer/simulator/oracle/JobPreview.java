package io.neurobalancer.simulator.oracle;

import io.neurobalancer.simulator.engine.ClockDomains;
import io.neurobalancer.simulator.engine.DeviceModel;

/**
 * Plays one job of a planned device through before it runs, with the clocks of the engine: a clock
 * that has not settled keeps its speed for a while, and the operator in progress with it. A
 * planner's sum knows nothing of that. Heat caps are left out.
 */
final class JobPreview {

  private ClockDomains clocks;
  private double now;
  private double standstill;

  JobPreview(DeviceModel device) {
    this.clocks = new ClockDomains(device);
  }

  private JobPreview(JobPreview other) {
    clocks = other.clocks.copy();
    now = other.now;
  }

  /** Returns a copy to try a plan on. */
  JobPreview copy() {
    return new JobPreview(this);
  }

  /** Takes over the state of a copy whose plan was chosen; the copy is not used any more. */
  void become(JobPreview chosen) {
    clocks = chosen.clocks;
    now = chosen.now;
  }

  /** Returns the time of the device, seconds. */
  double seconds() {
    return now;
  }

  /** Returns the setting at which the device runs. */
  int setting() {
    return clocks.setting();
  }

  /** The device idles, asked for a setting, until some time. */
  void rest(int wanted, double until) {
    clocks.requestSetting(wanted);
    while (now < until) {
      advance();
      now = Math.min(until, Math.max(now, clocks.nextSwitch(now)));
    }
    standstill = 0;
  }

  /**
   * Runs one job and returns when it ends.
   *
   * @param wakeSeconds from now to the first operator
   * @param settings one per operator
   */
  double run(
      double wakeSeconds,
      int[] settings,
      DeviceModel.OperatorModel costs,
      double[] factors,
      double[] stalls) {
    // While the cores wake, a switch that the last rest asked for may still be pending.
    standFor(wakeSeconds);
    for (int i = 0; i < settings.length; i++) {
      clocks.requestSetting(settings[i]);
      standFor(stalls[i]);
      double left = 1;
      while (left > 0) {
        advance();
        if (standstill > 0) {
          now += standstill;
          standstill = 0;
          continue;
        }
        double whole = costs.seconds(i, clocks.setting()) * factors[i];
        double until = clocks.nextSwitch(now);
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

  private void standFor(double seconds) {
    double end = now + seconds;
    while (now < end) {
      advance();
      now = Math.min(end, Math.max(now, clocks.nextSwitch(now)));
    }
  }

  private void advance() {
    clocks.advance(now, (domain, opp, stallSeconds, joules) -> standstill += stallSeconds);
  }
}
