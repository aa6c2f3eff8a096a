package io.neurobalancer.simulator.physics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.neurobalancer.files.DeviceDescription;
import io.neurobalancer.files.DeviceDescriptions;
import io.neurobalancer.files.DramShape;
import io.neurobalancer.workload.DataType;
import io.neurobalancer.workload.Operator;
import io.neurobalancer.workload.OperatorKind;
import io.neurobalancer.workload.TensorShape;
import io.neurobalancer.workload.Workload;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Devices of which one clock can be set, and three. */
final class DomainsTest {

  private static final Workload WORKLOAD =
      new Workload("two", "h", List.of(convolution("small", 8, 4), convolution("large", 256, 56)));

  private static Operator convolution(String name, int channels, int pixels) {
    long elements = (long) channels * pixels * pixels;
    return new Operator(
        name,
        "Conv",
        OperatorKind.CONVOLUTION,
        18L * channels * elements,
        36L * channels * channels,
        4 * elements,
        4 * elements,
        List.of(TensorShape.of(1, channels, pixels, pixels)),
        List.of(TensorShape.of(channels, channels, 3, 3)),
        List.of(TensorShape.of(1, channels, pixels, pixels)),
        DataType.FLOAT32);
  }

  private static DeviceDescription device(String name) {
    return DeviceDescriptions.load(
        Path.of("../files/src/test/resources/io/neurobalancer/files", name + ".json"));
  }

  @Test
  void aDeviceWhoseMemoryClockIsFixed_behavesAsOneWhoseClockIsHeldThere() {
    DevicePhysics one = new DevicePhysics(device("test-one-clock"), WORKLOAD, 1);
    DevicePhysics two =
        new DevicePhysics(
            DeviceDescriptions.bundled("pixel-4-cpu").orElseThrow().withDramShape(DramShape.LINE),
            WORKLOAD,
            1);
    int memory = two.grid().domains().get(1).opps().size() - 2;
    assertThat(two.grid().frequency(memory, 1).megahertz()).isEqualTo(1_555);
    for (int core = 0; core < one.grid().size(); core++) {
      int pair = two.grid().setting(core, memory);
      for (int i = 0; i < WORKLOAD.size(); i++) {
        assertThat(one.seconds(i, core)).isEqualTo(two.seconds(i, pair));
        assertThat(one.watts(i, core)).isCloseTo(two.watts(i, pair), within(1e-12));
      }
      assertThat(one.idleWatts(core)).isCloseTo(two.idleWatts(pair), within(1e-12));
    }
    assertThat(one.switchCosts().perDomain()).hasSize(1);
  }

  @Test
  void aKernelThatWaitsForItsHost_takesAsManyOfItsCycles_andOthersDoNotNotice() {
    DeviceDescription device = device("test-three-clocks");
    DevicePhysics physics = new DevicePhysics(device, WORKLOAD, 1);
    int fast = physics.grid().fastest();
    int slow = physics.grid().with(fast, 2, 0);
    // 25 us per submission at 1785.6 MHz are 25 us x 1785.6 / 576 = 77.5 us at 576 MHz.
    assertThat(physics.seconds(0, fast)).isCloseTo(25e-6, within(1e-12));
    assertThat(physics.seconds(0, slow)).isCloseTo(77.5e-6, within(1e-12));
    assertThat(physics.seconds(1, slow)).isEqualTo(physics.seconds(1, fast)).isGreaterThan(1e-3);
    assertThat(physics.switchCosts().perDomain()).hasSize(3);
  }

  @Test
  void theHost_burnsItsPowerWhileItSubmits_andAShareOfItWhileItWaits() {
    DeviceDescription device = device("test-three-clocks");
    DevicePhysics physics = new DevicePhysics(device, WORKLOAD, 1);
    int fast = physics.grid().fastest();
    int slow = physics.grid().with(fast, 2, 0);
    // The large kernel runs alike, so its power differs by the host's alone: it submits for u of
    // the time, and waits at a fifth: 0.31 (u + 0.2 (1 - u)) against 0.06 (v + 0.2 (1 - v)).
    double u = 25e-6 / physics.seconds(1, fast);
    double v = 77.5e-6 / physics.seconds(1, slow);
    assertThat(physics.watts(1, fast) - physics.watts(1, slow))
        .isCloseTo(0.31 * (0.2 + 0.8 * u) - 0.06 * (0.2 + 0.8 * v), within(1e-12));
    assertThat(physics.stallWatts(fast) - physics.stallWatts(slow))
        .isCloseTo(0.2 * (0.31 - 0.06), within(1e-12));
    assertThat(physics.idleWatts(fast)).isEqualTo(physics.idleWatts(slow));
  }
}
