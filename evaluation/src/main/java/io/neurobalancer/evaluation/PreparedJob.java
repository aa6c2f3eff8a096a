package io.neurobalancer.evaluation;

import io.neurobalancer.NeuroBalancer;
import io.neurobalancer.cost.CostModel;
import io.neurobalancer.cost.MeasuredPredictor;
import io.neurobalancer.plan.Deadline;
import io.neurobalancer.plan.JobPlan;
import io.neurobalancer.plan.Planner;
import io.neurobalancer.plan.Planners;
import io.neurobalancer.target.Schedule;
import io.neurobalancer.target.Target;
import io.neurobalancer.workload.Workload;

/**
 * A model on a device, measured, with a deadline and our plan for it.
 *
 * @param target where it runs
 * @param costs what was measured and fitted
 * @param deadline with the margin that the plan was made with
 * @param job our plan
 */
public record PreparedJob(Target target, CostModel costs, Deadline deadline, JobPlan job) {

  /**
   * Plans what was measured, and measures what the plan uses.
   *
   * @throws io.neurobalancer.unit.NeuroBalancerException if the deadline cannot be met
   */
  public static PreparedJob of(Target target, MeasuredPredictor predictor, Deadline deadline) {
    NeuroBalancer.Verified verified = NeuroBalancer.planVerified(target, predictor, deadline);
    return new PreparedJob(target, verified.costs(), verified.deadline(), verified.job());
  }

  /**
   * Plans for a cost model, without measuring anything more.
   *
   * @throws io.neurobalancer.unit.NeuroBalancerException if the deadline cannot be met
   */
  public static PreparedJob of(Target target, CostModel costs, Deadline deadline) {
    Deadline kept = NeuroBalancer.withMargin(costs, deadline);
    return new PreparedJob(target, costs, kept, NeuroBalancer.plan(target, costs, kept));
  }

  /** Returns the plan of another planner for the same job. */
  public JobPlan plan(String planner) {
    Planner chosen = Planners.named(planner);
    return NeuroBalancer.plan(target, costs, deadline, chosen);
  }

  /** Returns what runs. */
  public Workload workload() {
    return target.streams().get(0).workload();
  }

  /** Returns the least time from a release in which the predicted job can end, seconds. */
  public double fastestSeconds() {
    return NeuroBalancer.fastestSeconds(costs);
  }

  /** Returns jobs one period apart. */
  public Schedule schedule(int jobs, int warmUpJobs) {
    return Schedule.of(deadline.periodSeconds(), deadline.deadlineSeconds(), jobs)
        .warmUp(warmUpJobs);
  }
}
