package io.neurobalancer.simulator.baseline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neurobalancer.device.OppTable;
import io.neurobalancer.governor.GovernorSpec;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class BaselineGovernorsTest {

  private static final OppTable CORE = FakeMachine.megahertz(500, 1_000, 1_500, 2_000);
  private static final OppTable MEMORY = FakeMachine.megahertz(300, 547, 1_017, 1_804);

  private final FakeMachine machine = new FakeMachine(CORE, MEMORY);

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
    SchedutilGovernor governor = new SchedutilGovernor(0, CORE, GovernorSpec.of("schedutil"));
    governor.start(0, machine);
    governor.jobReleased(0, 0);
    for (int tick = 1; tick <= 34; tick++) {
      machine.now = tick * 4_000_000L;
      assertThat(governor.nextTickNanos()).isEqualTo(machine.now);
      governor.tick(machine.now);
    }
    assertThat(machine.log).containsExactly("80000 us cpu 1000MHz", "132000 us cpu 1500MHz");
  }

  @Test
  void schedutil_dropsAChangeThatComesTooSoonDown() {
    SchedutilGovernor governor =
        new SchedutilGovernor(
            0, CORE, GovernorSpec.of("schedutil", Map.of("down_rate_limit_us", "20000")));
    governor.start(0, machine);
    governor.jobReleased(0, 0);
    for (int tick = 1; tick <= 20; tick++) {
      machine.now = tick * 4_000_000L;
      governor.tick(machine.now);
    }
    // 1000 MHz since 80 ms. Asleep from 84 ms on; a short wake-up at 95 ms finds u = 512 - 303.1 *
    // 0.5^(4/32.768) = 233.5 decayed to 233.5 * 0.5^(11/32.768) = 185.0, which wants 500 MHz: only
    // 15 ms after the last change, so it is dropped. At 101 ms it is not.
    machine.now = 84_000_000;
    governor.jobFinished(machine.now);
    machine.now = 95_000_000;
    governor.jobReleased(machine.now, 0);
    governor.jobFinished(machine.now);
    machine.now = 101_000_000;
    governor.jobReleased(machine.now, 0);
    assertThat(machine.log).containsExactly("80000 us cpu 1000MHz", "101000 us cpu 500MHz");
  }

  @Test
  void memLatency_followsTheCoreClock_whileMissesAreMany() {
    MemLatencyGovernor governor =
        new MemLatencyGovernor(
            GovernorSpec.of(
                "mem_latency",
                Map.of(
                    "ratio_ceil",
                    "400",
                    "core_dev_table",
                    "500000:1144 1000000:2086 2000000:6881")));
    // 10 ms at 1500 MHz: 15e6 cycles; 30e6 instructions on 1e5 misses are 300 per miss.
    machine.cycles = 15e6;
    machine.instructions = 30e6;
    machine.misses = 1e5;
    governor.sample(10_000_000, machine);
    assertThat(governor.voteMbps()).isEqualTo(6_881);
    // Half of the interval idle: 7.5e6 cycles in 10 ms count as 750 MHz.
    machine.cycles += 7.5e6;
    machine.instructions += 15e6;
    machine.misses += 5e4;
    governor.sample(20_000_000, machine);
    assertThat(governor.voteMbps()).isEqualTo(2_086);
    // 500 instructions per miss are too many to care.
    machine.cycles += 15e6;
    machine.instructions += 50e6;
    machine.misses += 1e5;
    governor.sample(30_000_000, machine);
    assertThat(governor.voteMbps()).isZero();
    // No miss, no cycle: idle.
    governor.sample(40_000_000, machine);
    assertThat(governor.voteMbps()).isZero();
  }

  /**
   * io_percent 50, no guard band, up_scale 0, decay_rate 90. 1000 MiB/s measured at the first poll
   * (10 ms): the request rises, so the vote is 1000 * 100 / 50 = 2000. The up threshold is 1100; at
   * 14 ms a sample of 2000 MiB/s wakes the governor early: vote 4000. Then silence: at the next
   * poll (24 ms) the request of 0 decays: (0 * 90 + 2000 * 10) / 100 = 200, vote 400.
   */
  @Test
  void bwHwmon_votesByMeasuredBandwidth_wakesEarlyAndDecays() {
    BwHwmonGovernor governor =
        new BwHwmonGovernor(
            GovernorSpec.of(
                "bw_hwmon",
                Map.of(
                    "polling_ms", "10",
                    "sample_ms", "2",
                    "io_percent", "50",
                    "guard_band_mbps", "0",
                    "mbps_zones", "1144 2086 3879 6881")));
    double mib = 1 << 20;
    long[] votes = new long[13];
    for (int sample = 1; sample <= 12; sample++) {
      double rate = sample <= 5 ? 1_000 : sample == 7 ? 2_000 : sample == 6 ? 1_000 : 0;
      machine.dramBytes += rate * mib * 0.002;
      governor.sample(sample * 2_000_000L, machine);
      votes[sample] = governor.voteMbps();
    }
    assertThat(votes[4]).isZero(); // nothing is decided before the first poll
    assertThat(votes[5]).isEqualTo(2_000);
    assertThat(votes[6]).isEqualTo(2_000);
    assertThat(votes[7]).isEqualTo(4_000);
    assertThat(votes[12]).isEqualTo(400);
  }

  @Test
  void unknownTunables_areRefusedWithTheirValue() {
    assertThatThrownBy(() -> new MemLatencyGovernor(GovernorSpec.of("mem_latency")))
        .hasMessageContaining("core_dev_table");
    assertThatThrownBy(
            () -> new BwHwmonGovernor(GovernorSpec.of("bw_hwmon", Map.of("io_percent", "eighty"))))
        .hasMessageContaining("io_percent")
        .hasMessageContaining("'eighty'");
  }
}
