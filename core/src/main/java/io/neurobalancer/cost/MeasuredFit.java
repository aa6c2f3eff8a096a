package io.neurobalancer.cost;

import io.neurobalancer.cost.math.Medians;
import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.unit.NeuroBalancerException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** One fit of a {@link MeasuredPredictor}: the arrays that its steps share. */
final class MeasuredFit {

  /** With fewer settings inside the box, its corners are judged like them. */
  private static final int LEAST_INNER_SETTINGS = 4;

  private final Samples samples;
  private final SettingGrid grid;
  private final List<Samples.Run> runs;
  private final int[] settings;
  private final int operators;
  private final double[][] seconds;
  private final MeteredUnits metered;

  MeasuredFit(Samples samples) {
    this.samples = samples;
    this.grid = samples.grid();
    this.runs = samples.counted();
    this.settings = samples.measuredSettings();
    this.operators = samples.workload().size();
    this.seconds = new double[operators][];
    requireIdentifiable();
    Map<Integer, List<Samples.Run>> bySetting =
        runs.stream().collect(Collectors.groupingBy(Samples.Run::setting));
    for (int i = 0; i < operators; i++) {
      int operator = i;
      seconds[i] =
          Arrays.stream(settings)
              .mapToDouble(
                  x ->
                      Medians.of(
                          Objects.requireNonNull(bySetting.get(x)).stream()
                              .mapToDouble(run -> run.latencySeconds(operator))
                              .toArray()))
              .toArray();
    }
    this.metered = MeteredUnits.of(samples, settings);
  }

  MeasuredPredictor run() {
    int size = grid.size();
    OperatorFit[] fits = new OperatorFit[operators];
    double[] energy = new double[operators * size];
    Arrays.fill(energy, Double.NaN);
    List<Double> energyErrors = new ArrayList<>();
    for (MeteredUnits.Unit unit : metered.units()) {
      double[] joules = unit.perSetting();
      if (unit.first() == unit.last()) {
        int i = unit.first();
        fits[i] = OperatorFit.of(grid, settings, seconds[i], joules);
        for (int x = 0; x < size; x++) {
          energy[i * size + x] = fits[i].joules(x);
        }
        energyErrors.add(Errors.meanAbsoluteRelative(held(fits[i].heldOutJoules()), joules));
      } else {
        energyErrors.add(shareOut(unit, joules, fits, energy));
      }
    }
    double[] latency = new double[operators * size];
    double[] spread = new double[latency.length];
    List<Double> relativeSpreads = new ArrayList<>();
    for (int i = 0; i < operators; i++) {
      if (fits[i] == null) {
        fits[i] = OperatorFit.latencyOnly(grid, settings, seconds[i]);
      }
      double relative = relativeQuantile(i, fits[i]);
      relativeSpreads.add(relative);
      for (int x = 0; x < size; x++) {
        int cell = i * size + x;
        latency[cell] = fits[i].seconds(x);
        spread[cell] = relative * latency[cell];
      }
    }
    CostTable costs = new CostTable(grid, samples.operatorNames(), latency, energy, spread);
    List<OperatorFit> list = List.of(fits);
    return new MeasuredPredictor(
        samples, costs, list, relativeSpreads, outsideTheBox(), report(list, energyErrors));
  }

  /**
   * Fits the energy of operators that a meter cannot tell apart as that of one, and shares it out
   * by latency.
   *
   * @return the held-out error
   */
  private double shareOut(
      MeteredUnits.Unit unit, double[] joules, OperatorFit[] fits, double[] energy) {
    double[] together = new double[settings.length];
    double[] held = new double[settings.length];
    for (int i = unit.first(); i <= unit.last(); i++) {
      fits[i] = OperatorFit.latencyOnly(grid, settings, seconds[i]);
      for (int s = 0; s < settings.length; s++) {
        together[s] += seconds[i][s];
        held[s] += fits[i].heldSeconds(s);
      }
    }
    double[][] hertz =
        Arrays.stream(settings)
            .mapToObj(x -> Observations.clocks(grid, x))
            .toArray(double[][]::new);
    EnergyFit fit = EnergyFit.of(grid, hertz, together, held, joules);
    for (int x = 0; x < grid.size(); x++) {
      double total = 0;
      for (int i = unit.first(); i <= unit.last(); i++) {
        total += fits[i].seconds(x);
      }
      double watts = fit.model().joules(Observations.clocks(grid, x), total) / total;
      for (int i = unit.first(); i <= unit.last(); i++) {
        energy[i * grid.size() + x] = watts * fits[i].seconds(x);
      }
    }
    return Errors.meanAbsoluteRelative(fit.heldJoules(), joules);
  }

