package io.neurobalancer.evaluation.fidelity;

import io.neurobalancer.evaluation.validation.Dataset;
import io.neurobalancer.files.CoreClock;
import io.neurobalancer.files.DeviceDescription;
import io.neurobalancer.files.DeviceDescriptions;
import io.neurobalancer.files.Quality;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The simulation beside every published figure there is, as a page of Markdown. */
public final class FidelityReport {

  private static final Set<String> USED = Set.of("jetson-tx2-gpu-emc", "rk3399-layer-dvfs");

  private final Path data;
  private final StringBuilder text = new StringBuilder();
  private final List<String> skipped = new ArrayList<>();

  private FidelityReport(Path data) {
    this.data = data;
  }

  /**
   * A report.
   *
   * @param markdown the page
   * @param skipped one sentence per part that was left out, since its measurements are absent
   */
  public record Page(String markdown, List<String> skipped) {
    public Page {
      skipped = List.copyOf(skipped);
    }
  }

  /**
   * Writes the report.
   *
   * @param data folder of the measurements, which need not exist
   * @param command that wrote the page, printed on it
   */
  public static Page write(Path data, String command) {
    FidelityReport report = new FidelityReport(data);
    report.head(command);
    report.cpus();
    report.tx2();
    report.rk3399();
    report.hostIdle();
    report.rest();
    report.steps();
    report.sources();
    return new Page(report.text.toString(), report.skipped);
  }

  private void line(String format, Object... arguments) {
    text.append(String.format(Locale.ROOT, format, arguments)).append('\n');
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f %%", share * 100);
  }

  private static String signed(double share) {
    return String.format(Locale.ROOT, "%+.1f %%", share * 100);
  }

  private void head(String command) {
    line("# Fidelity: the simulated devices beside published measurements");
    line("");
    line("Written by `%s`; do not edit.", command);
    line(
        "Errors are relative to the measurement: mean and worst are absolute, bias keeps its sign");
    line("(above zero: the simulation is high).");
    line("");
  }

  private void sources() {
    line("## Where the measurements can be had");
    line("");
    for (Dataset dataset : Dataset.all()) {
      if (USED.contains(dataset.folder())) {
        line("- `%s`: %s.", dataset.folder(), dataset.whereToGetIt());
      }
    }
  }

  private void hostIdle() {
    HostIdleLatency measured = HostIdleLatency.MEASURED;
    HostIdleLatency held = HostIdleLatency.HELD_AWAKE;
    HostIdleLatency explained = HostIdleLatency.explained();
    line("## Pixel 6: what deep idle of the CPU costs an inference on an accelerator");
    line("");
    line("While an accelerator works, the CPU that waits for it falls asleep, and waking it takes");
    line(
        "time. Google's own figures (MLPerf image classification) are explained by two waits of a");
    line("wake-up each, at the power of a chip that is awake. The wake-ups are the device tree's;");
    line(
        "that there are two waits is assumed. The simulator reserves the wake-up before a job; of");
    line("the waits within a job on a GPU it has no term.");
    line("");
    line("| | latency | power | energy |");
    line("| --- | ---: | ---: | ---: |");
    cells("measured, deep states forbidden (44 us)", held);
    cells("measured, by default", measured);
    cells("explained, by default", explained);
    line(
        "| error | %s | %s | %s |",
        signed(explained.seconds() / measured.seconds() - 1),
        signed(explained.watts() / measured.watts() - 1),
        signed(explained.joules() / measured.joules() - 1));
    line("");
  }

  private void cells(String what, HostIdleLatency figures) {
    line(
        "| %s | %.2f ms | %.0f mW | %.2f mJ |",
        what, figures.seconds() * 1e3, figures.watts() * 1e3, figures.joules() * 1e3);
  }

  private void cpus() {
    line("## CPU clusters: throughput and power per OPP");
    line("");
    line(
        "One core runs CoreMark-like work (always busy, never waiting for memory) through the whole");
    line(
        "simulator. *Throughput* is compared with the published CoreMark iterations per second after one");
    line(
        "scale per device; it tests that work follows the clock. *Power* above an idle but awake device is");
    line(
        "compared with the very figures that the profile is made of: that tests the simulator's sums, not");
    line(
        "the device. The *second source* (AOSP's `power_profile.xml`) is independent of the first, so its");
    line("error says how well anybody knows the power of this core.");
    line("");
    line(
        "| device | OPPs | throughput mean / worst | power mean / worst | second source mean / worst | bias |");
    line("| --- | ---: | ---: | ---: | ---: | ---: |");
    for (String name : DeviceDescriptions.names()) {
      DeviceDescription profile = Fits.profile(name);
      CpuErrors errors = CpuErrors.of(profile);
      if (errors.throughput.count() > 0) {
        line(
            "| %s | %d | %s / %s | %s / %s | %s / %s | %s |",
            name,
            profile.coreDomain().opps().size(),
            percent(errors.throughput.mean()),
            percent(errors.throughput.worst()),
            percent(errors.power.mean()),
            percent(errors.power.worst()),
            percent(errors.second.mean()),
            percent(errors.second.worst()),
            signed(errors.second.bias()));
      }
    }
    line("");
    line(
        "Where power differs from its own source, it is leakage, which follows the die's temperature.");
    line("");
  }

