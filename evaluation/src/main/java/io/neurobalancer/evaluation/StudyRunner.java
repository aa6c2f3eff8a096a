package io.neurobalancer.evaluation;

import io.neurobalancer.NeuroBalancer;
import io.neurobalancer.cost.CostModel;
import io.neurobalancer.cost.MeasuredPredictor;
import io.neurobalancer.cost.Samples;
import io.neurobalancer.device.DeviceIdentity;
import io.neurobalancer.files.StudyMatrix;
import io.neurobalancer.governor.GovernorInfo;
import io.neurobalancer.plan.Deadline;
import io.neurobalancer.report.StudyReport;
import io.neurobalancer.simulator.physics.Weather;
import io.neurobalancer.target.Budget;
import io.neurobalancer.target.Target;
import io.neurobalancer.target.TargetOptions;
import io.neurobalancer.target.Targets;
import io.neurobalancer.unit.NeuroBalancerException;
import io.neurobalancer.workload.Workload;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Runs the cells of a matrix that its journal does not hold yet. Cells that differ in the deadline
 * only share one profiling run; such groups run side by side, one to a core.
 */
public final class StudyRunner {

  private static final int PROFILED = 12;

  /** Developers' boards among the bundled devices; the others are phones. */
  private static final Pattern BOARDS = Pattern.compile("sim:(odroid|hikey|rk\\d|jetson)");

  private final StudyMatrix matrix;
  private final StudyJournal journal;
  private final Function<String, Workload> loader;
  private final List<String> governors;
  private final int jobs;
  private final OptionalInt warmUp;
  private final String build;
  private final Map<String, String> modelIdentities;
  private final Map<String, DeviceIdentity> devices = new HashMap<>();
  private final SimulatedTraining.Traces traces = new SimulatedTraining.Traces();
  private final Map<String, Workload> workloads = new HashMap<>();

  /**
   * Checks everything that the matrix names, before anything runs.
   *
   * @param modelIdentities per model, what tells it from others of the same name
   * @param loader reads a model by its name
   * @param jobs under each governor
   * @param warmUp jobs before those that count; empty for as many as governors settle in
   * @param build what tells this build from others: a new build runs its cells again
   * @throws NeuroBalancerException if the matrix names what there is not
   */
  public StudyRunner(
      StudyMatrix matrix,
      StudyJournal journal,
      Map<String, String> modelIdentities,
      Function<String, Workload> loader,
      int jobs,
      OptionalInt warmUp,
      String build) {
    this.matrix = matrix;
    this.journal = journal;
    this.modelIdentities = Map.copyOf(modelIdentities);
    this.loader = loader;
    this.jobs = jobs;
    this.warmUp = warmUp;
    this.build = build;
    this.governors = GovernorCatalog.select(matrix.governors());
    matrix.weather().forEach(Weather::named);
    for (String device : matrix.devices()) {
      devices.put(device, Devices.identity(device));
    }
  }

  /** Returns how many cells the matrix has. */
  public int cells() {
    return matrix.models().size()
        * matrix.devices().size()
        * matrix.deadlines().size()
        * matrix.weather().size()
        * matrix.seeds().size();
  }

  /** Returns how many cells an earlier run of the same study has left. */
  public int kept() {
    int kept = 0;
    for (String model : matrix.models()) {
      for (String device : matrix.devices()) {
        for (String weather : matrix.weather()) {
          for (long seed : matrix.seeds()) {
            for (String deadline : matrix.deadlines()) {
              kept += journal.find(key(model, device, deadline, weather, seed)) == null ? 0 : 1;
            }
          }
        }
      }
    }
    return kept;
  }

  /**
   * Runs what is missing.
   *
   * @param workers how many groups side by side
   * @param finished is called once per cell that was missing, from any worker
   * @return all cells in the order of the matrix
   */
  public List<StudyReport.Cell> run(int workers, Runnable finished) {
    ExecutorService pool =
        Executors.newFixedThreadPool(
            workers,
            task -> {
              Thread thread = new Thread(task, "study");
              thread.setDaemon(true);
              return thread;
            });
    try {
      List<Future<List<StudyReport.Cell>>> groups = new ArrayList<>();
      for (String model : matrix.models()) {
        for (String device : matrix.devices()) {
          for (String weather : matrix.weather()) {
            for (long seed : matrix.seeds()) {
              Callable<List<StudyReport.Cell>> group =
                  () -> group(model, device, weather, seed, finished);
              groups.add(pool.submit(group));
            }
          }
        }
      }
      List<StudyReport.Cell> cells = new ArrayList<>();
      for (Future<List<StudyReport.Cell>> group : groups) {
        cells.addAll(group.get());
      }
      return cells;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new NeuroBalancerException(
          NeuroBalancerException.Kind.INTERRUPTED, "The study was interrupted.", e);
    } finally {
      pool.shutdownNow();
    }
  }

