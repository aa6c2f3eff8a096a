package io.neurobalancer.baselines.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neurobalancer.baselines.Machines;
import io.neurobalancer.baselines.law.Hardware;
import io.neurobalancer.baselines.law.Law;
import io.neurobalancer.device.OppTable;
import io.neurobalancer.governor.FakeBoard;
import io.neurobalancer.governor.Governor;
import io.neurobalancer.governor.GovernorSpec;
import io.neurobalancer.governor.Timeline;
import java.util.List;
import org.junit.jupiter.api.Test;

/** {@code schedutil} and the utilization that it follows. */
final class SchedutilGovernorTest {

  private static final OppTable CORE = FakeBoard.megahertz(500, 1_000, 1_500, 2_000);
  private static final OppTable MEMORY = FakeBoard.megahertz(300, 547, 1_017, 1_804);
  private static final Hardware HARDWARE = Machines.of(CORE, MEMORY, 4);

  private final FakeBoard board = FakeBoard.of(CORE, MEMORY);

  private Timeline run(Law.CoreFactory law, String text) {
    return new Timeline(board, (b, now) -> law.begin(GovernorSpec.parse(text), HARDWARE, b, now));
  }

  private static Governor.Factory schedutil(String text, int cpus) {
    return (board, now) ->
        new SchedutilGovernor(
            GovernorSpec.parse(text), Machines.of(CORE, MEMORY, cpus), board, now);
  }

  @Test
  void pelt_reachesHalfOfItsLimit_inOneHalfLife() {
    PeltSignal signal = new PeltSignal(0, false);
    signal.advance(33_554_432, true, 1);
    assertThat(signal.utilization()).isEqualTo(512);
    signal.advance(2 * 33_554_432, true, 1);
    assertThat(signal.utilization()).isEqualTo(768); // half of what was missing
    signal.advance(3 * 33_554_432, false, 1);
    assertThat(signal.utilization()).isEqualTo(384); // asleep it halves
  }

  @Test
  void pelt_countsRunningTimeAtASlowClock_forLess() {
    PeltSignal signal = new PeltSignal(0, false);
    signal.advance(33_554_432, true, 0.25);
    assertThat(signal.utilization()).isEqualTo(128); // half of a limit of 256
  }

  /** A period has 1,048,576 ns; what runs from 0.1 ms after its beginning on is seen at its end. */
  @Test
  void pelt_isSeenAtTheEndOfAPeriod() {
    PeltSignal signal = new PeltSignal(0, false);
    signal.advance(100_000, false, 1);
    signal.advance(1_048_575, true, 1);
    assertThat(signal.utilization()).isZero();
    signal.advance(1_048_576, true, 1);
    assertThat(signal.utilization()).isEqualTo(19); // 1024 * (1 - 0.5^(0.948576 / 33.554432))
  }

  /**
   * A quarter of 33.554 ms counts: u = 1024 * (1 - 0.5^0.25) = 162.9. The three quarters that the
   * slow clock cost decay it together with the 8.389 ms of sleep: by half. After 500 ms at half the
   * clock u = 1018.1: nothing is owed then.
   */
  @Test
  void pelt_from51_slowsItsPaceAtASlowClock_andMakesUpForItAsleep() {
    PeltSignal signal = new PeltSignal(0, true);
    signal.advance(33_554_432, true, 0.25);
    assertThat(signal.utilization()).isEqualTo(162);
    signal.advance(33_554_432 + 8_388_608, false, 0.25);
    assertThat(signal.utilization()).isEqualTo(81);
    signal.advance(33_554_432 + 8_388_608 + 33_554_432, false, 0.25);
    assertThat(signal.utilization()).isEqualTo(40); // it is owed once only
    PeltSignal saturated = new PeltSignal(0, true);
    saturated.advance(500_000_000, true, 0.5);
    assertThat(saturated.utilization()).isEqualTo(1_018);
    saturated.advance(533_554_432, false, 0.5);
    assertThat(saturated.utilization()).isEqualTo(509);
  }

