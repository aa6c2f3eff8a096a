package io.neurobalancer.cli;

import io.neurobalancer.device.FrequencyDomain;
import io.neurobalancer.device.OppTable;
import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.evaluation.Devices;
import io.neurobalancer.evaluation.StreamsComparison;
import io.neurobalancer.files.IoReason;
import io.neurobalancer.files.StreamsFile;
import io.neurobalancer.governor.Governor;
import io.neurobalancer.linux.LinuxTarget;
import io.neurobalancer.linux.LinuxTargetProvider;
import io.neurobalancer.linux.PacedWorkload;
import io.neurobalancer.onnx.engine.BalancedSession;
import io.neurobalancer.onnx.engine.Cutting;
import io.neurobalancer.onnx.engine.EngineOptions;
import io.neurobalancer.onnx.engine.OperatorProfile;
import io.neurobalancer.onnx.engine.OperatorProfiler;
import io.neurobalancer.onnx.importer.InputBindings;
import io.neurobalancer.report.ChromeTrace;
import io.neurobalancer.target.NullBoard;
import io.neurobalancer.target.PeriodicRunner;
import io.neurobalancer.target.RunObserver;
import io.neurobalancer.target.RunResult;
import io.neurobalancer.target.Schedule;
import io.neurobalancer.target.Stream;
import io.neurobalancer.target.SystemClock;
import io.neurobalancer.target.Target;
import io.neurobalancer.target.TargetOptions;
import io.neurobalancer.unit.Frequency;
import io.neurobalancer.unit.NeuroBalancerException;
import io.neurobalancer.workload.Workload;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs inferences at a period: real ones in real time, simulated ones in virtual time. */
@Command(
    name = "run",
    mixinStandardHelpOptions = true,
    description = {
      "Runs a model at a period and says how punctual it was: on --device linux with ONNX Runtime"
          + " in real time, on simulated and replayed devices in virtual time.",
      "Without --apply nothing is written: decisions are taken and recorded."
    },
    footer = {
      "",
      "Example: neurobalancer run --model zoo:mobilenet-v2 --device linux --period 33ms --jobs 300"
    })
final class RunCommand implements Callable<Integer> {

  private static final int PROFILE_RUNS = 10;
  private static final int WARM_UP = 5;

  @Mixin private ModelOptions model = new ModelOptions();

  @Mixin private DeviceOptions device = new DeviceOptions();

  @Option(
      names = {"-p", "--period"},
      paramLabel = "TIME",
      converter = TimeSpan.Converter.class,
      description = "Between two releases, such as 33ms (default: that of the plan).")
  private @Nullable TimeSpan period;

  @Option(
      names = {"-t", "--deadline"},
      paramLabel = "TIME",
      converter = TimeSpan.Converter.class,
      description = "After each release, at most the period (default: the period).")
  private @Nullable TimeSpan deadline;

  @Option(
      names = {"-j", "--jobs"},
      paramLabel = "N",
      defaultValue = "300",
      description = "How many inferences (default: ${DEFAULT-VALUE}).")
  private int jobs;

  @Option(
      names = "--plan",
      paramLabel = "FILE",
      description = "A plan that 'plan' wrote for this model and these clocks.")
  private @Nullable Path plan;

  @Option(
      names = "--miss-target",
      paramLabel = "SHARE",
      defaultValue = "0.1%",
      converter = Percentage.Converter.class,
      description = "Share of deadlines that may be missed (default: ${DEFAULT-VALUE}).")
  private Percentage missTarget = new Percentage(0.001);

  @Option(names = "--static", description = "Follows the plan blindly, without feedback.")
  private boolean blindly;

  @Option(
      names = "--segments",
      paramLabel = "N",
      defaultValue = "8",
      description =
          "Most pieces that a real model is cut into without a plan (default: ${DEFAULT-VALUE}).")
  private int segments;

  @Option(
      names = "--streams",
      paramLabel = "FILE",
      description =
          "Several models at once, each at its own period, on a simulated device; schema"
              + " neurobalancer/streams/1. --jobs counts those of the first.")
  private @Nullable Path streams;

