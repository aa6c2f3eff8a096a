package io.neurobalancer.evaluation;

import io.neurobalancer.baselines.Baselines;
import io.neurobalancer.device.DeviceIdentity;
import io.neurobalancer.files.DeviceDescription;
import io.neurobalancer.governor.GovernorSpec;
import io.neurobalancer.simulator.SimulatedTargetProvider;
import io.neurobalancer.target.Target;
import io.neurobalancer.target.TargetOptions;
import io.neurobalancer.target.Targets;
import io.neurobalancer.unit.NeuroBalancerException;
import java.util.List;

/** Looks devices up by their names without running anything. */
public final class Devices {

  /** What stands before the name of a simulated device. */
  public static final String SIMULATED = "sim:";

  private Devices() {}

  /**
   * Returns which device a name stands for.
   *
   * @throws NeuroBalancerException if there is none
   */
  public static DeviceIdentity identity(String device) {
    if (device.startsWith(SIMULATED)) {
      DeviceDescription description = describe(device);
      return new DeviceIdentity(
          SIMULATED + description.name(),
          description.title(),
          description.hash(),
          DeviceIdentity.Origin.SIMULATED);
    }
    try (Target target = Targets.open(device, List.of(), TargetOptions.DEFAULT)) {
      return target.identity();
    }
  }

  /**
   * Returns what describes a simulated device.
   *
   * @throws NeuroBalancerException if there is none, or its stock governors are unknown
   */
  public static DeviceDescription describe(String device) {
    String name = device.substring(SIMULATED.length());
    DeviceDescription description = SimulatedTargetProvider.describe(name);
    for (GovernorSpec spec : description.stockCore()) {
      requireKnown(name, spec);
    }
    for (GovernorSpec spec : description.stockMemory()) {
      requireKnown(name, spec);
    }
    return description;
  }

  private static void requireKnown(String name, GovernorSpec spec) {
    try {
      Baselines.find(spec.name())
          .orElseThrow(
              () ->
                  NeuroBalancerException.invalid(
                      "There is no governor '%s'.%nMaybe see 'neurobalancer governors' for what there is."
                          .formatted(spec.name())))
          .check(spec);
    } catch (NeuroBalancerException e) {
      throw NeuroBalancerException.invalid("%s: stock: %s".formatted(name, e.getMessage()), e);
    }
  }
}
