package io.neurobalancer.governor;

import static io.neurobalancer.governor.TwoStepPlan.FAST;
import static io.neurobalancer.governor.TwoStepPlan.SLOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.neurobalancer.device.SwitchCost;
import io.neurobalancer.plan.Deadline;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the governor with feedback decides at its thresholds, by hand. */
final class BalancedDecisionsTest {

  private static final long US = 1_000;

  private final FakeBoard board = new FakeBoard(TwoStepPlan.CPU);
  private BalancedGovernor.Factory factory = factory(1);
  private Governor governor = new Governor() {};

  private static BalancedGovernor.Factory factory(double margin) {
    return BalancedGovernor.of(TwoStepPlan.of(new Deadline(40e-3, 200e-3, margin)));
  }

  private void begin(BalancedGovernor.Factory made) {
    factory = made;
    governor = made.on(board, 0);
  }

  private BalancedGovernor.Report report() {
    return factory.report().orElseThrow();
  }

  /** Runs a job whose operators take so much of what is predicted; returns when it ended. */
  private long job(long release, long allowed, int percent) {
    governor.released(0, release, release + allowed);
    long now = release;
    for (int i = 0; i < 2; i++) {
      governor.segmentStarting(0, i, now);
      now += (board.requested(0) == FAST ? 5_000 : 10_000) * US * percent / 100;
    }
    governor.finished(0, now);
    return now;
  }

  @Test
  void theDeviceRests_fromTheStart_andAfterEachJobThatEndsInTime() {
    begin(factory(1));
    assertThat(board.requested(0)).isEqualTo(SLOW);
    job(0, 14_000 * US, 100);
    assertThat(board.requested(0)).isEqualTo(SLOW);
    assertThat(report().capped()).isZero();
    // Who is late already does not stop to rest: the next job waits.
    job(200_000 * US, 9_000 * US, 100);
    assertThat(board.requested(0)).isEqualTo(FAST);
    // To end at the deadline is to end in time.
    job(400_000 * US, 10_000 * US, 100);
    assertThat(board.requested(0)).isEqualTo(SLOW);
  }

  @Test
  void aSlowSetting_isTaken_onlyIfAPaceSixPercentSlowerStillLeavesTimeForTheRest() {
    // Two percent of deviation three times: 10.6 ms now and 5.3 ms for the fastest rest.
    begin(factory(1));
    governor.released(0, 0, 16_000 * US);
    governor.segmentStarting(0, 0, 0);
    assertThat(board.requested(0)).isEqualTo(SLOW);
    assertThat(report().hurried()).isZero();
    begin(factory(1));
    governor.released(0, 0, 15_800 * US);
    governor.segmentStarting(0, 0, 0);
    assertThat(board.requested(0)).isEqualTo(FAST);
    assertThat(report().hurried()).isEqualTo(1);
    assertThat(report().faster()).isEqualTo(1);
    assertThat(report().slower()).isZero();
    assertThat(report().unreachable()).isZero();
  }

  @Test
  void theLastSegment_needsNoTimeForARest_andWhatWasSeenMakesThePaceSurer() {
    // After 10 ms as predicted the deviation is 0.02 sqrt(15 / 25): 10.46 ms may be needed.
    begin(factory(1));
    governor.released(0, 0, 20_500 * US);
    governor.segmentStarting(0, 0, 0);
    governor.segmentStarting(0, 1, 10_000 * US);
    assertThat(board.requested(0)).isEqualTo(SLOW);
    assertThat(report().slower()).isEqualTo(1);
    assertThat(report().faster()).isZero();
    begin(factory(1));
    governor.released(0, 0, 20_400 * US);
    governor.segmentStarting(0, 0, 0);
    governor.segmentStarting(0, 1, 10_000 * US);
    assertThat(board.requested(0)).isEqualTo(FAST);
    assertThat(report().hurried()).isEqualTo(1);
    assertThat(report().decisions()).isEqualTo(2);
  }

  @Test
  void aJobThatCouldNotBeInTime_isMeasuredFromItsFastestEnd_andRaisesTheReserveAsALateOne() {
    // A tenth of 15 ms is kept at first.
    begin(factory(1.1));
    assertThat(job(100_000 * US, 8_000 * US, 100)).isEqualTo(110_000 * US);
    assertThat(report().unreachable()).isEqualTo(2);
    assertThat(report().meanReserveSeconds()).isCloseTo(1.5e-3, within(1e-9));
    job(200_000 * US, 40_000 * US, 100);
    // No error: the variance fades by 0.04; one late job raises z from 3.5 by 0.5 less a
    // thousandth.
    double second = 1.5e-3 * (3.5 + 0.5 * 0.999) / 3.5 * Math.sqrt(0.96);
    assertThat(report().meanReserveSeconds()).isCloseTo((1.5e-3 + second) / 2, within(1e-9));
    assertThat(report().jobs()).isEqualTo(2);
  }

