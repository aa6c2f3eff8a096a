package io.neurobalancer.baselines.android;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neurobalancer.baselines.Machines;
import io.neurobalancer.baselines.law.Hardware;
import io.neurobalancer.baselines.law.Law;
import io.neurobalancer.device.OppTable;
import io.neurobalancer.governor.FakeBoard;
import io.neurobalancer.governor.GovernorSpec;
import io.neurobalancer.governor.Timeline;
import org.junit.jupiter.api.Test;

/** The governors of CPU clocks of Android kernels. */
final class CpuGovernorsTest {

  private static final OppTable CORE = FakeBoard.megahertz(500, 1_000, 1_500, 2_000);
  private static final OppTable MEMORY = FakeBoard.megahertz(300, 547, 1_017, 1_804);
  private static final Hardware HARDWARE = Machines.of(CORE, MEMORY, 4);

  private final FakeBoard board = FakeBoard.of(CORE, MEMORY);

  private Timeline run(Law.CoreFactory law, String text) {
    return new Timeline(board, (b, now) -> law.begin(GovernorSpec.parse(text), HARDWARE, b, now));
  }

  private SchedPixelGovernor schedPixel(String text) {
    return new SchedPixelGovernor(GovernorSpec.parse(text), HARDWARE, board, 0);
  }

  /**
   * 2000 MHz to 500 MHz with a limit of 20 ms: depth 1/4. Power 1 waits 20 * 500 / 2000 = 5 ms,
   * power 2 a quarter of that, 1.25 ms; schedutil itself would wait 20 ms.
   */
  @Test
  void schedPixel_allowsDeepFallsSooner() {
    long limit = 20_000_000;
    var one = schedPixel("sched_pixel");
    assertThat(one.tooSoonToFall(4_999_999, limit, 2_000_000, 500_000)).isTrue();
    assertThat(one.tooSoonToFall(5_000_000, limit, 2_000_000, 500_000)).isFalse();
    assertThat(one.tooSoonToFall(14_999_999, limit, 2_000_000, 1_500_000)).isTrue();
    assertThat(one.tooSoonToFall(15_000_000, limit, 2_000_000, 1_500_000)).isFalse();
    var two = schedPixel("sched_pixel:down_rate_limit_scale_pow=2");
    assertThat(two.tooSoonToFall(1_249_999, limit, 2_000_000, 500_000)).isTrue();
    assertThat(two.tooSoonToFall(1_250_000, limit, 2_000_000, 500_000)).isFalse();
  }

  /**
   * As schedutil's fall, but from 1000 to 500 MHz the wait is 20 * 500 / 1000 = 10 ms: the wake-up
   * at 95 ms, 15 ms after the rise, already slows down.
   */
  @Test
  void schedPixel_climbsLikeSchedutil_andFallsEarlier() {
    run(SchedPixelGovernor::new, "sched_pixel:kernel=4.19:util_est=0")
        .workUntil(84)
        .sleepUntil(95)
        .workUntil(95);
    assertThat(board.log).containsExactly("80000 us cpu 1000MHz", "95000 us cpu 500MHz");
  }

  /**
   * Windows of 20 ms, running from 0 on. First window: 20 ms at a quarter of the clock, u = 256,
   * raw = 2,500,000 * 256 / 1024 = 625,000: 1000 MHz. Second: u = 512, raw 1250 MHz: 1500 MHz.
   * Third: u = 768, raw 1875 MHz: 2000 MHz. Asleep at 63 ms, when the open window has 3 ms at full
   * clock; the wake-up at 85 ms finds that window closed: u = 3/20 * 1024 = 153, raw 373: 500 MHz.
   */
  @Test
  void walt_followsTheLastWholeWindow() {
    run(SchedutilWaltGovernor::new, "schedutil-walt").workUntil(63).sleepUntil(85).workUntil(86);
    assertThat(board.log)
        .containsExactly(
            "20000 us cpu 1000MHz",
            "40000 us cpu 1500MHz",
            "60000 us cpu 2000MHz",
            "85000 us cpu 500MHz");
  }

  /**
   * The first window was busy throughout: u = 256 is all of its mean clock's capacity of 256, at
   * least 90 %. hispeed_freq 1500 MHz has capacity 768, 80 % of it 614: raw 2,500,000 * 614 / 1024
   * = 1,499,023: 1500 MHz at once.
   */
  @Test
  void walt_jumpsToHispeed_underHeavyLoad() {
    run(SchedutilWaltGovernor::new, "schedutil-walt:hispeed_freq=1500000").workUntil(21);
    assertThat(board.log).containsExactly("20000 us cpu 1500MHz");
  }

