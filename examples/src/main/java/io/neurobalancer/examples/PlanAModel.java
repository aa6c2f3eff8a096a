package io.neurobalancer.examples;

import io.neurobalancer.NeuroBalancer;
import io.neurobalancer.cost.CostModel;
import io.neurobalancer.governor.PlanGovernor;
import io.neurobalancer.onnx.importer.InputBindings;
import io.neurobalancer.onnx.importer.OnnxWorkloads;
import io.neurobalancer.plan.Deadline;
import io.neurobalancer.plan.JobPlan;
import io.neurobalancer.target.Budget;
import io.neurobalancer.target.RunObserver;
import io.neurobalancer.target.RunResult;
import io.neurobalancer.target.Schedule;
import io.neurobalancer.target.Target;
import io.neurobalancer.target.Targets;
import io.neurobalancer.workload.Workload;
import java.nio.file.Path;

/** From a model file to a certified plan, and a thousand jobs under it, in five lines. */
public final class PlanAModel {

  private PlanAModel() {}

  /** Takes a device, such as {@code sim:pixel-4-cpu}, the path of a model, and a deadline. */
  public static void main(String[] arguments) {
    Workload model = OnnxWorkloads.load(Path.of(arguments[1]), InputBindings.NONE);
    System.out.println(run(arguments[0], model, arguments[2], 1_000));
  }

  static RunResult run(String device, Workload model, String deadline, int jobs) {
    try (Target target = Targets.open(device, model)) {
      CostModel costs = NeuroBalancer.measure(target, Budget.settings(12));
      JobPlan job = NeuroBalancer.plan(costs, Deadline.of(deadline));
      System.out.println(job);
      return target.run(
          PlanGovernor.of(job.plan(), job.idleSetting()),
          Schedule.every(deadline).jobs(jobs),
          RunObserver.NONE);
    }
  }
}
