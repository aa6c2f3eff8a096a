package io.neurobalancer.baselines.linux;

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

/** The CPU governors that sample load: ondemand and conservative. */
final class SamplingGovernorsTest {

  private static final OppTable CORE = FakeBoard.megahertz(500, 1_000, 1_500, 2_000);
  private static final OppTable MEMORY = FakeBoard.megahertz(300, 547, 1_017, 1_804);
  private static final Hardware HARDWARE = Machines.of(CORE, MEMORY, 4);

  private final FakeBoard board = FakeBoard.of(CORE, MEMORY);

  private Timeline run(Law.CoreFactory law, String text) {
    return new Timeline(board, (b, now) -> law.begin(GovernorSpec.parse(text), HARDWARE, b, now));
  }

  /**
   * Samples are due after 10 ms, at scheduler events. Running from 0: the tick at 12 ms is the
   * first one late enough; load 100 &gt; 95: full speed. Asleep from 24 ms (sampled: 100). At 40 ms
   * it wakes up after 16 ms: elapsed 16, idle 16, not more than two periods, so load 0: 500 MHz.
   */
  @Test
  void ondemand_jumpsToFullSpeed_andFallsWithTheLoad() {
    run(OndemandGovernor::new, "ondemand").workUntil(24).sleepUntil(40).workUntil(41);
    assertThat(board.log).containsExactly("12000 us cpu 2000MHz", "40000 us cpu 500MHz");
  }

  /**
   * As above, but 76 ms of sleep: more than two periods, so the wake-up at 100 ms reuses the load
   * of 100 and stays at full speed. It sleeps again after 1 ms, before another sample: the load of
   * before is used up, so the wake-up at 200 ms counts 1 of 100 ms: load 1, 500 + 15 MHz.
   */
  @Test
  void ondemand_givesASleeperItsLoadOfBefore_once() {
    run(OndemandGovernor::new, "ondemand")
        .workUntil(24)
        .sleepUntil(100)
        .workUntil(101)
        .sleepUntil(200)
        .workUntil(201);
    assertThat(board.log).containsExactly("12000 us cpu 2000MHz", "200000 us cpu 500MHz");
  }

  /**
   * Work of 6 ms, then sleep of 6 ms: at the wake-up at 12 ms the load is 50: 500 + 50 * 1500 / 100
   * = 1250 MHz, as near to 1000 as to 1500: the slower.
   */
  @Test
  void ondemand_takesTheNearestOpp_theSlowerOfTwo() {
    run(OndemandGovernor::new, "ondemand").workUntil(6).sleepUntil(12).workUntil(12);
    assertThat(board.log).containsExactly("12000 us cpu 1000MHz");
  }

  /**
   * Steps of 5 % of 2000 MHz, 100 MHz, from 500 MHz at each sample (12, 24, 36, ... ms) of a busy
   * CPU: 600, 700, 800, 900, 1000 MHz at 60 ms, where the first OPP is reached; going up, the OPP
   * at or below counts. Sleep from 61 to 73 ms: load 1/13 = 7 &lt; 20, at most two periods asleep:
   * 900 MHz, and the OPP at or above it is 1000 MHz.
   */
  @Test
  void conservative_stepsWhetherOrNotAnOppLiesThere() {
    run(ConservativeGovernor::new, "conservative").workUntil(61).sleepUntil(73).workUntil(74);
    assertThat(board.log).containsExactly("60000 us cpu 1000MHz");
  }

  /**
   * At 60 ms 1000 MHz. Asleep from 60 to 120 ms: 60 ms idle are 6 periods of 10 ms, so 600 MHz come
   * off: 500 MHz, the least. The load is the 100 of before, so one step up: 600 MHz, OPP 500.
   */
  @Test
  void conservative_takesOneStepOffPerPeriodSleptThrough() {
    run(ConservativeGovernor::new, "conservative").workUntil(60).sleepUntil(120).workUntil(121);
    assertThat(board.log).containsExactly("60000 us cpu 1000MHz", "120000 us cpu 500MHz");
  }

  /**
   * As above: a wish of 900 MHz at 73 ms, load 7, clock 1000 MHz. Asleep from 74 to 114 ms: 4
   * periods take the wish to 500 MHz, the least, and the load is the 7 of before, which is low. The
   * clock follows the wish; kernels that break early keep 1000 MHz.
   */
  @Test
  void conservative_fallsToTheWish_thatSleepTookToTheEnd() {
    run(ConservativeGovernor::new, "conservative")
        .workUntil(61)
        .sleepUntil(73)
        .workUntil(74)
        .sleepUntil(114)
        .workUntil(115);
    assertThat(board.log).containsExactly("60000 us cpu 1000MHz", "114000 us cpu 500MHz");
    FakeBoard other = FakeBoard.of(CORE, MEMORY);
    new Timeline(
            other,
            (b, now) ->
                new ConservativeGovernor(
                    GovernorSpec.parse("conservative:break_early=1"), HARDWARE, b, now))
        .workUntil(61)
        .sleepUntil(73)
        .workUntil(74)
        .sleepUntil(114)
        .workUntil(115);
    assertThat(other.log).containsExactly("60000 us cpu 1000MHz");
  }

  @Test
  void wrongTunables_areNamedWithTheirValue() {
    assertThatThrownBy(() -> run(OndemandGovernor::new, "ondemand:sampling_rate=0"))
        .hasMessageContaining("sampling_rate of governor ondemand (0) must be from 1000");
  }

  /**
   * Full speed at 12 ms is kept unexamined for 3 periods: the wake-up at 40 ms is too early. At 50
   * ms 13 of 38 ms were busy: load 34, 500 + 510 MHz, nearest to 1000.
   */
  @Test
  void ondemand_keepsFullSpeedUnexamined_forItsFactor() {
    run(OndemandGovernor::new, "ondemand:sampling_down_factor=3")
        .workUntil(24)
        .sleepUntil(40)
        .workUntil(41)
        .sleepUntil(50)
        .workUntil(50);
    assertThat(board.log).containsExactly("12000 us cpu 2000MHz", "50000 us cpu 1000MHz");
  }

  /** Steps of 500 MHz up at 12, 24 and 36 ms; 1 of 13 ms busy at 49 and 62: down at the second. */
  @Test
  void conservative_stepsDownAtEverySecondSample_ifAsked() {
    run(ConservativeGovernor::new, "conservative:freq_step=25:sampling_down_factor=2")
        .workUntil(37)
        .sleepUntil(49)
        .workUntil(50)
        .sleepUntil(62)
        .workUntil(62);
    assertThat(board.log)
        .containsExactly(
            "12000 us cpu 1000MHz",
            "24000 us cpu 1500MHz",
            "36000 us cpu 2000MHz",
            "62000 us cpu 1500MHz");
  }
}
