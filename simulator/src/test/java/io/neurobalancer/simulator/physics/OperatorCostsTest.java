package io.neurobalancer.simulator.physics;

import static io.neurobalancer.simulator.physics.Demands.moving;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.device.SwitchCost;
import io.neurobalancer.files.DeviceDescription;
import io.neurobalancer.workload.Operator;
import io.neurobalancer.workload.OperatorKind;
import org.junit.jupiter.api.Test;

/**
 * Latency and power from the figures of a Pixel 4's description, by hand: bus 16 bytes a clock of
 * which 80 % are reached, 20 misses of 64 bytes in flight, a miss of 60 core clocks, 40 ns and 70
 * memory clocks; a stalled core burns 45 %.
 */
final class OperatorCostsTest {

  private static final Operator RESHAPE = moving(OperatorKind.SHAPE, 0, 0, 0);

  /** An activation over 20 MiB, of which 18 to 20 go to DRAM. */
  private static final Operator LARGE =
      moving(OperatorKind.ACTIVATION, 0, 10 * 1024 * 1024, 10 * 1024 * 1024);

  private static DevicePhysics physics(int threads, Operator... operators) {
    return new DevicePhysics(Demands.CPU, Demands.model(operators), threads);
  }

  private static void same(double actual, double expected) {
    assertThat(actual).isCloseTo(expected, within(1e-9 * Math.abs(expected)));
  }

  private static double hertz(DevicePhysics physics, int setting, int domain) {
    return physics.grid().frequency(setting, domain).hertz();
  }

  @Test
  void whatMovesNothing_takesItsCycles_andOneCoresPower_andTheOthersWait() {
    DevicePhysics one = physics(1, RESHAPE);
    DevicePhysics four = physics(4, RESHAPE);
    for (int x = 0; x < one.grid().size(); x++) {
      same(one.seconds(0, x), 2_500 / hertz(one, x, 0));
      same(four.seconds(0, x), 1.75 * 2_500 / hertz(one, x, 0));
      double busy = Demands.CPU.busyWatts().get(one.grid().oppIndex(x, 0));
      double dram = Demands.CPU.memoryBackgroundWatts().get(one.grid().oppIndex(x, 1));
      same(one.coreWatts(0, x), 0.8 * busy);
      same(four.coreWatts(0, x), (0.8 + 3 * 0.45) * busy);
      same(one.watts(0, x), 0.8 * busy + 0.0747 + dram);
      assertThat(one.stalledShare(0, x)).isCloseTo(0, within(1e-12));
      assertThat(one.costs().waitingCores(0, x)).isCloseTo(0, within(1e-12));
      assertThat(four.costs().waitingCores(0, x)).isCloseTo(3, within(1e-12));
      assertThat(one.costs().foreignBytesPerSecond(x)).isZero();
      same(one.stallWatts(x), 0.0747 + dram + 0.45 * busy);
      same(four.stallWatts(x), 0.0747 + dram + 4 * 0.45 * busy);
      same(four.idleWatts(0, x), 0.0423 + 0.41 * dram + 4 * 0.12 * busy);
      same(four.idleWatts(1, x), 0.0423 + 0.41 * dram);
      same(four.idleWatts(x), 0.0423 + 0.41 * dram);
    }
  }

  @Test
  void eachOperator_hasItsOwnCosts_whateverRunsBeforeIt() {
    DevicePhysics both = physics(4, RESHAPE, Demands.moving(OperatorKind.UNKNOWN, 0, 0, 0));
    int x = both.grid().fastest();
    // Without data it dispatches for 10000 cycles: four times as long, with as many waiting.
    same(both.seconds(1, x), 4 * both.seconds(0, x));
    same(both.coreWatts(1, x) - both.coreWatts(0, x), (0.95 - 0.8) * both.busyWatts(x));
    same(both.watts(1, x) - both.watts(0, x), (0.95 - 0.8) * both.busyWatts(x));
    same(both.costs().waitingCores(1, x), 3);
    DevicePhysics gpu =
        new DevicePhysics(
            Demands.GPU, Demands.model(Demands.moving(OperatorKind.UNKNOWN, 0, 0, 0), RESHAPE), 1);
    // On a GPU 6000 cycles and 1000 of a launch of 20 us.
    same(gpu.stalledShare(0, x), 1 - 6_000 / 2.4192e9 / 20e-6);
    same(gpu.stalledShare(1, x), 1 - 1_000 / 2.4192e9 / 20e-6);
  }

