package io.neurobalancer.cli;

import io.neurobalancer.NeuroBalancer;
import io.neurobalancer.cost.CostModel;
import io.neurobalancer.cost.FitReport;
import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.files.AtomicFiles;
import io.neurobalancer.files.CostModelFile;
import io.neurobalancer.files.SamplesFile;
import io.neurobalancer.unit.NeuroBalancerException;
import java.io.IOException;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Fits latency and energy over the whole grid to samples. */
@Command(
    name = "fit",
    mixinStandardHelpOptions = true,
    description = "Fits latency and energy over all settings to samples, and says how good it is.",
    footer = {
      "",
      "Exit code 1 means that the fit is no better than the mean of what was measured.",
      "Example: neurobalancer fit neurobalancer-out/samples.jsonl"
    })
final class FitCommand implements Callable<Integer> {

  @Parameters(
      paramLabel = "SAMPLES",
      arity = "0..1",
      description = "What 'profile' wrote (default: the newest in neurobalancer-out).")
  private @Nullable Path samples;

  @Option(
      names = {"-o", "--out"},
      paramLabel = "FILE",
      defaultValue = "neurobalancer-out/predictor.json",
      description = "Where the predictor goes (default: ${DEFAULT-VALUE}).")
  private Path file = ProfileCommand.FOLDER.resolve("predictor.json");

  @Option(names = "--json", description = "Prints the predictor file instead of a summary.")
  private boolean json;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    Path from = samples == null ? newest() : samples;
    AtomicFiles.prepareFile(file);
    OutFolder.sayReplaced(Screen.of(spec), file);
    CostModel costs = NeuroBalancer.fit(SamplesFile.read(from));
    String text = CostModelFile.write(costs);
    AtomicFiles.write(file, text);
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.print(text);
    } else {
      print(out, costs);
      SettingGrid grid = costs.costs().grid();
      out.printf(
          "%nPredictor: %s%nNext: neurobalancer predict %s --at %s%n  or: neurobalancer plan --from"
              + " %s ...%n",
          file, file, grid.describe(grid.fastest()).replace('/', ','), file);
    }
    out.flush();
    FitReport report = costs.quality();
    PrintWriter err = spec.commandLine().getErr();
    boolean latency =
        beats(err, "Latency", report.operatorLatencyError(), report.meanBaselineLatencyError());
    boolean energy =
        !costs.hasEnergy()
            || beats(err, "Energy", report.operatorEnergyError(), report.meanBaselineEnergyError());
    return latency && energy ? ExitCode.OK : ExitCode.FINDING;
  }

  /** With every setting measured there is nothing left out to judge by: the errors are NaN. */
  private static boolean beats(PrintWriter err, String what, double error, double mean) {
    if (!(error >= mean)) {
      return true;
    }
    err.printf(
        Locale.ROOT,
        "%s is predicted no better (%.1f %%) than by the mean of the other settings (%.1f"
            + " %%).%nMaybe profile with a larger --budget.%n",
        what,
        error * 100,
        mean * 100);
    return false;
  }

  private static void print(PrintWriter out, CostModel costs) {
    FitReport report = costs.quality();
    out.printf(
        "%s%n  %d operators; %d runs at %d of %d settings%n",
        costs.provenance(),
        costs.costs().operators(),
        report.runs(),
        report.measuredSettings().size(),
        costs.costs().settings());
    out.printf(
        "  error at settings left out: latency %s per operator (the mean of the others: %s), %s in"
            + " total; energy %s (%s)%n",
        percent(report.operatorLatencyError()),
        percent(report.meanBaselineLatencyError()),
        percent(report.totalLatencyError()),
        percent(report.operatorEnergyError()),
        percent(report.meanBaselineEnergyError()));
    out.printf(
        "  runs that end within a factor of the prediction: %s%n",
        DoubleStream.of(0.5, 0.95, 0.999)
            .mapToObj(
                share ->
                    String.format(
                        Locale.ROOT,
                        "%s %% within %.4f",
                        BigDecimal.valueOf(share)
                            .movePointRight(2)
                            .stripTrailingZeros()
                            .toPlainString(),
                        report.makespanFactor(share)))
            .collect(Collectors.joining(", ")));
    Map<String, String> meters = new TreeMap<>(costs.calibration().meters());
    meters.forEach((figure, meter) -> out.printf("  %s: %s%n", figure, meter));
    report.notes().forEach(note -> out.printf("  %s%n", note));
  }

  static String percent(double share) {
    return Double.isNaN(share) ? "unknown" : String.format(Locale.ROOT, "%.2f %%", share * 100);
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
        "There are no samples in '%s'.%nMaybe make one with 'neurobalancer profile'."
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
