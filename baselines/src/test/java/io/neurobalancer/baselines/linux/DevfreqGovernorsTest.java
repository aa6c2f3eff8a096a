package io.neurobalancer.baselines.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.neurobalancer.baselines.Machines;
import io.neurobalancer.baselines.law.Hardware;
import io.neurobalancer.baselines.law.Law;
import io.neurobalancer.device.OppTable;
import io.neurobalancer.governor.Counter;
import io.neurobalancer.governor.FakeBoard;
import io.neurobalancer.governor.GovernorSpec;
import io.neurobalancer.governor.Timeline;
import org.junit.jupiter.api.Test;

/** The governors of GPU and memory clocks. */
final class DevfreqGovernorsTest {

  private static final OppTable CORE = FakeBoard.megahertz(200, 300, 400, 600);
  private static final OppTable MEMORY = FakeBoard.megahertz(300, 547, 1_017, 1_804);
  private static final Hardware HARDWARE = Machines.of(CORE, MEMORY, 1);

  private final FakeBoard board = FakeBoard.of(CORE, MEMORY);

  private Timeline run(Law.CoreFactory law, String text) {
    return new Timeline(board, (b, now) -> law.begin(GovernorSpec.parse(text), HARDWARE, b, now));
  }

  /**
   * up 90, down 5, at 400 MHz over 100 units: 91 busy races; 90 and 86 keep; 85 falls to 85 * 400 /
   * 100 = 340, times 100 / 88 = 386.36 MHz. Nothing measured races, too.
   */
  @Test
  void simpleOndemand_racesKeepsAndFollows_withItsTruncations() {
    SimpleOndemandLaw law = new SimpleOndemandLaw(90, 5);
    assertThat(law.nextHertz(91, 100, 400_000_000)).isEqualTo(Long.MAX_VALUE);
    assertThat(law.nextHertz(90, 100, 400_000_000)).isEqualTo(400_000_000);
    assertThat(law.nextHertz(86, 100, 400_000_000)).isEqualTo(400_000_000);
    assertThat(law.nextHertz(85, 100, 400_000_000)).isEqualTo(386_363_636);
    assertThat(law.nextHertz(0, 0, 400_000_000)).isEqualTo(Long.MAX_VALUE);
  }

  /**
   * Polled at 50 ms: busy throughout, 600 MHz. Asleep from 60 ms: at 100 ms 10 of 50 ms were busy:
   * 10 / 50 * 600 * 100 / 88 = 136: 200 MHz.
   */
  @Test
  void simpleOndemand_polls() {
    run(SimpleOndemandGovernor::new, "simple_ondemand").workUntil(60).sleepUntil(160);
    assertThat(board.log).containsExactly("50000 us cpu 600MHz", "100000 us cpu 200MHz");
  }

  /**
   * Idle for 60 ms, longer than one interval of 50: the wake-up doubles 200 to 400 MHz until 110
   * ms. The poll at 100 ms, busy for 40 of 50 ms at 400 MHz, wants 363.6: 400; after the boost it
   * stays.
   */
  @Test
  void simpleOndemand_boostsALateWakeUp_ifAsked() {
    run(SimpleOndemandGovernor::new, "simple_ondemand:wake_boost=1").sleepUntil(60).workUntil(120);
    assertThat(board.log).containsExactly("60000 us cpu 400MHz");
  }

  @Test
  void simpleOndemand_clampsAnIdleGpu_ifAsked() {
    run(SimpleOndemandGovernor::new, "simple_ondemand:idle_clamp_ms=1")
        .workUntil(60)
        .sleepUntil(70)
        .workUntil(70);
    // 600 MHz from 50 ms, dropped 1 ms after the job ended, back when the next one starts.
    assertThat(board.log)
        .containsExactly("50000 us cpu 600MHz", "61000 us cpu 200MHz", "70000 us cpu 600MHz");
  }

  /**
   * Polls every 25 ms, changes at least 50 ms apart, boost at most 600 / 3 = 200 MHz. Busy: at 50
   * ms 200 + 200 = 400 MHz, at 100 ms 600. Asleep from 110 ms. Without a history the busy clock is
   * a moving average, (10 old + new) / 11: 18.18, 34.71, 67.92, 98.11, 111.01 (10 of 25 ms at 600
   * are 240), 100.92 MHz at 150 ms, busyness 168. Boost (168 - 700) * 80 * 600 / (100 * 700) =
   * -364: request 236. Average request (0, 400) 36, (36, 600) 87, (87, 236) 100: 0.7 * 236 + 0.3 *
   * 100 = 195: 200 MHz.
   */
  @Test
  void podgov_racesWhenBusy_andFallsByAverage() {
    run(PodgovGovernor::new, "nvhost_podgov:history=0").workUntil(110).sleepUntil(160);
    assertThat(board.log)
        .containsExactly("50000 us cpu 400MHz", "100000 us cpu 600MHz", "150000 us cpu 200MHz");
  }

  /**
   * With its history the highest busy clock of late counts, 400 MHz (at 100 ms, before the change):
   * busyness 666, boost -34 * 48,000 / 70,000 = -23, request 577, average (870 + 577) / 11 = 131:
   * 0.7 * 577 + 0.3 * 131 = 443: still 600 MHz. At 175 ms again 577; average (1310 + 577) / 11 =
   * 171, 455. It stays for as long as it remembers.
   */
  @Test
  void podgov_staysUp_whileItRemembersWork() {
    run(PodgovGovernor::new, "nvhost_podgov").workUntil(110).sleepUntil(1_000);
    assertThat(board.log).containsExactly("50000 us cpu 400MHz", "100000 us cpu 600MHz");
  }

  /**
   * 16 bytes per clock. At 300 MHz the bus moves 240 MB in 50 ms; 230 MB are 95 %: maximum. At 1804
   * MHz it would move 1443 MB; 430 MB are 29.79 %, 14,897 of 50,000 us: 14,897 * 1804 / 50,000 =
   * 537 MHz, times 100 / 88: 610: 1017 MHz.
   */
  @Test
  void memoryOndemand_followsTheBusLoad() {
    MemoryOndemandGovernor governor =
        new MemoryOndemandGovernor(GovernorSpec.of("simple_ondemand"), HARDWARE, board, 0);
    board.count(Counter.DRAM_BYTES, 230e6);
    governor.tick(50_000_000);
    assertThat(governor.voteOpp()).isEqualTo(3);
    board.request(1, 3);
    board.count(Counter.DRAM_BYTES, 430e6);
    governor.tick(100_000_000);
    assertThat(governor.voteOpp()).isEqualTo(2);
  }
}
