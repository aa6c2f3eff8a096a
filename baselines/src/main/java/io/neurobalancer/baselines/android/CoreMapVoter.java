package io.neurobalancer.baselines.android;

import io.neurobalancer.baselines.law.ClockTable;
import io.neurobalancer.baselines.law.Hardware;
import io.neurobalancer.baselines.law.MemoryVoter;
import io.neurobalancer.device.OppTable;
import io.neurobalancer.governor.Board;
import io.neurobalancer.governor.GovernorInfo;
import io.neurobalancer.governor.GovernorSpec;

/**
 * {@code core-map}: the memory clock follows the core clock that is asked for by a table, at once:
 * a core at or above a row's clock asks for at least the row's memory clock, a core below all rows
 * for nothing.
 *
 * <p>Source: what several vendors do in the driver of the core clock: NVIDIA's Tegra kernels
 * ({@code cpu_to_emc_freq}), Samsung's Exynos device trees (a MIF floor per CPU or GPU OPP).
 */
final class CoreMapVoter implements MemoryVoter {

  static final GovernorInfo INFO =
      new GovernorInfo(
          "core-map",
          GovernorInfo.Family.ANDROID,
          GovernorInfo.Role.MEMORY,
          GovernorInfo.Hardware.ANY,
          "the memory clock follows the core clock by a table, at once",
          "Tegra's cpu_to_emc_freq, Exynos device trees' MIF floors",
          GovernorInfo.rows("table |  | 'coreKHz:memoryKHz ...'"));

  private final int[] voteOfCore;
  private int vote;

  CoreMapVoter(GovernorSpec spec, Hardware hardware, Board board, long nowNanos) {
    OppTable core = hardware.core();
    ClockTable table = ClockTable.of(spec, "table", "coreKHz:memoryKHz", 2);
    voteOfCore = new int[core.size()];
    for (int c = 0; c < voteOfCore.length; c++) {
      for (int r = 0; r < table.size(); r++) {
        if (table.kilohertz(r) <= core.frequency(c).kilohertz()) {
          voteOfCore[c] = hardware.memory().ceilHertz(table.number(r, 1) * 1_000);
        }
      }
    }
  }

  @Override
  public void coreAsked(int coreOpp) {
    vote = voteOfCore[coreOpp];
  }

  @Override
  public int voteOpp() {
    return vote;
  }
}
