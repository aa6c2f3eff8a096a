package io.neurobalancer.simulator.baseline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neurobalancer.device.OppTable;
import io.neurobalancer.governor.GovernorSpec;
import org.junit.jupiter.api.Test;

/** The CPU governors that sample load: ondemand, conservative, interactive. */
final class SamplingGovernorsTest {

  private static final OppTable CORE = FakeMachine.megahertz(500, 1_000, 1_500, 2_000);
  private static final OppTable MEMORY = FakeMachine.megahertz(300, 547, 1_017, 1_804);
  private static final Site SITE = new Site(CORE, MEMORY, 4, 16);

  private final FakeMachine machine = new FakeMachine(CORE, MEMORY);

  private static GovernorSpec spec(String text) {
    return GovernorSpec.parse(text);
  }

  /**
   * Samples are due after 10 ms, at scheduler events. Running from 0: the tick at 12 ms is the
   * first one late enough; load 100 &gt; 95: full speed. Asleep from 24 ms (sampled: 100). At 40 ms
   * it wakes up after 16 ms: elapsed 16, idle 16, not more than two periods, so load 0: 500 MHz.
   */
  @Test
  void ondemand_jumpsToFullSpeed_andFallsWithTheLoad() {
    new Timeline(machine, new OndemandGovernor(spec("ondemand"), SITE))
        .workUntil(24)
        .sleepUntil(40)
        .workUntil(41);
    assertThat(machine.log).containsExactly("12000 us cpu 2000MHz", "40000 us cpu 500MHz");
  }

  /**
   * As above, but 76 ms of sleep: more than two periods, so the wake-up at 100 ms reuses the load
   * of 100 and stays at full speed. It sleeps again after 1 ms, before another sample: the load of
   * before is used up, so the wake-up at 200 ms counts 1 of 100 ms: load 1, 500 + 15 MHz.
   */
  @Test
  void ondemand_givesASleeperItsLoadOfBefore_once() {
    new Timeline(machine, new OndemandGovernor(spec("ondemand"), SITE))
        .workUntil(24)
        .sleepUntil(100)
        .workUntil(101)
        .sleepUntil(200)
        .workUntil(201);
    assertThat(machine.log).containsExactly("12000 us cpu 2000MHz", "200000 us cpu 500MHz");
  }

  /**
   * Work of 6 ms, then sleep of 6 ms: at the wake-up at 12 ms the load is 50: 500 + 50 * 1500 / 100
   * = 1250 MHz, as near to 1000 as to 1500: the slower.
   */
  @Test
  void ondemand_takesTheNearestOpp_theSlowerOfTwo() {
    new Timeline(machine, new OndemandGovernor(spec("ondemand"), SITE))
        .workUntil(6)
        .sleepUntil(12)
        .workUntil(12);
    assertThat(machine.log).containsExactly("12000 us cpu 1000MHz");
  }

  /**
   * Steps of 5 % of 2000 MHz, 100 MHz, from 500 MHz at each sample (12, 24, 36, ... ms) of a busy
   * CPU: 600, 700, 800, 900, 1000 MHz at 60 ms, where the first OPP is reached; going up, the OPP
   * at or below counts. Sleep from 61 to 73 ms: load 1/13 = 7 &lt; 20, at most two periods asleep:
   * 900 MHz, and the OPP at or above it is 1000 MHz.
   */
  @Test
  void conservative_stepsWhetherOrNotAnOppLiesThere() {
    new Timeline(machine, new ConservativeGovernor(spec("conservative"), SITE))
        .workUntil(61)
        .sleepUntil(73)
        .workUntil(74);
    assertThat(machine.log).containsExactly("60000 us cpu 1000MHz");
  }

  /**
   * At 60 ms 1000 MHz. Asleep from 60 to 120 ms: 60 ms idle are 6 periods of 10 ms, so 600 MHz come
   * off: 500 MHz, the least. The load is the 100 of before, so one step up: 600 MHz, OPP 500.
   */
  @Test
  void conservative_takesOneStepOffPerPeriodSleptThrough() {
    new Timeline(machine, new ConservativeGovernor(spec("conservative"), SITE))
        .workUntil(60)
        .sleepUntil(120)
        .workUntil(121);
    assertThat(machine.log).containsExactly("60000 us cpu 1000MHz", "120000 us cpu 500MHz");
  }

  /**
   * hispeed_freq 1000 MHz. The timer at 20 ms finds load 100 at 500 MHz: hispeed. At 40 ms load 100
   * at 1000 MHz: 1000 / 0.9 = 1111, the OPP 1500; the wait of 20 ms above hispeed, counted from the
   * sample at 20 ms, is over. At 60 ms load 100 at 1500 MHz: 1666, 2000 MHz.
   */
  @Test
  void interactive_jumpsToHispeed_thenClimbs() {
    new Timeline(machine, new InteractiveGovernor(spec("interactive:hispeed_freq=1000000"), SITE))
        .workUntil(70);
    assertThat(machine.log)
        .containsExactly("20000 us cpu 1000MHz", "40000 us cpu 1500MHz", "60000 us cpu 2000MHz");
  }

  @Test
  void interactive_waitsAboveHispeed() {
    new Timeline(
            machine,
            new InteractiveGovernor(
                spec("interactive:hispeed_freq=1000000:above_hispeed_delay=20000 1000000:50000"),
                SITE))
        .workUntil(85);
    // 1000 MHz was validated at 20 ms; 50 ms later is 70 ms, so the timer at 80 ms may rise.
    assertThat(machine.log).containsExactly("20000 us cpu 1000MHz", "80000 us cpu 1500MHz");
  }

  /**
   * By default hispeed is the fastest clock: 2000 MHz at 20 ms. Asleep from 25 ms; the timer due at
   * 40 ms may run 80 ms late: at 120 ms it finds 5 of 100 ms busy at 2000 MHz, mean 100 MHz, wants
   * 500. 2000 MHz was justified last at 20 ms, 100 ms ago, more than 80: it falls.
   */
  @Test
  void interactive_samplesAnIdleCpuLate_andFallsAfterMinSampleTime() {
    new Timeline(machine, new InteractiveGovernor(spec("interactive"), SITE))
        .workUntil(25)
        .sleepUntil(300);
    assertThat(machine.log).containsExactly("20000 us cpu 2000MHz", "120000 us cpu 500MHz");
  }

  /**
   * As above without slack: the timer at 40 ms finds 5 of 20 ms at 2000 MHz, 500 MHz: wants 500 /
   * 0.9 = 555: 1000 MHz at the fixed point. Only 20 ms after 20 ms: kept. The next ones find 0: at
   * 100 ms (80 ms later) 500 MHz.
   */
  @Test
  void interactive_keepsAClockForAWhile() {
    new Timeline(machine, new InteractiveGovernor(spec("interactive:timer_slack=0"), SITE))
        .workUntil(25)
        .sleepUntil(300);
    assertThat(machine.log).containsExactly("20000 us cpu 2000MHz", "100000 us cpu 500MHz");
  }

  @Test
  void wrongTunables_areNamedWithTheirValue() {
    assertThatThrownBy(() -> new OndemandGovernor(spec("ondemand:sampling_rate=0"), SITE))
        .hasMessageContaining("sampling_rate of governor ondemand (0) must be from 1000");
    assertThatThrownBy(
            () -> new InteractiveGovernor(spec("interactive:target_loads=90 1000000"), SITE))
        .hasMessageContaining("target_loads")
        .hasMessageContaining("90 1000000");
  }
}
