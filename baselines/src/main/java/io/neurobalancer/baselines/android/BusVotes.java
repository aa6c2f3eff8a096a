package io.neurobalancer.baselines.android;

import io.neurobalancer.device.OppTable;

/**
 * Turns votes of Qualcomm's drivers into OPPs. Votes are in MiB/s of one 4-byte channel, as in the
 * devices' tables: a clock of {@code f} MHz offers {@code f * 4e6 / 2^20}, so 1804 MHz offers 6881.
 */
final class BusVotes {

  private final long[] offeredMbps;

  BusVotes(OppTable memory) {
    offeredMbps = new long[memory.size()];
    for (int i = 0; i < offeredMbps.length; i++) {
      offeredMbps[i] = memory.frequency(i).hertz() * 4 / (1 << 20);
    }
  }

  /** Returns what an OPP offers, MiB/s. */
  long offeredMbps(int opp) {
    return offeredMbps[opp];
  }

  /** Returns the slowest OPP that offers a bandwidth, or the fastest if none does. */
  int opp(long mbps) {
    for (int i = 0; i < offeredMbps.length; i++) {
      if (offeredMbps[i] >= mbps) {
        return i;
      }
    }
    return offeredMbps.length - 1;
  }
}
