package io.neurobalancer.cli;

import io.neurobalancer.evaluation.Devices;
import io.neurobalancer.evaluation.Suggestions;
import io.neurobalancer.files.DeviceDescription;
import io.neurobalancer.files.DeviceDescriptions;
import io.neurobalancer.target.Target;
import io.neurobalancer.target.TargetOptions;
import io.neurobalancer.target.TargetProvider;
import io.neurobalancer.target.Targets;
import io.neurobalancer.unit.NeuroBalancerException;
import io.neurobalancer.workload.Workload;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Names the device that a command works on, and in which conditions. */
final class DeviceOptions {

  @Option(
      names = {"-d", "--device"},
      paramLabel = "DEVICE",
      defaultValue = "sim:pixel-4-cpu",
      description =
          "sim:NAME as 'devices' lists them, sim:FILE.json for a description of your own, or"
              + " replay:FILE.csv for a table of measurements, linux for this machine, or adb or"
              + " adb:SERIAL for a phone (default: ${DEFAULT-VALUE}).")
  private String device = "";

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Cores that the inference uses (default: as the device's description says).")
  private @Nullable Integer threads;

  @Option(
      names = "--dram-power-factor",
      paramLabel = "X",
      defaultValue = "1",
      description =
          "Scales the DRAM's power, which no phone's source gives, to see how much depends on it"
              + " (default: ${DEFAULT-VALUE}).")
  private double dramPowerFactor = 1;

  @Option(
      names = "--dram-shape",
      paramLabel = "NAME",
      defaultValue = "",
      description =
          "How the DRAM's power falls with its clock: line, measured or flat (default: as the"
              + " device's description says).")
  private String dramShape = "";

  @Option(
      names = "--transition-factor",
      paramLabel = "X",
      defaultValue = "1",
      description =
          "Scales what a switch of a clock takes and burns, which no phone's source gives (default:"
              + " ${DEFAULT-VALUE}).")
  private double transitionFactor = 1;

  @Option(
      names = "--display",
      paramLabel = "on|off",
      defaultValue = "off",
      description =
          "Whether a display scans out, which holds the memory clock up (default:"
              + " ${DEFAULT-VALUE}).")
  private Display display = Display.off;

  /** Named as on the command line. */
  enum Display {
    on,
    off
  }

  @Option(
      names = {"-s", "--seed"},
      paramLabel = "N",
      defaultValue = "7",
      description = "Seed of weather and meters of a simulated device (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--weather",
      paramLabel = "NAME",
      defaultValue = "nominal",
      description =
          "What disturbs a simulated device: still, nominal, busy, crowded (another load), hot, or,"
              + " measured on a nominal day before: jittery, bursts, loaded-10, loaded-30,"
              + " loaded-50, throttled, data-dependent, wrong-model, sticking-meter,"
              + " failing-switches (default: ${DEFAULT-VALUE}).")
  private String weather = "";

  /** Returns the device as the user named it. */
  String name() {
    return device;
  }

  long seed() {
    return seed;
  }

  /** Returns how many cores the user asked for. */
  OptionalInt threads() {
    return threads == null ? OptionalInt.empty() : OptionalInt.of(threads);
  }

  String weather() {
    return weather;
  }

  /** Returns whether the device is a table, which brings its operators with it. */
  boolean bringsWorkload() {
    return provider().bringsWorkload();
  }

  private TargetProvider provider() {
    if (!device.contains(":") && DeviceDescriptions.names().contains(device)) {
      throw NeuroBalancerException.invalid(
          "The device '%s' is of no kind that this version drives.%nMaybe you mean %s%s."
              .formatted(device, Devices.SIMULATED, device));
    }
    return Targets.provider(device);
  }

  /** Opens the device; the model is loaded only if it does not bring its own. */
  Target open(Supplier<Workload> model) {
    return open(model, seed);
  }

  /** Opens the device under another seed. */
  Target open(Supplier<Workload> model, long otherSeed) {
    return open(model, otherSeed, false);
  }

  /** Opens the device, with the right to write this machine's clocks where that is asked for. */
  Target open(Supplier<Workload> model, boolean apply) {
    return open(model, seed, apply);
  }

  private Target open(Supplier<Workload> model, long otherSeed, boolean apply) {
    boolean table = bringsWorkload();
    if (device.startsWith(Devices.SIMULATED)) {
      description();
    }
    return Targets.open(
        device, table ? List.of() : List.of(model.get()), options(otherSeed, apply));
  }

  private TargetOptions options(long otherSeed, boolean apply) {
    return new TargetOptions(threads(), otherSeed, weather, dramPowerFactor, apply)
        .withDram(dramShape, display == Display.on)
        .withTransitions(transitionFactor);
  }

  /** Opens the simulated device for these workloads, one stream each. */
  Target openFor(List<Workload> workloads) {
    description();
    return Targets.open(device, workloads, options(seed, false));
  }

  /** Returns what describes the simulated device. */
  DeviceDescription description() {
    return describe(device.substring(Devices.SIMULATED.length()));
  }

  /** Returns a bundled description by its name, or one from a file; suggests similar names. */
  static DeviceDescription describe(String name) {
    if (!name.endsWith(".json") && !DeviceDescriptions.names().contains(name)) {
      throw NeuroBalancerException.invalid(
          "There is no simulated device '%s'.".formatted(name)
              + Suggestions.maybe(
                  name, DeviceDescriptions.names(), Devices.SIMULATED, "neurobalancer devices"));
    }
    return Devices.describe(Devices.SIMULATED + name);
  }
}