  /** Errors of one CPU over its OPPs. */
  private record CpuErrors(Errors throughput, Errors power, Errors second) {

    static CpuErrors of(DeviceDescription profile) {
      CpuErrors errors = new CpuErrors(new Errors(), new Errors(), new Errors());
      List<double[]> rates = new ArrayList<>();
      CoreMarkLike core = new CoreMarkLike(profile);
      for (int k = 0; k < profile.coreDomain().opps().size(); k++) {
        CoreClock.Published published = profile.core().published().get(k);
        if (published.coremarkIterationsPerSecond().isEmpty()) {
          continue;
        }
        CoreMarkLike.Reading reading = core.at(k);
        rates.add(
            new double[] {
              reading.jobsPerSecond(), published.coremarkIterationsPerSecond().getAsDouble()
            });
        errors.power.add(reading.watts(), profile.busyWatts().get(k) + includedCluster(profile, k));
        published.checkWatts().ifPresent(watts -> errors.second.add(reading.watts(), watts));
      }
      double scale = scale(rates);
      rates.forEach(rate -> errors.throughput.add(scale * rate[0], rate[1]));
      return errors;
    }
  }

  /** Returns the part of a published power that the profile books under the cluster. */
  private static double includedCluster(DeviceDescription profile, int opp) {
    boolean split = profile.provenance().containsKey("coreDomain.clusterWattsSource");
    return split ? profile.clusterWatts().get(opp) : 0;
  }

  private static double scale(List<double[]> rates) {
    double logs = 0;
    for (double[] rate : rates) {
      logs += Math.log(rate[1] / rate[0]);
    }
    return Math.exp(logs / rates.size());
  }

  private void tx2() {
    line("## Jetson TX2: four networks over 13 GPU and 4 EMC clocks");
    line("");
    DeviceDescription profile = Fits.profile(Fits.TX2);
    Optional<Tx2Measurements> measured = Tx2Measurements.read(data, profile);
    if (measured.isEmpty()) {
      skip(Tx2Measurements.FOLDER);
      return;
    }
    Tx2Fit fit = new Tx2Fit(profile, measured.get());
    line(
        "208 latencies (TensorRT, thynics/jetson_dvfs). The four networks share one set of parameters, so");
    line(
        "*absolute* tests them as a model of the device; *shape* allows one factor per network, and is what");
    line("matters for choosing clocks.");
    line("");
    line("| network | absolute mean / worst | bias | shape mean / worst |");
    line("| --- | ---: | ---: | ---: |");
    Map<String, Errors> shapes = fit.shapeErrors();
    fit.latencyErrors()
        .forEach(
            (name, errors) -> {
              Errors shape = shapes.getOrDefault(name, new Errors());
              line(
                  "| %s | %s / %s | %s | %s / %s |",
                  name,
                  percent(errors.mean()),
                  percent(errors.worst()),
                  signed(errors.bias()),
                  percent(shape.mean()),
                  percent(shape.worst()));
            });
    line("");
    Errors power = fit.powerErrors();
    line(
        "Power at the board's input under VGG-19, 52 clock pairs: mean %s, worst %s, bias %s. DRAM traffic of",
        percent(power.mean()), percent(power.worst()), signed(power.bias()));
    line(
        "one VGG-19 inference: %.2f GB simulated, %.2f GB by the memory controller's counter.",
        fit.simulatedTrafficBytes() / 1e9, fit.measuredTrafficBytes() / 1e9);
    line("");
    for (String name : fit.latencyErrors().keySet()) {
      grid(profile, "latency of " + name, fit.latencyGrid(name));
    }
    grid(profile, "power under VGG-19", fit.powerGrid());
    Tx2Fit.DramLine dram = fit.dramLine();
    line(
        "The DDR rail as one line for any clock, from which the DRAM power of all phones is derived: %.3f W/GHz and",
        dram.wattsPerGigahertz());
    line(
        "%.1f pJ/byte, mean error %s, worst %s.",
        dram.joulesPerByte() * 1e12, percent(dram.meanError()), percent(dram.worstError()));
    line("");
  }

  /** A table of signed errors over both clocks. */
  private void grid(DeviceDescription profile, String what, List<List<Double>> errors) {
    line("Error of the %s, by GPU clock (rows) and EMC clock:", what);
    line("");
    StringBuilder header = new StringBuilder("| |");
    StringBuilder rule = new StringBuilder("| ---: |");
    for (int e = 0; e < profile.memoryDomain().opps().size(); e++) {
      header.append(' ').append(profile.memoryDomain().opps().frequency(e)).append(" |");
      rule.append(" ---: |");
    }
    line("%s", header);
    line("%s", rule);
    for (int g = 0; g < errors.size(); g++) {
      StringBuilder row = new StringBuilder("| " + profile.coreDomain().opps().frequency(g) + " |");
      for (double error : errors.get(g)) {
        row.append(' ').append(signed(error)).append(" |");
      }
      line("%s", row);
    }
    line("");
  }

