package io.neurobalancer.plan;

import io.neurobalancer.device.FrequencyDomain;
import io.neurobalancer.unit.NeuroBalancerException;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** The planners by name: ours first, then its rivals. */
public final class Planners {

  private static final List<Planner> ALL =
      List.of(
          new LagrangianPlanner(),
          new ExactPlanner(),
          new TwoPairPlanner(),
          new SinglePairPlanner(),
          new ClassGreedyPlanner(),
          GreedyPlanner.mckp(),
          GreedyPlanner.hull(),
          new SingleDomainPlanner(FrequencyDomain.Kind.CORE),
          new SingleDomainPlanner(FrequencyDomain.Kind.MEMORY),
          new RaceToIdlePlanner());

  private Planners() {}

  /** Returns all planners. */
  public static List<Planner> all() {
    return ALL;
  }

  /**
   * Returns the planner of a name.
   *
   * @throws NeuroBalancerException if there is none; the message lists the names
   */
  public static Planner named(String name) {
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
