package io.neurobalancer.evaluation;

import io.neurobalancer.cost.CostTable;
import io.neurobalancer.cost.MeasuredPredictor;
import io.neurobalancer.cost.Samples;
import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.evaluation.validation.Errors;
import io.neurobalancer.evaluation.validation.Section;
import io.neurobalancer.files.DeviceDescription;
import io.neurobalancer.files.DeviceDescriptions;
import io.neurobalancer.learned.LearnedPredictor;
import io.neurobalancer.onnx.importer.InputBindings;
import io.neurobalancer.onnx.importer.OnnxWorkloads;
import io.neurobalancer.onnx.zoo.ModelZoo;
import io.neurobalancer.onnx.zoo.ZooModel;
import io.neurobalancer.simulator.SimulatedTarget;
import io.neurobalancer.simulator.physics.DevicePhysics;
import io.neurobalancer.simulator.physics.Weather;
import io.neurobalancer.target.Budget;
import io.neurobalancer.target.Campaign;
import io.neurobalancer.workload.Operator;
import io.neurobalancer.workload.OperatorKind;
import io.neurobalancer.workload.Workload;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Prediction on a simulated device: pairs that no run visited, and operators of networks that were
 * never run at all. Simulator and predictor both overlap computing and memory traffic by a p-norm
 * and both take DRAM power to grow with its clock; what the simulator has besides, no predictor
 * knows, and its truth only judges.
 */
public final class SimulatedDeviceValidation {

  private static final String DEVICE = "pixel-4-cpu";
  private static final int BUDGET = 12;
  private static final int REPEATS = 20;
  private static final int FRESH_RUNS = 300;
  private static final int FOLDS = 5;
  private static final int JUDGED_PAIRS = 20;
  private static final long SEED = 7;

  private final DeviceDescription device = DeviceDescriptions.bundled(DEVICE).orElseThrow();
  private final SettingGrid grid = device.grid();
  private final List<Measured> models = new ArrayList<>();

  /** A model that was profiled, with the truth that judges. */
  private record Measured(
      Workload workload, DevicePhysics truth, Samples profile, MeasuredPredictor predictor) {}

  /** Judges both predictors. */
  public static List<Section> judge(Path modelCache) {
    SimulatedDeviceValidation judge = new SimulatedDeviceValidation();
    judge.measure(modelCache);
    return List.of(judge.unseenPairs(), judge.unseenOperators());
  }

  private void measure(Path modelCache) {
    for (ZooModel model : ModelZoo.models()) {
      if (model.phased()) {
        continue;
      }
      Workload workload =
          OnnxWorkloads.loadTrusted(
              ModelZoo.materialize(model, modelCache), InputBindings.NONE, modelCache);
      SimulatedTarget target =
          SimulatedTarget.of(
              device, workload, device.cores().defaultThreads(), Weather.NOMINAL, SEED);
      DevicePhysics truth = target.physics(0);
      Samples profile = Campaign.measure(target, Budget.settings(BUDGET).repeats(REPEATS));
      models.add(new Measured(workload, truth, profile, MeasuredPredictor.fit(profile)));
    }
  }

