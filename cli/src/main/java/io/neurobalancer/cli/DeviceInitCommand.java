package io.neurobalancer.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.neurobalancer.device.FrequencyDomain;
import io.neurobalancer.device.Opp;
import io.neurobalancer.files.AtomicFiles;
import io.neurobalancer.linux.DeviceSkeleton;
import io.neurobalancer.linux.Discovery;
import io.neurobalancer.linux.LocalSysfs;
import io.neurobalancer.linux.Machine;
import io.neurobalancer.linux.Sysfs;
import io.neurobalancer.unit.NeuroBalancerException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Begins a device description of this machine: its clocks, and what is still to be filled in. */
@Command(
    name = "init",
    mixinStandardHelpOptions = true,
    description = {
      "Begins a device description of this machine, in the form of 'devices show --json' files: the"
          + " clocks that its kernel offers. Power, bandwidth and the rest are in no file of the"
          + " kernel; they are listed on standard error and left out, so the description cannot be"
          + " loaded before they are filled in."
    },
    footer = {"", "Example: neurobalancer device init --out my-board.json"})
final class DeviceInitCommand implements Callable<Integer> {

  @Option(
      names = {"-o", "--out"},
      paramLabel = "FILE",
      description = "Writes there instead of printing.")
  private @Nullable Path out;

  @Option(names = "--force", description = "Replaces an older description.")
  private boolean force;

  @Option(
      names = "--device",
      paramLabel = "DEVICE",
      defaultValue = "linux",
      description = "linux for this machine, adb or adb:SERIAL for a phone (default: linux).")
  private String device = "linux";

  @Option(
      names = "--root",
      paramLabel = "DIR",
      defaultValue = "/",
      description = "Looks at a copy of a machine's /sys and /proc under DIR instead.")
  private Path root = Path.of("/");

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    return Phones.namedOrThisMachine(device)
        ? Phones.look(device, this::describe)
        : describe(new LocalSysfs(root));
  }

  private int describe(Sysfs sysfs) {
    Machine machine = Discovery.of(sysfs);
    DeviceSkeleton skeleton = DeviceSkeleton.of(sysfs, machine);
    if (skeleton.domains().isEmpty()) {
      throw new NeuroBalancerException(
          NeuroBalancerException.Kind.FINDING,
          "This machine offers no clock that can be set, so there is nothing to describe.%nMaybe see 'neurobalancer doctor' for the reasons."
              .formatted());
    }
    String text = document(skeleton, machine).toPrettyString() + "\n";
    Path file = out;
    if (file != null && !force && OutFolder.written(file.toFile())) {
      throw NeuroBalancerException.invalid(
          "'%s' is there already, and may have been filled in by hand.%nMaybe name another file with --out, or replace it with --force."
              .formatted(file));
    }
    PrintWriter err = spec.commandLine().getErr();
    if (file == null) {
      spec.commandLine().getOut().print(text);
    } else {
      AtomicFiles.write(file, text);
      err.println("Written: " + file);
    }
    err.println("Still to be filled in:");
    skeleton.unknown().forEach((field, hint) -> err.printf("  %s: %s%n", field, hint));
    return ExitCode.OK;
  }

  private static ObjectNode document(DeviceSkeleton skeleton, Machine machine) {
    ObjectNode document = new ObjectMapper().createObjectNode();
    document
        .put("schema", "neurobalancer/device/1")
        .put("name", skeleton.name())
        .put("title", skeleton.title())
        .put("type", "cpu");
    document
        .putObject("sources")
        .put("M", "sysfs of " + skeleton.title() + ", Linux " + machine.kernel());
    domain(document, "coreDomain", skeleton, FrequencyDomain.Kind.CORE);
    domain(document, "memoryDomain", skeleton, FrequencyDomain.Kind.MEMORY);
    return document;
  }

  private static void domain(
      ObjectNode document, String field, DeviceSkeleton skeleton, FrequencyDomain.Kind kind) {
    Optional<FrequencyDomain> found =
        skeleton.domains().stream().filter(d -> d.kind() == kind).findFirst();
    if (found.isPresent()) {
      ObjectNode node = document.putObject(field).put("name", found.get().name());
      ArrayNode opps = node.putArray("opps");
      for (Opp opp : found.get().opps().opps()) {
        opps.addObject().put("kilohertz", opp.frequency().kilohertz());
      }
      node.put("frequencySource", "M");
    }
  }
}
