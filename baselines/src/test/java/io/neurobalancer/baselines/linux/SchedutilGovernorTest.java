package io.neurobalancer.baselines.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.neurobalancer.baselines.Machines;
import io.neurobalancer.baselines.law.Hardware;
import io.neurobalancer.baselines.law.Law;
import io.neurobalancer.device.OppTable;
import io.neurobalancer.governor.FakeBoard;
import io.neurobalancer.governor.Governor;
import io.neurobalancer.governor.GovernorSpec;
import io.neurobalancer.governor.Timeline;
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
    PeltSignal signal = new PeltSignal(0);
    signal.advance(32_768_000, true, 1);
    assertThat(signal.utilization()).isEqualTo(512);
    signal.advance(2 * 32_768_000, true, 1);
    assertThat(signal.utilization()).isEqualTo(768); // half of what was missing
    signal.advance(3 * 32_768_000, false, 1);
    assertThat(signal.utilization()).isEqualTo(384); // asleep it halves
  }

  @Test
  void pelt_countsRunningTimeAtASlowClock_forLess() {
    PeltSignal signal = new PeltSignal(0);
    signal.advance(32_768_000, true, 0.25);
    assertThat(signal.utilization()).isEqualTo(128); // half of a limit of 256
  }

  /**
   * A thread that runs from 0 on. At 500 of 2000 MHz the limit is 256, so after 4n ms the signal is
   * u = 256 (1 - 0.5^(4n/32.768)) and raw = 2500 MHz * u / 1024. That exceeds 500 MHz once u &gt;
   * 204.8: n = 19 gives 204.7, which truncates to 204, raw 498.0; n = 20 gives 208.9, raw =
   * 2,500,000 * 208 / 1024 = 507,812 kHz. So the clock rises to 1000 MHz at 80 ms. Then the limit
   * is 512; u = 512 - 303.1 * 0.5^(4k/32.768) and 1000 MHz is exceeded beyond u = 409.6, truncated:
   * k = 13 gives 411.1. That is 52 ms later.
   */
  @Test
  void schedutil_climbsAsItsUtilizationDoes() {
    run(SchedutilGovernor::new, "schedutil").workUntil(139);
    assertThat(board.log).containsExactly("80000 us cpu 1000MHz", "132000 us cpu 1500MHz");
  }

  /**
   * Released at 1 ms, the ticks stay at multiples of 4 ms. u &gt;= 205 needs 32.768 * log2(256 /
   * (256 - 205)) = 76.3 ms of running, from 1 ms on: the first tick after 77.3 ms is that at 80 ms.
   */
  @Test
  void schedutil_isAskedAtTheMachinesTicks_notTheJobs() {
    run(SchedutilGovernor::new, "schedutil").sleepUntil(1).workUntil(82);
    assertThat(board.log).containsExactly("80000 us cpu 1000MHz");
  }

  /**
   * At 100 ticks a second the rise that was due at 80 ms comes at the tick of 80 ms, the next one,
   * due at 132 ms, at that of 140 ms.
   */
  @Test
  void schedutil_isAskedAsOftenAsTheKernelTicks() {
    run(SchedutilGovernor::new, "schedutil:hz=100").workUntil(145);
    assertThat(board.log).containsExactly("80000 us cpu 1000MHz", "140000 us cpu 1500MHz");
  }

  /**
   * 1000 MHz since 80 ms. Asleep from 84 ms on with u = 512 - 303.1 * 0.5^(4/32.768) = 233.5; the
   * wake-up at 95 ms finds 233.5 * 0.5^(11/32.768) = 185.0, which wants 500 MHz: only 15 ms after
   * the last change, so it is dropped. At 101 ms it is not.
   */
  @Test
  void schedutil_dropsAChangeThatComesTooSoonDown() {
    run(SchedutilGovernor::new, "schedutil")
        .workUntil(84)
        .sleepUntil(95)
        .workUntil(95)
        .sleepUntil(101)
        .workUntil(101);
    assertThat(board.log).containsExactly("80000 us cpu 1000MHz", "101000 us cpu 500MHz");
  }

  /**
   * With a limit of 0 us down, going to sleep at 84 ms already asks for u = 233 -&gt; raw 568.8
   * -&gt; 1000 MHz (kept). From 84 to 101 ms asleep, u = 233.5 * 0.5^(17/32.768) = 163 -&gt; 500
   * MHz at the wake-up. A single CPU that was idle in between is slowed down as well; one that was
   * busy is not, which {@link #schedutil_ofASingleBusyCpu_doesNotSlowDown} shows.
   */
  @Test
  void schedutil_ofASingleCpu_slowsDownAfterIdling() {
    new Timeline(board, schedutil("schedutil:down_rate_limit_us=0", 1))
        .workUntil(84)
        .sleepUntil(101)
        .workUntil(101);
    assertThat(board.log).containsExactly("80000 us cpu 1000MHz", "101000 us cpu 500MHz");
  }

  /**
   * Busy at 2000 MHz for 64 ms: u = 1024 * (1 - 0.5^(64/32.768)) = 759, raw 1853, so 2000 MHz. Then
   * a thermal cap holds the clock at 500 MHz, where the signal's limit is 256: at 128 ms u = 256 +
   * 503 * 0.258 = 385, raw 940 MHz. A cluster asks for 1000 MHz, a CPU of its own that has had no
   * idle moment does not.
   */
  @Test
  void schedutil_ofASingleBusyCpu_doesNotSlowDown() {
    String text = "schedutil:down_rate_limit_us=0";
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
   * As in {@link #schedutil_climbsAsItsUtilizationDoes}, asleep at 84 ms with u = 233. After 100 ms
   * of sleep u is 28 and the plain law wakes up at 500 MHz; with the estimate the task wakes up
   * with the 233 it used: raw 568.8 -&gt; 1000 MHz. The short wake-up ends with u near 28, so the
   * estimate falls by a quarter of the surplus: 233 - 205 / 4 = 182 -&gt; raw 444 -&gt; 500 MHz.
   */
  @Test
  void schedutil_withUtilEst_wakesUpWithWhatItLastUsed() {
    run(SchedutilGovernor::new, "schedutil:util_est=1:up_rate_limit_us=0")
        .workUntil(84)
        .sleepUntil(184)
        .workUntil(184.1)
        .sleepUntil(284)
        .workUntil(284.1);
    assertThat(board.log)
        .containsExactly(
            "80000 us cpu 1000MHz",
            "184000 us cpu 500MHz", // the sleeper's own utilization, asked on the way up
            "184000 us cpu 1000MHz",
            "284000 us cpu 500MHz");
  }
}
