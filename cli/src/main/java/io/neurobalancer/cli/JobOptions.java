package io.neurobalancer.cli;

import io.neurobalancer.NeuroBalancer;
import io.neurobalancer.cost.CostModel;
import io.neurobalancer.cost.MeasuredPredictor;
import io.neurobalancer.cost.Samples;
import io.neurobalancer.evaluation.PreparedJob;
import io.neurobalancer.plan.Deadline;
import io.neurobalancer.target.Budget;
import io.neurobalancer.target.Target;
import io.neurobalancer.unit.NeuroBalancerException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The model, the device, what was measured of them, and the timing of the jobs to plan. */
final class JobOptions {

  /** How many settings are measured where nothing says otherwise. */
  static final int PROFILED_SETTINGS = 12;

  @Mixin private ModelOptions model = new ModelOptions();

  @Mixin private DeviceOptions device = new DeviceOptions();

  @Option(
      names = {"-t", "--deadline"},
      paramLabel = "TIME",
      converter = TimeSpan.Converter.class,
      description =
          "When a job must have ended, after its release, such as 33ms (default: 50ms for the"
              + " bundled example, else 1.5 times the fastest possible).")
  private @Nullable TimeSpan deadline;

  @Option(
      names = {"-p", "--period"},
      paramLabel = "TIME",
      converter = TimeSpan.Converter.class,
      description = "Time between releases, at least the deadline (default: the deadline).")
  private @Nullable TimeSpan period;

  @Option(
      names = "--from",
      paramLabel = "FILE",
      description =
          "Plan from what was measured before: samples.jsonl of 'profile' or predictor.json of"
              + " 'fit' (default: measure first). With --predictor learned: samples of other models,"
              + " repeated for each.")
  private List<Path> from = new ArrayList<>();

  @Option(
      names = "--predictor",
      paramLabel = "NAME",
      defaultValue = "measured",
      description =
          "measured: from runs of this model; learned: from runs of other models on this device,"
              + " which certifies no deadline (default: ${DEFAULT-VALUE}).")
  private Source predictor = Source.measured;

  /** Where the costs of a model come from; named as on the command line. */
  enum Source {
    measured,
    learned
  }

  ModelOptions model() {
    return model;
  }

  DeviceOptions device() {
    return device;
  }

  /** Returns what to call the model in reports. */
  String modelName(PreparedJob job) {
    return device.bringsWorkload() ? job.workload().name() : model.name();
  }

  /** More jobs than that fill the memory with what each did. */
  private static final int MOST_JOBS = 10_000_000;

  /** Refuses a number of jobs that is none, or that no figure survives. */
  static void checkJobs(int jobs) {
    if (jobs < 1) {
      throw NeuroBalancerException.invalid(
          "The number of jobs (%d) must be positive.%nMaybe use --jobs 1000.".formatted(jobs));
    }
    if (jobs > MOST_JOBS) {
      throw NeuroBalancerException.invalid(
          "The number of jobs (%d) is more than %d.%nMaybe use --jobs 1000; medians settle long before."
              .formatted(jobs, MOST_JOBS));
    }
  }

  /** Opens the device, measures or reads what was measured, and plans; says which it does. */
  PreparedJob prepare(Screen screen) {
    if (!device.bringsWorkload()) {
      ModelOptions.warnOfSize(screen, List.of(model.name()));
    }
    try (Progress progress = screen.progress("preparing", -1)) {
      progress.doing("reading " + model.name());
      Target target = device.open(model::load);
      progress.doing("measuring and planning");
      return prepare(target);
    }
  }

  private PreparedJob prepare(Target target) {
    if (predictor == Source.learned) {
      CostModel costs = Measured.learned(from, target, device.seed());
      return PreparedJob.of(target, costs, deadline(costs));
    }
    if (from.size() > 1) {
      throw NeuroBalancerException.invalid(
          "--from is there %d times; a model is planned from one file.%nMaybe add --predictor learned, to learn from other models."
              .formatted(from.size()));
    }
    if (from.isEmpty()) {
      Samples samples = NeuroBalancer.profile(target, Budget.settings(PROFILED_SETTINGS));
      MeasuredPredictor predictor = MeasuredPredictor.fit(samples);
      return PreparedJob.of(target, predictor, deadline(predictor.predict(samples.workload())));
    }
    CostModel costs = Measured.read(from.get(0), target);
    return PreparedJob.of(target, costs, deadline(costs));
  }

  private Deadline deadline(CostModel costs) {
    double seconds = deadline == null ? defaultDeadlineSeconds(costs) : deadline.seconds();
    if (period != null && period.seconds() < seconds) {
      throw NeuroBalancerException.invalid(
          "The period (%s s) is shorter than the deadline (%s s).%nMaybe raise --period, or leave it out."
              .formatted(period.seconds(), seconds));
    }
    return Deadline.of(seconds).every(period == null ? seconds : period.seconds());
  }

  /** The bundled example has a deadline of its own. */
  private double defaultDeadlineSeconds(CostModel costs) {
    if (model.name().equals("zoo:mobilenet-v2") && device.name().equals("sim:pixel-4-cpu")) {
      return 0.05;
    }
    double seconds = 1.5 * NeuroBalancer.fastestSeconds(costs);
    double unit = StrictMath.pow(10, Math.floor(StrictMath.log10(seconds)) - 2);
    return Math.ceil(seconds / unit) * unit;
  }

  /** Returns whether a period was asked for. */
  boolean hasPeriod() {
    return period != null;
  }
}
