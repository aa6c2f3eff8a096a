package io.neurobalancer.baselines.linux;

import io.neurobalancer.baselines.law.Hardware;
import io.neurobalancer.device.OppTable;
import io.neurobalancer.governor.Board;
import io.neurobalancer.governor.Governor;
import io.neurobalancer.governor.GovernorInfo;
import io.neurobalancer.governor.GovernorSpec;
import io.neurobalancer.unit.Frequency;
import io.neurobalancer.unit.NeuroBalancerException;

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

  private FixedGovernor(Board board, int setting) {
    board.request(setting);
  }

  /** Returns the governor that holds every domain at its fastest OPP. */
  public static Governor.Factory performance() {
    return (board, nowNanos) -> new FixedGovernor(board, board.grid().fastest());
  }

  /** Returns the governor that holds every domain at its slowest OPP. */
  public static Governor.Factory powersave() {
    return (board, nowNanos) -> new FixedGovernor(board, board.grid().slowest());
  }

  /** Returns the governor that holds a setting. */
  public static Governor.Factory userspace(int setting) {
    return (board, nowNanos) -> new FixedGovernor(board, setting);
  }

  /** Returns the governor that holds the clocks that the tunables name, further ones fastest. */
  static Governor.Factory userspace(GovernorSpec spec, Hardware hardware) {
    int setting = hardware.grid().fastest();
    if (hardware.hasCore()) {
      setting =
          hardware.grid().with(setting, hardware.coreDomain(), opp(spec, "core", hardware.core()));
    }
    if (hardware.hasMemory()) {
      setting =
          hardware
              .grid()
              .with(setting, hardware.memoryDomain(), opp(spec, "memory", hardware.memory()));
    }
    return userspace(setting);
  }

  private static int opp(GovernorSpec spec, String tunable, OppTable opps) {
    String text = spec.text(tunable, "fastest");
    if (text.equals("fastest")) {
      return opps.size() - 1;
    }
    try {
      return opps.indexOf(Frequency.parse(text));
    } catch (IllegalArgumentException e) {
      throw NeuroBalancerException.invalid(
          "The tunable %s of governor %s: %s".formatted(tunable, spec.name(), e.getMessage()), e);
    }
  }
}
