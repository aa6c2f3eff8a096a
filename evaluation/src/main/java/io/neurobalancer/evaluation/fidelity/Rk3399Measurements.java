package io.neurobalancer.evaluation.fidelity;

import io.neurobalancer.files.DeviceDescription;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Layers of five networks on an RK3399, each at every clock of its processor (LW-GA; see the data
 * folder's own page).
 *
 * @param layers one entry per network, layer and clock
 */
record Rk3399Measurements(List<Layer> layers) {

  static final String FOLDER = "rk3399-layer-dvfs/raw/LW-GA/Profiling";

  /** The host of the GPU runs that are used: the big cluster at its fastest. */
  private static final String FASTEST_HOST = "7";

  private static final double[] CPU_MEGAHERTZ = {408, 600, 816, 1008, 1200, 1416, 1608, 1800};
  private static final double[] GPU_MEGAHERTZ = {200, 297, 400, 600, 800};

  /**
   * One layer at one clock.
   *
   * @param network as the data name it
   * @param group number of the layer
   * @param opp index of the clock in the profile
   * @param seconds mean run time
   * @param watts mean power of the board
   */
  record Layer(String network, int group, int opp, double seconds, double watts) {}

  /**
   * Reads the runs of one processor, or returns empty if the folder is not there.
   *
   * @param component {@code B}, {@code L} or {@code G}
   */
  static Optional<Rk3399Measurements> read(Path data, DeviceDescription profile, String component) {
    Path file = data.resolve(FOLDER).resolve("Layers.csv");
    if (!Files.isReadable(file)) {
      return Optional.empty();
    }
    List<Layer> layers = new ArrayList<>();
    for (Map<String, String> row : Csv.read(file)) {
      boolean gpu = component.equals("G");
      if (!row.getOrDefault("Metric", "").equals("task")
          || !row.getOrDefault("Component", "").equals(component)
          || (gpu && !row.getOrDefault("Freq_Host", "").equals(FASTEST_HOST))
          || Double.isNaN(Csv.number(row, "Power"))) {
        continue;
      }
      double megahertz = (gpu ? GPU_MEGAHERTZ : CPU_MEGAHERTZ)[(int) Csv.number(row, "Freq")];
      layers.add(
          new Layer(
              row.getOrDefault("Graph", ""),
              (int) Csv.number(row, "Layer"),
              profile.coreDomain().opps().ceilHertz(Math.round((megahertz - 1) * 1e6)),
              Csv.number(row, "Time") / 1e3,
              Csv.number(row, "Power") / 1e3));
    }
    return Optional.of(new Rk3399Measurements(layers));
  }
}
