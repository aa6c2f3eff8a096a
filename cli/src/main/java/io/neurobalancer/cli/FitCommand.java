package io.neurobalancer.cli;

import io.neurobalancer.files.AtomicFiles;
import io.neurobalancer.files.FittedPredictor;
import io.neurobalancer.files.FittedPredictors;
import io.neurobalancer.report.TextTable;
import io.neurobalancer.unit.NeuroBalancerException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Fits latency and energy over the whole grid to a profile. */
@Command(
    name = "fit",
    mixinStandardHelpOptions = true,
    description =
        "Fits latency and energy over all settings to a profile, and says how good it is.",
    footer = {
      "",
      "Exit code 1 means that the fit is no better than the mean of what was measured.",
      "Example: neurobalancer fit neurobalancer-out/profile.jsonl"
    })
final class FitCommand implements Callable<Integer> {

  @Parameters(
      paramLabel = "PROFILE",
      arity = "0..1",
      description = "The profile (default: the newest in neurobalancer-out).")
  private @Nullable Path profile;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      defaultValue = "neurobalancer-out/predictor.json",
      description = "Where the predictor goes (default: ${DEFAULT-VALUE}).")
  private Path file = ProfileCommand.FOLDER.resolve("predictor.json");

  @Option(names = "--json", description = "Prints the predictor file instead of a summary.")
  private boolean json;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    Path from = profile == null ? newest() : profile;
    FittedPredictor predictor = FittedPredictors.fit(VersionProvider.version(), from);
    Path folder = file.toAbsolutePath().getParent();
    AtomicFiles.prepareFolder(folder == null ? Path.of(".") : folder);
    String text = FittedPredictors.write(predictor);
    AtomicFiles.write(file, text);
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.print(text);
    } else {
      print(out, predictor);
      out.printf(
          "%nPredictor: %s%nNext: neurobalancer predict %s --at %s%n",
          file, file, example(predictor));
    }
    out.flush();
    FittedPredictor.Provenance report = predictor.provenance();
    PrintWriter err = spec.commandLine().getErr();
    boolean latency = beats(err, "Latency", report.latencyError(), report.dumbLatencyError());
    boolean energy = beats(err, "Energy", report.energyError(), report.dumbEnergyError());
    return latency && energy ? ExitCode.OK : ExitCode.FINDING;
  }

  private static boolean beats(PrintWriter err, String what, double error, double dumb) {
    if (error < dumb) {
      return true;
    }
    err.printf(
        Locale.ROOT,
        "%s is predicted no better (%.1f %%) than by the mean of the other settings (%.1f"
            + " %%).%nMaybe profile with a larger --budget.%n",
        what,
        error * 100,
        dumb * 100);
    return false;
  }

  private static void print(PrintWriter out, FittedPredictor predictor) {
    FittedPredictor.Provenance from = predictor.provenance();
    out.printf(
        "%s on %s (%s)%n  %d operators; %d runs at %d of %d settings%s%n",
        from.profile().modelName(),
        from.profile().deviceName(),
        from.profile().conditions(),
        predictor.operators().size(),
        from.runs(),
        predictor.measured().size(),
        predictor.grid().size(),
        from.excludedRuns() == 0 ? "" : ", %d more left out as hot".formatted(from.excludedRuns()));
    out.printf(
        Locale.ROOT,
        "  error at settings left out: latency %.2f %% per operator (the mean of the others: %.1f"
            + " %%), %.2f %% in total; energy %.2f %% (%.1f %%)%n",
        from.latencyError() * 100,
        from.dumbLatencyError() * 100,
        from.totalLatencyError() * 100,
        from.energyError() * 100,
        from.dumbEnergyError() * 100);
    out.printf(
        "  runs that end within a factor of the prediction: %s%n%n",
        predictor.quantiles().stream()
            .map(
                q -> String.format(Locale.ROOT, "%.1f %% within %.4f", q.share() * 100, q.factor()))
            .collect(Collectors.joining(", ")));
    TextTable table = new TextTable("operators of kind", ">count", "latency forms", "energy forms");
    Map<String, List<FittedPredictor.FittedOperator>> kinds =
        predictor.operators().stream()
            .collect(
                Collectors.groupingBy(
                    FittedPredictor.FittedOperator::kind, TreeMap::new, Collectors.toList()));
    kinds.forEach(
        (kind, members) ->
            table.row(
                kind,
                String.valueOf(members.size()),
                counts(members.stream().map(o -> o.latency().form().name())),
                counts(members.stream().map(o -> o.energy().form().name()))));
    out.print(table.render());
  }

  private static String counts(Stream<String> forms) {
    Map<String, Long> counts =
        forms.collect(Collectors.groupingBy(form -> form, TreeMap::new, Collectors.counting()));
    return counts.entrySet().stream()
        .map(
            entry ->
                "%d %s"
                    .formatted(
                        entry.getValue(),
                        entry.getKey().toLowerCase(Locale.ROOT).replace('_', ' ')))
        .collect(Collectors.joining(", "));
  }

  private static String example(FittedPredictor predictor) {
    return predictor.grid().describe(predictor.grid().fastest()).replace('/', ',');
  }

  private static Path newest() {
    if (Files.isDirectory(ProfileCommand.FOLDER)) {
      try (Stream<Path> files = Files.list(ProfileCommand.FOLDER)) {
        Optional<Path> newest =
            files
                .filter(path -> path.toString().endsWith(".jsonl"))
                .max(Comparator.comparing(FitCommand::modified).thenComparing(Path::toString));
        if (newest.isPresent()) {
          return newest.orElseThrow();
        }
      } catch (IOException e) {
        throw NeuroBalancerException.invalid(
            "The folder '%s' cannot be read.".formatted(ProfileCommand.FOLDER), e);
      }
    }
    throw NeuroBalancerException.invalid(
        "There is no profile in '%s'.%nMaybe make one with 'neurobalancer profile'."
            .formatted(ProfileCommand.FOLDER));
  }

  private static FileTime modified(Path path) {
    try {
      return Files.getLastModifiedTime(path);
    } catch (IOException e) {
      return FileTime.fromMillis(0);
    }
  }
}
