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

/** The governors of GPU clocks of Android kernels. */
final class GpuGovernorsTest {

  private static final OppTable CORE = FakeBoard.megahertz(200, 300, 400, 600);
  private static final OppTable MEMORY = FakeBoard.megahertz(300, 547, 1_017, 1_804);
  private static final Hardware HARDWARE = Machines.of(CORE, MEMORY, 1);

  private final FakeBoard board = FakeBoard.of(CORE, MEMORY);

  private Timeline run(Law.CoreFactory law, String text) {
    return new Timeline(board, (b, now) -> law.begin(GovernorSpec.parse(text), HARDWARE, b, now));
  }

  /**
   * Asked as kernels retire. At 4 ms less than the floor of 5 ms has passed: nothing. At 6 ms 6 of
   * 6 ms were busy: one level up, 300 MHz. At 12 ms again: 400. Then a kernel of 51 ms: more than
   * the ceiling of 50 ms: fastest. Idle until 83 ms, 1 ms of work: 1 of 21 ms is below 85 %: one
   * down.
   */
  @Test
  void adrenoTz_movesOneLevelAtATime_andRacesAfterMuchWork() {
    Timeline timeline = run(AdrenoTzGovernor::new, "msm-adreno-tz");
    for (double end : new double[] {4, 6, 12, 63}) {
      timeline.workUntil(end).segment(1);
    }
    timeline.sleepUntil(83).workUntil(84).sleepUntil(84);
    assertThat(board.log)
        .containsExactly(
            "6000 us cpu 300MHz",
            "12000 us cpu 400MHz",
            "63000 us cpu 600MHz",
            "84000 us cpu 400MHz");
  }

  /** One kernel of 39 ms: polled every 10 ms it climbs within it, else once after it. */
  @Test
  void adrenoTz_isPolledWithinALongKernel_whereADeviceSetsThat() {
    run(AdrenoTzGovernor::new, "msm-adreno-tz:polling_ms=10").workUntil(39).sleepUntil(100);
    assertThat(board.log)
        .containsExactly("10000 us cpu 300MHz", "20000 us cpu 400MHz", "30000 us cpu 600MHz");
    FakeBoard other = FakeBoard.of(CORE, MEMORY);
    new Timeline(
            other,
            (b, now) -> new AdrenoTzGovernor(GovernorSpec.of("msm-adreno-tz"), HARDWARE, b, now))
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
    run(
            MaliUtilizationGovernor::new,
            "mali-utilization:table=200000:0:90 400000:60:90 600000:70:100:hysteresis=1 1 2")
        .workUntil(50)
        .sleepUntil(120);
    assertThat(board.log)
        .containsExactly(
            "20000 us cpu 400MHz",
            "40000 us cpu 600MHz",
            "80000 us cpu 400MHz",
            "100000 us cpu 200MHz");
  }

  @Test
  void maliUtilization_takesASteepRiseInTwoSteps_ifAsked() {
    // 100 % is nearer to 100 than to 90, so quickstep skips a level.
    run(
            MaliUtilizationGovernor::new,
            "mali-utilization:step_up=2:table=200000:0:90 400000:60:90 600000:70:100")
        .workUntil(21);
    assertThat(board.log).containsExactly("20000 us cpu 600MHz");
  }

  @Test
  void maliUtilization_refusesATableThatIsNotTheDevices() {
    assertThatThrownBy(
            () -> run(MaliUtilizationGovernor::new, "mali-utilization:table=250000:0:90"))
        .hasMessageContaining("250MHz is no OPP");
    assertThatThrownBy(() -> run(MaliUtilizationGovernor::new, "mali-utilization:table=200000:90"))
        .hasMessageContaining("'200000:90'");
    assertThatThrownBy(
            () ->
                run(
                    MaliUtilizationGovernor::new,
                    "mali-utilization:table=200000:0:90:hysteresis=1 2"))
        .hasMessageContaining("hysteresis has 2 numbers for 1 rows");
    assertThatThrownBy(() -> run(MaliUtilizationGovernor::new, "mali-utilization"))
        .hasMessageContaining("needs the tunable table");
  }
}
