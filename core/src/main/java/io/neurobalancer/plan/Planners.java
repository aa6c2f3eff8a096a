package io.neurobalancer.plan;

import io.neurobalancer.unit.NeuroBalancerException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** The planners by name. */
public final class Planners {

  private static final List<Planner> ALL =
      Arrays.asList(
          new LagrangianPlanner(),
          new ExactPlanner(),
          new SinglePairPlanner(),
          GreedyPlanner.paper(),
          GreedyPlanner.hull(),
          new RaceToIdlePlanner());

  private Planners() {}

  /** Returns all planners, ours first. */
  public static List<Planner> all() {
    return ALL;
  }

  /**
   * Returns the planner of a name.
   *
   * @throws NeuroBalancerException if there is none
   */
  public static Planner find(String name) {
    return ALL.stream()
        .filter(planner -> planner.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                NeuroBalancerException.invalid(
                    String.format(
                        Locale.ROOT,
                        "There is no planner '%s'.%nMaybe use one of: %s.",
                        name,
                        ALL.stream().map(Planner::name).collect(Collectors.joining(", ")))));
  }
}