  private void rk3399() {
    line("## RK3399: layers of five networks over the clocks of each processor");
    line("");
    if (Rk3399Fit.of(data, Fits.profile("rk3399-cpu-big"), "B").isEmpty()) {
      skip(Rk3399Measurements.FOLDER);
      return;
    }
    line(
        "Arm Compute Library, LW-GA's `Layers.csv`; a layer is a group of operators. The DRAM clock is no knob");
    line("there. All layers of all networks share one set of parameters per processor.");
    line("");
    line(
        "| device | layer time mean / median / worst | bias | whole network mean | board power mean / worst |");
    line("| --- | ---: | ---: | ---: | ---: |");
    Map<String, Rk3399Fit> fits = new LinkedHashMap<>();
    Fits.RK3399.forEach(
        (name, component) ->
            Rk3399Fit.of(data, Fits.profile(name), component)
                .ifPresent(fit -> fits.put(name, fit)));
    fits.forEach(
        (name, fit) -> {
          Errors all = fit.latencyErrors().getOrDefault("all", new Errors());
          Errors power = fit.powerErrors();
          line(
              "| %s | %s / %s / %s | %s | %s | %s / %s |",
              name,
              percent(all.mean()),
              percent(all.median()),
              percent(all.worst()),
              signed(all.bias()),
              percent(fit.networkErrors().mean()),
              percent(power.mean()),
              percent(power.worst()));
        });
    line("");
    line("| device | network | layer time mean / median / worst | bias |");
    line("| --- | --- | ---: | ---: |");
    fits.forEach(
        (name, fit) ->
            fit.latencyErrors()
                .forEach(
                    (network, errors) -> {
                      if (!network.equals("all")) {
                        line(
                            "| %s | %s | %s / %s / %s | %s |",
                            name,
                            network,
                            percent(errors.mean()),
                            percent(errors.median()),
                            percent(errors.worst()),
                            signed(errors.bias()));
                      }
                    }));
    line("");
    line(
        "Single layers are off by far more than networks: the model knows no library's choice of kernel, and a");
    line("layer measured alone also contains its hand-over. Use this device for whole networks.");
    line("");
  }

  private void skip(String folder) {
    skipped.add(
        "There are no measurements in '%s', so that part of the report is left out."
            .formatted(data.resolve(folder)));
    line("Left out: the measurements were not at hand when this page was written.");
    line("");
  }

  private void rest() {
    line("## Devices that nothing published can test");
    line("");
    line(
        "For these no source measures a speed or a power per OPP. Their clocks are published, their power is");
    line(
        "derived or assumed as `devices show NAME` says; savings on them are plausible, joules are not facts.");
    line("");
    for (String name : DeviceDescriptions.names()) {
      DeviceDescription profile = Fits.profile(name);
      boolean measured =
          profile.core().published().stream()
              .anyMatch(figures -> figures.coremarkIterationsPerSecond().isPresent());
      if (!measured && profile.fit().isEmpty()) {
        line(
            "- `%s`: core power %s",
            name,
            Quality.of(profile.provenance().getOrDefault("coreDomain.busyWattsSource", "")).word());
      }
    }
    line("");
  }

  private void steps() {
    line("## Every OPP of every CPU cluster");
    line("");
    for (String name : DeviceDescriptions.names()) {
      DeviceDescription profile = Fits.profile(name);
      List<double[]> rates = new ArrayList<>();
      CoreMarkLike core = new CoreMarkLike(profile);
      for (int k = 0; k < profile.coreDomain().opps().size(); k++) {
        CoreClock.Published published = profile.core().published().get(k);
        if (published.coremarkIterationsPerSecond().isPresent()) {
          rates.add(
              new double[] {
                core.at(k).jobsPerSecond(), published.coremarkIterationsPerSecond().getAsDouble()
              });
        }
      }
      if (rates.isEmpty()) {
        continue;
      }
      line("### %s", name);
      line("");
      line(
          "| clock | CoreMark/s published | simulated | mW published | simulated | second source mW |");
      line("| ---: | ---: | ---: | ---: | ---: | ---: |");
      double scale = scale(rates);
      for (int k = 0; k < profile.coreDomain().opps().size(); k++) {
        CoreClock.Published published = profile.core().published().get(k);
        CoreMarkLike.Reading reading = core.at(k);
        line(
            "| %s | %s | %.0f | %.1f | %.1f | %s |",
            profile.coreDomain().opps().frequency(k),
            published.coremarkIterationsPerSecond().isPresent()
                ? String.format(
                    Locale.ROOT, "%.0f", published.coremarkIterationsPerSecond().getAsDouble())
                : "-",
            scale * reading.jobsPerSecond(),
            1e3 * (profile.busyWatts().get(k) + includedCluster(profile, k)),
            1e3 * reading.watts(),
            published.checkWatts().isPresent()
                ? String.format(Locale.ROOT, "%.1f", 1e3 * published.checkWatts().getAsDouble())
                : "-");
      }
      line("");
    }
  }
}
