package io.neurobalancer;

import io.neurobalancer.cost.CostModel;
import io.neurobalancer.cost.MeasuredPredictor;
import io.neurobalancer.cost.Provenance;
import io.neurobalancer.cost.Samples;
import io.neurobalancer.plan.Deadline;
import io.neurobalancer.plan.JobPlan;
import io.neurobalancer.plan.JobPlanner;
import io.neurobalancer.plan.LagrangianPlanner;
import io.neurobalancer.plan.Planner;
import io.neurobalancer.plan.PlanningProblem;
import io.neurobalancer.plan.Start;
import io.neurobalancer.target.Budget;
import io.neurobalancer.target.Campaign;
import io.neurobalancer.target.Target;
import io.neurobalancer.unit.NeuroBalancerException;
import io.neurobalancer.workload.Workload;
import java.util.Locale;
import java.util.function.IntPredicate;

/**
 * The way from a device to a plan, each step in one call.
 *
 * <pre>{@code
 * CostModel costs = NeuroBalancer.measure(target, Budget.settings(12));
 * }</pre>
 */
public final class NeuroBalancer {

  /** The share of jobs that must end in time, by the calibrated spread of the makespan. */
  private static final double RELIABILITY = 0.999;

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

  /**
   * Plans the measured workload for a deadline, certified.
   *
   * @param deadline one without a margin gets the one by which 99.9 % of the measured runs were
   *     punctual
   * @throws io.neurobalancer.plan.DeadlineUnreachableException if even the fastest job is too slow
   */
  public static JobPlan plan(CostModel costs, Deadline deadline) {
    return plan(costs, deadline, new LagrangianPlanner(), setting -> true);
  }

  /** Plans for a target, at settings that can be measured there only. */
  public static JobPlan plan(Target target, CostModel costs, Deadline deadline) {
    return plan(target, costs, deadline, new LagrangianPlanner());
  }

  /** Plans for a target by some planner, at settings that can be measured there only. */
  public static JobPlan plan(Target target, CostModel costs, Deadline deadline, Planner planner) {
    return plan(costs, deadline, planner, target::measurable);
  }

  private static JobPlan plan(
      CostModel costs, Deadline deadline, Planner planner, IntPredicate allowed) {
    if (!costs.hasEnergy()) {
      throw NeuroBalancerException.invalid(
          String.format(
              Locale.ROOT,
              "No energy was measured of %s, so nothing can be planned to save it.%nMaybe measure on a device with a meter, or add a column energy_joules or power_watts to the table.",
              costs.provenance()));
    }
    return JobPlanner.plan(
        costs.costs(),
        costs.calibration(),
        withMargin(costs, deadline),
        planner,
        builder -> {
          for (int x = 0; x < costs.costs().settings(); x++) {
            if (!allowed.test(x)) {
              builder.forbid(x);
            }
          }
        });
  }

  /** Returns a deadline with the margin that measured runs ask for, unless it has one. */
  public static Deadline withMargin(CostModel costs, Deadline deadline) {
    return deadline.marginFactor() > 1
        ? deadline
        : deadline.margin(costs.quality().makespanFactor(RELIABILITY));
  }

  /**
   * Returns the least time from a release in which the predicted job can end, seconds: waking from
   * the shallowest idle state, which a gap of any length allows, and the fastest settings.
   */
  public static double fastestSeconds(CostModel costs) {
    PlanningProblem problem =
        PlanningProblem.builder(costs.costs(), 1e9)
            .switchCosts(costs.calibration().switchCosts())
            .start(Start.steadyState())
            .build();
    return Planner.fastest(problem).makespanSeconds()
        + costs.calibration().idleStates().get(0).wakeSeconds();
  }
}
