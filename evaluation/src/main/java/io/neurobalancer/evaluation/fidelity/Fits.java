package io.neurobalancer.evaluation.fidelity;

import io.neurobalancer.files.DeviceDescription;
import io.neurobalancer.files.DeviceDescriptions;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Fits parameters of bundled profiles to measurements, each from a start of its own. */
public final class Fits {

  static final String TX2 = "jetson-tx2-gpu";
  static final Map<String, String> RK3399 = rk3399();

  private Fits() {}

  private static Map<String, String> rk3399() {
    Map<String, String> components = new LinkedHashMap<>();
    components.put("rk3399-cpu-big", "B");
    components.put("rk3399-cpu-little", "L");
    components.put("rk3399-gpu", "G");
    return components;
  }

  /**
   * Returns fitted parameters by device and by the field names of its profile; devices whose
   * measurements are not in the folder are left out. Under {@code dram-line} is the line that the
   * DRAM power of all other devices is derived from.
   */
  public static Map<String, Map<String, Object>> all(Path data) {
    Map<String, Map<String, Object>> results = new LinkedHashMap<>();
    DeviceDescription tx2 = profile(TX2);
    Tx2Measurements.read(data, tx2)
        .ifPresent(
            measured -> {
              Tx2Fit fit = new Tx2Fit(tx2, measured);
              Tx2Fit.DramLine dram = fit.dramLine();
              Map<String, Object> line = new LinkedHashMap<>();
              line.put("wattsPerGigahertz", dram.wattsPerGigahertz());
              line.put("joulesPerByte", dram.joulesPerByte());
              line.put("meanError", dram.meanError());
              line.put("worstError", dram.worstError());
              results.put("dram-line", line);
              results.put(TX2, fit.fit());
            });
    RK3399.forEach(
        (name, component) ->
            Rk3399Fit.of(data, profile(name), component)
                .ifPresent(fit -> results.put(name, fit.fit())));
    return results;
  }

  static DeviceDescription profile(String name) {
    return DeviceDescriptions.bundled(name).orElseThrow();
  }
}