  @Test
  void aPaceLearned_stretchesWhatTheFastestRestNeeds() {
    begin(factory(1));
    // Half as much again: the level moves by a quarter of it.
    job(0, 40_000 * US, 150);
    assertThat(report().pace()).isCloseTo(1.125, within(1e-6));
    governor.released(0, 200_000 * US, 211_000 * US);
    governor.segmentStarting(0, 0, 200_000 * US);
    assertThat(report().unreachable()).isEqualTo(1);
    // 11.25 ms are needed.
    governor.released(0, 200_000 * US, 211_500 * US);
    governor.segmentStarting(0, 0, 200_000 * US);
    assertThat(report().unreachable()).isEqualTo(1);
  }

  @Test
  void eachJob_isCountedFromItsOwnStart() {
    begin(factory(1));
    job(0, 40_000 * US, 150);
    job(200_000 * US, 40_000 * US, 100);
    assertThat(report().pace()).isCloseTo(1.125 - 0.125 / 4, within(1e-6));
  }

  @Test
  void whatASwitchTakes_isNoDelay() {
    begin(
        BalancedGovernor.of(
            TwoStepPlan.of(new Deadline(40e-3, 200e-3, 1), 0, SwitchCost.symmetric(1e-3, 0))));
    governor.released(0, 0, 12_000 * US);
    governor.segmentStarting(0, 0, 0);
    assertThat(board.requested(0)).isEqualTo(FAST);
    governor.segmentStarting(0, 1, 6_000 * US);
    governor.finished(0, 11_000 * US);
    assertThat(report().pace()).isCloseTo(1, within(1e-6));
  }

  @Test
  void aGapThatTheIdleStateNeeds_bringsTheAimForward() {
    // Due 30 ms after a release every 40 ms, with a gap of 21 ms: the job should end after 19 ms.
    begin(
        BalancedGovernor.of(
            TwoStepPlan.of(new Deadline(30e-3, 40e-3, 1), 21e-3, SwitchCost.symmetric(0, 0))));
    governor.released(0, 0, 30_000 * US);
    governor.segmentStarting(0, 0, 0);
    governor.segmentStarting(0, 1, 10_000 * US);
    assertThat(board.requested(0)).isEqualTo(FAST);
    // No gap of its own leaves the deadline alone.
    begin(factory(1));
    governor.released(0, 0, 30_000 * US);
    governor.segmentStarting(0, 0, 0);
    governor.segmentStarting(0, 1, 10_000 * US);
    assertThat(board.requested(0)).isEqualTo(SLOW);
  }

  @Test
  void aModel_isOutdated_onceFiftyJobsInARowWereMoreThanAPacesTwentiethOff() {
    for (int percent : new int[] {78, 125}) {
      begin(factory(1));
      for (int j = 0; j < 49; j++) {
        job(j * 200_000L * US, 100_000 * US, percent);
      }
      assertThat(report().drift()).isEqualTo(1);
      job(49 * 200_000L * US, 100_000 * US, percent);
      assertThat(report().drift()).isCloseTo(percent / 100.0, within(1e-5));
    }
    begin(factory(1));
    for (int j = 0; j < 60; j++) {
      job(j * 200_000L * US, 100_000 * US, 104);
    }
    assertThat(report().drift()).isEqualTo(1);
    assertThat(report().toString()).doesNotContain("predicted latency").endsWith("pace 1.040.");
  }

  @Test
  void otherStreams_areNeitherCountedNorTimed() {
    begin(factory(1));
    governor.released(0, 0, 40_000 * US);
    governor.segmentStarting(0, 0, 0);
    governor.segmentStarting(1, 0, 25_000 * US);
    governor.finished(1, 27_000 * US);
    assertThat(report().jobs()).isZero();
    assertThat(report().decisions()).isEqualTo(1);
    assertThat(report().meanReserveSeconds()).isZero();
    governor.segmentStarting(0, 1, 30_000 * US);
    governor.finished(0, 35_000 * US);
    // 30 ms of 10 count as 25, then 5 of 5.
    assertThat(report().pace()).isCloseTo(1 + 0.25 * (30.0 / 15 - 1), within(1e-6));
  }

