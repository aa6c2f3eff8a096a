package io.neurobalancer.cost;

import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.unit.NeuroBalancerException;
import io.neurobalancer.workload.Workload;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Predicts the whole grid from a sparse profile of the same workload on the same device.
 *
 * <p>Each operator gets the {@link LatencyForm} and the {@link EnergyForm} that predict best the
 * settings that its fit has not seen (leave one setting out). Samples at one setting are reduced to
 * their median, so that a stall during profiling moves nothing. What is left between the held-out
 * predictions and the raw samples is the error that this predictor will make; its conformal
 * quantiles are the spread.
 */
public final class MeasuredPredictor implements Predictor {

  /** The share of runs that must end within the mean plus the spread. */
  public static final double SPREAD_QUANTILE = 0.99;

  /** With fewer settings inside the box, its corners are judged like them. */
  private static final int LEAST_INNER_SETTINGS = 4;

  private final Samples samples;
  private final CostTable costs;
  private final List<OperatorFit> fits;
  private final List<Double> relativeSpreads;
  private final BitSet outside;
  private final FitReport report;

  private MeasuredPredictor(
      Samples samples,
      CostTable costs,
      List<OperatorFit> fits,
      List<Double> relativeSpreads,
      BitSet outside,
      FitReport report) {
    this.samples = samples;
    this.costs = costs;
    this.fits = List.copyOf(fits);
    this.relativeSpreads = List.copyOf(relativeSpreads);
    this.outside = outside;
    this.report = report;
  }

  /**
   * Fits a profile.
   *
   * @throws IllegalArgumentException if too few settings were measured to tell the clocks apart;
   *     the message says what to measure
   */
  public static MeasuredPredictor fit(Samples profile) {
    return new Fit(profile).run();
  }

  /**
   * Returns what was fitted, for the workload that was measured.
   *
   * @throws NeuroBalancerException if it is another one, or if the samples lack their calibration
   *     or provenance
   */
  @Override
  public CostModel predict(Workload workload) {
    if (!workload.hash().equals(samples.workload().hash())) {
      throw NeuroBalancerException.invalid(
          String.format(
              Locale.ROOT,
              "The samples are of the model '%s' (hash %s), not of '%s' (hash %s).%nMaybe profile that model, or use a learned predictor.",
              samples.workload().name(),
              samples.workload().hash(),
              workload.name(),
              workload.hash()));
    }
    return new CostModel(
        costs,
        samples
            .calibration()
            .orElseThrow(() -> missing("calibration (switch costs, idle powers, wake-up times)")),
        report,
        samples.provenance().orElseThrow(() -> missing("provenance")));
  }

  private NeuroBalancerException missing(String what) {
    return NeuroBalancerException.invalid(
        String.format(
            Locale.ROOT,
            "The samples of '%s' carry no %s, which a plan needs.%nMaybe measure them again with 'neurobalancer profile'.",
            samples.workload().name(),
            what));
  }

  /** Returns mean latency, mean energy and spread of every operator at every setting. */
  public CostTable costs() {
    return costs;
  }

  /** Returns the latency model of each operator, in execution order. */
  public List<LatencyModel> models() {
    return fits.stream().map(OperatorFit::latency).toList();
  }

  /** Returns the fit of each operator, in execution order. */
  public List<OperatorFit> fits() {
    return fits;
  }

  /** Returns per operator by how much of its mean it runs late in all but one of 100 runs. */
  public List<Double> relativeSpreads() {
    return relativeSpreads;
  }

  /** Returns whether a setting lies outside the box of measured clocks: a guess, not a fit. */
  public boolean extrapolates(int setting) {
    return outside.get(setting);
  }

  /** Returns how well unseen settings were predicted. */
  public FitReport report() {
    return report;
  }

  /** One fit: the arrays that its steps share. */
  private static final class Fit {
    private final Samples profile;
    private final SettingGrid grid;
    private final int[] settings;
    private final int operators;
    private final double[][] seconds;
    private final double[][] joules;
    private final List<Samples.Run> counted;

    Fit(Samples profile) {
      this.profile = profile;
      this.grid = profile.grid();
      this.settings = profile.measuredSettings();
      this.operators = profile.workload().size();
      this.counted = profile.counted();
      this.seconds = new double[operators][];
      this.joules = new double[operators][];
      requireIdentifiable();
      Map<Integer, List<Samples.Run>> runs =
          counted.stream().collect(Collectors.groupingBy(Samples.Run::setting));
      for (int i = 0; i < operators; i++) {
        int operator = i;
        seconds[i] = medians(runs, run -> run.latencySeconds(operator));
        joules[i] = medians(runs, run -> run.energyJoules(operator));
      }
    }

    MeasuredPredictor run() {
      List<OperatorFit> fits = new ArrayList<>();
      double[] latency = new double[operators * grid.size()];
      double[] energy = new double[operators * grid.size()];
      double[] spread = new double[latency.length];
      List<Double> relativeSpreads = new ArrayList<>();
      for (int i = 0; i < operators; i++) {
        OperatorFit fit = OperatorFit.of(grid, settings, seconds[i], joules[i]);
        fits.add(fit);
        double relative = relativeQuantile(i, fit);
        relativeSpreads.add(relative);
        for (int x = 0; x < grid.size(); x++) {
          int cell = i * grid.size() + x;
          latency[cell] = fit.seconds(x);
          energy[cell] = fit.joules(x);
          spread[cell] = relative * latency[cell];
        }
      }
      CostTable costs = new CostTable(grid, profile.operatorNames(), latency, energy, spread);
      return new MeasuredPredictor(
          profile, costs, fits, relativeSpreads, outsideTheBox(), report(fits));
    }

