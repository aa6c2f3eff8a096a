package io.neurobalancer.cli;

import io.neurobalancer.device.Opp;
import io.neurobalancer.evaluation.Devices;
import io.neurobalancer.files.CoreClock;
import io.neurobalancer.files.DeviceDescription;
import io.neurobalancer.files.Quality;
import io.neurobalancer.governor.GovernorSpec;
import io.neurobalancer.report.TextTable;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Tells all about one device. */
@Command(
    name = "show",
    mixinStandardHelpOptions = true,
    description =
        "Prints a device's OPPs, power, bandwidth and stock governors, and where each figure comes"
            + " from.",
    footer = {"", "Example: neurobalancer devices show pixel-6-cpu-big"})
final class DevicesShowCommand implements Callable<Integer> {

  @Parameters(
      paramLabel = "NAME",
      description = "A name as 'devices' lists them, with or without sim:, or FILE.json.")
  private String name = "";

  @Option(names = "--json", description = "Prints JSON, schema neurobalancer/device-details/1.")
  private boolean json;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    DeviceDescription profile =
        DeviceOptions.describe(
            name.startsWith(Devices.SIMULATED) ? name.substring(Devices.SIMULATED.length()) : name);
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(DeviceDetailsJson.of(profile).toPrettyString());
      return ExitCode.OK;
    }
    head(out, profile);
    coreOpps(Screen.of(spec), profile);
    memoryOpps(Screen.of(spec), profile);
    behaviour(Screen.of(spec), profile);
    stock(out, profile);
    provenance(out, profile);
    return ExitCode.OK;
  }

  private static void head(PrintWriter out, DeviceDescription profile) {
    out.printf(
        Locale.ROOT,
        "%s%s: %s%n  %s, %d core%s%s, last-level cache %.1f MB; %d x %d = %d settings; SHA-256"
            + " %s%n",
        Devices.SIMULATED,
        profile.name(),
        profile.title(),
        profile.cores().type(),
        profile.cores().count(),
        profile.cores().count() == 1 ? "" : "s",
        profile.gpu().map(gpu -> " (%d shader cores)".formatted(gpu.shaderCores())).orElse(""),
        profile.lastLevelCacheBytes() / 1048576.0,
        profile.coreDomain().opps().size(),
        profile.memoryDomain().opps().size(),
        profile.grid().size(),
        profile.hash().substring(0, 16));
    profile
        .fit()
        .ifPresent(
            fit ->
                out.printf(
                    "  fitted: %s%n  to %s%n  mean error: latency %s, power %s%n",
                    fit.parameters(),
                    fit.data(),
                    percent(fit.latencyError()),
                    percent(fit.powerError())));
  }

  private static String percent(OptionalDouble share) {
    return share.isPresent()
        ? String.format(Locale.ROOT, "%.1f %%", share.getAsDouble() * 100)
        : "not measured";
  }

  private static void coreOpps(Screen screen, DeviceDescription profile) {
    PrintWriter out = screen.out();
    out.printf(
        "%n%s, what one busy core burns and what the cluster shares%n",
        profile.coreDomain().name());
    TextTable table =
        new TextTable(
            ">clock", ">volts", ">core mW", ">cluster mW", ">CoreMark/s", ">second source mW");
    List<Opp> opps = profile.coreDomain().opps().opps();
    for (int i = 0; i < opps.size(); i++) {
      CoreClock.Published published = profile.core().published().get(i);
      table.row(
          opps.get(i).frequency().toString(),
          volts(opps.get(i)),
          milliwatts(profile.busyWatts().get(i)),
          milliwatts(profile.clusterWatts().get(i)),
          published.coremarkIterationsPerSecond().isPresent()
              ? String.format(
                  Locale.ROOT, "%.0f", published.coremarkIterationsPerSecond().getAsDouble())
              : "-",
          published.checkWatts().isPresent()
              ? milliwatts(published.checkWatts().getAsDouble())
              : "-");
    }
    screen.table(table);
  }

  private static void memoryOpps(Screen screen, DeviceDescription profile) {
    PrintWriter out = screen.out();
    out.printf(
        Locale.ROOT,
        "%n%s, %.0f bytes per clock of which streams reach %.0f %%; %.1f pJ per byte on top%n",
        profile.memoryDomain().name(),
        profile.memory().bytesPerClock(),
        profile.memory().efficiency() * 100,
        profile.power().dramJoulesPerByte() * 1e12);
    TextTable table = new TextTable(">clock", ">volts", ">peak GB/s", ">background mW", ">idle mW");
    List<Opp> opps = profile.memoryDomain().opps().opps();
    for (int i = 0; i < opps.size(); i++) {
      double background = profile.memoryBackgroundWatts().get(i);
      table.row(
          opps.get(i).frequency().toString(),
          volts(opps.get(i)),
          String.format(
              Locale.ROOT,
              "%.1f",
              opps.get(i).frequency().hertz() * profile.memory().bytesPerClock() / 1e9),
          milliwatts(background),
          milliwatts(background * profile.power().dramIdleShare()));
    }
    screen.table(table);
  }

  private static void behaviour(Screen screen, DeviceDescription profile) {
    PrintWriter out = screen.out();
    DeviceDescription.Power power = profile.power();
    out.printf(
        Locale.ROOT,
        "%nrest of the SoC %s mW in a job, %s mW between jobs; a waiting core burns %.0f %% of a"
            + " busy one%n",
        milliwatts(power.socActiveWatts()),
        milliwatts(power.socIdleWatts()),
        power.stalledShare() * 100);
    TextTable idle =
        new TextTable("idle state", ">entry us", ">wake us", ">residency us", ">leakage kept");
    for (DeviceDescription.Rest rest : profile.rests()) {
      idle.row(
          rest.state().name(),
          micros(rest.state().entrySeconds()),
          micros(rest.state().wakeSeconds()),
          micros(rest.state().minimumResidencySeconds()),
          String.format(Locale.ROOT, "%.0f %%", rest.leakageKept() * 100));
    }
    screen.table(idle);
    out.printf(
        "switch of the core clock: stall %s us, settle %s us; of the memory clock: %s us, %s us%n",
        micros(profile.core().transition().stallSeconds()),
        micros(profile.core().transition().settleSeconds()),
        micros(profile.dram().transition().stallSeconds()),
        micros(profile.dram().transition().settleSeconds()));
  }

  private static void stock(PrintWriter out, DeviceDescription profile) {
    out.printf("%nstock governors%n");
    profile.stockCore().forEach(governor -> governor(out, profile.coreDomain().name(), governor));
    profile
        .stockMemory()
        .forEach(governor -> governor(out, profile.memoryDomain().name(), governor));
    out.printf("  %s%n", profile.provenance().getOrDefault("stock", ""));
  }

  private static void governor(PrintWriter out, String domain, GovernorSpec governor) {
    out.printf(
        "  %s: %s %s%n",
        domain,
        governor.name(),
        governor.tunables().entrySet().stream()
            .map(entry -> entry.getKey() + "=" + entry.getValue().replace(' ', ','))
            .collect(Collectors.joining(" ")));
  }

  private static void provenance(PrintWriter out, DeviceDescription profile) {
    for (Quality quality : Quality.values()) {
      out.printf("%n%s%n", quality.word());
      profile.provenance().entrySet().stream()
          .filter(entry -> !entry.getKey().equals("stock"))
          .filter(entry -> Quality.of(entry.getValue()) == quality)
          .forEach(entry -> out.printf("  %s: %s%n", section(entry.getKey()), entry.getValue()));
    }
    out.printf("%nsources%n");
    profile.sources().entrySet().stream()
        .sorted(java.util.Map.Entry.comparingByKey())
        .forEach(entry -> out.printf("  %s %s%n", entry.getKey(), entry.getValue()));
    if (!profile.cautions().isEmpty()) {
      out.printf("%ncautions%n");
      profile.cautions().forEach(caution -> out.printf("  %s%n", caution));
    }
  }

  private static String section(String key) {
    return key.endsWith("Source") ? key.substring(0, key.length() - "Source".length()) : key;
  }

  private static String volts(Opp opp) {
    return opp.microvolts().isPresent()
        ? String.format(Locale.ROOT, "%.4f", opp.microvolts().getAsInt() / 1e6)
        : "-";
  }

  private static String milliwatts(double watts) {
    return String.format(Locale.ROOT, "%.1f", watts * 1e3);
  }

  private static String micros(double seconds) {
    return String.format(Locale.ROOT, "%.0f", seconds * 1e6);
  }
}
