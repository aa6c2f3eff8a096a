package io.neurobalancer.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.neurobalancer.linux.LocalSysfs;
import io.neurobalancer.linux.Restoration;
import io.neurobalancer.linux.RestoreReport;
import io.neurobalancer.linux.RunFolder;
import io.neurobalancer.target.SystemClock;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Gives back by hand what a run left that died together with its supervisor. */
@Command(
    name = "restore",
    mixinStandardHelpOptions = true,
    description = {
      "Gives back every clock setting that a run changed, from the journal that it left. Needed"
          + " only if a run and its supervisor were both killed; the next run would do it too."
          + " Doing it again does nothing.",
      "Exit code 0: everything is back; 1: a run is going on; 3: the journal cannot be trusted; 4:"
          + " not everything is back."
    },
    footer = {"", "Example: sudo neurobalancer restore"})
final class RestoreCommand implements Callable<Integer> {

  @Option(names = "--json", description = "Prints JSON, schema neurobalancer/restore/1.")
  private boolean json;

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
      hidden = true,
      description = "Writes to a copy of a machine's /sys under DIR instead.")
  private Path root = Path.of("/");

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    if (Phones.namedOrThisMachine(device)) {
      List<String> said = Phones.restore(device);
      String message =
          said.isEmpty() ? "There is nothing to give back on the phone." : "All is back.";
      if (json) {
        Restoration.Status status =
            said.isEmpty() ? Restoration.Status.NOTHING : Restoration.Status.RESTORED;
        ObjectNode document = document(status, message);
        ArrayNode lines = document.putArray("lines");
        said.forEach(lines::add);
        out.println(document.toPrettyString());
      } else {
        said.forEach(out::println);
        out.println(message);
      }
      return ExitCode.OK;
    }
    Restoration restoration =
        Restoration.byHand(
            new LocalSysfs(root),
            SystemClock.INSTANCE,
            RunFolder.standard(System.getenv(), System.getProperty("user.name", "nobody")));
    List<RestoreReport.Item> items =
        restoration.report().map(RestoreReport::items).orElse(List.of());
    if (json) {
      ObjectNode document = document(restoration.status(), restoration.message());
      ArrayNode values = document.putArray("values");
      for (RestoreReport.Item item : items) {
        values
            .addObject()
            .put("path", item.path())
            .put("wanted", item.wanted())
            .put("now", item.now())
            .put("outcome", item.outcome().name().toLowerCase(Locale.ROOT))
            .put("why", item.why());
      }
      out.println(document.toPrettyString());
    } else {
      items.forEach(out::println);
      out.println(restoration.message());
    }
    return switch (restoration.status()) {
      case NOTHING, RESTORED, OTHER_BOOT -> ExitCode.OK;
      case RUNNING -> ExitCode.FINDING;
      case REFUSED -> ExitCode.NO_PERMISSION;
      case INCOMPLETE -> ExitCode.HARDWARE_REFUSED;
    };
  }

  private static ObjectNode document(Restoration.Status status, String message) {
    return new ObjectMapper()
        .createObjectNode()
        .put("schema", "neurobalancer/restore/1")
        .put("status", status.name().toLowerCase(Locale.ROOT))
        .put("message", message);
  }
}
