package io.neurobalancer.baselines.research;

import io.neurobalancer.baselines.law.Law;
import io.neurobalancer.device.FrequencyDomain;
import java.util.List;
import java.util.Set;

/** Governors of published research, all of them trained on the device before they run. */
public final class ResearchLaws {

  /** Laws of both clocks. */
  public static final List<Law.Whole> WHOLE =
      List.of(
          new Law.Whole(SysScaleGovernor.INFO, Law.BOTH, SysScaleGovernor::train),
          new Law.Whole(
              CoScaleGovernor.INFO,
              Law.BOTH,
              (spec, hardware, training, laws) ->
                  CoScaleGovernor.measure(spec, hardware, training.traces())),
          new Law.Whole(
              GeopmActivityGovernor.INFO,
              Law.BOTH,
              (spec, hardware, training, laws) ->
                  GeopmActivityGovernor.sweep(spec, hardware, training.traces())),
          new Law.Whole(ZttGovernor.INFO, Set.of(FrequencyDomain.Kind.CORE), ZttGovernor::train));

  private ResearchLaws() {}
}
