package io.neurobalancer.learned;

import io.neurobalancer.cost.Calibration;
import io.neurobalancer.cost.CostModel;
import io.neurobalancer.cost.CostTable;
import io.neurobalancer.cost.FitReport;
import io.neurobalancer.cost.Predictor;
import io.neurobalancer.cost.Provenance;
import io.neurobalancer.cost.Samples;
import io.neurobalancer.cost.math.Medians;
import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.unit.NeuroBalancerException;
import io.neurobalancer.workload.Operator;
import io.neurobalancer.workload.OperatorKind;
import io.neurobalancer.workload.Workload;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Predicts latency and energy of models that never ran on a device, from samples of others that
 * did: by what their operators are (kind, FLOPs, bytes, shapes) and the clocks. Energy is learned
 * as power times latency.
 *
 * <p>What it says of itself it has been told by models left out: its {@link FitReport} holds their
 * errors, and no plan made from it may be called certified to be in time.
 */
public final class LearnedPredictor implements Predictor {

  private static final int MOST_FOLDS = 5;

  private final List<Samples> profiles;
  private final long seed;
  private final SettingGrid grid;
  private final OperatorRegression seconds;
  private final Optional<OperatorRegression> watts;

  private LearnedPredictor(
      List<Samples> profiles,
      long seed,
      OperatorRegression seconds,
      Optional<OperatorRegression> watts) {
    this.profiles = profiles;
    this.seed = seed;
    this.grid = profiles.get(0).grid();
    this.seconds = seconds;
    this.watts = watts;
  }

  /**
   * Learns; the same samples and seed give the same predictor.
   *
   * @param profiles of different models on one device, at least one
   * @throws NeuroBalancerException if there are none, or they are of devices with other settings
   */
  public static LearnedPredictor train(List<Samples> profiles, long seed) {
    if (profiles.isEmpty()) {
      throw NeuroBalancerException.invalid(
          String.format(
              "A learned predictor needs samples of other models; there are none.%nMaybe profile some models on this device first."));
    }
    SettingGrid grid = profiles.get(0).grid();
    List<OperatorRegression.Row> times = new ArrayList<>();
    List<OperatorRegression.Row> powers = new ArrayList<>();
    for (Samples profile : profiles) {
      if (!profile.grid().equals(grid)) {
        throw NeuroBalancerException.invalid(
            String.format(
                "The samples of '%s' and of '%s' are of devices with different settings.%nMaybe learn from the samples of one device only.",
                profiles.get(0).workload().name(), profile.workload().name()));
      }
      Measured measured = Measured.of(profile);
      for (int s = 0; s < measured.settings.length; s++) {
        double[] hertz = hertz(grid, measured.settings[s]);
        for (int i = 0; i < profile.workload().size(); i++) {
          Operator operator = profile.workload().operators().get(i);
          times.add(new OperatorRegression.Row(operator, hertz, measured.seconds[i][s]));
          if (measured.joules[i][s] > 0) {
            powers.add(
                new OperatorRegression.Row(
                    operator, hertz, measured.joules[i][s] / measured.seconds[i][s]));
          }
        }
      }
    }
    if (times.size() < 2) {
      throw NeuroBalancerException.invalid(
          String.format(
              "A learned predictor needs more than one sample (%d).%nMaybe profile more models.",
              times.size()));
    }
    return new LearnedPredictor(
        List.copyOf(profiles),
        seed,
        OperatorRegression.train(times, seed),
        // A few readings teach nothing about power.
        powers.size() < times.size() / 2
            ? Optional.empty()
            : Optional.of(OperatorRegression.train(powers, seed)));
  }

  /**
   * Predicts a model, and says how well others like it were predicted when they were left out.
   *
   * @throws NeuroBalancerException if fewer than two models were learned from, so that none can be
   *     left out, or if no samples carry a calibration or provenance
   */
  @Override
  public CostModel predict(Workload workload) {
    if (profiles.size() < 2) {
      throw NeuroBalancerException.invalid(
          String.format(
              "Samples of one model ('%s') do not tell how well another can be predicted.%nMaybe profile a second model on this device.",
              profiles.get(0).workload().name()));
    }
    HeldOut held = HeldOut.of(profiles, seed);
    CostTable means = costs(workload);
    double spread =
        held.operatorRatios.get((int) Math.ceil(0.99 * held.operatorRatios.size()) - 1) - 1;
    double[] latency = means.latencySeconds();
    CostTable costs =
        new CostTable(
            grid,
            means.operatorNames(),
            latency,
            means.energyJoules(),
            Arrays.stream(latency).map(t -> t * Math.max(0, spread)).toArray());
    return new CostModel(costs, calibration(), held.report(workload), provenance(workload));
  }

