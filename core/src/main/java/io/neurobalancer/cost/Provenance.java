package io.neurobalancer.cost;

import io.neurobalancer.device.DeviceIdentity;
import io.neurobalancer.workload.Workload;
import java.util.Locale;
import java.util.OptionalLong;

/**
 * Where figures come from: what ran on what, and what measured it.
 *
 * @param device on which it ran
 * @param modelName as users write it
 * @param modelHash of the model and the shapes bound to it, lower-case hexadecimal
 * @param seed of a simulated device's weather and meters; empty where nothing is drawn
 * @param version of NeuroBalancer; empty text where the caller did not say
 * @param command that was typed; empty text where a program called the library
 */
public record Provenance(
    DeviceIdentity device,
    String modelName,
    String modelHash,
    OptionalLong seed,
    String version,
    String command) {

  /** Returns the provenance of what a program measures through the library. */
  public static Provenance of(DeviceIdentity device, Workload workload) {
    return new Provenance(device, workload.name(), workload.hash(), OptionalLong.empty(), "", "");
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%s on %s (%s)",
        modelName,
        device.name(),
        device.origin().name().toLowerCase(Locale.ROOT));
  }
}
