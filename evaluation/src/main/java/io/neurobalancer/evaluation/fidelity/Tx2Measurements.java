package io.neurobalancer.evaluation.fidelity;

import io.neurobalancer.files.DeviceDescription;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Four networks on a Jetson TX2 over 13 GPU and 4 EMC clocks, and its rails under VGG-19 (thynics,
 * jetson_dvfs; see the data folder's own page).
 *
 * @param latencySeconds by network, then by GPU and EMC clock
 * @param rails under VGG-19
 */
record Tx2Measurements(Map<String, double[][]> latencySeconds, List<Rails> rails) {

  static final String FOLDER = "jetson-tx2-gpu-emc";

  /** Bytes that the DRAM moves per EMC clock at full use. */
  private static final double BYTES_PER_CLOCK = 32;

  /**
   * Mean power of the rails at one clock pair, watts.
   *
   * @param gpu index of the GPU clock
   * @param emc index of the EMC clock
   * @param bytesPerSecond of DRAM traffic, by the controller's own use counter
   */
  record Rails(
      int gpu,
      int emc,
      double gpuWatts,
      double socWatts,
      double cpuWatts,
      double ddrWatts,
      double inputWatts,
      double bytesPerSecond) {}

  /** Reads the folder, or returns empty if it is not there. */
  static Optional<Tx2Measurements> read(Path data, DeviceDescription profile) {
    Path latency = data.resolve(FOLDER).resolve("tx2_latency.csv");
    Path power = data.resolve(FOLDER).resolve("tx2_vgg19_power.csv");
    if (!Files.isReadable(latency) || !Files.isReadable(power)) {
      return Optional.empty();
    }
    Map<String, double[][]> seconds = new TreeMap<>();
    for (Map<String, String> row : Csv.read(latency)) {
      seconds
              .computeIfAbsent(
                  row.getOrDefault("model", ""),
                  model ->
                      new double[profile.coreDomain().opps().size()]
                          [profile.memoryDomain().opps().size()])[gpu(profile, row)][
              emc(profile, row)] =
          Csv.number(row, "latency_ms") / 1e3;
    }
    List<Rails> rails = new ArrayList<>();
    for (Map<String, String> row : Csv.read(power)) {
      rails.add(
          new Rails(
              gpu(profile, row),
              emc(profile, row),
              Csv.number(row, "vdd_gpu_mw") / 1e3,
              Csv.number(row, "vdd_soc_mw") / 1e3,
              Csv.number(row, "vdd_cpu_mw") / 1e3,
              Csv.number(row, "vdd_ddr_mw") / 1e3,
              Csv.number(row, "vdd_in_mw") / 1e3,
              Csv.number(row, "emc_util_pct")
                  / 100
                  * Csv.number(row, "emc_mhz")
                  * 1e6
                  * BYTES_PER_CLOCK));
    }
    return Optional.of(new Tx2Measurements(seconds, rails));
  }

  private static int gpu(DeviceDescription profile, Map<String, String> row) {
    return profile
        .coreDomain()
        .opps()
        .ceilHertz(Math.round((Csv.number(row, "gpu_mhz") - 1) * 1e6));
  }

  private static int emc(DeviceDescription profile, Map<String, String> row) {
    return profile
        .memoryDomain()
        .opps()
        .ceilHertz(Math.round((Csv.number(row, "emc_mhz") - 1) * 1e6));
  }
}