  /** Predicts latency and energy of every operator at every setting; spreads are left at zero. */
  public CostTable costs(Workload workload) {
    List<Operator> operators = workload.operators();
    int size = grid.size();
    double[] latency = new double[operators.size() * size];
    double[] energy = new double[latency.length];
    Arrays.fill(energy, Double.NaN);
    for (int x = 0; x < size; x++) {
      double[] hertz = hertz(grid, x);
      double[] times = seconds.predict(operators, hertz);
      double[] powers = watts.map(w -> w.predict(operators, hertz)).orElse(new double[0]);
      for (int i = 0; i < times.length; i++) {
        latency[i * size + x] = times[i];
        if (powers.length > 0) {
          energy[i * size + x] = powers[i] * times[i];
        }
      }
    }
    List<String> names = new ArrayList<>();
    operators.forEach(operator -> names.add(operator.name()));
    return new CostTable(grid, names, latency, energy, new double[latency.length]);
  }

  private Calibration calibration() {
    return profiles.stream()
        .flatMap(profile -> profile.calibration().stream())
        .findFirst()
        .orElseThrow(
            () ->
                NeuroBalancerException.invalid(
                    String.format(
                        "None of the samples (%d models) carries a calibration (switch costs, idle powers, wake-up times), which a plan needs.%nMaybe measure one of them again with 'neurobalancer profile'.",
                        profiles.size())));
  }

  private Provenance provenance(Workload workload) {
    Provenance first =
        profiles.stream()
            .flatMap(profile -> profile.provenance().stream())
            .findFirst()
            .orElseThrow(
                () ->
                    NeuroBalancerException.invalid(
                        "None of the samples says which device they are of."));
    return new Provenance(
        first.device(),
        workload.name(),
        workload.hash(),
        OptionalLong.of(seed),
        first.version(),
        first.command());
  }

  private static double[] hertz(SettingGrid grid, int setting) {
    double[] hertz = new double[grid.dimensions()];
    for (int d = 0; d < hertz.length; d++) {
      hertz[d] = grid.frequency(setting, d).hertz();
    }
    return hertz;
  }

  /** The medians of one profile: rows are operators, columns measured settings. */
  @SuppressWarnings("ArrayRecordComponent") // private, and never compared
  private record Measured(int[] settings, double[][] seconds, double[][] joules) {

    static Measured of(Samples profile) {
      int[] settings = profile.measuredSettings();
      int operators = profile.workload().size();
      double[][] seconds = new double[operators][settings.length];
      double[][] joules = new double[operators][settings.length];
      for (int s = 0; s < settings.length; s++) {
        List<Samples.Run> runs = new ArrayList<>();
        for (Samples.Run run : profile.counted()) {
          if (run.setting() == settings[s]) {
            runs.add(run);
          }
        }
        for (int i = 0; i < operators; i++) {
          int operator = i;
          seconds[i][s] =
              Medians.of(runs.stream().mapToDouble(r -> r.latencySeconds(operator)).toArray());
          joules[i][s] =
              Medians.of(
                  runs.stream()
                      .mapToDouble(r -> r.energyJoules(operator))
                      .filter(j -> j > 0)
                      .toArray());
        }
      }
      return new Measured(settings, seconds, joules);
    }
  }

  /** What models left out of training in turn say: the split is by model, never by row. */
  private static final class HeldOut {
    private final List<Double> operatorRatios = new ArrayList<>();
    private final List<Double> jobRatios = new ArrayList<>();
    private double latencyError;
    private double energyError;
    private double totalError;
    private double meanBaseline;
    private double meanBaselineEnergy;
    private int points;
    private int energyPoints;
    private int jobs;
    private int runs;
    private int models;

