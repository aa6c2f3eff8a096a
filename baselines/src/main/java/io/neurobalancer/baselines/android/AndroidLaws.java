package io.neurobalancer.baselines.android;

import io.neurobalancer.baselines.law.Law;
import java.util.List;

/** The laws of Android vendors' kernels. */
public final class AndroidLaws {

  /** The GPU governor of which only a stand-in is possible. */
  public static final String STAND_IN = AdrenoTzGovernor.INFO.name();

  /** Laws of the core clock. */
  public static final List<Law.Core> CORE =
      List.of(
          new Law.Core(SchedutilWaltGovernor.INFO, SchedutilWaltGovernor::new),
          new Law.Core(SchedPixelGovernor.INFO, SchedPixelGovernor::new),
          new Law.Core(InteractiveGovernor.INFO, InteractiveGovernor::new),
          new Law.Core(AdrenoTzGovernor.INFO, AdrenoTzGovernor::new),
          new Law.Core(MaliUtilizationGovernor.INFO, MaliUtilizationGovernor::new));

  /** Laws that vote on the memory clock. */
  public static final List<Law.Memory> MEMORY =
      List.of(
          new Law.Memory(BwHwmonGovernor.INFO, BwHwmonGovernor::new),
          new Law.Memory(MemLatencyGovernor.INFO, MemLatencyGovernor::memLatency),
          new Law.Memory(MemLatencyGovernor.COMPUTE, MemLatencyGovernor::compute),
          new Law.Memory(GpuBandwidthGovernor.INFO, Law.BOTH, GpuBandwidthGovernor::new),
          new Law.Memory(CoreMapVoter.INFO, Law.BOTH, CoreMapVoter::new));

  private AndroidLaws() {}
}
