package io.neurobalancer.plan;

import io.neurobalancer.device.FrequencyDomain;
import io.neurobalancer.device.SettingGrid;

/**
 * Plans optimally with domains of one kind only; the others stay at their fastest OPP. The ablation
 * that shows what choosing core and memory clocks together is worth.
 */
public final class SingleDomainPlanner implements Planner {

  private final FrequencyDomain.Kind knob;

  /** Creates a planner that moves the domains of this kind. */
  public SingleDomainPlanner(FrequencyDomain.Kind knob) {
    this.knob = knob;
  }

  @Override
  public String name() {
    return knob == FrequencyDomain.Kind.CORE ? "core-only" : "memory-only";
  }

  @Override
  public Plan plan(PlanningProblem problem) {
    SettingGrid grid = problem.grid();
    PlanningProblem narrowed = problem;
    for (int x = 0; x < grid.size(); x++) {
      for (int d = 0; d < grid.dimensions(); d++) {
        FrequencyDomain domain = grid.domains().get(d);
        if (domain.kind() != knob && grid.oppIndex(x, d) < fastestAllowed(problem, d)) {
          narrowed = narrowed.withForbidden(x);
          break;
        }
      }
    }
    Plan plan = LagrangianPlanner.plan(narrowed, name());
    // Its bound holds for this knob only.
    return new Plan(name(), problem, plan.settings());
  }

  private static int fastestAllowed(PlanningProblem problem, int domain) {
    SettingGrid grid = problem.grid();
    int fastest = 0;
    for (int x = 0; x < grid.size(); x++) {
      if (!problem.forbidden(x)) {
        fastest = Math.max(fastest, grid.oppIndex(x, domain));
      }
    }
    return fastest;
  }
}