  private Section unseenPairs() {
    Map<OperatorKind, Errors> time = new EnumMap<>(OperatorKind.class);
    Map<OperatorKind, Errors> energy = new EnumMap<>(OperatorKind.class);
    Errors allTime = new Errors();
    Errors allEnergy = new Errors();
    Errors total = new Errors();
    long inTime = 0;
    long runs = 0;
    long operatorsInTime = 0;
    long operatorRuns = 0;
    for (Measured model : models) {
      int[] seen = model.profile().measuredSettings();
      int[] unseen =
          IntStream.range(0, grid.size()).filter(x -> Arrays.binarySearch(seen, x) < 0).toArray();
      var costs = model.predictor().costs();
      for (int x : unseen) {
        double predicted = 0;
        double real = 0;
        for (int i = 0; i < model.workload().size(); i++) {
          OperatorKind kind = model.workload().operators().get(i).kind();
          double seconds = model.truth().seconds(i, x);
          double joules = seconds * model.truth().watts(i, x);
          time.computeIfAbsent(kind, k -> new Errors()).add(costs.latencySeconds(i, x), seconds);
          energy.computeIfAbsent(kind, k -> new Errors()).add(costs.energyJoules(i, x), joules);
          allTime.add(costs.latencySeconds(i, x), seconds);
          allEnergy.add(costs.energyJoules(i, x), joules);
          predicted += costs.latencySeconds(i, x);
          real += seconds;
        }
        total.add(predicted, real);
      }
      double factor = model.predictor().report().makespanFactor(0.95);
      // Each model meets weather of its own: one drift for all would be one draw, not fifteen.
      long weather = SEED + 1 + model.workload().name().hashCode();
      SimulatedTarget fresh =
          SimulatedTarget.of(
              device, model.workload(), model.truth().threads(), Weather.NOMINAL, weather);
      for (int r = 0; r < FRESH_RUNS; r++) {
        int x = unseen[r * 37 % unseen.length];
        Samples.Run sample = fresh.measure(0, x);
        double took = 0;
        double predicted = 0;
        for (int i = 0; i < sample.operators(); i++) {
          took += sample.latencySeconds(i);
          predicted += costs.latencySeconds(i, x);
          operatorRuns++;
          operatorsInTime +=
              sample.latencySeconds(i) <= costs.latencySeconds(i, x) + costs.spreadSeconds(i, x)
                  ? 1
                  : 0;
        }
        runs++;
        inTime += took <= factor * predicted ? 1 : 0;
      }
    }
    double covered = (double) inTime / runs;
    double operatorsCovered = (double) operatorsInTime / operatorRuns;
    return new Section(
        "Simulated %s: the whole zoo at pairs that were never run".formatted(DEVICE),
        List.of(
            "Each of the %d models of the zoo is profiled at %d of %d pairs, %d runs each in nominal weather"
                    .formatted(models.size(), BUDGET, grid.size(), REPEATS)
                + " through a clock and a meter that are not exact, and predicted at the others. The"
                + " simulator's still-weather truth judges. Both overlap computing and memory traffic by a"
                + " p-norm, so a small error proves little about devices; quantization, caches, limits of"
                + " bandwidth and exponents by kind are the simulator's alone.",
            String.format(
                Locale.ROOT,
                "Of %d fresh runs at unseen pairs in other weather, %.1f %% ended within the makespan"
                    + " promised for 95 %%; of %d operator runs, %.1f %% within the spread promised"
                    + " for 99 %%.",
                runs,
                covered * 100,
                operatorRuns,
                operatorsCovered * 100)),
        List.of(
            new Section.Table(
                "relative error at unseen pairs, per kind of operator",
                List.of("kind", ">predictions", ">time mean", ">90 %", ">energy mean", ">90 %"),
                rows(time, energy, allTime, allEnergy))),
        List.of(
            new Section.Check("simulated, mean error of a whole job's latency", total.mean(), 0.01),
            new Section.Check(
                "simulated, share of fresh runs beyond the makespan promised for 95 %",
                1 - covered, 0.05),
            new Section.Check(
                "simulated, share of operator runs beyond the spread promised for 99 %",
                1 - operatorsCovered, 0.01)),
        List.of());
  }