  private List<StudyReport.Cell> group(
      String model, String device, String weather, long seed, Runnable finished) {
    List<StudyReport.Cell> cells = new ArrayList<>();
    @Nullable Measured measured = null;
    for (String deadline : matrix.deadlines()) {
      String key = key(model, device, deadline, weather, seed);
      StudyReport.Cell cell = journal.find(key);
      if (cell == null) {
        if (measured == null) {
          measured = measure(model, device, weather, seed);
        }
        cell = cell(measured, model, device, deadline, weather, seed);
        journal.add(key, cell);
        finished.run();
      }
      cells.add(cell);
    }
    return cells;
  }

  private record Measured(Target target, MeasuredPredictor predictor, CostModel costs) {}

  private Measured measure(String model, String device, String weather, long seed) {
    Target target =
        Targets.open(
            device,
            List.of(workload(model)),
            new TargetOptions(OptionalInt.empty(), seed, weather, matrix.dramPowerFactor(), false)
                .withDram(matrix.dramShape(), matrix.displayOn())
                .withTransitions(matrix.transitionFactor()));
    Samples samples = NeuroBalancer.profile(target, Budget.settings(PROFILED));
    MeasuredPredictor predictor = MeasuredPredictor.fit(samples);
    return new Measured(target, predictor, predictor.predict(samples.workload()));
  }

  private StudyReport.Cell cell(
      Measured measured, String model, String device, String deadline, String weather, long seed) {
    double fastest = NeuroBalancer.fastestSeconds(measured.costs());
    double seconds = StudyMatrix.seconds(deadline, fastest);
    List<StudyReport.Outcome> outcomes = new ArrayList<>();
    @Nullable Double gap = null;
    @Nullable Double bound = null;
    if (seconds >= fastest) {
      PreparedJob job =
          PreparedJob.of(measured.target(), measured.predictor(), Deadline.of(seconds));
      Comparison comparison = new Comparison(job, jobs, warmUp, traces);
      comparison.run(governors, Comparison.Watcher.NONE);
      gap = comparison.plan().plan().gap();
      bound = Double.isNaN(comparison.boundJoulesPerJob()) ? null : comparison.boundJoulesPerJob();
      comparison
          .results()
          .forEach(
              (name, result) ->
                  outcomes.add(
                      new StudyReport.Outcome(
                          name,
                          result.energyJoulesPerJob(),
                          result.missRate(),
                          result.medianSlackSeconds(),
                          result.quantileResponseSeconds(0.5),
                          result.quantileResponseSeconds(0.95),
                          result.quantileResponseSeconds(0.99),
                          result.responses().get(0).longestMissRun(),
                          result.switchesPerJob())));
    }
    return new StudyReport.Cell(
        model,
        device,
        DeviceFacts.of(measured.target()).hardware().kind() == GovernorInfo.Hardware.GPU
            ? "gpu"
            : "cpu",
        BOARDS.matcher(device).find(),
        weather,
        seed,
        deadline,
        seconds,
        fastest,
        bound,
        gap,
        outcomes);
  }

  /** Everything that the outcome of a cell depends on; a new build runs its cells again. */
  private String key(String model, String device, String deadline, String weather, long seed) {
    return String.join(
        "|",
        model,
        modelIdentities.getOrDefault(model, ""),
        device,
        identity(device).hash(),
        String.valueOf(matrix.dramPowerFactor()),
        matrix.dramShape(),
        String.valueOf(matrix.displayOn()),
        String.valueOf(matrix.transitionFactor()),
        deadline,
        weather,
        String.valueOf(seed),
        jobs + " after " + (warmUp.isPresent() ? warmUp.getAsInt() : "settling"),
        String.join(",", governors),
        build);
  }

  private DeviceIdentity identity(String name) {
    DeviceIdentity identity = devices.get(name);
    if (identity == null) {
      throw new IllegalStateException(name);
    }
    return identity;
  }

  /** Models are loaded one at a time: a large one takes gigabytes while its shapes are resolved. */
  private Workload workload(String model) {
    synchronized (workloads) {
      return workloads.computeIfAbsent(model, loader);
    }
  }
}
