package io.neurobalancer.baselines.law;

import io.neurobalancer.governor.Board;
import io.neurobalancer.governor.Governor;
import io.neurobalancer.governor.GovernorInfo;
import io.neurobalancer.governor.GovernorSpec;
import io.neurobalancer.unit.NeuroBalancerException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The laws that run on one clock, by the kernel's names, and the combinations of them that a device
 * runs.
 */
public final class ClockLaws {

  private final List<Law.Core> core;
  private final List<Law.Memory> memory;

  /** Collects laws; the first of a name counts. */
  public ClockLaws(List<Law.Core> core, List<Law.Memory> memory) {
    this.core = List.copyOf(core);
    this.memory = List.copyOf(memory);
  }

  /**
   * Begins the governor of a core clock.
   *
   * @throws NeuroBalancerException if the law or a tunable is not known
   */
  public Governor core(GovernorSpec spec, Hardware hardware, Board board, long nowNanos) {
    Law.Core law = find("core", spec, core);
    law.info().check(spec);
    return law.factory().begin(spec, hardware, board, nowNanos);
  }

  /**
   * Begins a voter on a memory clock.
   *
   * @throws NeuroBalancerException if the law or a tunable is not known
   */
  public MemoryVoter memory(GovernorSpec spec, Hardware hardware, Board board, long nowNanos) {
    Law.Memory law = find("memory", spec, memory);
    law.info().check(spec);
    return law.factory().begin(spec, hardware, board, nowNanos);
  }

  /**
   * Begins the stock governor of the core clock; on a device without a core clock one that does
   * nothing.
   *
   * @throws NeuroBalancerException if it is not known, or none is named
   */
  public Governor stockCore(Hardware hardware, Board board, long nowNanos) {
    if (!hardware.hasCore()) {
      return new Governor() {};
    }
    if (hardware.stockCore().isEmpty()) {
      throw NeuroBalancerException.invalid(
          String.format(
              Locale.ROOT,
              "The stock governor of %s's core clock is not known.%nMaybe name a governor.",
              hardware.name()));
    }
    return core(hardware.stockCore().get(0), hardware, board, nowNanos);
  }

  /** Begins the stock voters on the memory clock; none on a device without one. */
  public List<MemoryVoter> stockVoters(Hardware hardware, Board board, long nowNanos) {
    List<MemoryVoter> voters = new ArrayList<>();
    if (hardware.hasMemory()) {
      for (GovernorSpec spec : hardware.stockMemory()) {
        voters.add(memory(spec, hardware, board, nowNanos));
      }
    }
    return voters;
  }

  private static <T extends Law> T find(String clock, GovernorSpec spec, List<T> laws) {
    for (T law : laws) {
      if (law.info().name().equals(spec.name())) {
        return law;
      }
    }
    throw NeuroBalancerException.invalid(
        String.format(
            Locale.ROOT,
            "There is no governor '%s' of a %s clock.%nMaybe use one of: %s.",
            spec.name(),
            clock,
            laws.stream()
                .map(Law::info)
                .map(GovernorInfo::name)
                .collect(Collectors.joining(", "))));
  }
}
