package io.neurobalancer.cli;

import io.neurobalancer.files.DeviceDescription;
import io.neurobalancer.onnx.importer.InputBindings;
import io.neurobalancer.report.ComparisonReport;
import io.neurobalancer.report.StudyReport;
import io.neurobalancer.simulator.physics.Weather;
import io.neurobalancer.workload.Workload;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Runs the cells of a matrix that its journal does not hold yet. Cells that differ in the deadline
 * only share one profiling run; such groups run side by side, one to a core.
 */
final class StudyRunner {

  private final StudyMatrix matrix;
  private final StudyJournal journal;
  private final List<String> governors;
  private final int jobs;
  private final String build = Environment.buildHash();
  private final Map<String, String> modelIdentities = new HashMap<>();
  private final Map<String, DeviceDescription> devices = new HashMap<>();
  private final Map<String, Workload> workloads = new HashMap<>();

  /**
   * Checks everything that the matrix names, before anything runs.
   *
   * @throws CliException if it names what there is not
   */
  StudyRunner(StudyMatrix matrix, StudyJournal journal, int jobs) {
    this.matrix = matrix;
    this.journal = journal;
    this.jobs = jobs;
    this.governors = GovernorCatalog.select(matrix.governors());
    matrix.weather().forEach(JobOptions::weather);
    for (String device : matrix.devices()) {
      devices.put(device, DeviceOptions.load(device).withDramPowerFactor(matrix.dramPowerFactor()));
    }
    for (String model : matrix.models()) {
      modelIdentities.put(model, ModelOptions.identity(model));
    }
  }

  int cells() {
    return matrix.models().size()
        * matrix.devices().size()
        * matrix.deadlines().size()
        * matrix.weather().size()
        * matrix.seeds().size();
  }

  /**
   * Runs what is missing.
   *
   * @param workers how many groups side by side
   * @param finished is called once per cell, from any worker
   * @return all cells in the order of the matrix
   */
  List<StudyReport.Cell> run(int workers, Runnable finished) {
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
      throw new CliException(ExitCode.INTERRUPTED, "The study was interrupted.", e);
    } finally {
      pool.shutdownNow();
    }
  }

  private List<StudyReport.Cell> group(
      String model, String device, String weather, long seed, Runnable finished) {
    List<StudyReport.Cell> cells = new ArrayList<>();
    @Nullable MeasuredModel measured = null;
    for (String deadline : matrix.deadlines()) {
      String key = key(model, device, deadline, weather, seed);
      StudyReport.Cell cell = journal.find(key);
      if (cell == null) {
        if (measured == null) {
          measured = measure(model, device, JobOptions.weather(weather), seed);
        }
        cell = cell(measured, model, device, deadline, weather, seed);
        journal.add(key, cell);
      }
      cells.add(cell);
      finished.run();
    }
    return cells;
  }

  private MeasuredModel measure(String model, String device, Weather weather, long seed) {
    DeviceDescription profile = device(device);
    return MeasuredModel.measure(
        workload(model), profile, profile.cores().defaultThreads(), weather, seed);
  }

  private StudyReport.Cell cell(
      MeasuredModel measured,
      String model,
      String device,
      String deadline,
      String weather,
      long seed) {
    double fastest = measured.fastestSeconds();
    double seconds = StudyMatrix.seconds(deadline, fastest);
    List<StudyReport.Outcome> outcomes = new ArrayList<>();
    @Nullable Double gap = null;
    if (seconds >= fastest) {
      Comparison comparison = new Comparison(measured.forDeadline(seconds, seconds), jobs, seed);
      comparison.run(governors, name -> {});
      gap = comparison.plan().gap();
      for (ComparisonReport.GovernorResult result : comparison.governors()) {
        outcomes.add(
            new StudyReport.Outcome(
                result.name(),
                result.energyJoulesPerJob(),
                result.missRate(),
                result.medianSlackSeconds(),
                result.switchesPerJob()));
      }
    }
    return new StudyReport.Cell(
        model,
        device,
        device(device).kind() == DeviceDescription.Kind.GPU ? "gpu" : "cpu",
        weather,
        seed,
        deadline,
        seconds,
        fastest,
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
        device(device).hash(),
        String.valueOf(matrix.dramPowerFactor()),
        deadline,
        weather,
        String.valueOf(seed),
        String.valueOf(jobs),
        String.join(",", governors),
        build);
  }

  private DeviceDescription device(String name) {
    DeviceDescription profile = devices.get(name);
    if (profile == null) {
      throw new IllegalStateException(name);
    }
    return profile;
  }

  /** Models are loaded one at a time: a large one takes gigabytes while its shapes are resolved. */
  private Workload workload(String model) {
    synchronized (workloads) {
      return workloads.computeIfAbsent(model, name -> ModelOptions.load(name, InputBindings.NONE));
    }
  }
}
