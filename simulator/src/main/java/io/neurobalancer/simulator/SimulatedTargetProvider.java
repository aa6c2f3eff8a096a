package io.neurobalancer.simulator;

import io.neurobalancer.files.DeviceDescription;
import io.neurobalancer.files.DeviceDescriptions;
import io.neurobalancer.files.DramShape;
import io.neurobalancer.simulator.physics.Weather;
import io.neurobalancer.target.Stream;
import io.neurobalancer.target.Target;
import io.neurobalancer.target.TargetOptions;
import io.neurobalancer.target.TargetProvider;
import io.neurobalancer.unit.NeuroBalancerException;
import io.neurobalancer.workload.Workload;
import java.nio.file.Path;
import java.util.List;

/** Opens {@code sim:NAME}, a bundled device, and {@code sim:FILE.json}, one of the user's own. */
public final class SimulatedTargetProvider implements TargetProvider {

  @Override
  public String scheme() {
    return "sim";
  }

  @Override
  public List<String> names() {
    return DeviceDescriptions.names();
  }

  @Override
  public Target open(String name, List<Workload> workloads, TargetOptions options) {
    DeviceDescription description =
        describe(name)
            .withDramPowerFactor(options.dramPowerFactor())
            .withTransitionFactor(options.transitionFactor());
    if (!options.dramShape().isEmpty()) {
      description = description.withDramShape(DramShape.named(options.dramShape()));
    }
    if (options.displayOn()) {
      description = description.withDisplayOn();
    }
    int threads = options.threads().orElse(description.cores().defaultThreads());
    if (threads < 1 || threads > description.cores().count()) {
      throw NeuroBalancerException.invalid(
          "The device %s has %d cores, so %d threads cannot run on it.%nMaybe use --threads 1 to %d."
              .formatted(
                  description.name(),
                  description.cores().count(),
                  threads,
                  description.cores().count()));
    }
    return new SimulatedTarget(
        description,
        workloads.stream().map(Stream::of).toList(),
        threads,
        Weather.named(options.weather()),
        options.seed());
  }

  /**
   * Loads a bundled description by its name, or one from a file by its path.
   *
   * @throws NeuroBalancerException if there is none
   */
  public static DeviceDescription describe(String name) {
    if (name.endsWith(".json")) {
      return DeviceDescriptions.load(Path.of(name));
    }
    return DeviceDescriptions.bundled(name)
        .orElseThrow(
            () ->
                NeuroBalancerException.invalid(
                    "There is no simulated device '%s'.%nMaybe 'neurobalancer devices' lists the one you mean."
                        .formatted(name)));
  }
}