  /**
   * hispeed_freq 1000 MHz. The timer at 20 ms finds load 100 at 500 MHz: hispeed. At 40 ms load 100
   * at 1000 MHz: 1000 / 0.9 = 1111, the OPP 1500; the wait of 20 ms above hispeed, counted from the
   * sample at 20 ms, is over. At 60 ms load 100 at 1500 MHz: 1666, 2000 MHz.
   */
  @Test
  void interactive_jumpsToHispeed_thenClimbs() {
    run(InteractiveGovernor::new, "interactive:hispeed_freq=1000000").workUntil(70);
    assertThat(board.log)
        .containsExactly("20000 us cpu 1000MHz", "40000 us cpu 1500MHz", "60000 us cpu 2000MHz");
  }

  @Test
  void interactive_waitsAboveHispeed() {
    run(
            InteractiveGovernor::new,
            "interactive:hispeed_freq=1000000:above_hispeed_delay=20000 1000000:50000")
        .workUntil(85);
    // 1000 MHz was validated at 20 ms; 50 ms later is 70 ms, so the timer at 80 ms may rise.
    assertThat(board.log).containsExactly("20000 us cpu 1000MHz", "80000 us cpu 1500MHz");
  }

  /**
   * By default hispeed is the fastest clock: 2000 MHz at 20 ms. Asleep from 25 ms; the timer due at
   * 40 ms may run 80 ms late: at 120 ms it finds 5 of 100 ms busy at 2000 MHz, mean 100 MHz, wants
   * 500. 2000 MHz was justified last at 20 ms, 100 ms ago, more than 80: it falls.
   */
  @Test
  void interactive_samplesAnIdleCpuLate_andFallsAfterMinSampleTime() {
    run(InteractiveGovernor::new, "interactive").workUntil(25).sleepUntil(300);
    assertThat(board.log).containsExactly("20000 us cpu 2000MHz", "120000 us cpu 500MHz");
  }

  /**
   * As above without slack: the timer at 40 ms finds 5 of 20 ms at 2000 MHz, 500 MHz: wants 500 /
   * 0.9 = 555: 1000 MHz at the fixed point. Only 20 ms after 20 ms: kept. The next ones find 0: at
   * 100 ms (80 ms later) 500 MHz.
   */
  @Test
  void interactive_keepsAClockForAWhile() {
    run(InteractiveGovernor::new, "interactive:timer_slack=0").workUntil(25).sleepUntil(300);
    assertThat(board.log).containsExactly("20000 us cpu 2000MHz", "100000 us cpu 500MHz");
  }

  @Test
  void wrongTunables_areNamedWithTheirValue() {
    assertThatThrownBy(() -> run(InteractiveGovernor::new, "interactive:target_loads=90 1000000"))
        .hasMessageContaining("target_loads")
        .hasMessageContaining("90 1000000");
  }

  /**
   * Asleep at 41 ms; the window from 40 to 60 ms has 1 ms of work at 1500 MHz, u = 38, 500 MHz at
   * the wake-up at 61 ms: 21 ms after the rise at 40, too soon for a limit of 30.
   */
  @Test
  void walt_dropsAFallThatComesTooSoon() {
    run(SchedutilWaltGovernor::new, "schedutil-walt:down_rate_limit_us=30000")
        .workUntil(41)
        .sleepUntil(61)
        .workUntil(62);
    assertThat(board.log).containsExactly("20000 us cpu 1000MHz", "40000 us cpu 1500MHz");
  }

  /**
   * Target load 20, hispeed_freq 1000 MHz. 19.6 of 20 ms at 500 MHz are load 98, not yet 99: choose
   * wants 490 / 0.2 = 2450 MHz, but from below hispeed_freq it goes no further than that.
   */
  @Test
  void interactive_stopsAtHispeed_onTheWayUp() {
    run(InteractiveGovernor::new, "interactive:target_loads=20:hispeed_freq=1000000")
        .sleepUntil(0.4)
        .workUntil(21);
    assertThat(board.log).containsExactly("20000 us cpu 1000MHz");
  }
}
