package io.neurobalancer.simulator.baseline;

import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.governor.Governor;
import io.neurobalancer.governor.Machine;

/**
 * Holds one setting for ever, busy or idle: {@code performance} the fastest, {@code powersave} the
 * slowest.
 *
 * <p>Source: Linux, {@code drivers/cpufreq/cpufreq_performance.c} and {@code cpufreq_powersave.c},
 * {@code drivers/devfreq/governor_performance.c} and {@code governor_powersave.c}; here for all
 * domains alike.
 */
public final class FixedGovernor implements Governor {

  private final String name;
  private final int setting;

  private FixedGovernor(String name, int setting) {
    this.name = name;
    this.setting = setting;
  }

  /** Returns the governor that holds every domain at its fastest OPP. */
  public static FixedGovernor performance(SettingGrid grid) {
    return new FixedGovernor("performance", grid.fastest());
  }

  /** Returns the governor that holds every domain at its slowest OPP. */
  public static FixedGovernor powersave(SettingGrid grid) {
    return new FixedGovernor("powersave", grid.slowest());
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public void start(long nowNanos, Machine machine) {
    for (int d = 0; d < machine.grid().dimensions(); d++) {
      machine.actuator().request(d, machine.grid().oppIndex(setting, d));
    }
  }
}
