package io.neurobalancer.target;

import io.neurobalancer.unit.NeuroBalancerException;
import io.neurobalancer.workload.Workload;
import java.util.List;
import java.util.ServiceLoader;
import java.util.TreeMap;

/**
 * Opens devices by their names: {@code sim:pixel-4-cpu}, {@code sim:FILE.json}, {@code
 * replay:FILE.csv}, {@code linux}, as far as their modules are on the class path.
 */
public final class Targets {

  private Targets() {}

  /**
   * Opens a device for one workload.
   *
   * @throws NeuroBalancerException if there is no such device
   */
  public static Target open(String device, Workload workload) {
    return open(device, List.of(workload), TargetOptions.DEFAULT);
  }

  /** Opens a device for several workloads, one stream each; none where it brings its own. */
  public static Target open(String device, List<Workload> workloads, TargetOptions options) {
    TargetProvider provider = provider(device);
    if (!provider.bringsWorkload() && workloads.isEmpty()) {
      throw NeuroBalancerException.invalid(
          "The device '"
              + device
              + "' needs a model to run."
              + nextLine("Maybe name one with --model."));
    }
    return provider.open(nameOf(device), workloads, options);
  }

  /**
   * Returns the provider of a device.
   *
   * @throws NeuroBalancerException if its scheme is none
   */
  public static TargetProvider provider(String device) {
    String scheme = schemeOf(device);
    TreeMap<String, TargetProvider> known = new TreeMap<>();
    for (TargetProvider provider : ServiceLoader.load(TargetProvider.class)) {
      known.put(provider.scheme(), provider);
    }
    TargetProvider provider = known.get(scheme);
    if (provider == null) {
      throw NeuroBalancerException.invalid(
          "The device '"
              + device
              + "' is of no kind that this version drives."
              + nextLine("Maybe use one of: " + String.join(":, ", known.keySet()) + ":."));
    }
    return provider;
  }

  private static String schemeOf(String device) {
    int colon = device.indexOf(':');
    return colon < 0 ? device : device.substring(0, colon);
  }

  private static String nameOf(String device) {
    int colon = device.indexOf(':');
    return colon < 0 ? "" : device.substring(colon + 1);
  }

  private static String nextLine(String hint) {
    return System.lineSeparator() + hint;
  }
}
