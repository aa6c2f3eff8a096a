package io.neurobalancer.cost;

import io.neurobalancer.cost.math.Medians;
import io.neurobalancer.unit.NeuroBalancerException;
import io.neurobalancer.workload.Workload;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

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

  private final Samples samples;
  private final CostTable costs;
  private final List<OperatorFit> fits;
  private final List<Double> relativeSpreads;
  private final BitSet outside;
  private final FitReport report;

  MeasuredPredictor(
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
   * Fits samples.
   *
   * @throws NeuroBalancerException if too few settings were measured to tell the clocks apart; the
   *     message says what to measure
   */
  public static MeasuredPredictor fit(Samples samples) {
    return new MeasuredFit(samples).run();
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
    return fits.stream().map(OperatorFit::latency).collect(Collectors.toList());
  }

  /** Returns what this was fitted to. */
  public Samples samples() {
    return samples;
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

  /**
   * Returns the report for one plan whose settings have all been measured: its makespan ratios, and
   * with them {@link FitReport#makespanFactor}, are those of the plan instead of any setting.
   *
   * <p>How far the fit is off is then not predicted but known: by the sum of the operators'
   * measured medians over the sum of their fitted latencies. How much runs scatter around their
   * median is taken from all runs.
   *
   * @param planned per operator, the setting at which it will run
   * @throws NeuroBalancerException if one of them was not measured; the message names it
   */
  public FitReport report(int[] planned) {
    Map<Integer, List<Samples.Run>> runs =
        samples.counted().stream().collect(Collectors.groupingBy(Samples.Run::setting));
    double measured = 0;
    double fitted = 0;
    for (int i = 0; i < planned.length; i++) {
      int operator = i;
      List<Samples.Run> there = runs.get(planned[i]);
      if (there == null) {
        throw NeuroBalancerException.invalid(
            String.format(
                Locale.ROOT,
                "The plan runs operator '%s' at %s, which was not measured.%nMaybe verify the plan's settings first.",
                costs.operatorNames().get(i),
                costs.grid().describe(planned[i])));
      }
      measured +=
          Medians.of(there.stream().mapToDouble(run -> run.latencySeconds(operator)).toArray());
      fitted += costs.latencySeconds(i, planned[i]);
    }
    double off = measured / fitted;
    return report.withMakespanRatios(
        runs.values().stream()
            .flatMap(
                there -> {
                  double median =
                      Medians.of(there.stream().mapToDouble(Samples.Run::totalSeconds).toArray());
                  return there.stream().map(run -> off * run.totalSeconds() / median);
                })
            .sorted()
            .collect(Collectors.toList()));
  }
}
