package io.neurobalancer.simulator.baseline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neurobalancer.device.OppTable;
import io.neurobalancer.governor.GovernorSpec;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The governors that vote on the memory clock. */
final class MemoryVotersTest {

  private static final OppTable CORE = FakeMachine.megahertz(500, 1_000, 1_500, 2_000);

  /** One 4-byte channel offers 1144, 2086, 3879 and 6881 MiB/s. */
  private static final OppTable MEMORY = FakeMachine.megahertz(300, 547, 1_017, 1_804);

  private static final Site SITE = new Site(CORE, MEMORY, 4, 16);
  private static final double MIB = 1 << 20;

  private final FakeMachine machine = new FakeMachine(CORE, MEMORY);

  private static GovernorSpec spec(String text) {
    return GovernorSpec.parse(text);
  }

  private BwHwmonGovernor bwHwmon(String tunables) {
    BwHwmonGovernor governor =
        new BwHwmonGovernor(
            spec(
                "bw_hwmon:polling_ms=10:sample_ms=2:io_percent=50:guard_band_mbps=0:"
                    + "mbps_zones=1144 2086 3879 6881"
                    + tunables),
            SITE);
    governor.start(0, machine);
    return governor;
  }

  /** Feeds one micro-sample of 2 ms and returns the vote after it. */
  private long feed(BwHwmonGovernor governor, double mbps) {
    machine.now += 2_000_000;
    machine.dramBytes += mbps * MIB * 0.002;
    governor.sample(machine.now);
    return governor.voteMbps();
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

  /**
   * At the start the slowest clock offers 1144 MiB/s, of which 50 % may be used: 572. 560 MiB/s
   * stay below it, so the first decision is the poll at 10 ms: 560 * 100 / 50 = 1120. Now 616 would
   * wake it: 1000 MiB/s at 12 ms do, vote 2000. Then silence: at the poll at 22 ms the request is
   * 0, but bandwidth falls by nine tenths only: (0 * 90 + 1000 * 10) / 100 = 100, vote 200.
   */
  @Test
  void bwHwmon_votesByMeasuredBandwidth_wakesEarlyAndDecays() {
    BwHwmonGovernor governor = bwHwmon("");
    for (int sample = 1; sample <= 4; sample++) {
      assertThat(feed(governor, 560)).isZero();
    }
    assertThat(feed(governor, 560)).isEqualTo(1_120);
    assertThat(governor.voteOpp()).isZero();
    assertThat(feed(governor, 1_000)).isEqualTo(2_000);
    assertThat(governor.voteOpp()).isEqualTo(1); // 547 MHz offers 2086
    for (int sample = 1; sample <= 4; sample++) {
      assertThat(feed(governor, 0)).isEqualTo(2_000);
    }
    assertThat(feed(governor, 0)).isEqualTo(200);
  }

  /**
   * up_scale 250. Woken at once by 1000 MiB/s: request 1000 + (1000 - 0) * 2.5 = 3500, but its zone
   * ends it: 1000 * 100 / 50 = 2000 lies in the zone of 2086, of which 50 % is 1043. Vote 2086.
   */
  @Test
  void bwHwmon_overshootsARise_withinItsZone() {
    assertThat(feed(bwHwmon(":up_scale=250"), 1_000)).isEqualTo(2_086);
  }

  /**
   * down_thres 30, down_count 3. 2000 MiB/s wake it: vote 4000. Three samples of 100 MiB/s, below
   * 30 % of 2000, wake it 6 ms later. It sees the sample that woke it, not the peak before: request
   * 100, bandwidth (100 * 90 + 2000 * 10) / 100 = 290, vote 580.
   */
  @Test
  void bwHwmon_wakesAfterSomeLowSamples_andSeesTheLastOfThem() {
    BwHwmonGovernor governor = bwHwmon(":down_thres=30");
    assertThat(feed(governor, 2_000)).isEqualTo(4_000);
    assertThat(feed(governor, 100)).isEqualTo(4_000);
    assertThat(feed(governor, 100)).isEqualTo(4_000);
    assertThat(feed(governor, 100)).isEqualTo(580);
  }

  /**
   * hyst_trigger_count 2, hyst_length 3, idle 400. The rise to 2000 is the first peak (new
   * maximum); at the poll 10 ms later 1500 is at least 60 % of it: the second, so hysteresis starts
   * (3, counted down to 2 at once) and holds the request at 2000: vote 4000 although 1500 was
   * measured. The next poll with 600 (under 60 %) holds once more; then it is over: 600 * 0.9 +
   * 2000 * 0.1 = 740.
   */
  @Test
  void bwHwmon_holdsThePeakWithinHysteresis() {
    BwHwmonGovernor governor = bwHwmon(":hyst_trigger_count=2:hyst_length=3");
    assertThat(feed(governor, 2_000)).isEqualTo(4_000);
    assertThat(polled(governor, 1_500)).isEqualTo(4_000);
    assertThat(polled(governor, 600)).isEqualTo(4_000);
    assertThat(polled(governor, 600)).isEqualTo(1_480);
  }

  private long polled(BwHwmonGovernor governor, double mbps) {
    long vote = 0;
    for (int sample = 0; sample < 5; sample++) {
      vote = feed(governor, mbps);
    }
    return vote;
  }

  @Test
  void memLatency_followsTheCoreClock_whileMissesAreMany() {
    MemLatencyGovernor governor =
        MemLatencyGovernor.memLatency(
            spec("mem_latency:ratio_ceil=400:core_dev_table=500000:1144 1000000:2086 2000000:6881"),
            SITE);
    governor.start(0, machine);
    // 10 ms at 1500 MHz: 15e6 cycles; 30e6 instructions on 1e5 misses are 300 per miss.
    count(15e6, 30e6, 1e5);
    governor.sample(10_000_000);
    assertThat(governor.voteMbps()).isEqualTo(6_881);
    assertThat(governor.voteOpp()).isEqualTo(3);
    // Half of the interval idle: 7.5e6 cycles in 10 ms count as 750 MHz.
    count(7.5e6, 15e6, 5e4);
    governor.sample(20_000_000);
    assertThat(governor.voteMbps()).isEqualTo(2_086);
    // 500 instructions per miss are too many to care.
    count(15e6, 50e6, 1e5);
    governor.sample(30_000_000);
    assertThat(governor.voteMbps()).isZero();
    // No miss, no cycle: idle.
    governor.sample(40_000_000);
    assertThat(governor.voteMbps()).isZero();
  }

  @Test
  void memLatency_withAStallFloor_wantsStallsToo() {
    MemLatencyGovernor governor =
        MemLatencyGovernor.memLatency(
            spec("mem_latency:ratio_ceil=400:stall_floor=30:core_dev_table=2000000:6881"), SITE);
    governor.start(0, machine);
    count(10e6, 10e6, 1e5);
    machine.stalledCycles += 2.9e6; // 29 %
    governor.sample(10_000_000);
    assertThat(governor.voteMbps()).isZero();
    count(10e6, 10e6, 1e5);
    machine.stalledCycles += 3e6; // 30 %
    governor.sample(20_000_000);
    assertThat(governor.voteOpp()).isEqualTo(3);
  }

  @Test
  void compute_doesNotAskForMisses() {
    MemLatencyGovernor governor =
        MemLatencyGovernor.compute(spec("compute:core_dev_table=2000000:3879"), SITE);
    governor.start(0, machine);
    count(10e6, 50e6, 0);
    governor.sample(10_000_000);
    assertThat(governor.voteOpp()).isEqualTo(2);
  }

  private void count(double cycles, double instructions, double misses) {
    machine.cycles += cycles;
    machine.instructions += instructions;
    machine.misses += misses;
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
    GpuBandwidthGovernor governor = new GpuBandwidthGovernor(spec("gpubw_mon"), SITE);
    governor.start(0, machine);
    governor.coreAsked(1);
    assertThat(governor.voteOpp()).isZero(); // not woken yet
    assertThat(dispatched(governor, 40, 0)).isEqualTo(1);
    assertThat(dispatched(governor, 50, 320e6)).isEqualTo(2);
    assertThat(dispatched(governor, 100, 320e6)).isEqualTo(3);
    assertThat(dispatched(governor, 150, 32e6)).isEqualTo(2);
    assertThat(governor.nextSampleNanos()).isEqualTo(230_000_000);
    governor.sample(230_000_000);
    assertThat(governor.voteOpp()).isZero();
  }

  private int dispatched(GpuBandwidthGovernor governor, long milliseconds, double bytes) {
    machine.busyNanos += milliseconds * 1_000_000 - machine.now;
    machine.now = milliseconds * 1_000_000;
    machine.dramBytes += bytes;
    governor.dispatched(machine.now);
    return governor.voteOpp();
  }

  /**
   * 16 bytes per clock. At 300 MHz the bus moves 240 MB in 50 ms; 230 MB are 95 %: maximum. At 1804
   * MHz it would move 1443 MB; 430 MB are 29.79 %, 14,897 of 50,000 us: 14,897 * 1804 / 50,000 =
   * 537 MHz, times 100 / 88: 610: 1017 MHz.
   */
  @Test
  void memoryOndemand_followsTheBusLoad() {
    MemoryOndemandGovernor governor = new MemoryOndemandGovernor(spec("simple_ondemand"), SITE);
    governor.start(0, machine);
    machine.dramBytes = 230e6;
    governor.sample(50_000_000);
    assertThat(governor.voteOpp()).isEqualTo(3);
    machine.request(1, 3);
    machine.dramBytes += 430e6;
    governor.sample(100_000_000);
    assertThat(governor.voteOpp()).isEqualTo(2);
  }

  @Test
  void coreMap_takesTheLargestRowReached() {
    CoreMapVoter voter =
        new CoreMapVoter(spec("core-map:table=1000000:547000 1500000:4294967"), SITE);
    int[] votes = new int[4];
    for (int c = 0; c < 4; c++) {
      voter.coreAsked(c);
      votes[c] = voter.voteOpp();
    }
    assertThat(votes).containsExactly(0, 1, 3, 3);
  }

  @Test
  void theBusFollowsTheHighestVote() {
    new Timeline(
            machine,
            new CombinedGovernor(
                "both",
                LinuxGovernors.core(spec("ondemand"), SITE),
                List.of(
                    LinuxGovernors.memory(spec("core-map:table=2000000:1017000"), SITE),
                    LinuxGovernors.memory(spec("powersave"), SITE))))
        .workUntil(24)
        .sleepUntil(40)
        .workUntil(41);
    assertThat(machine.log)
        .containsExactly(
            "12000 us cpu 2000MHz",
            "12000 us memory 1017MHz",
            "40000 us cpu 500MHz",
            "40000 us memory 300MHz");
  }

  @Test
  void wrongTunables_areRefusedWithTheirValue() {
    assertThatThrownBy(() -> LinuxGovernors.memory(spec("mem_latency"), SITE))
        .hasMessageContaining("core_dev_table");
    assertThatThrownBy(() -> LinuxGovernors.memory(spec("bw_hwmon:io_percent=eighty"), SITE))
        .hasMessageContaining("io_percent")
        .hasMessageContaining("'eighty'");
    assertThatThrownBy(() -> LinuxGovernors.memory(spec("bw_hwmon:io_precent=80"), SITE))
        .hasMessageContaining("no tunable 'io_precent'");
    assertThatThrownBy(
            () ->
                LinuxGovernors.memory(spec("mem_latency:core_dev_table=2000000:1 1000000:2"), SITE))
        .hasMessageContaining("not above that of the row before");
  }
}
