package io.neurobalancer.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.neurobalancer.evaluation.fidelity.FidelityReport;
import io.neurobalancer.evaluation.fidelity.Fits;
import io.neurobalancer.files.AtomicFiles;
import io.neurobalancer.unit.NeuroBalancerException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Compares the simulated devices with published measurements. */
@Command(
    name = "fidelity",
    mixinStandardHelpOptions = true,
    description = {
      "Compares the simulated devices with published measurements and writes the errors per device"
          + " as Markdown.",
      "Measurements that may not be redistributed are read from --data; parts whose data are absent"
          + " are left out, with a message."
    },
    footer = {
      "",
      "Example: neurobalancer fidelity --data ../shared/datasets --out docs/fidelity.md"
    })
final class FidelityCommand implements Callable<Integer> {

  @Option(
      names = "--data",
      paramLabel = "DIR",
      defaultValue = "../shared/datasets",
      description = "Folder of the measurements (default: ${DEFAULT-VALUE}).")
  private Path data = Path.of("../shared/datasets");

  @Option(
      names = {"-o", "--out"},
      paramLabel = "FILE",
      description = "Where the page goes (default: standard output).")
  private @Nullable Path out;

  @Option(
      names = "--fit",
      description =
          "Fits the parameters of the fitted devices anew instead and prints them as JSON, schema"
              + " neurobalancer/fit/1.")
  private boolean fit;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    PrintWriter stdout = spec.commandLine().getOut();
    if (fit) {
      Map<String, Map<String, Object>> fitted = Fits.all(data);
      if (fitted.isEmpty()) {
        throw NeuroBalancerException.invalid(
            "There are no measurements to fit in '%s'.%nMaybe name their folder with --data."
                .formatted(data));
      }
      ObjectMapper mapper = new ObjectMapper();
      ObjectNode root = mapper.createObjectNode();
      root.put("schema", "neurobalancer/fit/1");
      root.set("devices", mapper.valueToTree(fitted));
      stdout.println(root.toPrettyString());
      return ExitCode.OK;
    }
    if (out != null) {
      AtomicFiles.prepareFile(out);
      OutFolder.sayReplaced(Screen.of(spec), out);
    }
    FidelityReport.Page page = FidelityReport.write(data, CommandLines.original(spec));
    page.skipped().forEach(spec.commandLine().getErr()::println);
    if (out == null) {
      stdout.print(page.markdown());
    } else {
      AtomicFiles.write(out, page.markdown());
    }
    return ExitCode.OK;
  }
}
