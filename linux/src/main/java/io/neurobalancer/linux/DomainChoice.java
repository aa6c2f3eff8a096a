package io.neurobalancer.linux;

import io.neurobalancer.device.FrequencyDomain;
import io.neurobalancer.unit.NeuroBalancerException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Clocks that are set together as one frequency domain: CPUs of one kind with a policy each, or one
 * memory clock.
 *
 * @param name as plans and samples write it
 * @param kind what is clocked
 * @param clocks at least one, all with the same table
 */
public record DomainChoice(String name, FrequencyDomain.Kind kind, List<ClockControl> clocks) {

  /** Names of memory clocks that are the DRAM's own, likeliest first. */
  private static final List<String> DRAM =
      List.of("dmc", "devfreq_mif", "emc", "dvfsrc", "ddr", "mclk", "memory", "llcc", "uncore");

  public DomainChoice {
    clocks = List.copyOf(clocks);
    if (clocks.stream().map(ClockControl::steps).distinct().count() != 1) {
      throw new NeuroBalancerException(
          NeuroBalancerException.Kind.INVALID,
          "The clocks of the domain '%s' do not have the same table.%nMaybe name them one by one."
              .formatted(name));
    }
  }

  /** Returns the domain as planners see it. */
  FrequencyDomain domain() {
    return new FrequencyDomain(name, kind, clocks.get(0).opps());
  }

  /**
   * Returns every controllable domain of a machine, fastest CPUs first, then other cores, then
   * memory.
   */
  public static List<DomainChoice> all(Machine machine) {
    List<DomainChoice> found = new ArrayList<>();
    List<ClockControl> left =
        machine.clocks().stream()
            .filter(ClockControl::controllable)
            .collect(Collectors.toCollection(ArrayList::new));
    while (!left.isEmpty()) {
      ClockControl first = left.get(0);
      List<ClockControl> group =
          left.stream()
              .filter(
                  c ->
                      c.equals(first)
                          || (first.family() == Family.CPUFREQ
                              && c.family() == Family.CPUFREQ
                              && c.steps().equals(first.steps())))
              .toList();
      left.removeAll(group);
      found.add(new DomainChoice(name(group), first.kind().orElseThrow(), group));
    }
    found.sort(
        Comparator.<DomainChoice>comparingInt(DomainChoice::rank)
            .thenComparing(c -> c.domain().opps().max(), Comparator.reverseOrder()));
    return found;
  }

  /**
   * Returns the domains of these names, or if none is named the fastest CPUs and the likeliest DRAM
   * clock, if there is one.
   */
  public static List<DomainChoice> of(Machine machine, List<String> names) {
    List<DomainChoice> all = all(machine);
    if (names.isEmpty()) {
      List<DomainChoice> chosen = new ArrayList<>();
      all.stream()
          .filter(c -> c.kind() == FrequencyDomain.Kind.CORE)
          .findFirst()
          .ifPresent(chosen::add);
      all.stream()
          .filter(c -> c.kind() == FrequencyDomain.Kind.MEMORY)
          .findFirst()
          .ifPresent(chosen::add);
      if (chosen.isEmpty()) {
        throw new NeuroBalancerException(
            NeuroBalancerException.Kind.FINDING,
            "This machine (%s) has no clock that can be set.%nMaybe see 'neurobalancer doctor' for each clock's reason."
                .formatted(machine.title()));
      }
      return chosen;
    }
    return names.stream()
        .map(
            name ->
                all.stream()
                    .filter(c -> c.name().equals(name))
                    .findFirst()
                    .orElseThrow(() -> unknown(machine, all, name)))
        .toList();
  }

  /**
   * As {@link #of}, for whoever is about to write.
   *
   * @throws NeuroBalancerException for want of permission if that is all that is in the way
   */
  static List<DomainChoice> toWrite(Machine machine, List<String> names) {
    Optional<ClockControl> forbidden =
        machine.clocks().stream().filter(ClockControl::forbidden).findFirst();
    if (forbidden.isPresent() && machine.clocks().stream().noneMatch(ClockControl::controllable)) {
      throw new NeuroBalancerException(
          NeuroBalancerException.Kind.NO_PERMISSION,
          "This user may not set the clocks of this machine (%s): %s.%nMaybe %s"
              .formatted(
                  machine.title(), forbidden.get().obstacle().orElse(""), forbidden.get().maybe()));
    }
    return of(machine, names);
  }

  private static NeuroBalancerException unknown(
      Machine machine, List<DomainChoice> all, String name) {
    return machine
        .clock(name)
        .flatMap(ClockControl::obstacle)
        .map(
            why ->
                new NeuroBalancerException(
                    NeuroBalancerException.Kind.NO_PERMISSION,
                    "The clock '%s' cannot be set: %s.%nMaybe %s"
                        .formatted(name, why, machine.clock(name).orElseThrow().maybe())))
        .orElseGet(
            () ->
                new NeuroBalancerException(
                    NeuroBalancerException.Kind.INVALID,
                    "There is no clock '%s' to set.%nMaybe use one of %s."
                        .formatted(name, all.stream().map(DomainChoice::name).toList())));
  }

  private static String name(List<ClockControl> group) {
    ClockControl first = group.get(0);
    if (first.family() != Family.CPUFREQ) {
      return first.name();
    }
    return "cpu"
        + group.stream()
            .flatMap(c -> c.cpus().stream())
            .min(Comparator.naturalOrder())
            .map(String::valueOf)
            .orElse(first.name().replace("policy", ""));
  }

  private int rank() {
    if (kind == FrequencyDomain.Kind.CORE) {
      return clocks.get(0).family() == Family.CPUFREQ ? 0 : 1;
    }
    String lower = name.toLowerCase(Locale.ROOT);
    for (int i = 0; i < DRAM.size(); i++) {
      if (lower.contains(DRAM.get(i))) {
        return 2 + i;
      }
    }
    return 2 + DRAM.size();
  }
}
