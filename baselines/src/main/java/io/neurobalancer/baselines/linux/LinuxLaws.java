package io.neurobalancer.baselines.linux;

import io.neurobalancer.baselines.law.Baseline;
import io.neurobalancer.baselines.law.Hold;
import io.neurobalancer.baselines.law.Law;
import java.util.List;
import java.util.Set;

/** The laws of the mainline kernel, and of kernels that boards ship. */
public final class LinuxLaws {

  /** Laws of all clocks. */
  public static final List<Law.Whole> WHOLE =
      List.of(
          new Law.Whole(
              FixedGovernor.PERFORMANCE,
              Set.of(),
              (spec, hardware, training, laws) ->
                  new Baseline(FixedGovernor.performance(), List.of())),
          new Law.Whole(
              FixedGovernor.POWERSAVE,
              Set.of(),
              (spec, hardware, training, laws) ->
                  new Baseline(FixedGovernor.powersave(), List.of())),
          new Law.Whole(
              FixedGovernor.USERSPACE,
              Set.of(),
              (spec, hardware, training, laws) ->
                  new Baseline(FixedGovernor.userspace(spec, hardware), List.of())));

  /** Laws of the core clock. */
  public static final List<Law.Core> CORE =
      List.of(
          new Law.Core(SchedutilGovernor.INFO, SchedutilGovernor::new),
          new Law.Core(OndemandGovernor.INFO, OndemandGovernor::new),
          new Law.Core(ConservativeGovernor.INFO, ConservativeGovernor::new),
          new Law.Core(SimpleOndemandGovernor.INFO, SimpleOndemandGovernor::new),
          new Law.Core(PodgovGovernor.INFO, PodgovGovernor::new));

  /** Laws that one clock of a stock image may run, but that stand for both when named alone. */
  public static final List<Law.Core> STOCK_CORE =
      List.of(
          new Law.Core(
              FixedGovernor.PERFORMANCE,
              (spec, hardware, board, nowNanos) ->
                  Hold.at(hardware.coreClock(board), hardware.core().size() - 1)),
          new Law.Core(
              FixedGovernor.POWERSAVE,
              (spec, hardware, board, nowNanos) -> Hold.at(hardware.coreClock(board), 0)));

  /** As {@link #STOCK_CORE}, for the memory clock. */
  public static final List<Law.Memory> STOCK_MEMORY =
      List.of(
          new Law.Memory(SimpleOndemandGovernor.INFO, MemoryOndemandGovernor::new),
          new Law.Memory(
              FixedGovernor.PERFORMANCE,
              (spec, hardware, board, nowNanos) -> Hold.voting(hardware.memory().size() - 1)),
          new Law.Memory(
              FixedGovernor.POWERSAVE, (spec, hardware, board, nowNanos) -> Hold.voting(0)));

  private LinuxLaws() {}
}
