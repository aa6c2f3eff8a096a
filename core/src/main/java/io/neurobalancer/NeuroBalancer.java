package io.neurobalancer;

import io.neurobalancer.cost.CostModel;
import io.neurobalancer.cost.MeasuredPredictor;
import io.neurobalancer.cost.Provenance;
import io.neurobalancer.cost.Samples;
import io.neurobalancer.target.Budget;
import io.neurobalancer.target.Campaign;
import io.neurobalancer.target.Target;
import io.neurobalancer.workload.Workload;

/**
 * The way from a device to a plan, each step in one call.
 *
 * <pre>{@code
 * CostModel costs = NeuroBalancer.measure(target, Budget.settings(12));
 * }</pre>
 */
public final class NeuroBalancer {

  private NeuroBalancer() {}

  /**
   * Measures the first stream of a target at a few settings, measures what a planner needs besides,
   * and fits.
   *
   * @throws io.neurobalancer.unit.NeuroBalancerException if too little can be measured to fit; the
   *     message says what to measure
   */
  public static CostModel measure(Target target, Budget budget) {
    return fit(profile(target, budget));
  }

  /** Measures the first stream of a target at a few settings, and what a planner needs besides. */
  public static Samples profile(Target target, Budget budget) {
    Workload workload = target.streams().get(0).workload();
    return Campaign.measure(target, budget)
        .with(target.calibrate())
        .with(Provenance.of(target.identity(), workload));
  }

  /**
   * Fits samples.
   *
   * @throws io.neurobalancer.unit.NeuroBalancerException if they do not suffice, or lack their
   *     calibration or provenance; the message says what to measure
   */
  public static CostModel fit(Samples samples) {
    return MeasuredPredictor.fit(samples).predict(samples.workload());
  }

  /**
   * Measures the settings that a plan uses once more, each so often, so that a fit of what is
   * returned knows them instead of predicting them: a fit errs most where an optimiser goes.
   *
   * @param samples what is known so far
   * @param settings those of the plan; repeated ones count once
   * @param repeats runs of each
   * @return the samples with the new runs behind them
   */
  public static Samples verify(Target target, Samples samples, int[] settings, int repeats) {
    return samples.plus(Campaign.measure(target, 0, settings, repeats));
  }
}