  /** Writes down what it is told, and ticks every 7 ns. */
  private static final class Recorder implements Governor {
    private final List<String> told = new ArrayList<>();

    @Override
    public void released(int stream, long nowNanos, long deadlineNanos) {
      told.add("released " + stream + " " + nowNanos + " " + deadlineNanos);
    }

    @Override
    public void segmentStarting(int stream, int segment, long nowNanos) {
      told.add("segment " + stream + " " + segment + " " + nowNanos);
    }

    @Override
    public void finished(int stream, long nowNanos) {
      told.add("finished " + stream + " " + nowNanos);
    }

    @Override
    public long nextTickNanos() {
      return 7;
    }

    @Override
    public void tick(long nowNanos) {
      told.add("tick " + nowNanos);
    }
  }

  @Test
  void afterFiftyRefusals_theStockGovernorHearsEverything_andWeNothing() {
    Recorder stock = new Recorder();
    board.refuse(0, true);
    begin(factory(1).stock((on, nowNanos) -> stock));
    governor.tick(1); // nobody's, as long as we govern
    assertThat(governor.nextTickNanos()).isEqualTo(Governor.NEVER);
    governor.released(0, 0, 40_000 * US);
    for (int k = 0; k < 49; k++) {
      governor.segmentStarting(0, 0, 0);
    }
    assertThat(report().handedBack()).isFalse();
    assertThat(report().failedRequests()).isEqualTo(49);
    governor.segmentStarting(0, 0, 0);
    assertThat(report().handedBack()).isTrue();
    assertThat(report().decisions()).isEqualTo(49);
    assertThat(stock.told).isEmpty();
    governor.released(1, 2, 3);
    governor.segmentStarting(1, 4, 5);
    governor.finished(0, 6);
    assertThat(governor.nextTickNanos()).isEqualTo(7);
    governor.tick(8);
    assertThat(stock.told)
        .containsExactly("released 1 2 3", "segment 1 4 5", "finished 0 6", "tick 8");
    assertThat(report().jobs()).isZero();
  }

  @Test
  void withoutAStockGovernor_theFastestClockIsAskedForAndKept() {
    begin(factory(1));
    governor.released(0, 0, 40_000 * US);
    for (int k = 0; k < 50; k++) {
      board.request(0, 0); // somebody else's doing
      governor.segmentStarting(0, 0, 0);
    }
    assertThat(board.requested(0)).isEqualTo(FAST);
    board.request(0, 0);
    governor.segmentStarting(0, 1, 0);
    governor.finished(0, 1);
    assertThat(board.requested(0)).isZero();
    assertThat(governor.nextTickNanos()).isEqualTo(Governor.NEVER);
  }

  @Test
  void aReserve_takesSevenTenthsOfTheSlackAtMost() {
    // 30 ms were calibrated; the fastest job leaves 40 - 10.
    begin(factory(3));
    job(0, 40_000 * US, 100);
    assertThat(report().meanReserveSeconds()).isCloseTo(21e-3, within(1e-9));
  }

  @Test
  void aShareOfMisses_decidesHowMuchOneTells() {
    // Half may be late: a late job raises z by a quarter only.
    begin(factory(1.1).missTarget(0.5));
    job(0, 8_000 * US, 100);
    job(200_000 * US, 40_000 * US, 100);
    double second = 1.5e-3 * (3.5 + 0.25) / 3.5 * Math.sqrt(0.96);
    assertThat(report().meanReserveSeconds()).isCloseTo((1.5e-3 + second) / 2, within(1e-9));
    assertThatThrownBy(() -> factory(1).missTarget(1)).hasMessageContaining("(1.0)");
    assertThatThrownBy(() -> factory(1).missTarget(-0.1)).hasMessageContaining("(-0.1)");
  }

  @Test
  void aSegmentOfTwoOperators_isWeighedAsAWhole() {
    // Both slow: 20 ms, or 21.2 six percent slower.
    begin(factory(1).segments(new int[] {0}));
    governor.released(0, 0, 21_300 * US);
    governor.segmentStarting(0, 0, 0);
    assertThat(board.requested(0)).isEqualTo(SLOW);
    begin(factory(1).segments(new int[] {0}));
    governor.released(0, 0, 21_100 * US);
    governor.segmentStarting(0, 0, 0);
    assertThat(board.requested(0)).isEqualTo(FAST);
    assertThat(report().hurried()).isEqualTo(1);
  }
}
