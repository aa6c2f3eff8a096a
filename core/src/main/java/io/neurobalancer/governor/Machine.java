package io.neurobalancer.governor;

import io.neurobalancer.device.SettingGrid;
import java.util.OptionalDouble;

/** A device as governors see it: its settings and the ports to it. */
public interface Machine {

  /** Returns the settings of the device. */
  SettingGrid grid();

  /** Returns the port that asks for frequencies. */
  Actuator actuator();

  /** Returns the port that reads load counters. */
  LoadMeter loadMeter();

  /** Returns the port that reads energy. */
  EnergyMeter energyMeter();

  /** Returns the die's temperature, degrees Celsius, or empty where no sensor tells it. */
  default OptionalDouble dieCelsius() {
    return OptionalDouble.empty();
  }
}
