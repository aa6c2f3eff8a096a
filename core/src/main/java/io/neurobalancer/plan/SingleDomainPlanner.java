package io.neurobalancer.plan;

import io.neurobalancer.device.FrequencyDomain;
import io.neurobalancer.device.SettingGrid;
import java.util.stream.IntStream;

/**
 * Plans optimally with domains of one kind only; the others stay at their fastest OPP. The ablation
 * that shows what choosing core and memory clocks together is worth. It is a planner, not a
 * governor: no device leaves the other clock at its maximum, so whoever compares with a device
 * leaves that clock to the device.
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
    int[] fastest = new int[grid.dimensions()];
    for (int d = 0; d < fastest.length; d++) {
      fastest[d] = fastestAllowed(problem, d);
    }
    int[] others = IntStream.range(0, grid.size()).filter(x -> moves(grid, x, fastest)).toArray();
    Plan plan = LagrangianPlanner.plan(problem.withForbidden(others), name());
    // Its bound holds for this knob only.
    return new Plan(name(), problem, plan.settings());
  }

  /** Returns whether a setting slows down a domain that this planner leaves alone. */
  private boolean moves(SettingGrid grid, int setting, int[] fastest) {
    for (int d = 0; d < fastest.length; d++) {
      if (grid.domains().get(d).kind() != knob && grid.oppIndex(setting, d) < fastest[d]) {
        return true;
      }
    }
    return false;
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
