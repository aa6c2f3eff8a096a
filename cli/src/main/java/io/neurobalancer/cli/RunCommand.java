package io.neurobalancer.cli;

import io.neurobalancer.device.FrequencyDomain;
import io.neurobalancer.device.OppTable;
import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.evaluation.Devices;
import io.neurobalancer.evaluation.StreamsComparison;
import io.neurobalancer.files.PlanDocument;
import io.neurobalancer.files.StreamsFile;
import io.neurobalancer.governor.BalancedGovernor;
import io.neurobalancer.governor.FeedbackPlan;
import io.neurobalancer.governor.Governor;
import io.neurobalancer.linux.LinuxTarget;
import io.neurobalancer.linux.LinuxTargetProvider;
import io.neurobalancer.linux.PacedWorkload;
import io.neurobalancer.onnx.engine.BalancedSession;
import io.neurobalancer.onnx.engine.Cutting;
import io.neurobalancer.onnx.engine.EngineOptions;
import io.neurobalancer.onnx.engine.OperatorProfile;
import io.neurobalancer.onnx.engine.OperatorProfiler;
import io.neurobalancer.onnx.engine.SystemClock;
import io.neurobalancer.onnx.importer.InputBindings;
import io.neurobalancer.report.ChromeTrace;
import io.neurobalancer.target.NullBoard;
import io.neurobalancer.target.PeriodicRunner;
import io.neurobalancer.target.RunObserver;
import io.neurobalancer.target.RunResult;
import io.neurobalancer.target.Schedule;
import io.neurobalancer.target.Stream;
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
import java.util.Arrays;
import java.util.List;
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

  private static final String LINUX = "linux";
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
    PlanDocument document = plan == null ? null : PlanDocument.read(plan);
    double seconds = periodSeconds(document);
    double due = deadlineSeconds(document, seconds);
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
    boolean real = device.name().equals(LINUX) || device.name().startsWith(LINUX + ":");
    RunReport report =
        !real
            ? virtually(schedule, document)
            : paced ? pacedOnThisMachine(schedule, document) : onThisMachine(schedule, document);
    PrintWriter out = spec.commandLine().getOut();
    out.print(json ? report.toJson() : report.toText());
    if (trace != null && !json) {
      out.printf("%nTrace: %s (open it at ui.perfetto.dev or chrome://tracing)%n", trace);
    }
    out.flush();
    return ExitCode.OK;
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
    StreamsComparison comparison =
        new StreamsComparison(
            given, device::openFor, workloads, jobs * given.streams().get(0).periodSeconds());
    PrintWriter out = spec.commandLine().getOut();
    out.print(json ? StreamsReport.toJson(comparison) : StreamsReport.toText(comparison));
    out.flush();
    return ExitCode.OK;
  }

  private double periodSeconds(@Nullable PlanDocument document) {
    if (period != null) {
      return period.seconds();
    }
    if (document == null) {
      throw NeuroBalancerException.invalid(
          "How often jobs come is not known.%nMaybe use --period 33ms, or a plan with --plan."
              .formatted());
    }
    return document.periodSeconds();
  }

  private double deadlineSeconds(@Nullable PlanDocument document, double periodSeconds) {
    if (deadline != null) {
      return deadline.seconds();
    }
    return document == null || period != null ? periodSeconds : document.deadlineSeconds();
  }

  private RunReport virtually(Schedule schedule, @Nullable PlanDocument document)
      throws IOException {
    if (apply) {
      throw NeuroBalancerException.invalid(
          "--apply writes this machine's clocks; the device %s has none.%nMaybe use --device linux."
              .formatted(device.name()));
    }
    // A simulated device rests at its slowest clocks, where a machine's own governor would be.
    try (Target target = device.open(model::load)) {
      checkModel(document, target.streams().get(0).workload());
      checkDevice(document, target.identity().hash());
      Governor.Factory governor =
          document == null
              ? fastest(target.grid())
              : governor(document, target.grid(), target.streams().get(0), schedule);
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
  private RunReport pacedOnThisMachine(Schedule schedule, @Nullable PlanDocument document)
      throws IOException {
    Workload workload = model.load();
    checkModel(document, workload);
    List<Integer> starts = new ArrayList<>(List.of(0));
    if (document != null) {
      starts.addAll(cuts(document));
    }
    Stream stream = new Stream(workload, starts);
    int threads = device.threads().orElse(1);
    try (LinuxTarget target =
        LinuxTargetProvider.open(
            domains(), PacedWorkload.of(List.of(stream)), targetOptions(threads))) {
      Governor.Factory governor = governor(document, target.grid(), stream, schedule);
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
    return device.name().equals(LINUX) ? "" : device.name().substring(LINUX.length() + 1);
  }

  private void checkModel(@Nullable PlanDocument document, Workload workload) {
    if (document != null && !document.model().hash().equals(workload.hash())) {
      throw otherModel(document, workload.hash());
    }
  }

  private RunReport onThisMachine(Schedule schedule, @Nullable PlanDocument document)
      throws IOException {
    int threads = device.threads().orElse(Runtime.getRuntime().availableProcessors());
    Path file = model.path();
    EngineOptions options =
        EngineOptions.defaults()
            .withThreads(threads)
            .withShapes(model.shapes())
            .withCutting(
                document == null
                    ? new Cutting.AtMost(segments)
                    : new Cutting.Before(cuts(document)));
    try (BalancedSession session = BalancedSession.open(file, options)) {
      Stream stream = session.streams().get(0);
      checkModel(document, stream.workload());
      String domains = domains();
      try (LinuxTarget target =
          LinuxTargetProvider.open(domains, session, targetOptions(threads))) {
        SettingGrid grid = target.grid();
        new PeriodicRunner(SystemClock.INSTANCE, session, new NullBoard(grid, threads))
            .checkPeriods(schedule, WARM_UP);
        Governor.Factory governor = governor(document, grid, stream, schedule);
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
        return withoutClocks(session, file, options, schedule, document, e);
      }
    }
  }

  /** Runs on a machine that has no clock to control: decisions go nowhere. */
  private RunReport withoutClocks(
      BalancedSession session,
      Path file,
      EngineOptions options,
      Schedule schedule,
      @Nullable PlanDocument document,
      NeuroBalancerException why)
      throws IOException {
    SettingGrid grid =
        document == null
            ? oneClock()
            : document.feedback().map(table -> table.plan(document).grid()).orElse(grid(document));
    PeriodicRunner runner =
        new PeriodicRunner(SystemClock.INSTANCE, session, new NullBoard(grid, options.threads()));
    runner.checkPeriods(schedule, WARM_UP);
    Governor.Factory governor = governor(document, grid, session.streams().get(0), schedule);
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
      Function<RunObserver, RunResult> run)
      throws IOException {
    if (trace == null) {
      return run.apply(RunObserver.NONE);
    }
    try (Writer out = Files.newBufferedWriter(trace);
        ChromeTrace written =
            new ChromeTrace(
                out, model.name() + " on " + device.name(), streams, grid, operatorSeconds)) {
      return run.apply(written);
    } catch (java.nio.file.FileSystemException e) {
      throw NeuroBalancerException.invalid(
          "The trace '%s' cannot be written (%s).%nMaybe choose another place with --trace."
              .formatted(trace, e.getClass().getSimpleName()),
          e);
    }
  }

  /** Returns the operators before which a plan changes its clocks. */
  private static List<Integer> cuts(PlanDocument document) {
    List<Integer> cuts = new ArrayList<>();
    for (int i = 1; i < document.operators().size(); i++) {
      if (!document.operators().get(i).hertz().equals(document.operators().get(i - 1).hertz())) {
        cuts.add(i);
      }
    }
    return cuts;
  }

  private static Governor.Factory fastest(SettingGrid grid) {
    return (board, now) -> {
      board.request(grid.fastest());
      return new Governor() {};
    };
  }

  private NeuroBalancerException otherModel(PlanDocument document, String hash) {
    return NeuroBalancerException.invalid(
        "The plan '%s' is for another model, or for other input shapes: %s (hash %.12s), not %s (hash %.12s).%nMaybe name that model with --model, or plan again."
            .formatted(plan, document.model().name(), document.model().hash(), model.name(), hash));
  }

  private void checkDevice(@Nullable PlanDocument document, String deviceHash) {
    if (document == null) {
      return;
    }
    if (!document.device().hash().equals(deviceHash)) {
      boolean sameName = document.device().name().equals(device.name());
      throw NeuroBalancerException.invalid(
          (sameName
                  ? "The plan '%s' is for %s as it was described before (hash %.12s); %s has changed since (hash %.12s).%nMaybe plan again."
                  : "The plan '%s' is for another device: %s (hash %.12s), not %s (hash %.12s).%nMaybe name that device with --device, or plan again.")
              .formatted(
                  plan,
                  document.device().name(),
                  document.device().hash(),
                  device.name(),
                  deviceHash));
    }
  }

  /** Follows a plan where there is one, with feedback; else the clocks are left as they are. */
  private Governor.Factory governor(
      @Nullable PlanDocument document, SettingGrid grid, Stream stream, Schedule schedule) {
    if (document == null) {
      return (board, now) -> new Governor() {};
    }
    if (document.operators().size() != stream.workload().size()) {
      throw NeuroBalancerException.invalid(
          "The plan has %d operators, the model %d.%nMaybe plan it again."
              .formatted(document.operators().size(), stream.workload().size()));
    }
    if (document.feedback().isPresent() && !blindly) {
      Schedule.Periodic periodic = schedule.streams().get(0);
      FeedbackPlan feedback =
          document
              .feedback()
              .get()
              .plan(document)
              .withDeadline(periodic.deadlineSeconds(), periodic.periodSeconds());
      if (!feedback.grid().sameClocks(grid)) {
        throw NeuroBalancerException.invalid(
            "The plan '%s' is for a device with other clocks (%d settings) than this one (%d settings).%nMaybe plan again for this device."
                .formatted(plan, feedback.grid().size(), grid.size()));
      }
      int[] starts = new int[stream.segments()];
      Arrays.setAll(starts, stream::firstOperator);
      return BalancedGovernor.of(feedback).segments(starts).missTarget(missTarget.share());
    }
    int[] settings = new int[stream.segments()];
    for (int s = 0; s < settings.length; s++) {
      settings[s] = setting(document.operators().get(stream.firstOperator(s)).hertz(), grid);
    }
    int idle = document.idleHertz().map(hertz -> setting(hertz, grid)).orElse(settings[0]);
    return (board, now) ->
        new Governor() {
          @Override
          public void segmentStarting(int index, int segment, long nowNanos) {
            board.request(settings[segment]);
          }

          @Override
          public void finished(int index, long nowNanos) {
            board.request(idle);
          }
        };
  }

  private static int setting(List<Long> hertz, SettingGrid grid) {
    if (hertz.size() != grid.dimensions()) {
      throw NeuroBalancerException.invalid(
          "The plan has %d clocks, the device %d.%nMaybe plan again for this device."
              .formatted(hertz.size(), grid.dimensions()));
    }
    int[] opps = new int[hertz.size()];
    for (int d = 0; d < opps.length; d++) {
      try {
        opps[d] = grid.domains().get(d).opps().indexOf(new Frequency(hertz.get(d)));
      } catch (IllegalArgumentException e) {
        throw NeuroBalancerException.invalid(
            "The plan is for another device: its %s has no clock of %s.%nMaybe plan again for this device."
                .formatted(grid.domains().get(d).name(), new Frequency(hertz.get(d))),
            e);
      }
    }
    return grid.setting(opps);
  }

  /** Returns the clocks that a plan uses, so that its decisions can be taken and recorded. */
  private static SettingGrid grid(PlanDocument document) {
    List<FrequencyDomain> domains = new ArrayList<>();
    for (int d = 0; d < document.domains().size(); d++) {
      int domain = d;
      List<Frequency> clocks =
          java.util.stream.Stream.concat(
                  document.operators().stream().map(entry -> entry.hertz().get(domain)),
                  document.idleHertz().stream().map(hertz -> hertz.get(domain)))
              .distinct()
              .sorted()
              .map(Frequency::new)
              .toList();
      domains.add(
          new FrequencyDomain(
              document.domains().get(d), FrequencyDomain.Kind.CORE, OppTable.of(clocks)));
    }
    return new SettingGrid(domains);
  }

  /** Returns the grid of a machine of which no clock is known: nothing can be asked for. */
  private static SettingGrid oneClock() {
    return new SettingGrid(
        List.of(
            new FrequencyDomain(
                "unknown", FrequencyDomain.Kind.CORE, OppTable.of(List.of(new Frequency(1))))));
  }
}
