package io.neurobalancer.baselines.android;

import static org.assertj.core.api.Assertions.assertThat;

import io.neurobalancer.baselines.Machines;
import io.neurobalancer.baselines.law.Hardware;
import io.neurobalancer.device.OppTable;
import io.neurobalancer.governor.Counter;
import io.neurobalancer.governor.FakeBoard;
import io.neurobalancer.governor.GovernorSpec;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The governors that vote on the memory clock. */
final class MemoryVotersTest {

  private static final OppTable CORE = FakeBoard.megahertz(500, 1_000, 1_500, 2_000);

  /** One 4-byte channel offers 1144, 2086, 3879 and 6881 MiB/s. */
  private static final OppTable MEMORY = FakeBoard.megahertz(300, 547, 1_017, 1_804);

  private static final Hardware HARDWARE = Machines.of(CORE, MEMORY, 4);

  private final FakeBoard board = FakeBoard.of(CORE, MEMORY);

  private static GovernorSpec spec(String text) {
    return GovernorSpec.parse(text);
  }

  @Test
  void busVotes_areWhatAFourByteChannelOffers() {
    BusVotes votes = new BusVotes(MEMORY);
    assertThat(
            List.of(
                votes.offeredMbps(0),
                votes.offeredMbps(1),
                votes.offeredMbps(2),
                votes.offeredMbps(3)))
        .containsExactly(1_144L, 2_086L, 3_879L, 6_881L);
    assertThat(List.of(votes.opp(0), votes.opp(1_144), votes.opp(1_145), votes.opp(99_999)))
        .containsExactly(0, 0, 1, 3);
  }

  @Test
  void memLatency_followsTheCoreClock_whileMissesAreMany() {
    MemLatencyGovernor governor =
        MemLatencyGovernor.memLatency(
            spec("mem_latency:ratio_ceil=400:core_dev_table=500000:1144 1000000:2086 2000000:6881"),
            HARDWARE,
            board,
            0);
    // 10 ms at 1500 MHz: 15e6 cycles; 30e6 instructions on 1e5 misses are 300 per miss.
    count(15e6, 30e6, 1e5);
    governor.tick(10_000_000);
    assertThat(governor.voteMbps()).isEqualTo(6_881);
    assertThat(governor.voteOpp()).isEqualTo(3);
    // Half of the interval idle: 7.5e6 cycles in 10 ms count as 750 MHz.
    count(7.5e6, 15e6, 5e4);
    governor.tick(20_000_000);
    assertThat(governor.voteMbps()).isEqualTo(2_086);
    // 500 instructions per miss are too many to care.
    count(15e6, 50e6, 1e5);
    governor.tick(30_000_000);
    assertThat(governor.voteMbps()).isZero();
    // No miss, no cycle: idle.
    governor.tick(40_000_000);
    assertThat(governor.voteMbps()).isZero();
  }

  @Test
  void memLatency_withAStallFloor_wantsStallsToo() {
    MemLatencyGovernor governor =
        MemLatencyGovernor.memLatency(
            spec("mem_latency:ratio_ceil=400:stall_floor=30:core_dev_table=2000000:6881"),
            HARDWARE,
            board,
            0);
    count(10e6, 10e6, 1e5);
    board.count(Counter.STALLED_CYCLES, 2.9e6); // 29 %
    governor.tick(10_000_000);
    assertThat(governor.voteMbps()).isZero();
    count(10e6, 10e6, 1e5);
    board.count(Counter.STALLED_CYCLES, 3e6); // 30 %
    governor.tick(20_000_000);
    assertThat(governor.voteOpp()).isEqualTo(3);
  }

  @Test
  void compute_doesNotAskForMisses() {
    MemLatencyGovernor governor =
        MemLatencyGovernor.compute(spec("compute:core_dev_table=2000000:3879"), HARDWARE, board, 0);
    count(10e6, 50e6, 0);
    governor.tick(10_000_000);
    assertThat(governor.voteOpp()).isEqualTo(2);
  }

  private void count(double cycles, double instructions, double misses) {
    board.count(Counter.CYCLES, cycles);
    board.count(Counter.INSTRUCTIONS, instructions);
    board.count(Counter.CACHE_MISSES, misses);
  }

  /**
   * Cores 500 to 2000 MHz spread over four points: level 1 is point 1. Dispatches before 50 ms
   * change nothing. At 50 ms: 320 MB over 32 bytes are 1e7 ram cycles, 0 waiting: norm 1e7 / 50,000
   * = 200, the highest so far: one point up. At 100 ms the same: n = 200 * 100 / 80 = 250; point
   * 2's up threshold is 100 * 1017 / 1804 - 5 = 51 % of 200, exceeded, GPU 100 % busy: up to point
   * 3. At 150 ms a tenth: n = 25, below point 3's down threshold (56 - 10 = 46 % of 200 = 92):
   * down. Asleep 80 ms after the last dispatch it votes for nothing.
   */
  @Test
  void gpuBandwidth_movesItsPointAsTheBusFills() {
    GpuBandwidthGovernor governor = new GpuBandwidthGovernor(spec("gpubw_mon"), HARDWARE, board, 0);
    governor.coreAsked(1);
    assertThat(governor.voteOpp()).isZero(); // not woken yet
    assertThat(dispatched(governor, 40, 0)).isEqualTo(1);
    assertThat(dispatched(governor, 50, 320e6)).isEqualTo(2);
    assertThat(dispatched(governor, 100, 320e6)).isEqualTo(3);
    assertThat(dispatched(governor, 150, 32e6)).isEqualTo(2);
    assertThat(governor.nextTickNanos()).isEqualTo(230_000_000);
    governor.tick(230_000_000);
    assertThat(governor.voteOpp()).isZero();
  }

  private int dispatched(GpuBandwidthGovernor governor, long milliseconds, double bytes) {
    board.count(Counter.BUSY_NANOS, (double) (milliseconds * 1_000_000 - board.now));
    board.now = milliseconds * 1_000_000;
    board.count(Counter.DRAM_BYTES, bytes);
    governor.segmentStarting(0, 0, board.now);
    return governor.voteOpp();
  }

  @Test
  void coreMap_takesTheLargestRowReached() {
    CoreMapVoter voter =
        new CoreMapVoter(spec("core-map:table=1000000:547000 1500000:4294967"), HARDWARE, board, 0);
    int[] votes = new int[4];
    for (int c = 0; c < 4; c++) {
      voter.coreAsked(c);
      votes[c] = voter.voteOpp();
    }
    assertThat(votes).containsExactly(0, 1, 3, 3);
  }

  @Test
  void memLatency_votesUpToItsCeiling() {
    MemLatencyGovernor governor =
        MemLatencyGovernor.memLatency(
            spec("mem_latency:ratio_ceil=400:core_dev_table=2000000:6881"), HARDWARE, board, 0);
    count(15e6, 40e6, 1e5); // 400 instructions per miss
    governor.tick(10_000_000);
    assertThat(governor.voteMbps()).isEqualTo(6_881);
    count(15e6, 40.1e6, 1e5); // 401
    governor.tick(20_000_000);
    assertThat(governor.voteMbps()).isZero();
  }
}