  /**
   * u = 1024 * (1 - 0.5^(x/33.554)) with x the milliseconds at full clock. 500 MHz are exceeded
   * from u = 205 on, x = 10.8, at a quarter of the clock after 43.3 ms: the tick at 44 ms, x = 11.
   * 1000 MHz from 410 on, x = 24.8: 27.5 ms later at half the clock, the tick at 72 ms, x = 25.
   * 1500 MHz from 615 on, x = 44.4: 25.9 ms later at three quarters, the tick at 100 ms.
   */
  @Test
  void schedutil_from51_climbsToTheFastestClock_becauseASlowOneLooksBusy() {
    run(SchedutilGovernor::new, "schedutil:kernel=5.1").workUntil(130);
    assertThat(board.log)
        .containsExactly("44000 us cpu 1000MHz", "72000 us cpu 1500MHz", "100000 us cpu 2000MHz");
  }

  /**
   * 1000 MHz since 80 ms, asleep from 84 to 98 ms. Asked at the wake-up, too soon to change
   * anything, the kernel does not look whether the CPU was idle; at 100 ms it does: u = 512 - 338.9
   * * 0.5^(2/33.554) = 186, raw 454: 500 MHz, though the CPU has been busy since it was last asked.
   */
  @Test
  void schedutil_ofASingleCpu_remembersAnIdleMomentUntilItMayChange() {
    new Timeline(
            board,
            schedutil(
                "schedutil:kernel=4.19:up_rate_limit_us=20000:down_rate_limit_us=20000:util_est=0",
                1))
        .workUntil(84)
        .sleepUntil(98)
        .workUntil(101);
    assertThat(board.log).containsExactly("80000 us cpu 1000MHz", "100000 us cpu 500MHz");
  }

  /**
   * The same at ticks of 20 ms, where a CPU is idle only if a tick finds it so. From 84 to 98 ms
   * none does: asked at 100 ms with u = 186 as above it keeps its clock, where any idle moment
   * would let it fall. From 84 to 102 ms that at 100 ms does, and u = 210.8 * 0.5^(18/33.554) =
   * 145, raw 354: 500 MHz.
   */
  @Test
  void schedutil_ofASingleCpu_countsItsIdleMoments_asTheKernelDoes() {
    String spec =
        "schedutil:kernel=4.19:hz=50:up_rate_limit_us=20000:down_rate_limit_us=20000:util_est=0";
    assertThat(changes(spec + ":idle_at_tick=1", 98)).containsExactly("80000 us cpu 1000MHz");
    assertThat(changes(spec, 98)).containsExactly("80000 us cpu 1000MHz", "100000 us cpu 500MHz");
    assertThat(changes(spec + ":idle_at_tick=1", 102))
        .containsExactly("80000 us cpu 1000MHz", "102000 us cpu 500MHz");
  }

  /** Returns what a lone CPU's clock does that works for 84 ms, sleeps, and works on. */
  private static List<String> changes(String spec, int awakeMillis) {
    FakeBoard fresh = FakeBoard.of(CORE, MEMORY);
    new Timeline(fresh, schedutil(spec, 1))
        .workUntil(84)
        .sleepUntil(awakeMillis)
        .workUntil(awakeMillis + 3);
    return fresh.log;
  }

  /**
   * A thread that runs from 0 on. At 500 of 2000 MHz the limit is 256, so after 4n ms the signal is
   * u = 256 (1 - 0.5^(4n/33.554)) and raw = 2500 MHz * u / 1024. That exceeds 500 MHz once u &gt;
   * 204.8: n = 19 gives 202.7; n = 20 gives 207.0, raw = 2,500,000 * 206 / 1024 = 502,929 kHz. So
   * the clock rises to 1000 MHz at 80 ms. Then the limit is 512; u = 512 - 305.0 * 0.5^(4k/33.554)
   * and 1000 MHz is exceeded beyond u = 409.6, truncated: k = 13 gives 407.8, k = 14 gives 416.1.
   * That is 56 ms later.
   */
  @Test
  void schedutil_climbsAsItsUtilizationDoes() {
    run(SchedutilGovernor::new, "schedutil:kernel=4.19").workUntil(139);
    assertThat(board.log).containsExactly("80000 us cpu 1000MHz", "136000 us cpu 1500MHz");
  }

  /**
   * Released at 1 ms, the ticks stay at multiples of 4 ms. u &gt;= 205 needs 33.554 * log2(256 /
   * (256 - 205)) = 78.1 ms of running, from 1 ms on: the first tick after 79.1 ms is that at 80 ms.
   */
  @Test
  void schedutil_isAskedAtTheMachinesTicks_notTheJobs() {
    run(SchedutilGovernor::new, "schedutil:kernel=4.19").sleepUntil(1).workUntil(82);
    assertThat(board.log).containsExactly("80000 us cpu 1000MHz");
  }

