package io.neurobalancer.baselines.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.neurobalancer.governor.Counter;
import io.neurobalancer.governor.FakeBoard;
import io.neurobalancer.governor.GovernorSpec;
import org.junit.jupiter.api.Test;

/** What the kernel's governors look at, from the kernel's own formulas. */
final class SignalsTest {

  private static final long HALF_LIFE = 32L * 1_024 * 1_024;

  @Test
  void running_comesHalfWayNearerWithEachHalfLife_andIdlingHalvesIt() {
    PeltSignal signal = new PeltSignal(0, false);
    signal.advance(HALF_LIFE, true, 1);
    assertThat(signal.utilization()).isEqualTo(512);
    signal.advance(2 * HALF_LIFE, true, 1);
    assertThat(signal.utilization()).isEqualTo(768);
    signal.advance(3 * HALF_LIFE, false, 1);
    assertThat(signal.utilization()).isEqualTo(384);
  }

  @Test
  void aSlowClock_isASmallerLimit_orAsFromFiveOneASlowerPace() {
    PeltSignal before = new PeltSignal(0, false);
    before.advance(HALF_LIFE, true, 0.5);
    assertThat(before.utilization()).isEqualTo(256);
    PeltSignal paced = new PeltSignal(0, true);
    paced.advance(2 * HALF_LIFE, true, 0.5);
    assertThat(paced.utilization()).isEqualTo(512);
    // The half-life that the slow clock lost is made up for at once when the CPU idles: two pass.
    paced.advance(3 * HALF_LIFE, false, 1);
    assertThat(paced.utilization()).isEqualTo(128);
  }

  @Test
  void whereASignalIsSaturated_noDecayIsOwed() {
    PeltSignal signal = new PeltSignal(0, true);
    // Twelve half-lives of its own pace leave less than a unit to 1024.
    signal.advance(24 * HALF_LIFE, true, 0.5);
    assertThat(signal.utilization()).isEqualTo(1_023);
    signal.advance(25 * HALF_LIFE, false, 1);
    assertThat(signal.utilization()).isEqualTo(511);
  }

  @Test
  void others_seeASignalOnlyWhenItPassesTheEndOfAPeriod() {
    PeltSignal signal = new PeltSignal(0, false);
    signal.advance(1_048_575, true, 1);
    assertThat(signal.utilization()).isZero();
    // 1024 (1 - 0.5^(1/32)) = 21.9
    signal.advance(1_048_576, true, 1);
    assertThat(signal.utilization()).isEqualTo(21);
    signal.advance(1_048_576, false, 1);
    assertThat(signal.utilization()).isEqualTo(21);
  }

  @Test
  void aTasksEstimate_risesAtOnce_fallsByAQuarter_andIgnoresAPercent() {
    UtilEstimate estimate = new UtilEstimate();
    estimate.slept(400);
    assertThat(estimate.utilization()).isEqualTo(400);
    estimate.slept(391);
    assertThat(estimate.utilization()).isEqualTo(400);
    // (4 * 400 + 390 - 400) / 4 = 397.5
    estimate.slept(390);
    assertThat(estimate.utilization()).isEqualTo(397);
    estimate.slept(500);
    assertThat(estimate.utilization()).isEqualTo(500);
  }

  @Test
  void load_isTheBusyShareInPercent_andAnEmptySampleAfterALongSleepIsTheOneBefore() {
    FakeBoard board = FakeBoard.of(FakeBoard.megahertz(500, 1_000), FakeBoard.megahertz(300, 900));
    DbsLoad load = new DbsLoad("ondemand", board, 0);
    board.count(Counter.BUSY_NANOS, 7_999_000);
    // 7999 of 10000 us: 79.99 percent, truncated.
    assertThat(load.sample(10_000_000, 10_000)).isEqualTo(79);
    assertThat(load.idlePeriods()).isZero();
    assertThat(load.lastNanos()).isEqualTo(10_000_000);
    // Two periods asleep count as they are; more are given the load of before, once.
    assertThat(load.sample(30_000_000, 10_000)).isZero();
    assertThat(load.idlePeriods()).isZero();
    board.count(Counter.BUSY_NANOS, 5_000_000);
    assertThat(load.sample(40_000_000, 10_000)).isEqualTo(50);
    assertThat(load.sample(60_001_000, 10_000)).isEqualTo(50);
    assertThat(load.idlePeriods()).isEqualTo(2);
    board.count(Counter.BUSY_NANOS, 10_000_000);
    // 10 of 50 ms: nothing is left of before.
    assertThat(load.sample(110_001_000, 10_000)).isEqualTo(20);
    assertThat(load.idlePeriods()).isEqualTo(4);
    // A counter that runs ahead of the clock is no negative idling.
    board.count(Counter.BUSY_NANOS, 20_000_000);
    assertThat(load.sample(120_001_000, 10_000)).isEqualTo(100);
  }

  @Test
  void simpleOndemand_racesAboveItsThreshold_keepsInItsBand_andFollowsBelow() {
    SimpleOndemandLaw law = SimpleOndemandLaw.of(GovernorSpec.of("simple_ondemand"));
    assertThat(law).isEqualTo(new SimpleOndemandLaw(90, 5));
    long now = 1_000_000_000;
    assertThat(law.nextHertz(0, 0, now)).isEqualTo(Long.MAX_VALUE);
    assertThat(law.nextHertz(901, 1_000, now)).isEqualTo(Long.MAX_VALUE);
    assertThat(law.nextHertz(900, 1_000, now)).isEqualTo(now);
    assertThat(law.nextHertz(851, 1_000, now)).isEqualTo(now);
    // 0.85 GHz * 100 / 88
    assertThat(law.nextHertz(850, 1_000, now)).isEqualTo(965_909_090);
    assertThat(law.nextHertz(0, 1_000, now)).isZero();
  }
}