  @Option(
      names = "--paced",
      description =
          "Computes for as many cycles as the model's operators have, instead of running it by ONNX"
              + " Runtime: what 'profile' measures on --device linux.")
  private boolean paced;

  @Option(names = "--apply", description = "Writes the clocks of this machine, and restores them.")
  private boolean apply;

  @Option(
      names = "--trace",
      paramLabel = "FILE",
      description = "Writes a trace for Perfetto or Chrome's viewer.")
  private @Nullable Path trace;

  /** Why the trace is not whole: the run went on. */
  private Optional<IOException> traceFailure = Optional.empty();

  @Option(names = "--json", description = "Prints JSON, schema neurobalancer/run/1.")
  private boolean json;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws IOException {
    JobOptions.checkJobs(jobs);
    if (segments < 1) {
      throw NeuroBalancerException.invalid(
          "The number of segments (%d) must be positive.%nMaybe leave --segments out."
              .formatted(segments));
    }
    if (streams != null) {
      return severalStreams(streams);
    }
    FollowedPlan followed = plan == null ? null : FollowedPlan.read(plan);
    double seconds = periodSeconds(followed);
    double due = deadlineSeconds(followed, seconds);
    if (due > seconds) {
      throw NeuroBalancerException.invalid(
          "The deadline (%s s) is longer than the period (%s s).%nMaybe leave out --deadline."
              .formatted(due, seconds));
    }
    Schedule schedule = Schedule.of(seconds, due, jobs).warmUp(WARM_UP);
    if (Phones.named(device.name())) {
      return Phones.run(
          spec,
          device.name(),
          model.name(),
          plan == null ? List.of() : List.of(plan),
          trace == null ? List.of() : List.of(trace));
    }
    boolean real =
        device.name().equals(Phones.THIS_MACHINE)
            || device.name().startsWith(Phones.THIS_MACHINE + ":");
    RunReport report =
        !real
            ? virtually(schedule, followed)
            : paced ? pacedOnThisMachine(schedule, followed) : onThisMachine(schedule, followed);
    PrintWriter out = spec.commandLine().getOut();
    out.print(json ? report.toJson() : report.toText());
    if (trace != null && traceFailure.isEmpty() && !json) {
      out.printf("%nTrace: %s (open it at ui.perfetto.dev or chrome://tracing)%n", trace);
    }
    out.flush();
    traceFailure.ifPresent(
        e -> {
          PrintWriter err = spec.commandLine().getErr();
          err.printf("The trace '%s' is not whole (%s).%n", trace, IoReason.of(e));
          err.flush();
        });
    return traceFailure.isEmpty() ? ExitCode.OK : ExitCode.FINDING;
  }

  private int severalStreams(Path file) {
    if (!device.name().startsWith(Devices.SIMULATED)) {
      throw NeuroBalancerException.invalid(
          "Several streams run on simulated devices only, not on %s.%nMaybe use --device sim:pixel-4-cpu."
              .formatted(device.name()));
    }
    if (plan != null || period != null || deadline != null || trace != null) {
      throw NeuroBalancerException.invalid(
          "--streams says what runs and when: --plan, --period, --deadline and --trace do not go with it.%nMaybe leave them out."
              .formatted());
    }
    StreamsFile given = StreamsFile.read(file);
    List<Workload> workloads =
        given.streams().stream()
            .map(entry -> ModelOptions.load(entry.model(), InputBindings.NONE))
            .toList();
    double seconds = jobs * given.streams().get(0).periodSeconds();
    double all =
        given.streams().stream().mapToDouble(entry -> seconds / entry.periodSeconds()).sum();
    StreamsComparison comparison;
    try (Progress progress =
        Screen.of(spec).progress("jobs", StreamsComparison.RUNS * (long) all)) {
      comparison =
          new StreamsComparison(given, device::openFor, workloads, seconds, counting(progress));
    }
    PrintWriter out = spec.commandLine().getOut();
    out.print(json ? StreamsReport.toJson(comparison) : StreamsReport.toText(comparison));
    out.flush();
    return ExitCode.OK;
  }