  /**
   * At 100 ticks a second the rise that was due at 80 ms comes at the tick of 80 ms, the next one,
   * due at 136 ms, at that of 140 ms.
   */
  @Test
  void schedutil_isAskedAsOftenAsTheKernelTicks() {
    run(SchedutilGovernor::new, "schedutil:kernel=4.19:hz=100").workUntil(145);
    assertThat(board.log).containsExactly("80000 us cpu 1000MHz", "140000 us cpu 1500MHz");
  }

  /**
   * 1000 MHz since 80 ms. Asleep from 84 ms on with u = 512 - 305.0 * 0.5^(4/33.554) = 231.2; the
   * wake-up at 95 ms finds 231.2 * 0.5^(11/33.554) = 184.2, which wants 500 MHz: only 15 ms after
   * the last change, so it is dropped. At 101 ms it is not.
   */
  @Test
  void schedutil_dropsAChangeThatComesTooSoonDown() {
    run(SchedutilGovernor::new, "schedutil:kernel=4.19:util_est=0")
        .workUntil(84)
        .sleepUntil(95)
        .workUntil(95)
        .sleepUntil(101)
        .workUntil(101);
    assertThat(board.log).containsExactly("80000 us cpu 1000MHz", "101000 us cpu 500MHz");
  }

  /**
   * With a limit of 0 us down, going to sleep at 84 ms already asks for u = 231 -&gt; raw 563.9
   * -&gt; 1000 MHz (kept). From 84 to 101 ms asleep, u = 231.2 * 0.5^(17/33.554) = 162 -&gt; 500
   * MHz at the wake-up. A single CPU that was idle in between is slowed down as well; one that was
   * busy is not, which {@link #schedutil_ofASingleBusyCpu_doesNotSlowDown} shows.
   */
  @Test
  void schedutil_ofASingleCpu_slowsDownAfterIdling() {
    new Timeline(board, schedutil("schedutil:kernel=4.19:down_rate_limit_us=0:util_est=0", 1))
        .workUntil(84)
        .sleepUntil(101)
        .workUntil(101);
    assertThat(board.log).containsExactly("80000 us cpu 1000MHz", "101000 us cpu 500MHz");
  }

  /**
   * Busy at 2000 MHz for 64 ms: u = 1024 * (1 - 0.5^(64/33.554)) = 751, raw 1833, so 2000 MHz. Then
   * a thermal cap holds the clock at 500 MHz, where the signal's limit is 256: at 128 ms u = 256 +
   * 495 * 0.267 = 388, raw 947 MHz. A cluster asks for 1000 MHz, a CPU of its own that has had no
   * idle moment does not.
   */
  @Test
  void schedutil_ofASingleBusyCpu_doesNotSlowDown() {
    String text = "schedutil:kernel=4.19:down_rate_limit_us=0";
    for (int cpus : new int[] {4, 1}) {
      FakeBoard capped = FakeBoard.of(CORE, MEMORY);
      Timeline timeline = new Timeline(capped, schedutil(text, cpus));
      capped.request(0, 3);
      capped.log.clear();
      capped.hold(0, 3);
      timeline.workUntil(64);
      assertThat(capped.requested(0)).isEqualTo(3);
      capped.hold(0, 0);
      timeline.workUntil(130);
      assertThat(capped.requested(0)).isEqualTo(cpus == 1 ? 3 : 1);
    }
  }

  /**
   * As in {@link #schedutil_climbsAsItsUtilizationDoes}, asleep at 84 ms with u = 231. After 100 ms
   * of sleep u is 29, for which the plain law would wake up at 500 MHz; the estimate of 231 asks
   * for 563.9, so 1000 MHz stay. Asleep again at 184.1 ms the estimate no longer counts: u = 30,
   * 500 MHz. It falls by a quarter of the surplus, (4 * 231 + 30 - 231) / 4 = 180, raw 439, so the
   * next wake-up stays at 500 MHz.
   */
  @Test
  void schedutil_withUtilEst_wakesUpWithWhatItLastUsed() {
    run(SchedutilGovernor::new, "schedutil:kernel=4.19")
        .workUntil(84)
        .sleepUntil(184)
        .workUntil(184.1)
        .sleepUntil(284)
        .workUntil(284.1);
    assertThat(board.log).containsExactly("80000 us cpu 1000MHz", "184100 us cpu 500MHz");
  }

