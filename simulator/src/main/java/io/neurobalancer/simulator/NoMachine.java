package io.neurobalancer.simulator;

import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.governor.Actuator;
import io.neurobalancer.governor.EnergyMeter;
import io.neurobalancer.governor.LoadMeter;
import io.neurobalancer.governor.Machine;

/** Stands for the machine of a governor that was not started; every use of it is a defect. */
enum NoMachine implements Machine {
  INSTANCE;

  @Override
  public SettingGrid grid() {
    throw notStarted();
  }

  @Override
  public Actuator actuator() {
    throw notStarted();
  }

  @Override
  public LoadMeter loadMeter() {
    throw notStarted();
  }

  @Override
  public EnergyMeter energyMeter() {
    throw notStarted();
  }

  private static IllegalStateException notStarted() {
    return new IllegalStateException("The governor was used before it was started.");
  }
}
