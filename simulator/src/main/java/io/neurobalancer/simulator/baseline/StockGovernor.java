package io.neurobalancer.simulator.baseline;

import io.neurobalancer.files.DeviceDescription;
import io.neurobalancer.governor.Governor;
import io.neurobalancer.governor.GovernorException;
import io.neurobalancer.governor.GovernorSpec;
import java.util.List;
import java.util.stream.Collectors;

/** What a device's image runs: a governor of the core clock beside voters on the memory clock. */
public final class StockGovernor {

  static final GovernorInfo INFO =
      new GovernorInfo(
          "stock",
          GovernorInfo.Family.STOCK,
          GovernorInfo.Role.BOTH,
          GovernorInfo.Hardware.ANY,
          "what the device's image runs",
          "the device's profile names its governors, tunables and sources",
          GovernorInfo.rows());

  private StockGovernor() {}

  /**
   * Returns the stock governor of a device.
   *
   * @throws GovernorException if the profile names a governor or tunable that is not known
   */
  public static Governor of(DeviceDescription profile) {
    return new CombinedGovernor("stock", core(profile), voters(profile));
  }

  /** Returns the stock governor of the core clock. */
  static Governor core(DeviceDescription profile) {
    return LinuxGovernors.core(profile.stockCore().get(0), Site.of(profile));
  }

  /** Returns the stock voters on the memory clock. */
  static List<MemoryVoter> voters(DeviceDescription profile) {
    Site site = Site.of(profile);
    return profile.stockMemory().stream()
        .map(spec -> LinuxGovernors.memory(spec, site))
        .collect(Collectors.toList());
  }

  /** Returns the stock governors of the memory clock in words, such as for a report's note. */
  static String votersInWords(DeviceDescription profile) {
    return profile.stockMemory().stream()
        .map(GovernorSpec::name)
        .collect(Collectors.joining(" + "));
  }
}