  /** The wake-up is one decision, so the up limit of 500 us cannot hold the estimate back. */
  @Test
  void schedutil_asksOnceAtAWakeUp_withTheEstimate() {
    Timeline timeline = run(SchedutilGovernor::new, "schedutil:kernel=4.19:down_rate_limit_us=0");
    timeline.workUntil(84).sleepUntil(84); // u = 231: 1000 MHz
    board.request(0, 0); // as if a powersave cap had come and gone while it slept
    timeline.sleepUntil(184).workUntil(184);
    assertThat(board.log)
        .containsExactly("80000 us cpu 1000MHz", "84000 us cpu 500MHz", "184000 us cpu 1000MHz");
  }

  @Test
  void utilEstimate_risesAtOnce_andFallsByAQuarter_roundingDown() {
    UtilEstimate estimate = new UtilEstimate();
    estimate.slept(400);
    assertThat(estimate.utilization()).isEqualTo(400);
    estimate.slept(391); // nine parts less are less than one percent
    assertThat(estimate.utilization()).isEqualTo(400);
    estimate.slept(390); // (1600 + 390 - 400) / 4 = 397.5
    assertThat(estimate.utilization()).isEqualTo(397);
    estimate.slept(0);
    assertThat(estimate.utilization()).isEqualTo(297); // 297.75
    estimate.slept(500);
    assertThat(estimate.utilization()).isEqualTo(500);
  }

  private static long raw(String tunables, int utilization, boolean running) {
    return new Uclamp(GovernorSpec.parse("schedutil:" + tunables))
        .rawKilohertz(2_000_000, utilization, running, 0);
  }

  /**
   * Fastest 2 GHz, util 100, least 201. Before 5.14: 2,500,000 * 201 / 1024 = 490,722. Before 6.8:
   * 2,000,000 * (201 + 50) / 1024 = 490,234. From 6.8 the quarter is not added to a clamp:
   * 2,000,000 * 201 / 1024 = 392,578. Util 203 unclamped: 495,605 before 5.14, then 203 + 50 = 253:
   * 494,140.
   */
  @Test
  void uclampMin_hasHeadroomAddedUntil68() {
    assertThat(raw("uclamp_min=201:kernel=4.14", 100, true)).isEqualTo(490_722);
    assertThat(raw("uclamp_min=201:kernel=5.13", 100, true)).isEqualTo(490_722);
    assertThat(raw("uclamp_min=201:kernel=5.14", 100, true)).isEqualTo(490_234);
    assertThat(raw("uclamp_min=201:kernel=6.7", 100, true)).isEqualTo(490_234);
    assertThat(raw("uclamp_min=201:kernel=6.8", 100, true)).isEqualTo(392_578);
    assertThat(raw("uclamp_min=201:kernel=7.0", 100, true)).isEqualTo(392_578);
    assertThat(raw("kernel=5.10", 203, true)).isEqualTo(495_605);
    assertThat(raw("kernel=6.1", 203, true)).isEqualTo(494_140);
    assertThat(raw("kernel=6.8", 203, true)).isEqualTo(494_140);
  }

  /**
   * Util 900, most 512: 2,500,000 * 512 / 1024 = 1,250,000 before 6.8, then 1,000,000. Unclamped,
   * util 900 asks for more than there is before 6.8 and for the fastest clock since then.
   */
  @Test
  void uclampMax_isExceededByTheHeadroomUntil68() {
    assertThat(raw("uclamp_max=512", 900, true)).isEqualTo(1_250_000);
    assertThat(raw("uclamp_max=512:kernel=6.1", 900, true)).isEqualTo(1_250_000);
    assertThat(raw("uclamp_max=512:kernel=6.8", 900, true)).isEqualTo(1_000_000);
    assertThat(raw("kernel=5.10", 900, true)).isEqualTo(2_197_265);
    assertThat(raw("kernel=6.8", 900, true)).isEqualTo(2_000_000);
  }

