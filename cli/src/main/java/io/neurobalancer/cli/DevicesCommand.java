package io.neurobalancer.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.neurobalancer.device.FrequencyDomain;
import io.neurobalancer.profiles.DeviceProfile;
import io.neurobalancer.profiles.DeviceProfiles;
import io.neurobalancer.report.TextTable;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Lists the bundled devices. */
@Command(
    name = "devices",
    mixinStandardHelpOptions = true,
    description = "Lists the devices that can be simulated, with their clocks.")
final class DevicesCommand implements Callable<Integer> {

  @Option(names = "--json", description = "Prints JSON, schema neurobalancer/devices/1.")
  private boolean json;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    TextTable table = new TextTable("device", "core clocks", "memory clocks", ">pairs", "what");
    ObjectNode root = new ObjectMapper().createObjectNode();
    root.put("schema", "neurobalancer/devices/1");
    ArrayNode devices = root.putArray("devices");
    for (String name : DeviceProfiles.names()) {
      DeviceProfile profile = DeviceProfiles.bundled(name).orElseThrow();
      table.row(
          DeviceOptions.SIMULATED + name,
          clocks(profile.coreDomain()),
          clocks(profile.memoryDomain()),
          String.valueOf(profile.grid().size()),
          profile.title());
      devices
          .addObject()
          .put("name", DeviceOptions.SIMULATED + name)
          .put("title", profile.title())
          .put("hash", profile.hash())
          .put("settings", profile.grid().size());
    }
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(root.toPrettyString());
    } else {
      out.print(table.render());
    }
    return ExitCode.OK;
  }

  private static String clocks(FrequencyDomain domain) {
    return "%d, %s to %s".formatted(domain.opps().size(), domain.opps().min(), domain.opps().max());
  }
}