  private FitReport report(List<OperatorFit> fits, List<Double> energyErrors) {
    double latencyError = 0;
    double meanBaseline = 0;
    Map<LatencyForm, Double> formErrors = new EnumMap<>(LatencyForm.class);
    double[] totalHeld = new double[settings.length];
    double[] totalMeasured = new double[settings.length];
    for (int i = 0; i < operators; i++) {
      double[] held = held(fits.get(i).heldOutSeconds());
      latencyError += Errors.meanAbsoluteRelative(held, seconds[i]) / operators;
      meanBaseline += Errors.ofTheMean(seconds[i]) / operators;
      fits.get(i)
          .latencyErrors()
          .forEach((form, error) -> formErrors.merge(form, error / operators, Double::sum));
      for (int s = 0; s < settings.length; s++) {
        totalHeld[s] += held[s];
        totalMeasured[s] += seconds[i][s];
      }
    }
    int units = metered.units().size();
    double energyError = units == 0 ? Double.NaN : 0;
    double meanBaselineEnergy = energyError;
    for (int u = 0; u < units; u++) {
      energyError += energyErrors.get(u) / units;
      meanBaselineEnergy += Errors.ofTheMean(metered.units().get(u).perSetting()) / units;
    }
    return new FitReport(
        FitReport.Basis.MEASURED,
        Arrays.stream(settings).boxed().collect(Collectors.toList()),
        runs.size(),
        latencyError,
        energyError,
        Errors.meanAbsoluteRelative(totalHeld, totalMeasured),
        meanBaseline,
        meanBaselineEnergy,
        formErrors,
        runRatios(fits, totalHeld),
        metered.notes());
  }

  /** How late each run was, by {@link #lateness}, ascending. */
  private List<Double> runRatios(List<OperatorFit> fits, double[] totalHeld) {
    double[] fitted =
        Arrays.stream(settings)
            .mapToDouble(x -> fits.stream().mapToDouble(fit -> fit.seconds(x)).sum())
            .toArray();
    return lateness(
        runs.stream()
            .mapToDouble(
                run -> IntStream.range(0, operators).mapToDouble(run::latencySeconds).sum())
            .toArray(),
        totalHeld,
        fitted);
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
                  .filter(r -> runs.get(r).setting() == setting)
                  .mapToDouble(r -> perRun[r])
                  .toArray());
      boolean judgeTheFit =
          Double.isNaN(held[s]) || (inner >= LEAST_INNER_SETTINGS && corner(setting));
      double expected = judgeTheFit ? fitted[s] : held[s];
      factor[s] = Math.max(median / expected, expected / median) / median;
    }
    return IntStream.range(0, perRun.length)
        .mapToObj(r -> perRun[r] * factor[Arrays.binarySearch(settings, runs.get(r).setting())])
        .sorted()
        .collect(Collectors.toList());
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
    int varying = 0;
    for (int d = 0; d < grid.dimensions(); d++) {
      int domain = d;
      if (grid.domains().get(d).opps().size() == 1) {
        continue;
      }
      varying++;
      if (Arrays.stream(settings).map(x -> grid.oppIndex(x, domain)).distinct().count() < 2) {
        throw NeuroBalancerException.invalid(
            String.format(
                Locale.ROOT,
                "The profile has only one clock of domain '%s' (%s): its effect cannot be told.%nMaybe measure at %s too.",
                grid.domains().get(d).name(),
                grid.frequency(settings[0], d),
                grid.oppIndex(settings[0], d) == 0
                    ? grid.domains().get(d).opps().max()
                    : grid.domains().get(d).opps().min()));
      }
    }
    // Where all settings were measured, nothing is left to predict.
    int needed = Math.min(varying + 2, grid.size());
    if (settings.length < needed) {
      throw NeuroBalancerException.invalid(
          String.format(
              Locale.ROOT,
              "The profile has %d settings; a fit over %d domains needs at least %d.%nMaybe profile with a larger budget.",
              settings.length,
              varying,
              needed));
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

  /** How much later than its mean an operator ends in 99 of 100 runs, as a share of the mean. */
  private double relativeQuantile(int operator, OperatorFit fit) {
    List<Double> ratios =
        lateness(
            runs.stream().mapToDouble(run -> run.latencySeconds(operator)).toArray(),
            held(fit.heldOutSeconds()),
            Arrays.stream(settings).mapToDouble(fit::seconds).toArray());
    return Math.max(0, FitReport.conformalQuantile(ratios, MeasuredPredictor.SPREAD_QUANTILE) - 1);
  }

  private static double[] held(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).toArray();
  }
}
