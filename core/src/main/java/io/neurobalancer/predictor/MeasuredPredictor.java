package io.neurobalancer.predictor;

import io.neurobalancer.device.SettingGrid;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Predicts the whole grid from a sparse profile of the same workload on the same device.
 *
 * <p>Each operator gets the {@link LatencyForm} that predicts best the settings that its fit has
 * not seen (leave one setting out). Energy follows {@link EnergyModel}. Samples at one setting are
 * reduced to their median, so that a stall during profiling moves nothing. What is left between the
 * held-out predictions and the raw samples is the error that this predictor will make; its
 * quantiles are the spread.
 */
public final class MeasuredPredictor {

  /** The share of runs that must end within the mean plus the spread. */
  public static final double SPREAD_QUANTILE = 0.99;

  private final CostTable costs;
  private final List<LatencyModel> models;
  private final FitReport report;

  private MeasuredPredictor(CostTable costs, List<LatencyModel> models, FitReport report) {
    this.costs = costs;
    this.models = List.copyOf(models);
    this.report = report;
  }

  /**
   * Fits a profile.
   *
   * @throws IllegalArgumentException if too few settings were measured to tell the clocks apart;
   *     the message says what to measure
   */
  public static MeasuredPredictor fit(Profile profile) {
    return new Fit(profile).run();
  }

  /** Returns mean latency, mean energy and spread of every operator at every setting. */
  public CostTable costs() {
    return costs;
  }

  /** Returns the latency model of each operator, in execution order. */
  public List<LatencyModel> models() {
    return models;
  }

  /** Returns how well unseen settings were predicted. */
  public FitReport report() {
    return report;
  }

  /** One fit: the arrays that its steps share. */
  private static final class Fit {
    private final Profile profile;
    private final SettingGrid grid;
    private final int[] settings;
    private final double[][] hertz;
    private final int operators;
    private final LatencyFitter fitter;

    Fit(Profile profile) {
      this.profile = profile;
      this.grid = profile.grid();
      this.settings = profile.measuredSettings();
      this.operators = profile.operatorNames().size();
      this.fitter = new LatencyFitter(grid);
      this.hertz = new double[settings.length][];
      for (int s = 0; s < settings.length; s++) {
        hertz[s] = clocks(settings[s]);
      }
      requireIdentifiable();
    }

    MeasuredPredictor run() {
      int measured = settings.length;
      double[][] held = new double[operators][measured]; // latency predicted without that setting
      double[][] heldEnergy = new double[operators][measured];
      List<LatencyModel> models = new ArrayList<>();
      Map<LatencyForm, Double> formErrors = new EnumMap<>(LatencyForm.class);
      double[] latency = new double[operators * grid.size()];
      double[] energy = new double[operators * grid.size()];
      double dumbError = 0;
      for (int i = 0; i < operators; i++) {
        double[] seconds = medians(i, true);
        double[] joules = medians(i, false);
        LatencyForm bestForm = LatencyForm.CORE_ONLY;
        double bestError = Double.POSITIVE_INFINITY;
        for (LatencyForm form : LatencyForm.values()) {
          double[] predictions = leaveOneOut(form, seconds);
          double error = meanAbsoluteRelative(predictions, seconds);
          formErrors.merge(form, error / operators, Double::sum);
          // A richer form must earn its place: by a tenth of the simpler one's error.
          if (error < 0.9 * bestError) {
            bestForm = form;
            bestError = error;
            held[i] = predictions;
          }
        }
        dumbError += meanAbsoluteRelative(leaveOneOutMean(seconds), seconds) / operators;
        LatencyModel model = fitter.fit(bestForm, hertz, seconds);
        models.add(model);
        EnergyModel energyModel = EnergyModel.fit(grid, hertz, seconds, joules);
        heldEnergy[i] = leaveOneOutEnergy(seconds, joules, held[i]);
        for (int x = 0; x < grid.size(); x++) {
          double[] at = clocks(x);
          double t = model.seconds(at);
          latency[i * grid.size() + x] = t;
          energy[i * grid.size() + x] = energyModel.joules(at, t);
        }
      }
      double[] spread = new double[latency.length];
      for (int i = 0; i < operators; i++) {
        double relative = relativeQuantile(i, held[i]);
        for (int x = 0; x < grid.size(); x++) {
          spread[i * grid.size() + x] = relative * latency[i * grid.size() + x];
        }
      }
      CostTable costs = new CostTable(grid, profile.operatorNames(), latency, energy, spread);
      return new MeasuredPredictor(costs, models, report(held, heldEnergy, formErrors, dumbError));
    }

    private FitReport report(
        double[][] held,
        double[][] heldEnergy,
        Map<LatencyForm, Double> formErrors,
        double dumbError) {
      double latencyError = 0;
      double energyError = 0;
      double[] totalHeld = new double[settings.length];
      double[] totalMeasured = new double[settings.length];
      for (int i = 0; i < operators; i++) {
        double[] seconds = medians(i, true);
        double[] joules = medians(i, false);
        latencyError += meanAbsoluteRelative(held[i], seconds) / operators;
        energyError += meanAbsoluteRelative(heldEnergy[i], joules) / operators;
        for (int s = 0; s < settings.length; s++) {
          totalHeld[s] += held[i][s];
          totalMeasured[s] += seconds[s];
        }
      }
      List<Double> ratios = runRatios(totalHeld);
      return new FitReport(
          settings.length,
          profile.runs().size(),
          latencyError,
          energyError,
          meanAbsoluteRelative(totalHeld, totalMeasured),
          dumbError,
          Map.copyOf(formErrors),
          ratios);
    }

