package io.neurobalancer.cli;

import io.neurobalancer.cost.Provenance;
import io.neurobalancer.cost.Samples;
import io.neurobalancer.device.DeviceIdentity;
import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.files.SamplesFile;
import io.neurobalancer.files.SamplesWriter;
import io.neurobalancer.target.Budget;
import io.neurobalancer.target.Campaign;
import io.neurobalancer.target.Effort;
import io.neurobalancer.target.Target;
import io.neurobalancer.unit.Durations;
import io.neurobalancer.unit.NeuroBalancerException;
import io.neurobalancer.workload.Workload;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures a model at an informative few settings and keeps every sample. */
@Command(
    name = "profile",
    mixinStandardHelpOptions = true,
    description = {
      "Measures a model at an informative few settings, and what a plan needs besides, and keeps"
          + " every sample.",
      "Run it again after an interruption and it goes on where it stopped."
    },
    footer = {
      "",
      "Example: neurobalancer profile --device sim:pixel-4-cpu --model zoo:resnet-18 --budget 12",
      "         neurobalancer profile --device replay:measured.csv --budget 8",
      "         neurobalancer profile --device linux --apply --budget 8"
    })
final class ProfileCommand implements Callable<Integer> {

  static final Path FOLDER = Path.of("neurobalancer-out");

  @Mixin private DeviceOptions device = new DeviceOptions();

  @Mixin private ModelOptions model = new ModelOptions();

  @Option(
      names = "--budget",
      paramLabel = "N",
      defaultValue = "12",
      description = "How many settings to measure (default: ${DEFAULT-VALUE}).")
  private int budget;

  @Option(
      names = "--repeats",
      paramLabel = "N",
      defaultValue = "20",
      description =
          "Runs per setting at most; fewer where the spread is known sooner (default:"
              + " ${DEFAULT-VALUE}).")
  private int repeats;

  @Option(
      names = "--restart",
      description = "Begins anew even if the file of --out holds a campaign.")
  private boolean restart;

  @Option(
      names = {"-o", "--out"},
      paramLabel = "FILE",
      description = "Where the samples go (default: neurobalancer-out/samples.jsonl).")
  private @Nullable Path named;

