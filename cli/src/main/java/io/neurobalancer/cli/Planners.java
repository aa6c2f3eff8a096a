package io.neurobalancer.cli;

import io.neurobalancer.device.FrequencyDomain;
import io.neurobalancer.plan.ExactPlanner;
import io.neurobalancer.plan.GreedyPlanner;
import io.neurobalancer.plan.LagrangianPlanner;
import io.neurobalancer.plan.Planner;
import io.neurobalancer.plan.RaceToIdlePlanner;
import io.neurobalancer.plan.SingleDomainPlanner;
import io.neurobalancer.plan.SinglePairPlanner;
import java.util.List;

/** The planners by name. */
final class Planners {

  private static final List<Planner> ALL =
      List.of(
          new LagrangianPlanner(),
          new ExactPlanner(),
          GreedyPlanner.paper(),
          GreedyPlanner.hull(),
          new SinglePairPlanner(),
          new SingleDomainPlanner(FrequencyDomain.Kind.CORE),
          new SingleDomainPlanner(FrequencyDomain.Kind.MEMORY),
          new RaceToIdlePlanner());

  private Planners() {}

  static List<Planner> all() {
    return ALL;
  }

  static Planner find(String name) {
    return ALL.stream()
        .filter(planner -> planner.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                CliException.usage(
                    "There is no planner '%s'.%nMaybe use one of: %s."
                        .formatted(
                            name, String.join(", ", ALL.stream().map(Planner::name).toList()))));
  }
}
