package io.neurobalancer.cli;

import io.neurobalancer.evaluation.SimulatedDeviceValidation;
import io.neurobalancer.evaluation.validation.Dataset;
import io.neurobalancer.evaluation.validation.Section;
import io.neurobalancer.files.AtomicFiles;
import io.neurobalancer.unit.NeuroBalancerException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Judges prediction and planning by published measurements. */
@Command(
    name = "validate",
    mixinStandardHelpOptions = true,
    description = "Judges prediction and planning by measurements that other people published.",
    footer = {
      "",
      "Exit code 1 means that a limit was not reached; the last lines say which.",
      "Example: neurobalancer validate --data ../shared/datasets --out docs/validation.md"
    })
final class ValidateCommand implements Callable<Integer> {

  @Option(
      names = "--data",
      paramLabel = "DIR",
      defaultValue = "../shared/datasets",
      description = "The folder that holds the datasets (default: ${DEFAULT-VALUE}).")
  private Path data = Path.of("..", "shared", "datasets");

  @Option(
      names = {"-o", "--out"},
      paramLabel = "FILE",
      description = "Writes the whole report, method included, as Markdown.")
  private @Nullable Path file;

  @Option(
      names = "--only",
      paramLabel = "NAME",
      description = "Judges by one dataset only, named as its folder, or simulated.")
  private @Nullable String only;

  @Option(names = "--json", description = "Prints JSON, schema neurobalancer/validation/1.")
  private boolean json;

  @Spec private CommandSpec spec = CommandSpec.create();

  private static final String SIMULATED = "simulated";

  @Override
  public Integer call() {
    List<Dataset> datasets = Dataset.all();
    List<String> names =
        Stream.concat(datasets.stream().map(Dataset::folder), Stream.of(SIMULATED)).toList();
    if (only != null && !names.contains(only)) {
      throw NeuroBalancerException.invalid(
          "Nothing is called '%s'.%nMaybe use one of: %s."
              .formatted(only, String.join(", ", names)));
    }
    if (!Files.isDirectory(data)) {
      throw NeuroBalancerException.invalid(
          "There is no folder '%s' with datasets.%nMaybe name it with --data.".formatted(data));
    }
    if (file != null) {
      AtomicFiles.prepareFile(file);
      OutFolder.sayReplaced(Screen.of(spec), file);
    }
    PrintWriter err = spec.commandLine().getErr();
    List<Section> sections = new ArrayList<>();
    List<String> sources = new ArrayList<>();
    List<String> wanted = names.stream().filter(n -> only == null || n.equals(only)).toList();
    try (Progress progress = Screen.of(spec).progress("datasets", wanted.size())) {
      for (Dataset dataset : datasets) {
        if (!wanted.contains(dataset.folder())) {
          continue;
        }
        progress.doing(dataset.folder());
        if (Files.isDirectory(data.resolve(dataset.folder()))) {
          sections.addAll(dataset.judge().apply(data.resolve(dataset.folder())));
        } else {
          err.printf(
              "Left out: there is no dataset '%s'. It is %s.%n",
              data.resolve(dataset.folder()), dataset.whereToGetIt());
        }
        sources.add(ValidationText.source(dataset, data));
        progress.step();
      }
      if (wanted.contains(SIMULATED)) {
        progress.doing(SIMULATED);
        sections.addAll(SimulatedDeviceValidation.judge(Environment.cacheDirectory()));
        progress.step();
      }
    }
    String command = CommandLines.original(spec);
    if (file != null) {
      AtomicFiles.write(file, ValidationText.markdown(command, sections, sources));
    }
    PrintWriter out = spec.commandLine().getOut();
    out.print(json ? ValidationText.json(command, sections) : ValidationText.terminal(sections));
    out.flush();
    List<Section.Check> broken =
        sections.stream()
            .flatMap(section -> section.checks().stream())
            .filter(check -> !check.met())
            .toList();
    broken.forEach(check -> err.println(ValidationText.sentence(check)));
    return broken.isEmpty() ? ExitCode.OK : ExitCode.FINDING;
  }
}