    /** Measured makespan over held-out prediction, one per run, ascending. */
    private List<Double> runRatios(double[] totalHeld) {
      double[] ratios = new double[profile.runs().size()];
      for (int r = 0; r < ratios.length; r++) {
        Profile.Run run = profile.runs().get(r);
        double total = 0;
        for (int i = 0; i < operators; i++) {
          total += run.latencySeconds(i);
        }
        ratios[r] = total / totalHeld[Arrays.binarySearch(settings, run.setting())];
      }
      return Arrays.stream(ratios).sorted().boxed().toList();
    }

    private void requireIdentifiable() {
      for (int d = 0; d < grid.dimensions(); d++) {
        int domain = d;
        if (grid.domains().get(d).opps().size() > 1
            && Arrays.stream(settings).map(x -> grid.oppIndex(x, domain)).distinct().count() < 2) {
          throw new IllegalArgumentException(
              "The profile has only one clock of domain '%s' (%s): its effect cannot be told.%nMaybe measure at %s too."
                  .formatted(
                      grid.domains().get(d).name(),
                      grid.frequency(settings[0], d),
                      grid.oppIndex(settings[0], d) == 0
                          ? grid.domains().get(d).opps().max()
                          : grid.domains().get(d).opps().min()));
        }
      }
      if (settings.length < grid.dimensions() + 2) {
        throw new IllegalArgumentException(
            "The profile has %d settings; a fit over %d domains needs at least %d.%nMaybe profile with a larger budget."
                .formatted(settings.length, grid.dimensions(), grid.dimensions() + 2));
      }
    }

    private double[] clocks(int setting) {
      double[] clocks = new double[grid.dimensions()];
      for (int d = 0; d < clocks.length; d++) {
        clocks[d] = grid.frequency(setting, d).hertz();
      }
      return clocks;
    }

    private double[] medians(int operator, boolean latency) {
      double[] medians = new double[settings.length];
      for (int s = 0; s < settings.length; s++) {
        int setting = settings[s];
        double[] samples =
            profile.runs().stream()
                .filter(run -> run.setting() == setting)
                .mapToDouble(
                    run -> latency ? run.latencySeconds(operator) : run.energyJoules(operator))
                .sorted()
                .toArray();
        int middle = samples.length / 2;
        medians[s] =
            samples.length % 2 == 1 ? samples[middle] : (samples[middle - 1] + samples[middle]) / 2;
        // A meter that saw nothing of a very short operator still must not divide by zero.
        medians[s] = Math.max(medians[s], 1e-12);
      }
      return medians;
    }

    private double[] leaveOneOut(LatencyForm form, double[] seconds) {
      double[] predictions = new double[seconds.length];
      for (int s = 0; s < seconds.length; s++) {
        LatencyModel model = fitter.fit(form, without(hertz, s), without(seconds, s));
        predictions[s] = model.seconds(hertz[s]);
      }
      return predictions;
    }

    private double[] leaveOneOutEnergy(double[] seconds, double[] joules, double[] heldSeconds) {
      double[] predictions = new double[joules.length];
      for (int s = 0; s < joules.length; s++) {
        EnergyModel model =
            EnergyModel.fit(grid, without(hertz, s), without(seconds, s), without(joules, s));
        predictions[s] = model.joules(hertz[s], heldSeconds[s]);
      }
      return predictions;
    }

    private static double[] leaveOneOutMean(double[] seconds) {
      double sum = Arrays.stream(seconds).sum();
      return Arrays.stream(seconds).map(t -> (sum - t) / (seconds.length - 1)).toArray();
    }

    /** How much later than its mean an operator ends in 99 of 100 runs, as a share of the mean. */
    private double relativeQuantile(int operator, double[] heldSeconds) {
      List<Double> residuals =
          profile.runs().stream()
              .map(
                  run ->
                      run.latencySeconds(operator)
                              / heldSeconds[Arrays.binarySearch(settings, run.setting())]
                          - 1)
              .sorted()
              .toList();
      return Math.max(0, FitReport.conformalQuantile(residuals, SPREAD_QUANTILE));
    }

    private static double meanAbsoluteRelative(double[] predicted, double[] measured) {
      double sum = 0;
      for (int s = 0; s < measured.length; s++) {
        sum += Math.abs(predicted[s] / measured[s] - 1);
      }
      return sum / measured.length;
    }

    private static double[] without(double[] values, int index) {
      double[] rest = new double[values.length - 1];
      System.arraycopy(values, 0, rest, 0, index);
      System.arraycopy(values, index + 1, rest, index, rest.length - index);
      return rest;
    }

    private static double[][] without(double[][] values, int index) {
      double[][] rest = new double[values.length - 1][];
      System.arraycopy(values, 0, rest, 0, index);
      System.arraycopy(values, index + 1, rest, index, rest.length - index);
      return rest;
    }
  }
}