    static HeldOut of(List<Samples> profiles, long seed) {
      HeldOut held = new HeldOut();
      held.models = profiles.size();
      int folds = Math.min(MOST_FOLDS, profiles.size());
      for (int fold = 0; fold < folds; fold++) {
        List<Samples> rest = new ArrayList<>();
        for (int m = 0; m < profiles.size(); m++) {
          if (m % folds != fold) {
            rest.add(profiles.get(m));
          }
        }
        LearnedPredictor learned = LearnedPredictor.train(rest, seed);
        KindMeans seconds = new KindMeans();
        KindMeans joules = new KindMeans();
        rest.forEach(profile -> add(profile, seconds, joules));
        for (int m = fold; m < profiles.size(); m += folds) {
          held.judge(profiles.get(m), learned.costs(profiles.get(m).workload()), seconds, joules);
        }
      }
      profiles.forEach(profile -> held.runs += profile.counted().size());
      Collections.sort(held.operatorRatios);
      Collections.sort(held.jobRatios);
      return held;
    }

    private static void add(Samples profile, KindMeans seconds, KindMeans joules) {
      Measured measured = Measured.of(profile);
      for (int i = 0; i < profile.workload().size(); i++) {
        OperatorKind kind = profile.workload().operators().get(i).kind();
        for (int s = 0; s < measured.settings.length; s++) {
          seconds.add(kind, measured.seconds[i][s]);
          joules.add(kind, measured.joules[i][s]);
        }
      }
    }

    private void judge(Samples profile, CostTable costs, KindMeans seconds, KindMeans joules) {
      Measured measured = Measured.of(profile);
      for (int s = 0; s < measured.settings.length; s++) {
        int x = measured.settings[s];
        double total = 0;
        double predicted = 0;
        for (int i = 0; i < costs.operators(); i++) {
          OperatorKind kind = profile.workload().operators().get(i).kind();
          double time = measured.seconds[i][s];
          double energy = measured.joules[i][s];
          latencyError += Math.abs(costs.latencySeconds(i, x) / time - 1);
          meanBaseline += Math.abs(seconds.of(kind) / time - 1);
          operatorRatios.add(time / costs.latencySeconds(i, x));
          points++;
          if (energy > 0 && costs.hasEnergy()) {
            energyError += Math.abs(costs.energyJoules(i, x) / energy - 1);
            meanBaselineEnergy += Math.abs(joules.of(kind) / energy - 1);
            energyPoints++;
          }
          total += time;
          predicted += costs.latencySeconds(i, x);
        }
        totalError += Math.abs(predicted / total - 1);
        // Which side it errs on for another model is not known: either counts as late.
        jobRatios.add(Math.max(total / predicted, predicted / total));
        jobs++;
      }
    }

    FitReport report(Workload workload) {
      return new FitReport(
          FitReport.Basis.LEARNED,
          List.of(),
          runs,
          latencyError / points,
          energyPoints == 0 ? Double.NaN : energyError / energyPoints,
          totalError / jobs,
          meanBaseline / points,
          energyPoints == 0 ? Double.NaN : meanBaselineEnergy / energyPoints,
          Map.of(),
          jobRatios,
          List.of(
              String.format(
                  Locale.ROOT,
                  "'%s' was never run: its costs are learned from %d other models, which were off by %.0f %% per operator and %.0f %% per job when they were left out. No plan made from them is certified to be in time.",
                  workload.name(),
                  models,
                  latencyError / points * 100,
                  totalError / jobs * 100)));
    }
  }

  /** The geometric mean of a figure for each kind of operator: what a predictor must beat. */
  private static final class KindMeans {
    private final Map<OperatorKind, double[]> sums = new EnumMap<>(OperatorKind.class);
    private final double[] all = new double[2];

    void add(OperatorKind kind, double value) {
      if (value > 0) {
        double[] sum = sums.computeIfAbsent(kind, k -> new double[2]);
        sum[0] += StrictMath.log(value);
        sum[1]++;
        all[0] += StrictMath.log(value);
        all[1]++;
      }
    }

    double of(OperatorKind kind) {
      double[] sum = sums.getOrDefault(kind, all);
      return StrictMath.exp(sum[0] / sum[1]);
    }
  }
}
