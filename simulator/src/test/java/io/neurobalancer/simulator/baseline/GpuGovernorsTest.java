package io.neurobalancer.simulator.baseline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neurobalancer.device.OppTable;
import io.neurobalancer.governor.GovernorSpec;
import org.junit.jupiter.api.Test;

/** The governors of GPU clocks. */
final class GpuGovernorsTest {

  private static final OppTable GPU = FakeMachine.megahertz(200, 300, 400, 600);
  private static final OppTable MEMORY = FakeMachine.megahertz(300, 547, 1_017, 1_804);
  private static final Site SITE = new Site(GPU, MEMORY, 1, 16);

  private final FakeMachine machine = new FakeMachine(GPU, MEMORY);

  private static GovernorSpec spec(String text) {
    return GovernorSpec.parse(text);
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
    new Timeline(machine, new SimpleOndemandGovernor(spec("simple_ondemand"), SITE))
        .workUntil(60)
        .sleepUntil(160);
    assertThat(machine.log).containsExactly("50000 us cpu 600MHz", "100000 us cpu 200MHz");
  }

  /**
   * Idle for 60 ms, longer than one interval of 50: the wake-up doubles 200 to 400 MHz until 110
   * ms. The poll at 100 ms, busy for 40 of 50 ms at 400 MHz, wants 363.6: 400; after the boost it
   * stays.
   */
  @Test
  void simpleOndemand_boostsALateWakeUp_ifAsked() {
    new Timeline(machine, new SimpleOndemandGovernor(spec("simple_ondemand:wake_boost=1"), SITE))
        .sleepUntil(60)
        .workUntil(120);
    assertThat(machine.log).containsExactly("60000 us cpu 400MHz");
  }

  @Test
  void simpleOndemand_clampsAnIdleGpu_ifAsked() {
    new Timeline(machine, new SimpleOndemandGovernor(spec("simple_ondemand:idle_clamp_ms=1"), SITE))
        .workUntil(60)
        .sleepUntil(70)
        .workUntil(70);
    // 600 MHz from 50 ms, dropped 1 ms after the job ended, back when the next one starts.
    assertThat(machine.log)
        .containsExactly("50000 us cpu 600MHz", "61000 us cpu 200MHz", "70000 us cpu 600MHz");
  }

  /**
   * Asked as kernels retire. At 4 ms less than the floor of 5 ms has passed: nothing. At 6 ms 6 of
   * 6 ms were busy: one level up, 300 MHz. At 12 ms again: 400. Then a kernel of 51 ms: more than
   * the ceiling of 50 ms: fastest. Idle until 83 ms, 1 ms of work: 1 of 21 ms is below 85 %: one
   * down.
   */
  @Test
  void adrenoTz_movesOneLevelAtATime_andRacesAfterMuchWork() {
    AdrenoTzGovernor governor = new AdrenoTzGovernor(spec("msm-adreno-tz"), SITE);
    Timeline timeline = new Timeline(machine, governor);
    for (double end : new double[] {4, 6, 12, 63}) {
      timeline.workUntil(end);
      governor.operatorStarting(1, machine.now);
    }
    timeline.sleepUntil(83).workUntil(84).sleepUntil(84);
    assertThat(machine.log)
        .containsExactly(
            "6000 us cpu 300MHz",
            "12000 us cpu 400MHz",
            "63000 us cpu 600MHz",
            "84000 us cpu 400MHz");
  }

  /** One kernel of 39 ms: polled every 10 ms it climbs within it, else once after it. */
  @Test
  void adrenoTz_isPolledWithinALongKernel_whereADeviceSetsThat() {
    new Timeline(machine, new AdrenoTzGovernor(spec("msm-adreno-tz:polling_ms=10"), SITE))
        .workUntil(39)
        .sleepUntil(100);
    assertThat(machine.log)
        .containsExactly("10000 us cpu 300MHz", "20000 us cpu 400MHz", "30000 us cpu 600MHz");
    FakeMachine other = new FakeMachine(GPU, MEMORY);
    new Timeline(other, new AdrenoTzGovernor(spec("msm-adreno-tz"), SITE))
        .workUntil(39)
        .sleepUntil(100);
    assertThat(other.log).containsExactly("39000 us cpu 300MHz");
  }

  /**
   * Bands: 200 MHz to 90 %, 400 MHz 60 to 90 %, 600 MHz from 70 % with hysteresis 2; polls every 20
   * ms. Busy: up at 20 and 40 ms. Asleep from 50 ms: 10 of 20 ms at 60 ms, 50 &lt; 70: the first of
   * two; 0 at 80 ms: down to 400 MHz; 0 at 100 ms: hysteresis 1, down to 200.
   */
  @Test
  void maliUtilization_leavesABandUpAtOnce_andDownAfterHysteresis() {
    new Timeline(
            machine,
            new MaliUtilizationGovernor(
                spec(
                    "mali-utilization:table=200000:0:90 400000:60:90 600000:70:100:hysteresis=1 1 2"),
                SITE))
        .workUntil(50)
        .sleepUntil(120);
    assertThat(machine.log)
        .containsExactly(
            "20000 us cpu 400MHz",
            "40000 us cpu 600MHz",
            "80000 us cpu 400MHz",
            "100000 us cpu 200MHz");
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
    new Timeline(machine, new PodgovGovernor(spec("nvhost_podgov:history=0"), SITE))
        .workUntil(110)
        .sleepUntil(160);
    assertThat(machine.log)
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
    new Timeline(machine, new PodgovGovernor(spec("nvhost_podgov"), SITE))
        .workUntil(110)
        .sleepUntil(1_000);
    assertThat(machine.log).containsExactly("50000 us cpu 400MHz", "100000 us cpu 600MHz");
  }

  @Test
  void maliUtilization_takesASteepRiseInTwoSteps_ifAsked() {
    // 100 % is nearer to 100 than to 90, so quickstep skips a level.
    new Timeline(
            machine,
            new MaliUtilizationGovernor(
                spec("mali-utilization:step_up=2:table=200000:0:90 400000:60:90 600000:70:100"),
                SITE))
        .workUntil(21);
    assertThat(machine.log).containsExactly("20000 us cpu 600MHz");
  }

  @Test
  void maliUtilization_refusesATableThatIsNotTheDevices() {
    assertThatThrownBy(
            () -> new MaliUtilizationGovernor(spec("mali-utilization:table=250000:0:90"), SITE))
        .hasMessageContaining("250MHz is no OPP");
    assertThatThrownBy(
            () -> new MaliUtilizationGovernor(spec("mali-utilization:table=200000:90"), SITE))
        .hasMessageContaining("'200000:90'");
    assertThatThrownBy(
            () ->
                new MaliUtilizationGovernor(
                    spec("mali-utilization:table=200000:0:90:hysteresis=1 2"), SITE))
        .hasMessageContaining("hysteresis has 2 numbers for 1 rows");
    assertThatThrownBy(() -> new MaliUtilizationGovernor(spec("mali-utilization"), SITE))
        .hasMessageContaining("needs the tunable table");
  }
}
