package io.neurobalancer.cli;

import io.neurobalancer.files.DeviceDescription;
import io.neurobalancer.files.DeviceDescriptions;
import io.neurobalancer.simulator.baseline.StockGovernor;
import java.nio.file.Path;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Names the device that a command works on. */
final class DeviceOptions {

  static final String SIMULATED = "sim:";

  @Option(
      names = "--device",
      paramLabel = "DEVICE",
      defaultValue = "sim:pixel-4-cpu",
      description =
          "sim:NAME as 'devices' lists them, or sim:FILE.json for a profile of your own (default:"
              + " ${DEFAULT-VALUE}).")
  private String device = "";

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Cores that the inference uses (default: as the device's profile says).")
  private @Nullable Integer threads;

  @Option(
      names = "--dram-power-factor",
      paramLabel = "X",
      defaultValue = "1",
      description =
          "Scales the DRAM's power, which no phone's source gives, to see how much depends on it"
              + " (default: ${DEFAULT-VALUE}).")
  private double dramPowerFactor = 1;

  /** Returns the device as the user named it. */
  String name() {
    return device;
  }

  /** Returns how many cores the user asked for. */
  OptionalInt threads() {
    return threads == null ? OptionalInt.empty() : OptionalInt.of(threads);
  }

  /** Loads the profile of the device. */
  DeviceDescription load() {
    return checked(load(device));
  }

  /** Loads the profile of a device named as on the command line. */
  static DeviceDescription load(String device) {
    if (!device.startsWith(SIMULATED)) {
      throw CliException.usage(
          "The device '%s' is of no kind that this version drives.".formatted(device)
              + Suggestions.maybe(
                  device, DeviceDescriptions.names(), SIMULATED, "neurobalancer devices"));
    }
    return resolve(device.substring(SIMULATED.length()));
  }

  /** Loads a bundled profile by its name, or one from a file by its path. */
  static DeviceDescription resolve(String name) {
    if (name.endsWith(".json")) {
      return withKnownGovernors(name, DeviceDescriptions.load(Path.of(name)));
    }
    return DeviceDescriptions.bundled(name)
        .orElseThrow(
            () ->
                CliException.usage(
                    "There is no simulated device '%s'.".formatted(name)
                        + Suggestions.maybe(
                            name, DeviceDescriptions.names(), SIMULATED, "neurobalancer devices")));
  }

  /** Refuses a profile whose stock governors or their tunables nobody knows. */
  private static DeviceDescription withKnownGovernors(String file, DeviceDescription profile) {
    try {
      StockGovernor.of(profile);
      return profile;
    } catch (IllegalArgumentException e) {
      throw CliException.usage("%s: stock: %s".formatted(file, e.getMessage()));
    }
  }

  private DeviceDescription checked(DeviceDescription profile) {
    if (threads != null && (threads < 1 || threads > profile.cores().count())) {
      throw CliException.usage(
          "The device %s has %d cores, so %d threads cannot run on it.%nMaybe use --threads 1 to %d."
              .formatted(
                  profile.name(), profile.cores().count(), threads, profile.cores().count()));
    }
    if (!(dramPowerFactor > 0 && dramPowerFactor <= 1e6)) {
      throw CliException.usage(
          "The DRAM power factor (%s) must be positive and at most a million.%nMaybe use --dram-power-factor 0.5 or 2."
              .formatted(dramPowerFactor));
    }
    return profile.withDramPowerFactor(dramPowerFactor);
  }
}