    private FitReport report(List<OperatorFit> fits) {
      double latencyError = 0;
      double energyError = 0;
      double dumbError = 0;
      double dumbEnergyError = 0;
      Map<LatencyForm, Double> formErrors = new EnumMap<>(LatencyForm.class);
      double[] totalHeld = new double[settings.length];
      double[] totalMeasured = new double[settings.length];
      for (int i = 0; i < operators; i++) {
        double[] held = array(fits.get(i).heldOutSeconds());
        latencyError += OperatorFit.meanAbsoluteRelative(held, seconds[i]) / operators;
        energyError +=
            OperatorFit.meanAbsoluteRelative(array(fits.get(i).heldOutJoules()), joules[i])
                / operators;
        dumbError += dumb(seconds[i]) / operators;
        dumbEnergyError += dumb(joules[i]) / operators;
        fits.get(i)
            .latencyErrors()
            .forEach((form, error) -> formErrors.merge(form, error / operators, Double::sum));
        for (int s = 0; s < settings.length; s++) {
          totalHeld[s] += held[s];
          totalMeasured[s] += seconds[i][s];
        }
      }
      return new FitReport(
          FitReport.Basis.MEASURED,
          Arrays.stream(settings).boxed().collect(Collectors.toList()),
          counted.size(),
          latencyError,
          energyError,
          OperatorFit.meanAbsoluteRelative(totalHeld, totalMeasured),
          dumbError,
          dumbEnergyError,
          formErrors,
          runRatios(fits, totalHeld),
          List.of());
    }

    /** How late each run was, by {@link #lateness}, ascending. */
    private List<Double> runRatios(List<OperatorFit> fits, double[] totalHeld) {
      double[] totals =
          counted.stream()
              .mapToDouble(
                  run -> IntStream.range(0, operators).mapToDouble(run::latencySeconds).sum())
              .toArray();
      double[] fitted =
          Arrays.stream(settings)
              .mapToDouble(x -> fits.stream().mapToDouble(fit -> fit.seconds(x)).sum())
              .toArray();
      return lateness(totals, totalHeld, fitted);
    }

    /**
     * Returns per run by what factor it was later than its prediction, ascending. The prediction is
     * the one without that setting, except at a corner of the measured box: without a corner a fit
     * must extrapolate, which no prediction inside the box has to, so there it is that of the fit
     * itself. Whether a fit errs on the early or the late side at a setting that nobody measured is
     * not known, so an error of its median counts as late either way.
     */
    private List<Double> lateness(double[] perRun, double[] held, double[] fitted) {
      long inner = Arrays.stream(settings).filter(x -> !corner(x)).count();
      double[] factor = new double[settings.length];
      for (int s = 0; s < factor.length; s++) {
        int setting = settings[s];
        double median =
            Medians.of(
                IntStream.range(0, perRun.length)
                    .filter(r -> counted.get(r).setting() == setting)
                    .mapToDouble(r -> perRun[r])
                    .toArray());
        double expected = inner >= LEAST_INNER_SETTINGS && corner(setting) ? fitted[s] : held[s];
        factor[s] = Math.max(median / expected, expected / median) / median;
      }
      return IntStream.range(0, perRun.length)
          .mapToObj(
              r -> perRun[r] * factor[Arrays.binarySearch(settings, counted.get(r).setting())])
          .sorted()
          .toList();
    }

    private boolean corner(int setting) {
      for (int d = 0; d < grid.dimensions(); d++) {
        int domain = d;
        int opp = grid.oppIndex(setting, d);
        if (Arrays.stream(settings).anyMatch(x -> grid.oppIndex(x, domain) < opp)
            && Arrays.stream(settings).anyMatch(x -> grid.oppIndex(x, domain) > opp)) {
          return false;
        }
      }
      return true;
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

    private BitSet outsideTheBox() {
      BitSet flagged = new BitSet();
      for (int d = 0; d < grid.dimensions(); d++) {
        int domain = d;
        int[] opps = Arrays.stream(settings).map(x -> grid.oppIndex(x, domain)).sorted().toArray();
        for (int x = 0; x < grid.size(); x++) {
          if (grid.oppIndex(x, d) < opps[0] || grid.oppIndex(x, d) > opps[opps.length - 1]) {
            flagged.set(x);
          }
        }
      }
      return flagged;
    }

    private double[] medians(
        Map<Integer, List<Samples.Run>> runs, ToDoubleFunction<Samples.Run> reading) {
      // A meter that saw nothing of a very short operator still must not divide by zero.
      return Arrays.stream(settings)
          .mapToDouble(
              x ->
                  Math.max(
                      1e-12,
                      Medians.of(
                          Objects.requireNonNull(runs.get(x)).stream()
                              .mapToDouble(reading)
                              .toArray())))
          .toArray();
    }

    /** Returns the error of predicting the mean of the other settings. */
    private static double dumb(double[] values) {
      double sum = Arrays.stream(values).sum();
      double[] means = Arrays.stream(values).map(v -> (sum - v) / (values.length - 1)).toArray();
      return OperatorFit.meanAbsoluteRelative(means, values);
    }

    /** How much later than its mean an operator ends in 99 of 100 runs, as a share of the mean. */
    private double relativeQuantile(int operator, OperatorFit fit) {
      List<Double> ratios =
          lateness(
              counted.stream().mapToDouble(run -> run.latencySeconds(operator)).toArray(),
              array(fit.heldOutSeconds()),
              Arrays.stream(settings).mapToDouble(fit::seconds).toArray());
      return Math.max(0, FitReport.conformalQuantile(ratios, SPREAD_QUANTILE) - 1);
    }

    private static double[] array(List<Double> values) {
      return values.stream().mapToDouble(Double::doubleValue).toArray();
    }
  }
}
