package io.neurobalancer.simulator.baseline;

import io.neurobalancer.device.OppTable;
import io.neurobalancer.files.DeviceDescription;
import io.neurobalancer.governor.Governor;
import io.neurobalancer.governor.GovernorException;
import io.neurobalancer.governor.GovernorSpec;
import io.neurobalancer.governor.Machine;
import java.util.List;
import java.util.function.BiFunction;

/** The laws that a kernel runs on one clock, by the kernel's names. */
final class LinuxGovernors {

  /** A law of the core clock. */
  record CoreLaw(GovernorInfo info, BiFunction<GovernorSpec, Site, Governor> factory) {}

  /** A law that votes on the memory clock. */
  record MemoryLaw(GovernorInfo info, BiFunction<GovernorSpec, Site, MemoryVoter> factory) {}

  static final List<CoreLaw> CORE =
      List.of(
          new CoreLaw(SchedutilGovernor.INFO, SchedutilGovernor::new),
          new CoreLaw(OndemandGovernor.INFO, OndemandGovernor::new),
          new CoreLaw(ConservativeGovernor.INFO, ConservativeGovernor::new),
          new CoreLaw(SimpleOndemandGovernor.INFO, SimpleOndemandGovernor::new),
          new CoreLaw(PodgovGovernor.INFO, PodgovGovernor::new),
          new CoreLaw(SchedutilWaltGovernor.INFO, SchedutilWaltGovernor::new),
          new CoreLaw(SchedPixelGovernor.INFO, SchedPixelGovernor::new),
          new CoreLaw(InteractiveGovernor.INFO, InteractiveGovernor::new),
          new CoreLaw(AdrenoTzGovernor.INFO, AdrenoTzGovernor::new),
          new CoreLaw(MaliUtilizationGovernor.INFO, MaliUtilizationGovernor::new));

  static final List<MemoryLaw> MEMORY =
      List.of(
          new MemoryLaw(BwHwmonGovernor.INFO, BwHwmonGovernor::new),
          new MemoryLaw(MemLatencyGovernor.INFO, MemLatencyGovernor::memLatency),
          new MemoryLaw(MemLatencyGovernor.COMPUTE, MemLatencyGovernor::compute),
          new MemoryLaw(GpuBandwidthGovernor.INFO, GpuBandwidthGovernor::new),
          new MemoryLaw(CoreMapVoter.INFO, CoreMapVoter::new));

  /** Laws that one clock of a stock image may run, but that stand for both when named alone. */
  private static final List<CoreLaw> HOLDING_CORE =
      List.of(
          new CoreLaw(
              FixedGovernor.PERFORMANCE,
              (spec, site) -> new Hold("performance", site.core(), true)),
          new CoreLaw(
              FixedGovernor.POWERSAVE, (spec, site) -> new Hold("powersave", site.core(), false)));

  private static final List<MemoryLaw> HOLDING_MEMORY =
      List.of(
          new MemoryLaw(SimpleOndemandGovernor.INFO, MemoryOndemandGovernor::new),
          new MemoryLaw(
              FixedGovernor.PERFORMANCE,
              (spec, site) -> new Hold("performance", site.memory(), true)),
          new MemoryLaw(
              FixedGovernor.POWERSAVE,
              (spec, site) -> new Hold("powersave", site.memory(), false)));

  private LinuxGovernors() {}

  /**
   * Creates the governor of a core clock.
   *
   * @throws GovernorException if the law or a tunable is not known
   */
  static Governor core(GovernorSpec spec, Site site) {
    for (List<CoreLaw> laws : List.of(CORE, HOLDING_CORE)) {
      for (CoreLaw law : laws) {
        if (law.info().name().equals(spec.name())) {
          law.info().check(spec);
          return law.factory().apply(spec, site);
        }
      }
    }
    throw unknown("core", spec, CORE.stream().map(CoreLaw::info).toList());
  }

  /**
   * Creates a voter on a memory clock.
   *
   * @throws GovernorException if the law or a tunable is not known
   */
  static MemoryVoter memory(GovernorSpec spec, Site site) {
    for (List<MemoryLaw> laws : List.of(MEMORY, HOLDING_MEMORY)) {
      for (MemoryLaw law : laws) {
        if (law.info().name().equals(spec.name())) {
          law.info().check(spec);
          return law.factory().apply(spec, site);
        }
      }
    }
    throw unknown("memory", spec, MEMORY.stream().map(MemoryLaw::info).toList());
  }

  private static GovernorException unknown(
      String clock, GovernorSpec spec, List<GovernorInfo> known) {
    return new GovernorException(
        "There is no governor '%s' of a %s clock.%nMaybe use one of: %s, performance, powersave."
            .formatted(
                spec.name(),
                clock,
                String.join(", ", known.stream().map(GovernorInfo::name).toList())));
  }

  /** Holds one clock at its fastest or slowest OPP. */
  private record Hold(String name, int opp) implements Governor, MemoryVoter {
    Hold(String name, OppTable opps, boolean fastest) {
      this(name, fastest ? opps.size() - 1 : 0);
    }

    @Override
    public void start(long nowNanos, Machine machine) {
      machine.actuator().request(DeviceDescription.CORE, opp);
    }

    @Override
    public int voteOpp() {
      return opp;
    }
  }
}
