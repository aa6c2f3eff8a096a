package io.neurobalancer.simulator;

import io.neurobalancer.device.SwitchCost;
import io.neurobalancer.device.SwitchCosts;
import io.neurobalancer.files.DeviceDescription;
import io.neurobalancer.simulator.physics.DevicePhysics;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;

/**
 * What a planner needs besides the operators' costs, read off the simulated device with instruments
 * that are not exact: a timer around a switch and around waking, a power meter on the idle device.
 *
 * @param switchCosts time and energy of one switch of each domain, up and down alike
 * @param idleStates as the device's image declares them, shallowest first
 * @param idlePowersWatts per idle state, of the device between jobs, one per setting
 * @param wakeSeconds from a release to the first operator, from the deepest idle state
 */
public record Calibration(
    SwitchCosts switchCosts,
    List<DeviceDescription.IdleState> idleStates,
    List<List<Double>> idlePowersWatts,
    double wakeSeconds) {

  private static final int READINGS = 25;
  private static final double TIMER_NOISE_SECONDS = 2e-6;
  private static final double METER_SIGMA = 0.05;

  public Calibration {
    idleStates = List.copyOf(idleStates);
    idlePowersWatts = idlePowersWatts.stream().map(List::copyOf).toList();
  }

  /** Returns the idle state that a gap between jobs leads to, by the declared residencies. */
  public int idleState(double gapSeconds) {
    int chosen = 0;
    for (int s = 1; s < idleStates.size(); s++) {
      if (gapSeconds >= idleStates.get(s).minimumResidencySeconds()) {
        chosen = s;
      }
    }
    return chosen;
  }

  /** Returns the power of the device in an idle state with its clocks at a setting, watts. */
  public double idlePowerWatts(int state, int setting) {
    return idlePowersWatts.get(state).get(setting);
  }

  /** Takes the readings. */
  public static Calibration measure(DevicePhysics physics, long seed) {
    SplittableRandom noise = new SplittableRandom(seed ^ 0xFAC75L);
    List<SwitchCost> costs = new ArrayList<>();
    for (SwitchCost truth : physics.switchCosts().perDomain()) {
      costs.add(
          SwitchCost.symmetric(
              mean(() -> truth.upSeconds() + TIMER_NOISE_SECONDS * noise.nextDouble()),
              mean(() -> truth.upJoules() * (1 + METER_SIGMA * noise.nextGaussian()))));
    }
    List<DeviceDescription.IdleState> states = physics.profile().idleStates();
    List<List<Double>> idle = new ArrayList<>();
    for (int s = 0; s < states.size(); s++) {
      List<Double> readings = new ArrayList<>();
      for (int x = 0; x < physics.grid().size(); x++) {
        double truth = physics.idleWatts(s, x);
        readings.add(mean(() -> truth * (1 + METER_SIGMA * noise.nextGaussian())));
      }
      idle.add(readings);
    }
    double wake = physics.profile().idle().wakeSeconds();
    return new Calibration(
        new SwitchCosts(costs),
        states,
        idle,
        mean(() -> wake + TIMER_NOISE_SECONDS * noise.nextDouble()));
  }

  private static double mean(DoubleSupplier reading) {
    double sum = 0;
    for (int r = 0; r < READINGS; r++) {
      sum += reading.getAsDouble();
    }
    return sum / READINGS;
  }
}
