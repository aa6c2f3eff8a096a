package io.neurobalancer.baselines.android;

import static org.assertj.core.api.Assertions.assertThat;

import io.neurobalancer.baselines.Machines;
import io.neurobalancer.baselines.law.Hardware;
import io.neurobalancer.device.OppTable;
import io.neurobalancer.governor.Counter;
import io.neurobalancer.governor.FakeBoard;
import io.neurobalancer.governor.GovernorSpec;
import org.junit.jupiter.api.Test;

/** {@code bw_hwmon}, sample by sample. */
final class BwHwmonGovernorTest {

  private static final OppTable CORE = FakeBoard.megahertz(500, 1_000, 1_500, 2_000);

  /** One 4-byte channel offers 1144, 2086, 3879 and 6881 MiB/s. */
  private static final OppTable MEMORY = FakeBoard.megahertz(300, 547, 1_017, 1_804);

  private static final Hardware HARDWARE = Machines.of(CORE, MEMORY, 4);
  private static final double MIB = 1 << 20;

  private final FakeBoard board = FakeBoard.of(CORE, MEMORY);

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
            HARDWARE,
            board,
            board.now);
    return governor;
  }

  /** Feeds one micro-sample of 2 ms and returns the vote after it. */
  private long feed(BwHwmonGovernor governor, double mbps) {
    board.now += 2_000_000;
    board.count(Counter.DRAM_BYTES, mbps * MIB * 0.002);
    governor.tick(board.now);
    return governor.voteMbps();
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

  /** At 300 MHz half of 1144 MiB/s, 572, wake nobody and 573 do; at 1804 MHz it takes 3441. */
  @Test
  void theFirstThreshold_isTheShareOfThePresentClock() {
    BwHwmonGovernor slow = bwHwmon("");
    assertThat(feed(slow, 572)).isZero();
    assertThat(feed(slow, 573)).isEqualTo(1_146);
    board.request(1, 3);
    BwHwmonGovernor fast = bwHwmon("");
    assertThat(feed(fast, 3_440)).isZero();
    assertThat(feed(fast, 3_441)).isEqualTo(6_882);
  }

  /** Before its first decision, three samples below 500 MiB/s in a row wake it, too. */
  @Test
  void threeIdleSamplesAtTheStart_wakeIt() {
    BwHwmonGovernor governor = bwHwmon("");
    feed(governor, 400);
    feed(governor, 400);
    feed(governor, 500); // not below: the count begins anew
    feed(governor, 400);
    assertThat(feed(governor, 499)).isEqualTo(1_000); // the poll, by its highest sample
    BwHwmonGovernor woken = bwHwmon("");
    feed(woken, 499);
    feed(woken, 499);
    assertThat(feed(woken, 400)).isEqualTo(800); // the sample that woke it
  }

  @Test
  void aPoll_countsTheHighestSampleSinceTheLastDecision() {
    BwHwmonGovernor governor = bwHwmon("");
    for (double mbps : new double[] {510, 560, 510, 510}) {
      assertThat(feed(governor, mbps)).isZero();
    }
    assertThat(feed(governor, 510)).isEqualTo(1_120);
    assertThat(polled(governor, 510)).isEqualTo(2 * (510 * 90 + 560 * 10) / 100);
  }

  /** A request of 1000 wakes again above 1100 only; one of 300 above 10 % more than 500. */
  @Test
  void aRise_mustExceedTheLastRequestByItsThreshold() {
    BwHwmonGovernor governor = bwHwmon("");
    assertThat(feed(governor, 1_000)).isEqualTo(2_000);
    assertThat(feed(governor, 1_100)).isEqualTo(2_000);
    assertThat(feed(governor, 1_101)).isEqualTo(2_202);
    BwHwmonGovernor idle = bwHwmon(":down_count=90");
    assertThat(polled(idle, 300)).isEqualTo(600);
    assertThat(feed(idle, 550)).isEqualTo(600);
    assertThat(feed(idle, 551)).isEqualTo(1_102);
    BwHwmonGovernor dull = bwHwmon(":up_thres=50");
    assertThat(feed(dull, 1_000)).isEqualTo(2_000);
    assertThat(feed(dull, 1_500)).isEqualTo(2_000);
    assertThat(feed(dull, 1_501)).isEqualTo(3_002);
  }

  /** Nine tenths of the fall at once by default; half of it with decay_rate 50. */
  @Test
  void aFall_isSmoothedByItsRate_andTheGuardBandIsAdded() {
    BwHwmonGovernor governor = bwHwmon(":decay_rate=50");
    assertThat(feed(governor, 1_000)).isEqualTo(2_000);
    assertThat(polled(governor, 0)).isEqualTo(1_000);
    assertThat(polled(governor, 0)).isEqualTo(500);
    BwHwmonGovernor guarded = bwHwmon(":guard_band_mbps=100");
    assertThat(feed(guarded, 1_000)).isEqualTo(2_200);
    assertThat(polled(guarded, 0)).isEqualTo(2 * (100 * 90 + 1_100 * 10) / 100);
  }

  /** Below 30 % of 2000 MiB/s is 599, not 600. */
  @Test
  void aFall_wakesItBelowItsShare_afterAsManySamplesAsAreSet() {
    BwHwmonGovernor governor = bwHwmon(":down_thres=30:down_count=1");
    assertThat(feed(governor, 2_000)).isEqualTo(4_000);
    assertThat(feed(governor, 600)).isEqualTo(4_000);
    assertThat(feed(governor, 599)).isEqualTo(2 * ((599 * 90 + 2_000 * 10) / 100));
    BwHwmonGovernor never = bwHwmon(":down_count=1"); // down_thres 0
    assertThat(feed(never, 2_000)).isEqualTo(4_000);
    assertThat(feed(never, 0)).isEqualTo(4_000);
  }

  /**
   * up_scale 250, a peak of 1000 remembered for two decisions. Woken by 1000 it asks for 3500 and
   * gets its zone, 1043. After one idle poll 800 MiB/s ask for 800 + 800 * 2.5 = 2800: at most the
   * peak, 1000. After two the peak is forgotten: 1043, the zone of 800.
   */
  @Test
  void anOvershoot_endsAtARememberedPeak() {
    BwHwmonGovernor governor = bwHwmon(":up_scale=250:hist_memory=2");
    assertThat(feed(governor, 1_000)).isEqualTo(2_086);
    polled(governor, 0);
    assertThat(feed(governor, 800)).isEqualTo(2_000);
    polled(governor, 0);
    polled(governor, 0);
    assertThat(feed(governor, 800)).isEqualTo(2_086);
  }

  /**
   * A peak of 1000 remembered for one decision. 600 are 60 % of it and keep the memory: 800 then
   * ask for 800 + 200 * 2.5 = 1300, at most 1000. 599 let it go: 800 + 201 * 2.5 = 1302, at most
   * the zone, 1043.
   */
  @Test
  void aMeasurementNearThePeak_keepsItInMemory() {
    BwHwmonGovernor kept = bwHwmon(":up_scale=250:hist_memory=1");
    feed(kept, 1_000);
    polled(kept, 600);
    assertThat(feed(kept, 800)).isEqualTo(2_000);
    BwHwmonGovernor gone = bwHwmon(":up_scale=250:hist_memory=1");
    feed(gone, 1_000);
    polled(gone, 599);
    assertThat(feed(gone, 800)).isEqualTo(2_086);
  }

  /** 4000 MiB/s at 50 % need 8000, beyond the last zone: 4000 + 4000 * 2.5 = 14,000, unlimited. */
  @Test
  void beyondTheLastZone_nothingLimitsARise() {
    BwHwmonGovernor governor = bwHwmon(":up_scale=250");
    assertThat(feed(governor, 4_000)).isEqualTo(28_000);
    assertThat(governor.voteOpp()).isEqualTo(3);
  }

  /** idle_mbps 1600, as Pixels set it: within hysteresis 1601 hold the peak, 1600 do not. */
  @Test
  void hysteresis_holdsOnlyAboveIdle() {
    String tunables = ":hyst_trigger_count=2:hyst_length=3:idle_mbps=1600";
    BwHwmonGovernor holding = bwHwmon(tunables);
    feed(holding, 2_000);
    assertThat(polled(holding, 1_601)).isEqualTo(4_000);
    BwHwmonGovernor idle = bwHwmon(tunables);
    feed(idle, 2_000);
    assertThat(polled(idle, 1_600)).isEqualTo(2 * (1_600 * 90 + 2_000 * 10) / 100);
  }

  /** Three peaks are needed where two were seen: the request follows the measurement. */
  @Test
  void hysteresis_wantsItsNumberOfPeaks() {
    BwHwmonGovernor governor = bwHwmon(":hyst_trigger_count=3:hyst_length=4");
    feed(governor, 2_000);
    assertThat(polled(governor, 1_500)).isEqualTo(3_100);
    assertThat(polled(governor, 1_500)).isEqualTo(4_000); // the third
  }

  /** Two peaks, but the second comes after the window of two decisions has passed. */
  @Test
  void hysteresis_forgetsPeaksOfAnEarlierWindow() {
    BwHwmonGovernor governor = bwHwmon(":hyst_trigger_count=2:hyst_length=2:down_count=90");
    feed(governor, 2_000);
    polled(governor, 700); // below 60 %: no peak, and the window ends
    assertThat(polled(governor, 700)).isLessThan(2_000); // 700 is a new maximum, the first peak
    // The second peak: 700 is held, (700 * 90 + 713 * 10) / 100 after the fall to 713.
    assertThat(polled(governor, 650)).isEqualTo(1_402);
  }

  @Test
  void channels_divideTheTotal_andIntervalsStayWithinTheirLimits() {
    assertThat(feed(bwHwmon(":channels=2"), 2_000)).isEqualTo(2_000);
    FakeBoard other = FakeBoard.of(CORE, MEMORY);
    assertThat(
            new BwHwmonGovernor(spec("bw_hwmon:sample_ms=80"), HARDWARE, other, 7).nextTickNanos())
        .isEqualTo(50_000_007);
    assertThat(
            new BwHwmonGovernor(spec("bw_hwmon:sample_ms=0"), HARDWARE, other, 7).nextTickNanos())
        .isEqualTo(1_000_007);
  }

  /**
   * up_scale 10. 1100 ask for 1100 + 110 = 1210. 1500 then ask for a tenth of what is above that:
   * 1500 + 29 = 1529, within the zone of 3879.
   */
  @Test
  void anOvershoot_isAShareOfTheRiseAboveTheLastRequest() {
    BwHwmonGovernor governor = bwHwmon(":up_scale=10");
    assertThat(feed(governor, 1_100)).isEqualTo(2_420);
    assertThat(feed(governor, 1_500)).isEqualTo(3_058);
  }

  /** Once it knows that next to nothing moves, silence does not wake it: only the poll sees it. */
  @Test
  void belowTheLeastBandwidth_nothingWakesItDownwards() {
    BwHwmonGovernor governor = bwHwmon("");
    feed(governor, 400);
    feed(governor, 400);
    assertThat(feed(governor, 400)).isEqualTo(800);
    for (int sample = 1; sample <= 4; sample++) {
      assertThat(feed(governor, 100)).isEqualTo(800);
    }
    assertThat(feed(governor, 100)).isEqualTo(2 * (100 * 90 + 400 * 10) / 100);
  }
}