  private double periodSeconds(@Nullable FollowedPlan followed) {
    if (period != null) {
      return period.seconds();
    }
    if (followed == null) {
      throw NeuroBalancerException.invalid(
          "How often jobs come is not known.%nMaybe use --period 33ms, or a plan with --plan."
              .formatted());
    }
    return followed.document().periodSeconds();
  }

  private double deadlineSeconds(@Nullable FollowedPlan followed, double periodSeconds) {
    if (deadline != null) {
      return deadline.seconds();
    }
    return followed == null || period != null
        ? periodSeconds
        : followed.document().deadlineSeconds();
  }

  private RunReport virtually(Schedule schedule, @Nullable FollowedPlan followed)
      throws IOException {
    if (apply) {
      throw NeuroBalancerException.invalid(
          "--apply writes this machine's clocks; the device %s has none.%nMaybe use --device linux."
              .formatted(device.name()));
    }
    // A simulated device rests at its slowest clocks, where a machine's own governor would be.
    try (Target target = device.open(model::load)) {
      checkModel(followed, target.streams().get(0).workload());
      if (followed != null) {
        followed.checkDevice(device.name(), target.identity().hash());
      }
      Governor.Factory governor =
          followed == null
              ? fastest(target.grid())
              : governor(followed, target.grid(), target.streams().get(0), schedule);
      RunResult result =
          traced(
              target.streams(),
              target.grid(),
              List.of(),
              observer -> target.run(governor, schedule, observer));
      return RunReport.of(
          target.streams().get(0).workload().name(), target.identity().title(), result, governor);
    }
  }

  /** Runs what stands for an engine; clocks are written, or left to the kernel and watched. */
  private RunReport pacedOnThisMachine(Schedule schedule, @Nullable FollowedPlan followed)
      throws IOException {
    Workload workload = model.load();
    checkModel(followed, workload);
    List<Integer> starts = new ArrayList<>(List.of(0));
    if (followed != null) {
      starts.addAll(followed.cuts());
    }
    Stream stream = new Stream(workload, starts);
    int threads = device.threads().orElse(1);
    try (LinuxTarget target =
        LinuxTargetProvider.open(
            domains(), PacedWorkload.of(List.of(stream)), targetOptions(threads))) {
      Governor.Factory governor = governor(followed, target.grid(), stream, schedule);
      RunResult result =
          traced(
              target.streams(),
              target.grid(),
              List.of(),
              observer -> target.run(governor, schedule, observer));
      return RunReport.of(
          workload.name() + " (paced)", target.identity().title(), result, governor);
    }
  }

  private TargetOptions targetOptions(int threads) {
    return new TargetOptions(OptionalInt.of(threads), device.seed(), "nominal", 1, apply);
  }

  private String domains() {
    return device.name().equals(Phones.THIS_MACHINE)
        ? ""
        : device.name().substring(Phones.THIS_MACHINE.length() + 1);
  }

  private void checkModel(@Nullable FollowedPlan followed, Workload workload) {
    if (followed != null) {
      followed.checkModel(model.name(), workload);
    }
  }

  private RunReport onThisMachine(Schedule schedule, @Nullable FollowedPlan followed)
      throws IOException {
    int threads = device.threads().orElse(Runtime.getRuntime().availableProcessors());
    Path file = model.path();
    EngineOptions options =
        EngineOptions.defaults()
            .withThreads(threads)
            .withShapes(model.shapes())
            .withCutting(
                followed == null
                    ? new Cutting.AtMost(segments)
                    : new Cutting.Before(followed.cuts()));
    try (BalancedSession session = BalancedSession.open(file, options)) {
      Stream stream = session.streams().get(0);
      checkModel(followed, stream.workload());
      String domains = domains();
      try (LinuxTarget target =
          LinuxTargetProvider.open(domains, session, targetOptions(threads))) {
        SettingGrid grid = target.grid();
        new PeriodicRunner(SystemClock.INSTANCE, session, new NullBoard(grid, threads))
            .checkPeriods(schedule, WARM_UP);
        Governor.Factory governor = governor(followed, grid, stream, schedule);
        RunResult result =
            traced(
                session.streams(),
                grid,
                operatorSeconds(file, options),
                observer -> target.run(governor, schedule, observer));
        return RunReport.of(stream.workload().name(), target.identity().title(), result, governor);
      } catch (NeuroBalancerException e) {
        if (apply || e.kind() != NeuroBalancerException.Kind.FINDING || !domains.isEmpty()) {
          throw e;
        }
        return withoutClocks(session, file, options, schedule, followed, e);
      }
    }
  }