  @Test
  void moving_isAsFastAsTheBus_orAsTheMissesInFlight() {
    DevicePhysics one = physics(1, LARGE);
    DevicePhysics four = physics(4, LARGE);
    SettingGrid grid = one.grid();
    // At 200 MHz the bus moves 2.56 GB/s, and 20 misses of 415 ns and less 2.9.
    int slowMemory = grid.with(grid.fastest(), 1, 0);
    isMovedAt(one, slowMemory, 16 * 0.8 * 200e6, 1);
    isMovedAt(four, slowMemory, 16 * 0.8 * 200e6, 4);
    // At 1804 MHz the bus moves 23 GB/s, and 20 misses of 104 ns 12; four cores move four times
    // as much, so that it is the bus again.
    double miss = 60 / 2.4192e9 + 40e-9 + 70 / 1.804e9;
    isMovedAt(one, grid.fastest(), 0.95 * 20 * 64 / miss, 1);
    isMovedAt(four, grid.fastest(), 16 * 0.8 * 1.804e9, 4);
  }

  /** Streams at half of 32 bytes per cycle overlap with exponent 2; dispatch overlaps nothing. */
  private static void isMovedAt(
      DevicePhysics physics, int setting, double bytesPerSecond, int threads) {
    double clock = hertz(physics, setting, 0);
    double cycles = 20 * 1024 * 1024 / 16.0;
    double path = cycles * (threads == 1 ? 1 : 0.05 + 0.95 / threads);
    double overhead = 5_000 * (1 + 0.25 * (threads - 1));
    double body = Math.hypot(path / clock, physics.trafficBytes(0) / bytesPerSecond);
    double total = body + overhead / clock;
    same(physics.seconds(0, setting), total);
    same(physics.stalledShare(0, setting), 1 - (path + overhead) / clock / total);
    // All that is computed, whoever computes it; the rest of the cores' time is waiting.
    double working = (cycles + overhead) / clock / total;
    double busy = physics.profile().busyWatts().get(physics.grid().oppIndex(setting, 0));
    double cores = busy * (working + 0.45 * (threads - working));
    same(physics.coreWatts(0, setting), cores);
    double dram =
        physics.profile().memoryBackgroundWatts().get(physics.grid().oppIndex(setting, 1));
    same(
        physics.watts(0, setting),
        cores + 0.0747 + dram + 8.03e-11 * physics.trafficBytes(0) / total);
    same(physics.instructions(0), (cycles + overhead) / threads / 0.45);
  }

  @Test
  void anotherLoad_takesItsShareOfTheCores_andIsNotPaidFor() {
    Weather.Crowd crowd = new Weather.Crowd(1, 0, 0, 0.2);
    DevicePhysics one = physics(1, RESHAPE);
    int x = one.grid().fastest();
    OperatorCosts crowded = one.costs(crowd);
    // A fifth of the time is the other's: a quarter longer, at four fifths of the power.
    same(crowded.seconds(0, x), 1.25 * one.seconds(0, x));
    same(crowded.coreWatts(0, x), 0.8 * one.coreWatts(0, x));
    assertThat(crowded.waitingCores(0, x)).isCloseTo(0, within(1e-12));
    assertThat(crowded.stalledShare(0, x)).isCloseTo(0, within(1e-12));
    OperatorCosts four = physics(4, RESHAPE).costs(crowd);
    assertThat(four.waitingCores(0, x)).isCloseTo(3, within(1e-12));
  }

