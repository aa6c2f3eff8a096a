package io.neurobalancer.evaluation.validation;

import io.neurobalancer.device.FrequencyDomain;
import io.neurobalancer.device.OppTable;
import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.simulator.replay.CsvTable;
import io.neurobalancer.unit.Frequency;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;

/**
 * The measurements of github.com/Ehsan-aghapour/LW-GA: each layer of five networks on each
 * processor of an RK3399 at each of its clocks, and whole runs whose layers changed processor and
 * clocks.
 */
final class Rk3399Data {

  static final List<String> NETWORKS = List.of("alex", "google", "mobile", "res50", "squeeze");

  private static final FrequencyDomain LITTLE = domain("little", 408, 600, 816, 1008, 1200, 1416);
  private static final FrequencyDomain BIG =
      domain("big", 408, 600, 816, 1008, 1200, 1416, 1608, 1800);
  private static final FrequencyDomain GPU = domain("gpu", 200, 300, 400, 600, 800);
  private static final SettingGrid LITTLE_GRID = new SettingGrid(List.of(LITTLE));
  private static final SettingGrid BIG_GRID = new SettingGrid(List.of(BIG));
  private static final SettingGrid GPU_GRID = new SettingGrid(List.of(GPU, BIG));
  private static final Pattern CHOICE = Pattern.compile("\\((\\d+),(?: (\\d+))?\\)");

  /** A processor with the clocks that its layers depend on; the GPU is fed by a big core. */
  enum Processor {
    L,
    B,
    G;

    SettingGrid grid() {
      return switch (this) {
        case L -> LITTLE_GRID;
        case B -> BIG_GRID;
        case G -> GPU_GRID;
      };
    }
  }

  /**
   * A layer, or the loading of the network's input, on one processor.
   *
   * @param network as the files call it
   * @param index of the layer, or -1 for the input
   * @param processor that runs it
   */
  record Layer(String network, int index, Processor processor) {}

  /** One measurement. */
  record Cost(double seconds, double joules) {}

  /** Where a layer runs, and at which clocks. */
  record Step(Processor processor, int setting) {}

  /**
   * One whole run.
   *
   * @param network as the files call it
   * @param steps one per layer
   * @param seconds of the input and all layers
   * @param joules of the board meanwhile
   */
  record Schedule(String network, List<Step> steps, double seconds, double joules) {
    Schedule {
      steps = List.copyOf(steps);
    }
  }

  private final Map<Layer, Map<Integer, Cost>> layers = new LinkedHashMap<>();
  private final Map<String, List<Schedule>> schedules = new LinkedHashMap<>();
  private final Map<Layer, Map<Integer, Cost>> again = new LinkedHashMap<>();
  private int incomplete;

  Rk3399Data(Path folder) {
    Path profiling = folder.resolve("raw/LW-GA/Profiling");
    layers(profiling.resolve("Layers.csv"), layers);
    layers(profiling.resolve("Data/_Layers.csv"), again);
    for (String network : NETWORKS) {
      schedules.put(network, read(profiling, network));
    }
  }

  private static void layers(Path file, Map<Layer, Map<Integer, Cost>> layers) {
    CsvTable table = CsvTable.read(file);
    for (CsvTable.Row row : table.rows()) {
      if (!NETWORKS.contains(row.text("Graph"))
          || row.text("Time").isEmpty()
          || row.text("Power").isEmpty()) {
        continue;
      }
      Processor processor = Processor.valueOf(row.text("Component"));
      int index = row.text("Metric").equals("in") ? -1 : Integer.parseInt(row.text("Layer"));
      double seconds = table.positive(row, "Time") * 1e-3;
      layers
          .computeIfAbsent(
              new Layer(row.text("Graph"), index, processor), layer -> new LinkedHashMap<>())
          .put(
              setting(processor, row.text("Freq"), row.text("Freq_Host")),
              new Cost(seconds, seconds * table.positive(row, "Power") * 1e-3));
    }
  }

  private List<Schedule> read(Path profiling, String network) {
    CsvTable table = CsvTable.read(profiling.resolve("Evaluations_" + network + ".csv"));
    List<Schedule> runs = new ArrayList<>();
    for (CsvTable.Row row : table.rows()) {
      if (row.text("total_time").isEmpty() || row.text("total_e").isEmpty()) {
        incomplete++;
        continue;
      }
      List<Step> steps = new ArrayList<>();
      String order = row.text("order");
      Matcher choice = CHOICE.matcher(row.text("freq"));
      while (choice.find()) {
        Processor processor = Processor.valueOf(order.substring(steps.size(), steps.size() + 1));
        steps.add(
            new Step(
                processor,
                setting(
                    processor, choice.group(1), choice.group(2) == null ? "" : choice.group(2))));
      }
      runs.add(
          new Schedule(
              network,
              steps,
              table.positive(row, "total_time") * 1e-3,
              table.positive(row, "total_e") * 1e-3));
    }
    return runs;
  }

  private static int setting(Processor processor, String clock, String host) {
    int own = Integer.parseInt(clock);
    return processor == Processor.G
        ? processor.grid().setting(own, Integer.parseInt(host))
        : processor.grid().setting(own);
  }

  /** Returns what was measured of each layer, by setting. */
  Map<Layer, Map<Integer, Cost>> layers() {
    return layers;
  }

  /** Returns what the authors' other measurement of the layers gave. */
  Map<Layer, Map<Integer, Cost>> again() {
    return again;
  }

  /** Returns the whole runs of each network. */
  Map<String, List<Schedule>> schedules() {
    return schedules;
  }

  /** Returns how many whole runs have no total at the source. */
  int incomplete() {
    return incomplete;
  }

  private static FrequencyDomain domain(String name, long... megahertz) {
    return new FrequencyDomain(
        name,
        FrequencyDomain.Kind.CORE,
        OppTable.of(LongStream.of(megahertz).mapToObj(Frequency::ofMegahertz).toList()));
  }
}
