package io.neurobalancer.cli;

import io.neurobalancer.cost.AdaptiveCampaign;
import io.neurobalancer.cost.ProfilingTarget;
import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.files.AtomicFiles;
import io.neurobalancer.files.CostProfiles;
import io.neurobalancer.unit.NeuroBalancerException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
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
      "Measures a model at an informative few settings and keeps every sample.",
      "Run it again after an interruption and it goes on where it stopped."
    },
    footer = {
      "",
      "Example: neurobalancer profile --device sim:pixel-4-cpu --model zoo:resnet-18 --budget 12",
      "         neurobalancer profile --device replay:measured.csv --budget 8"
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
      names = "--seed",
      paramLabel = "N",
      defaultValue = "7",
      description = "Seed of weather and meters of a simulated device (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--weather",
      paramLabel = "NAME",
      defaultValue = "nominal",
      description =
          "What disturbs a simulated device: still, nominal or busy (default: ${DEFAULT-VALUE}).")
  private String weather = "";

  @Option(
      names = "--restart",
      description = "Begins anew even if the file holds an unfinished campaign.")
  private boolean restart;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      defaultValue = "neurobalancer-out/profile.jsonl",
      description = "Where the samples go (default: ${DEFAULT-VALUE}).")
  private Path file = FOLDER.resolve("profile.jsonl");

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    if (budget < 1 || repeats < 1) {
      throw NeuroBalancerException.invalid(
          "The budget (%d) and the repeats (%d) must be positive.%nMaybe use --budget 12 --repeats 20."
              .formatted(budget, repeats));
    }
    ProfiledDevice profiled =
        device.name().startsWith(ProfiledDevice.REPLAYED)
            ? ProfiledDevice.replayed(device.name(), budget)
            : ProfiledDevice.simulated(
                device, model, JobOptions.weather(weather), seed, budget, repeats);
    Path folder = file.toAbsolutePath().getParent();
    AtomicFiles.prepareFolder(folder == null ? Path.of(".") : folder);
    PrintWriter err = spec.commandLine().getErr();
    List<AdaptiveCampaign.Recorded> already = earlier(profiled, err);
    ProfilingTarget target = profiled.target().apply(already.size());
    SettingGrid grid = target.grid();
    List<AdaptiveCampaign.Recorded> runs;
    try (FileChannel out = open()) {
      if (already.isEmpty()) {
        out.truncate(0);
        Appender.append(out, CostProfiles.header(profiled.origin(), grid, profiled.operators()));
      } else {
        out.truncate(CostProfiles.find(file).wholeBytes());
        out.position(out.size());
      }
      try (Progress progress = new Progress(already.size())) {
        runs =
            new AdaptiveCampaign(
                    target,
                    budget,
                    profiled.repeatsTell() ? repeats : 1,
                    already,
                    run -> {
                      Appender.append(
                          out, CostProfiles.line(run, grid, profiled.operators().size()));
                      progress.step();
                    })
                .run();
      }
      Appender.append(out, CostProfiles.footer(runs.size()));
    } catch (IOException e) {
      throw unwritable(e);
    }
    print(grid, runs);
    return ExitCode.OK;
  }

  /** Returns the runs of an unfinished campaign of the same origin, if the file holds one. */
  private List<AdaptiveCampaign.Recorded> earlier(ProfiledDevice profiled, PrintWriter err) {
    if (restart || !Files.exists(file)) {
      return List.of();
    }
    CostProfiles.Found found = CostProfiles.find(file);
    if (found.finished()) {
      return List.of();
    }
    if (!found.profile().origin().equals(profiled.origin())) {
      throw NeuroBalancerException.invalid(
          "'%s' holds an unfinished campaign of something else (%s on %s, budget %d).%nMaybe finish it with its own command, choose another --out, or give it up with --restart."
              .formatted(
                  file,
                  found.profile().origin().modelName(),
                  found.profile().origin().deviceName(),
                  found.profile().origin().budget()));
    }
    err.printf(
        "Going on after %d runs%s.%n",
        found.profile().runs().size(),
        found.cutLine() == 0
            ? ""
            : "; line %d was cut off and is measured again".formatted(found.cutLine()));
    return found.profile().runs();
  }

  private void print(SettingGrid grid, List<AdaptiveCampaign.Recorded> runs) {
    PrintWriter out = spec.commandLine().getOut();
    Set<String> settings = new LinkedHashSet<>();
    runs.forEach(run -> settings.add(grid.describe(run.run().setting())));
    long excluded = runs.stream().filter(run -> run.excluded().isPresent()).count();
    out.printf(
        "%d runs at %d of %d settings, in this order of choice:%n  %s%n",
        runs.size(), settings.size(), grid.size(), String.join("\n  ", settings));
    if (excluded > 0) {
      out.printf("%d runs are kept but marked: the device was hot.%n", excluded);
    }
    out.printf("%nProfile: %s%nNext: neurobalancer fit %s%n", file, file);
    out.flush();
  }

  private FileChannel open() throws IOException {
    Files.createDirectories(Objects.requireNonNull(file.toAbsolutePath().getParent()));
    return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
  }

  private NeuroBalancerException unwritable(IOException e) {
    return NeuroBalancerException.invalid(
        "The profile '%s' cannot be written (%s).%nMaybe choose another place with --out."
            .formatted(file, e.getClass().getSimpleName()),
        e);
  }

  /** A bar on terminals, where the number of runs is not known beforehand; else nothing. */
  private static final class Progress implements AutoCloseable {
    private final @Nullable ProgressBar bar;

    Progress(int already) {
      bar =
          Environment.interactive()
              ? new ProgressBarBuilder()
                  .setTaskName("runs")
                  .setInitialMax(-1)
                  .startsFrom(already, Duration.ZERO)
                  .clearDisplayOnFinish()
                  .build()
              : null;
    }

    void step() {
      if (bar != null) {
        bar.step();
      }
    }

    @Override
    public void close() {
      if (bar != null) {
        bar.close();
      }
    }
  }
}
