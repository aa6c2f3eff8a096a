package io.neurobalancer.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.neurobalancer.device.FrequencyDomain;
import io.neurobalancer.evaluation.Devices;
import io.neurobalancer.files.DeviceDescription;
import io.neurobalancer.files.DeviceDescriptions;
import io.neurobalancer.files.Quality;
import io.neurobalancer.report.TextTable;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Lists the bundled devices. */
@Command(
    name = "devices",
    mixinStandardHelpOptions = true,
    aliases = "device",
    subcommands = {DevicesShowCommand.class, DeviceInitCommand.class},
    description = {
      "Lists the devices that can be simulated, with their clocks. 'core power' says how the power"
          + " of a busy core is known; 'figures' counts sections that are published, derived and"
          + " assumed.",
      "'devices show NAME' tells all about one, 'device init' begins a description of this machine."
    })
final class DevicesCommand implements Callable<Integer> {

  @Option(names = "--json", description = "Prints JSON, schema neurobalancer/devices/1.")
  private boolean json;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    TextTable table =
        new TextTable(
            "device",
            "type",
            "core clocks",
            "memory clocks",
            ">pairs",
            "core power",
            ">figures",
            "what");
    ObjectNode root = new ObjectMapper().createObjectNode();
    root.put("schema", "neurobalancer/devices/1");
    ArrayNode devices = root.putArray("devices");
    for (String name : DeviceDescriptions.names()) {
      DeviceDescription profile = DeviceDescriptions.bundled(name).orElseThrow();
      String corePower = corePower(profile);
      table.row(
          Devices.SIMULATED + name,
          kind(profile),
          clocks(profile.coreDomain()),
          clocks(profile.memoryDomain()),
          String.valueOf(profile.grid().size()),
          corePower,
          "%d/%d/%d"
              .formatted(
                  count(profile, Quality.PUBLISHED),
                  count(profile, Quality.DERIVED),
                  count(profile, Quality.ASSUMED)),
          profile.title());
      devices
          .addObject()
          .put("name", Devices.SIMULATED + name)
          .put("title", profile.title())
          .put("type", kind(profile))
          .put("hash", profile.hash())
          .put("coreOpps", profile.coreDomain().opps().size())
          .put("memoryOpps", profile.memoryDomain().opps().size())
          .put("settings", profile.grid().size())
          .put("corePower", corePower)
          .put("sectionsPublished", count(profile, Quality.PUBLISHED))
          .put("sectionsDerived", count(profile, Quality.DERIVED))
          .put("sectionsAssumed", count(profile, Quality.ASSUMED));
    }
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(root.toPrettyString());
    } else {
      Screen.of(spec).table(table);
    }
    return ExitCode.OK;
  }

  static String kind(DeviceDescription profile) {
    return profile.kind().name().toLowerCase(Locale.ROOT);
  }

  private static String corePower(DeviceDescription profile) {
    if (profile.fit().isPresent()) {
      return "fitted";
    }
    return Quality.of(profile.provenance().getOrDefault("coreDomain.busyWattsSource", "")).word();
  }

  private static long count(DeviceDescription profile, Quality quality) {
    return profile.provenance().entrySet().stream()
        .filter(entry -> !entry.getKey().equals("stock"))
        .filter(entry -> Quality.of(entry.getValue()) == quality)
        .count();
  }

  private static String clocks(FrequencyDomain domain) {
    return "%d, %s to %s".formatted(domain.opps().size(), domain.opps().min(), domain.opps().max());
  }
}
