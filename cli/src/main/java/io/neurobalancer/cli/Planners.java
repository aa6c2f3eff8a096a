package io.neurobalancer.cli;

import io.neurobalancer.device.FrequencyDomain;
import io.neurobalancer.planner.ExactPlanner;
import io.neurobalancer.planner.GreedyPlanner;
import io.neurobalancer.planner.LagrangianPlanner;
import io.neurobalancer.planner.OneKnobPlanner;
import io.neurobalancer.planner.Planner;
import io.neurobalancer.planner.RaceToIdlePlanner;
import io.neurobalancer.planner.SinglePairPlanner;
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
          new OneKnobPlanner(FrequencyDomain.Kind.CORE),
          new OneKnobPlanner(FrequencyDomain.Kind.MEMORY),
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