  @Option(
      names = "--apply",
      description = "Writes the clocks of this machine (--device linux), and restores them.")
  private boolean apply;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    if (budget < 1 || repeats < 1) {
      throw NeuroBalancerException.invalid(
          "The budget (%d) and the repeats (%d) must be positive.%nMaybe use --budget 12 --repeats 20."
              .formatted(budget, repeats));
    }
    Path file = named == null ? FOLDER.resolve("samples.jsonl") : named;
    if (Phones.named(device.name())) {
      if (replacing() == SamplesWriter.Replacing.NOTHING && OutFolder.written(file.toFile())) {
        SamplesFile.find(file).requireUnfinished(file);
      }
      OutFolder.sayReplaced(Screen.of(spec), file);
      return Phones.run(spec, device.name(), model.name(), List.of(), List.of(file));
    }
    try (Target target = device.open(model::load, apply)) {
      if (apply && target.identity().origin() != DeviceIdentity.Origin.REAL) {
        throw NeuroBalancerException.invalid(
            "--apply writes this machine's clocks; the device %s has none.%nMaybe use --device linux."
                .formatted(device.name()));
      }
      print(target.grid(), measure(target, file).runs(), file);
    }
    return ExitCode.OK;
  }

  private SamplesWriter.Replacing replacing() {
    if (restart) {
      return SamplesWriter.Replacing.ANYTHING;
    }
    return named == null ? SamplesWriter.Replacing.FINISHED : SamplesWriter.Replacing.NOTHING;
  }

  private Samples measure(Target target, Path file) {
    Workload workload = target.streams().get(0).workload();
    try (SamplesWriter out = SamplesWriter.open(file, campaign(target, workload), replacing())) {
      Interruption.say(
          () ->
              "Interrupted: what was measured is kept in '%s'.%nMaybe run the same command again; it goes on from there."
                  .formatted(file));
      out.earlier().ifPresent(found -> goingOn(found, Screen.of(spec)));
      if (out.replaced()) {
        Screen.of(spec)
            .note("Replaces the campaign that '%s' held; another --out keeps both.%n", file);
      }
      List<Samples.Run> already = out.already();
      // A resumed campaign meets other weather than the one it continues, as on a real device.
      boolean same = already.isEmpty() || target.identity().origin() == DeviceIdentity.Origin.REAL;
      Samples samples;
      try (Target other =
              same ? null : device.open(() -> workload, device.seed() + already.size());
          Progress progress = Screen.of(spec).progress("runs", -1).from(already.size())) {
        Campaign campaign =
            new Campaign(
                other == null ? target : other,
                0,
                new Budget(budget, repeats, true),
                already,
                run -> {
                  out.add(run);
                  progress.step();
                });
        if (target.identity().origin() == DeviceIdentity.Origin.REAL) {
          Screen.of(spec).note("%s%n", sentence(campaign.effort(), target.meterPeriodSeconds()));
        }
        samples = campaign.run();
      }
      samples.blocks().forEach(out::add);
      out.add(target.calibrate());
      out.finish();
      return samples;
    }
  }

  private SamplesFile.Campaign campaign(Target target, Workload workload) {
    boolean simulated = target.identity().origin() == DeviceIdentity.Origin.SIMULATED;
    return new SamplesFile.Campaign(
        new Provenance(
            target.identity(),
            device.bringsWorkload() ? workload.name() : model.name(),
            workload.hash(),
            simulated ? OptionalLong.of(device.seed()) : OptionalLong.empty(),
            VersionProvider.version(),
            CommandLines.original(spec)),
        simulated ? "%s weather".formatted(device.weather()) : "as measured",
        budget,
        repeats,
        target.grid(),
        workload);
  }

  /** Says how long a campaign is going to take, and what takes it. */
  static String sentence(Effort effort, double meterPeriodSeconds) {
    List<String> parts = new ArrayList<>();
    parts.add(
        "%s runs of the model (%s to %s each)"
            .formatted(
                effort.leastRuns() == effort.mostRuns()
                    ? effort.mostRuns()
                    : effort.leastRuns() + " to " + effort.mostRuns(),
                Durations.format(effort.fastestRunSeconds()),
                Durations.format(effort.slowestRunSeconds())));
    if (effort.blocks() > 0) {
      parts.add(
          "%d blocks of %s for a meter that tells every %s"
              .formatted(
                  effort.blocks(),
                  Durations.format(effort.blockSeconds()),
                  Durations.format(meterPeriodSeconds)));
    }
    if (effort.calibrationSeconds() > 0) {
      parts.add(
          "%s for switches and idling".formatted(Durations.format(effort.calibrationSeconds())));
    }
    return "This takes about %s, at most %s if the device stays cool: %s."
        .formatted(
            Progress.about(effort.typicalSeconds()),
            Progress.about(effort.mostSeconds()),
            String.join(", ", parts));
  }

  private static void goingOn(SamplesFile.Found found, Screen screen) {
    screen.note(
        "Going on after %d runs%s.%n",
        found.runs().size(),
        found.cutLine() == 0
            ? ""
            : "; line %d was cut off and is measured again".formatted(found.cutLine()));
  }

  private void print(SettingGrid grid, List<Samples.Run> runs, Path file) {
    PrintWriter out = spec.commandLine().getOut();
    Set<String> settings = new LinkedHashSet<>();
    runs.forEach(run -> settings.add(grid.describe(run.setting())));
    long excluded = runs.stream().filter(run -> run.excluded().isPresent()).count();
    out.printf(
        "%d runs at %d of %d settings, in this order of choice:%n  %s%n",
        runs.size(), settings.size(), grid.size(), String.join("\n  ", settings));
    if (excluded > 0) {
      out.printf("%d runs are kept but marked: the device was hot.%n", excluded);
    }
    out.printf(
        "%nSamples: %s%nNext: neurobalancer fit %s%n  or: neurobalancer plan --from %s ...%n",
        file, file, file);
    out.flush();
  }
}