  /** Runs on a machine that has no clock to control: decisions go nowhere. */
  private RunReport withoutClocks(
      BalancedSession session,
      Path file,
      EngineOptions options,
      Schedule schedule,
      @Nullable FollowedPlan followed,
      NeuroBalancerException why)
      throws IOException {
    SettingGrid grid = followed == null ? oneClock() : followed.grid();
    PeriodicRunner runner =
        new PeriodicRunner(SystemClock.INSTANCE, session, new NullBoard(grid, options.threads()));
    runner.checkPeriods(schedule, WARM_UP);
    Governor.Factory governor = governor(followed, grid, session.streams().get(0), schedule);
    RunResult result =
        traced(
            session.streams(),
            grid,
            operatorSeconds(file, options),
            observer -> runner.run(governor, schedule, observer));
    List<String> notes = new ArrayList<>();
    notes.add("This was a dry run: nothing was written.");
    notes.add(String.valueOf(why.getMessage()).lines().findFirst().orElse(""));
    notes.addAll(result.notes());
    return RunReport.of(
        session.streams().get(0).workload().name(),
        "this machine",
        new RunResult(
            result.responses(), result.joules(), result.joulesBySource(), result.switches(), notes),
        governor);
  }

  private List<double[]> operatorSeconds(Path file, EngineOptions options) {
    if (trace == null) {
      return List.of();
    }
    OperatorProfile profile = OperatorProfiler.profile(file, options, PROFILE_RUNS);
    return List.of(
        profile.operators().stream()
            .mapToDouble(OperatorProfile.OperatorTime::latencySeconds)
            .toArray());
  }

  private RunResult traced(
      List<Stream> streams,
      SettingGrid grid,
      List<double[]> operatorSeconds,
      Function<RunObserver, RunResult> run) {
    Screen screen = Screen.of(spec);
    if (trace == null) {
      try (Progress progress = screen.progress("jobs", jobs)) {
        return run.apply(counting(progress));
      }
    }
    OutFolder.sayReplaced(screen, trace);
    ChromeTrace written =
        new ChromeTrace(
            opened(trace), model.name() + " on " + device.name(), streams, grid, operatorSeconds);
    RunResult result;
    try (written;
        Progress progress = screen.progress("jobs", jobs)) {
      result = run.apply(counting(progress).and(written));
    }
    traceFailure = written.failure();
    return result;
  }

  private static RunObserver counting(Progress progress) {
    return new RunObserver() {
      @Override
      public void finished(int stream, int job, double responseSeconds, double joules) {
        if (job >= 0) {
          progress.step();
        }
      }
    };
  }

  private static Writer opened(Path trace) {
    try {
      return Files.newBufferedWriter(trace);
    } catch (IOException e) {
      throw NeuroBalancerException.invalid(
          "The trace '%s' cannot be written (%s).%nMaybe choose another place with --trace."
              .formatted(trace, IoReason.of(e)),
          e);
    }
  }

  /** Follows a plan where there is one; else the clocks are left as they are. */
  private Governor.Factory governor(
      @Nullable FollowedPlan followed, SettingGrid grid, Stream stream, Schedule schedule) {
    if (followed == null) {
      return (board, now) -> new Governor() {};
    }
    return blindly
        ? followed.blindly(grid, stream)
        : followed.governor(grid, stream, schedule, missTarget.share());
  }

  private static Governor.Factory fastest(SettingGrid grid) {
    return (board, now) -> {
      board.request(grid.fastest());
      return new Governor() {};
    };
  }

  /** Returns the grid of a machine of which no clock is known: nothing can be asked for. */
  private static SettingGrid oneClock() {
    return new SettingGrid(
        List.of(
            new FrequencyDomain(
                "unknown", FrequencyDomain.Kind.CORE, OppTable.of(List.of(new Frequency(1))))));
  }
}