  @Test
  void anotherLoad_takesItsShareOfTheBus_andLetsMissesQueue() {
    Weather.Crowd crowd = new Weather.Crowd(1, 0, 0.25, 0);
    DevicePhysics one = physics(1, LARGE);
    SettingGrid grid = one.grid();
    OperatorCosts crowded = one.costs(crowd);
    int slowMemory = grid.with(grid.fastest(), 1, 0);
    double bus = 16 * 0.8 * 200e6;
    same(crowded.foreignBytesPerSecond(slowMemory), bus / 4);
    same(trafficSeconds(crowded, slowMemory), one.trafficBytes(0) / (0.75 * bus));
    double miss = 1.25 * (60 / 2.4192e9 + 40e-9 + 70 / 1.804e9);
    same(trafficSeconds(crowded, grid.fastest()), one.trafficBytes(0) * miss / (0.95 * 20 * 64));
  }

  /** Returns the time of the traffic alone, from the overlap with exponent 2. */
  private static double trafficSeconds(OperatorCosts costs, int setting) {
    double clock = Demands.CPU.grid().frequency(setting, 0).hertz();
    double body = costs.seconds(0, setting) - 5_000 / clock;
    return Math.sqrt(body * body - Math.pow(20 * 1024 * 1024 / 16.0 / clock, 2));
  }

  @Test
  void aKernelOnAGpu_isNotDoneBeforeItsHostSubmitsTheNext() {
    DevicePhysics gpu = new DevicePhysics(Demands.GPU, Demands.model(RESHAPE), 1);
    int x = gpu.grid().fastest();
    // A gap of 1000 cycles at 2.4 GHz is less than the 20 us of a launch: waiting for most of it.
    same(gpu.seconds(0, x), 20e-6);
    same(gpu.stalledShare(0, x), 1 - 1_000 / 2.4192e9 / 20e-6);
    assertThat(gpu.hostStretch(x)).isEqualTo(1);
    assertThat(gpu.hostWatts(x)).isZero();
  }

  @Test
  void switches_costTheirStallAtTheMiddleSetting_andTheirOwnEnergy() {
    DevicePhysics physics = physics(1, RESHAPE);
    double stall = physics.stallWatts(physics.grid().size() / 2);
    SwitchCost core = physics.switchCosts().domain(0);
    SwitchCost memory = physics.switchCosts().domain(1);
    same(core.seconds(0, 1), 50e-6);
    same(core.joules(0, 1), 2e-5 + 50e-6 * stall);
    same(memory.seconds(1, 0), 100e-6);
    same(memory.joules(1, 0), 5e-5 + 100e-6 * stall);
  }

  @Test
  void leakage_growsByItsShareOfAPercentAndAFifthPerKelvin() {
    DevicePhysics physics = physics(1, RESHAPE);
    assertThat(physics.leakageFactor(40)).isEqualTo(1);
    same(physics.leakageFactor(50), 1 + 0.12 * 0.012 * 10);
    same(physics.leakageFactor(30), 1 - 0.12 * 0.012 * 10);
  }

  @Test
  void costsOfTheLastLoad_areKept_andNoLoadIsTheDeviceAlone() {
    DevicePhysics physics = physics(4, RESHAPE);
    Weather.Crowd crowd = new Weather.Crowd(1, 0, 0.25, 0.1);
    OperatorCosts crowded = physics.costs(crowd);
    assertThat(physics.costs(new Weather.Crowd(1, 0, 0.25, 0.1))).isSameAs(crowded);
    assertThat(physics.costs(new Weather.Crowd(1, 0, 0.25, 0.2)).seconds(0, 0))
        .isGreaterThan(crowded.seconds(0, 0));
    assertThat(physics.costs(Weather.Crowd.NONE)).isSameAs(physics.costs());
    assertThat(physics.threads()).isEqualTo(4);
    assertThat(physics.workload().size()).isEqualTo(1);
    DeviceDescription profile = physics.profile();
    assertThat(profile).isSameAs(Demands.CPU);
  }
}
