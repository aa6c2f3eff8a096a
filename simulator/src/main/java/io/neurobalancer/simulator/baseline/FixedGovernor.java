package io.neurobalancer.simulator.baseline;

import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.governor.Governor;
import io.neurobalancer.governor.Machine;

/**
 * Holds one setting for ever, busy or idle: {@code performance} the fastest, {@code powersave} the
 * slowest, {@code userspace} one that a user names.
 *
 * <p>Source: Linux, {@code drivers/cpufreq/cpufreq_performance.c}, {@code cpufreq_powersave.c} and
 * {@code cpufreq_userspace.c}, {@code drivers/devfreq/governor_performance.c}, {@code
 * governor_powersave.c} and {@code governor_userspace.c}; here for all domains alike.
 */
public final class FixedGovernor implements Governor {

  static final GovernorInfo PERFORMANCE =
      new GovernorInfo(
          "performance",
          GovernorInfo.Family.LINUX,
          GovernorInfo.Role.BOTH,
          GovernorInfo.Hardware.ANY,
          "fastest clocks, busy or idle",
          "Linux drivers/cpufreq/cpufreq_performance.c, drivers/devfreq/governor_performance.c",
          GovernorInfo.rows());

  static final GovernorInfo POWERSAVE =
      new GovernorInfo(
          "powersave",
          GovernorInfo.Family.LINUX,
          GovernorInfo.Role.BOTH,
          GovernorInfo.Hardware.ANY,
          "slowest clocks, busy or idle",
          "Linux drivers/cpufreq/cpufreq_powersave.c, drivers/devfreq/governor_powersave.c",
          GovernorInfo.rows());

  static final GovernorInfo USERSPACE =
      new GovernorInfo(
          "userspace",
          GovernorInfo.Family.LINUX,
          GovernorInfo.Role.BOTH,
          GovernorInfo.Hardware.ANY,
          "clocks that the user names, busy or idle",
          "Linux drivers/cpufreq/cpufreq_userspace.c, drivers/devfreq/governor_userspace.c",
          GovernorInfo.rows(
              "core | fastest | core clock, such as 1804.8MHz",
              "memory | fastest | memory clock, such as 1555MHz"));

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

  /** Returns the governor that holds a setting. */
  public static FixedGovernor userspace(int setting) {
    return new FixedGovernor("userspace", setting);
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