  private Section unseenOperators() {
    Map<OperatorKind, Errors> time = new EnumMap<>(OperatorKind.class);
    Map<OperatorKind, Errors> energy = new EnumMap<>(OperatorKind.class);
    Errors allTime = new Errors();
    Errors allEnergy = new Errors();
    Errors dumb = new Errors();
    List<List<String>> perModel = new ArrayList<>();
    Errors totals = new Errors();
    for (int fold = 0; fold < FOLDS; fold++) {
      List<Samples> others = new ArrayList<>();
      for (int m = 0; m < models.size(); m++) {
        if (m % FOLDS != fold) {
          others.add(models.get(m).profile());
        }
      }
      LearnedPredictor learned = LearnedPredictor.train(others, SEED);
      Map<OperatorKind, Double> means = meanLogSeconds(others);
      for (int m = fold; m < models.size(); m += FOLDS) {
        Measured model = models.get(m);
        Errors job = new Errors();
        CostTable expected = learned.costs(model.workload());
        int[] seen = model.profile().measuredSettings();
        for (int j = 0; j < JUDGED_PAIRS; j++) {
          int x = (j * 59 + 31) % grid.size();
          if (Arrays.binarySearch(seen, x) >= 0) {
            continue;
          }
          List<Operator> operators = model.workload().operators();
          double predicted = 0;
          double real = 0;
          for (int i = 0; i < operators.size(); i++) {
            OperatorKind kind = operators.get(i).kind();
            double seconds = model.truth().seconds(i, x);
            double joules = seconds * model.truth().watts(i, x);
            time.computeIfAbsent(kind, k -> new Errors())
                .add(expected.latencySeconds(i, x), seconds);
            energy
                .computeIfAbsent(kind, k -> new Errors())
                .add(expected.energyJoules(i, x), joules);
            allTime.add(expected.latencySeconds(i, x), seconds);
            allEnergy.add(expected.energyJoules(i, x), joules);
            dumb.add(Math.exp(means.getOrDefault(kind, means.values().iterator().next())), seconds);
            predicted += expected.latencySeconds(i, x);
            real += seconds;
          }
          job.add(predicted, real);
        }
        totals.addAll(job);
        perModel.add(
            List.of(
                model.workload().name().replaceFirst("-v1$", ""),
                String.valueOf(model.workload().size()),
                Errors.change(job.bias()),
                Errors.percent(job.mean())));
      }
    }
    perModel.sort((a, b) -> a.get(0).compareTo(b.get(0)));
    return new Section(
        "Simulated %s: operators of networks that were never run".formatted(DEVICE),
        List.of(
            "The learned predictor (a log-linear law per kind, a random forest on its residuals) is trained"
                + " on what was measured of twelve models and judged by the three others, in %d folds, at"
                    .formatted(FOLDS)
                + " pairs that trained nothing either. The split is by model, never by row; relatives"
                + " (ResNet-18 and -50) can still stand on both sides. The dumb baseline is the geometric"
                + " mean of the kind: off by %s.".formatted(Errors.percent(dumb.mean()))),
        List.of(
            new Section.Table(
                "relative error per kind of operator",
                List.of("kind", ">predictions", ">time mean", ">90 %", ">energy mean", ">90 %"),
                rows(time, energy, allTime, allEnergy)),
            new Section.Table(
                "latency of the whole job",
                List.of("model never run", ">operators", ">bias", ">mean error"),
                perModel)),
        List.of(
            new Section.Check(
                "simulated, learned latency error per operator against the kind's mean",
                allTime.mean(),
                dumb.mean())),
        List.of(
            "A mean far above its 90 % quantile says that a few operators are missed entirely: kernels of"
                + " shapes that no training network has, element by element in ViT first of all. The"
                + " sum over a network is better than its parts, because long operators are the"
                + " better known ones.",
            "A network that matters is to be profiled: from twelve pairs its own fit is an order of"
                + " magnitude better than what is learned from others."));
  }

  private static Map<OperatorKind, Double> meanLogSeconds(List<Samples> profiles) {
    Map<OperatorKind, double[]> sums = new EnumMap<>(OperatorKind.class);
    for (Samples profile : profiles) {
      for (Samples.Run run : profile.runs()) {
        for (int i = 0; i < run.operators(); i++) {
          OperatorKind kind = profile.workload().operators().get(i).kind();
          double[] sum = sums.computeIfAbsent(kind, k -> new double[2]);
          sum[0] += Math.log(run.latencySeconds(i));
          sum[1]++;
        }
      }
    }
    Map<OperatorKind, Double> means = new TreeMap<>();
    sums.forEach((kind, sum) -> means.put(kind, sum[0] / sum[1]));
    return means;
  }

  private static List<List<String>> rows(
      Map<OperatorKind, Errors> time,
      Map<OperatorKind, Errors> energy,
      Errors allTime,
      Errors allEnergy) {
    List<List<String>> rows = new ArrayList<>();
    time.forEach(
        (kind, errors) ->
            rows.add(
                row(
                    kind.name().toLowerCase(Locale.ROOT).replace('_', ' '),
                    errors,
                    Objects.requireNonNull(energy.get(kind)))));
    rows.add(row("all", allTime, allEnergy));
    return rows;
  }

  private static List<String> row(String name, Errors time, Errors energy) {
    return List.of(
        name,
        String.valueOf(time.count()),
        Errors.percent(time.mean()),
        Errors.percent(time.quantile(0.9)),
        Errors.percent(energy.mean()),
        Errors.percent(energy.quantile(0.9)));
  }
}
