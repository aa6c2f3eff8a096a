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
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;

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

  /** How often a plan is followed by measurements of what it uses. */
  private static final int MOST_ROUNDS = 3;

  private static final int VERIFYING_RUNS = 20;

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
    List<String> classes =
        target.streams().get(0).workload().operators().stream()
            .map(operator -> operator.kind().label())
            .collect(Collectors.toList());
    return plan(costs, deadline, planner, target::measurable, builder -> builder.classes(classes));
  }

  private static JobPlan plan(
      CostModel costs, Deadline deadline, Planner planner, IntPredicate allowed) {
    return plan(costs, deadline, planner, allowed, builder -> {});
  }

  private static JobPlan plan(
      CostModel costs,
      Deadline deadline,
      Planner planner,
      IntPredicate allowed,
      Consumer<PlanningProblem.Builder> details) {
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
          details.accept(builder);
          for (int x = 0; x < costs.costs().settings(); x++) {
            if (!allowed.test(x)) {
              builder.forbid(x);
            }
          }
        });
  }

  /**
   * A plan that uses measured settings only.
   *
   * @param costs refitted with the runs at the settings that the plan uses
   * @param deadline with the margin that the plan's own settings ask for
   * @param job the plan
   */
  public record Verified(CostModel costs, Deadline deadline, JobPlan job) {}

  /**
   * Plans, measures what the plan uses and nobody has measured yet, fits again and plans again,
   * until the plan uses measured settings only: a fit errs most where an optimiser goes. Then the
   * margin is that of the plan's own settings.
   *
   * @param predictor fitted to what is known so far, with calibration and provenance
   * @param deadline one without a margin gets the one by which 99.9 % of the runs are punctual
   * @throws io.neurobalancer.plan.DeadlineUnreachableException if even the fastest job is too slow
   */
  public static Verified planVerified(
      Target target, MeasuredPredictor predictor, Deadline deadline) {
    return planVerified(target, predictor, deadline, 0);
  }

  private static Verified planVerified(
      Target target, MeasuredPredictor predictor, Deadline deadline, int round) {
    Samples known = predictor.samples();
    CostModel costs = predictor.predict(known.workload());
    BitSet measured = new BitSet();
    for (int setting : known.measuredSettings()) {
      measured.set(setting);
    }
    IntPredicate allowed = round < MOST_ROUNDS ? target::measurable : measured::get;
    JobPlan job = plan(costs, deadline, new LagrangianPlanner(), allowed);
    int[] unknown =
        Arrays.stream(job.plan().settings()).distinct().filter(x -> !measured.get(x)).toArray();
    if (unknown.length == 0) {
      return withOwnMargin(predictor, costs, deadline, job, measured);
    }
    Samples more = verify(target, known, unknown, VERIFYING_RUNS);
    return planVerified(target, MeasuredPredictor.fit(more), deadline, round + 1);
  }

  private static Verified withOwnMargin(
      MeasuredPredictor predictor,
      CostModel costs,
      Deadline deadline,
      JobPlan first,
      BitSet measured) {
    if (deadline.marginFactor() > 1) {
      return new Verified(costs, deadline, first);
    }
    JobPlan job = first;
    Deadline kept = deadline.margin(ownMargin(predictor, job));
    for (int round = 0; round < MOST_ROUNDS; round++) {
      job = plan(costs, kept, new LagrangianPlanner(), measured::get);
      double own = ownMargin(predictor, job);
      if (own <= kept.marginFactor()) {
        break;
      }
      kept = deadline.margin(own);
    }
    return new Verified(costs, kept, job);
  }

  private static double ownMargin(MeasuredPredictor predictor, JobPlan job) {
    return predictor.report(job.plan().settings()).makespanFactor(RELIABILITY);
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
