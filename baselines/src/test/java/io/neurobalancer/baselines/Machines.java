package io.neurobalancer.baselines;

import io.neurobalancer.baselines.law.Hardware;
import io.neurobalancer.device.OppTable;
import io.neurobalancer.governor.FakeBoard;
import io.neurobalancer.governor.GovernorInfo;
import io.neurobalancer.governor.GovernorSpec;
import java.util.List;

/** Hardware for tests. */
public final class Machines {

  private Machines() {}

  /**
   * Returns a CPU of so many cores and a DRAM of 16 bytes per clock, schedutil and simple_ondemand
   * its stock governors.
   */
  public static Hardware of(OppTable core, OppTable memory, int cpus) {
    return new Hardware(
        "board",
        GovernorInfo.Hardware.CPU,
        FakeBoard.of(core, memory).grid(),
        0,
        1,
        cpus,
        16,
        List.of(GovernorSpec.of("schedutil")),
        List.of(GovernorSpec.of("simple_ondemand")));
  }
}