  /** Crossed clamps: 600 counts, with its quarter before 6.8. Asleep only the upper one does. */
  @Test
  void uclampMin_winsOverUclampMax_andCountsOnlyWhileAJobRuns() {
    assertThat(raw("uclamp_min=600:uclamp_max=512", 900, true)).isEqualTo(1_464_843);
    assertThat(raw("uclamp_min=600:uclamp_max=512:kernel=6.8", 900, true)).isEqualTo(1_171_875);
    assertThat(raw("uclamp_min=600:uclamp_max=512", 900, false)).isEqualTo(1_250_000);
    assertThat(raw("uclamp_min=600", 100, false)).isEqualTo(244_140);
  }

  /**
   * Least 600 on 6.8: 1171.9 MHz, 1500 MHz at the first tick, as the wake-up comes 0 us after the
   * start. Asleep at 30 ms: 4 ms at 500 MHz and 26 ms at 1500 MHz of 2000 count as 20.5 ms: u =
   * 1024 * (1 - 0.5^(20.5/33.554)) = 353, raw (353 + 88) * 2000 / 1024 = 861 MHz: 1000 MHz, as the
   * clamp sleeps, too. The wake-up at 60 ms asks for the clamp again, at once.
   */
  @Test
  void uclampMin_comesAndGoesWithTheJob() {
    run(SchedutilGovernor::new, "schedutil:kernel=6.8:uclamp_min=600")
        .workUntil(30)
        .sleepUntil(60)
        .workUntil(60);
    assertThat(board.log)
        .containsExactly("4000 us cpu 1500MHz", "30000 us cpu 1000MHz", "60000 us cpu 1500MHz");
  }

  /**
   * A hint of 813 for 10 ms: raw 2,500,000 * 813 / 1024 = 1985 MHz, 2000 MHz at the tick at 4 ms.
   * Without it u = 173 at 12 ms would be slow, but a fall waits for 20 ms: at 24 ms u = 1024 -
   * 1003.7 * 0.5^(20/33.554) = 360, raw 878: 1000 MHz. The next job at 100 ms estimates 363, raw
   * 886: nothing changes, unless it gives the hint anew.
   */
  @Test
  void aBoost_lastsAsLongAsItsHint() {
    run(SchedutilGovernor::new, "schedutil:kernel=4.19:boost=813:boost_ms=10:boost_on=start")
        .workUntil(25)
        .sleepUntil(100)
        .workUntil(105);
    assertThat(board.log).containsExactly("4000 us cpu 2000MHz", "24000 us cpu 1000MHz");
    FakeBoard other = FakeBoard.of(CORE, MEMORY);
    new Timeline(other, schedutil("schedutil:kernel=4.19:boost=813:boost_ms=10", 4))
        .workUntil(25)
        .sleepUntil(100)
        .workUntil(105);
    assertThat(other.log)
        .containsExactly("4000 us cpu 2000MHz", "24000 us cpu 1000MHz", "100000 us cpu 2000MHz");
  }

  @Test
  void wrongTunables_areNamedWithTheirValue() {
    assertThatThrownBy(() -> raw("kernel=new", 1, true))
        .hasMessageContaining("kernel of governor schedutil ('new') must be a version");
    assertThatThrownBy(() -> raw("kernel=6", 1, true)).hasMessageContaining("('6')");
    assertThatThrownBy(() -> raw("boost_on=touch", 1, true))
        .hasMessageContaining("boost_on of governor schedutil ('touch') must be job or start");
    assertThatThrownBy(() -> raw("uclamp_min=1025", 1, true)).hasMessageContaining("(1025)");
  }

  /**
   * A single busy CPU at 2000 MHz, most 512. At 32 ms u = 495: a fall would be held back. At 36 ms
   * u = 537 is capped, raw 1250 MHz: the cap counts, busy or not.
   */
  @Test
  void schedutil_ofASingleBusyCpu_slowsDownWhereItsUpperClampSaysSo() {
    Timeline timeline =
        new Timeline(
            board, schedutil("schedutil:kernel=4.19:down_rate_limit_us=0:uclamp_max=512", 1));
    timeline.workUntil(0); // awake
    board.request(0, 3);
    board.log.clear();
    timeline.workUntil(37);
    assertThat(board.log).containsExactly("36000 us cpu 1500MHz");
  }
}
