package io.neurobalancer.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.neurobalancer.linux.ClockControl;
import io.neurobalancer.linux.Doctor;
import io.neurobalancer.linux.LocalSysfs;
import io.neurobalancer.linux.MeterSource;
import io.neurobalancer.linux.RunFolder;
import io.neurobalancer.report.TextTable;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Says what this machine offers to control and to measure, and what to do about the rest. */
@Command(
    name = "doctor",
    mixinStandardHelpOptions = true,
    description = {
      "Looks for clocks that can be set and meters that can be read on this machine, and says for"
          + " each whether it is usable, why not, and what to do. It writes nothing.",
      "Exit code 0: a clock can be set, a meter can be read and a journal can be kept; 1: not so."
    },
    footer = {
      "",
      "Example: sudo neurobalancer doctor",
      "         neurobalancer doctor --device adb"
    })
final class DoctorCommand implements Callable<Integer> {

  @Option(names = "--json", description = "Prints JSON, schema neurobalancer/doctor/1.")
  private boolean json;

  @Option(
      names = "--device",
      paramLabel = "DEVICE",
      defaultValue = "linux",
      description =
          "linux for this machine, adb for the only phone that adb lists, adb:SERIAL for one of"
              + " several (default: ${DEFAULT-VALUE}).")
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
    Doctor doctor =
        Phones.namedOrThisMachine(device)
            ? Phones.doctor(device)
            : Doctor.examine(
                new LocalSysfs(root),
                RunFolder.standard(System.getenv(), System.getProperty("user.name", "nobody")));
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(document(doctor).toPrettyString());
    } else {
      print(Screen.of(spec), doctor, device);
    }
    return doctor.healthy() ? ExitCode.OK : ExitCode.FINDING;
  }

  private static void print(Screen screen, Doctor doctor, String device) {
    PrintWriter out = screen.out();
    out.printf("%s, Linux %s%n", doctor.machine().title(), doctor.machine().kernel());
    for (String area : new String[] {"clock", "meter"}) {
      TextTable table = new TextTable(area, "interface", "read", "set", "what");
      doctor.findings().stream()
          .filter(f -> f.area().equals(area))
          .forEach(
              f ->
                  table.row(
                      f.name(),
                      f.interfaceName(),
                      f.readable() ? "yes" : "no",
                      area.equals("meter") ? "" : f.writable() ? "yes" : "no",
                      f.what()));
      if (doctor.findings().stream().anyMatch(f -> f.area().equals(area))) {
        out.println();
        screen.table(table);
      }
    }
    out.println();
    for (Doctor.Finding f : doctor.findings()) {
      if (!f.why().isEmpty()) {
        out.printf(
            "%s: %s.%n  %s%n",
            f.area().equals("machine") ? "missing is " + f.name() : f.name(), f.why(), f.advice());
      } else if (f.interfaceName().equals("process")) {
        out.printf("%s %s.%n  %s%n", f.name(), f.what(), f.advice());
      }
    }
    doctor.machine().notes().forEach(out::println);
    out.println(
        doctor.healthy()
            ? "Jobs can be run and metered here: --device " + device + "."
            : String.join(System.lineSeparator(), doctor.complaints()));
  }

  private static ObjectNode document(Doctor doctor) {
    ObjectNode root = new ObjectMapper().createObjectNode();
    root.put("schema", "neurobalancer/doctor/1")
        .put("machine", doctor.machine().title())
        .put("kernel", doctor.machine().kernel())
        .put("healthy", doctor.healthy());
    ArrayNode findings = root.putArray("findings");
    for (Doctor.Finding f : doctor.findings()) {
      findings
          .addObject()
          .put("area", f.area())
          .put("name", f.name())
          .put("interface", f.interfaceName())
          .put("path", f.path())
          .put("found", f.found())
          .put("readable", f.readable())
          .put("writable", f.writable())
          .put("complaint", f.complaint())
          .put("what", f.what())
          .put("why", f.why())
          .put("advice", f.advice());
    }
    ArrayNode clocks = root.putArray("clocks");
    for (ClockControl c : doctor.machine().clocks()) {
      ObjectNode node =
          clocks
              .addObject()
              .put("name", c.name())
              .put("interface", c.family().title())
              .put("mechanism", c.mechanism().name().toLowerCase(Locale.ROOT))
              .put("directory", c.directory());
      c.kind().ifPresent(kind -> node.put("kind", kind.name().toLowerCase(Locale.ROOT)));
      ArrayNode hertz = node.putArray("hertz");
      c.steps().forEach(step -> hertz.add(step.frequency().hertz()));
      ObjectNode facts = node.putObject("facts");
      c.facts().forEach(facts::put);
    }
    ArrayNode meters = root.putArray("meters");
    for (MeterSource m : doctor.machine().meters()) {
      ObjectNode node =
          meters
              .addObject()
              .put("name", m.name())
              .put("interface", m.kind().title())
              .put("quality", m.quality().name().toLowerCase(Locale.ROOT));
      if (!Double.isNaN(m.resolutionJoules())) {
        node.put("resolutionJoules", m.resolutionJoules());
      }
      if (!Double.isNaN(m.updateSeconds())) {
        node.put("updateSeconds", m.updateSeconds());
      }
      m.partOf().ifPresent(whole -> node.put("partOf", whole));
    }
    ArrayNode notes = root.putArray("notes");
    doctor.machine().notes().forEach(notes::add);
    return root;
  }
}
