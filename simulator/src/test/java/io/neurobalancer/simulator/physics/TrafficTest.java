package io.neurobalancer.simulator.physics;

import static io.neurobalancer.simulator.physics.Demands.moving;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.neurobalancer.workload.DataType;
import io.neurobalancer.workload.Operator;
import io.neurobalancer.workload.OperatorKind;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What goes to DRAM past a last-level cache of 5 MiB, by hand. */
final class TrafficTest {

  private static final double CACHE = 5 * 1024 * 1024;

  private static double bytes(int index, Operator... operators) {
    return Traffic.dramBytes(Demands.CPU, Demands.model(operators), index);
  }

  private static void isBytes(double actual, double expected) {
    assertThat(actual).isCloseTo(expected, within(1e-9 * expected));
  }

  @Test
  void aModelOfFourFifthsOfTheCache_keepsHalfOfItsWeights() {
    long weights = (long) (0.8 * CACHE);
    Operator small = moving(OperatorKind.MATMUL, 0, 0, 0);
    isBytes(bytes(1, small, moving(OperatorKind.MATMUL, weights, 0, 0)), weights / 2.0);
    // Twice as much keeps a seventeenth.
    isBytes(
        bytes(1, small, moving(OperatorKind.MATMUL, 2 * weights, 0, 0)), 2 * weights * 16 / 17.0);
  }

  @Test
  void whatIsExchanged_spillsBeyondSixTenthsOfTheCache() {
    Operator small = moving(OperatorKind.ACTIVATION, 0, 0, 0);
    // A fiftieth goes to DRAM anyway.
    isBytes(bytes(1, small, moving(OperatorKind.ACTIVATION, 0, 500_000, 500_000)), 20_000);
    double exchanged = 2 * CACHE;
    Operator large = moving(OperatorKind.ACTIVATION, 0, (long) CACHE, (long) CACHE);
    isBytes(bytes(1, small, large), exchanged * (1 - 0.3) + 0.02 * exchanged);
    // The first operator finds the cache half full of others, and its input outside.
    isBytes(bytes(0, large), exchanged * (1 - 0.15) + 0.02 * exchanged);
    isBytes(
        bytes(0, moving(OperatorKind.ACTIVATION, 0, 500_000, 500_000)), 500_000 + 0.02 * 1_000_000);
  }

  @Test
  void weightsThatPassThrough_takeRoomFromWhatIsExchanged() {
    // 16 MiB of weights, of which next to nothing stays: k = 1 / (1 + (16 / 4)^4).
    double weights = 16 * 1024 * 1024;
    double moved = weights * (1 - 1 / 257.0);
    double exchanged = 2e6;
    Operator small = moving(OperatorKind.MATMUL, 0, 0, 0);
    isBytes(
        bytes(1, small, moving(OperatorKind.MATMUL, (long) weights, 1_000_000, 1_000_000)),
        moved + exchanged * (1 - 0.6 * CACHE / (exchanged + moved)) + 0.02 * exchanged);
  }

  @Test
  void aLookUp_touchesNoMoreOfItsTableThanItReturns() {
    long table = 64 * 1024 * 1024;
    Operator small = moving(OperatorKind.MATMUL, 0, 0, 0);
    isBytes(bytes(1, small, moving(OperatorKind.GATHER, table, 0, 10_000)), 10_000 + 0.02 * 10_000);
    assertThat(bytes(1, small, moving(OperatorKind.SHAPE, 0, table, table))).isZero();
  }

  @Test
  void aConvolution_passesItsWorkspaceAsOftenAsTheDeviceSays() {
    double passes = Demands.CPU.memory().workspaceFactor();
    Operator small = moving(OperatorKind.ACTIVATION, 0, 0, 0);
    isBytes(
        bytes(1, small, moving(OperatorKind.CONVOLUTION, 0, 500_000, 500_000)), 20_000 * passes);
  }

  @Test
  void heavyKernels_reorderAnInputThatComesInAnotherLayout() {
    Operator relu = moving(OperatorKind.ACTIVATION, 0, 7, 7);
    Operator dense = moving(OperatorKind.MATMUL, 0, 7, 7);
    List<OperatorKind> spatial =
        List.of(
            OperatorKind.CONVOLUTION,
            OperatorKind.POINTWISE_CONVOLUTION,
            OperatorKind.DEPTHWISE_CONVOLUTION,
            OperatorKind.TRANSPOSED_CONVOLUTION,
            OperatorKind.POOLING);
    for (OperatorKind kind : spatial) {
      Operator picture = moving(kind, 0, 7, 7);
      assertThat(reordered(relu, picture)).as("%s after an activation", kind).isEqualTo(7);
      assertThat(reordered(picture, dense)).as("a product after %s", kind).isEqualTo(7);
      assertThat(reordered(picture, relu)).as("an activation after %s", kind).isZero();
      assertThat(reordered(picture, moving(OperatorKind.POOLING, 0, 7, 7))).isZero();
    }
    assertThat(reordered(relu, dense)).isZero();
    Operator masks = Demands.typed(moving(OperatorKind.CONVOLUTION, 0, 7, 7), DataType.BOOL);
    assertThat(reordered(relu, masks)).isZero();
    assertThat(Traffic.reorderBytes(Demands.model(dense), 0)).isZero();
  }

  private static double reordered(Operator before, Operator operator) {
    return Traffic.reorderBytes(Demands.model(before, operator), 1);
  }

  @Test
  void everyKind_hasTraitsThatAKernelCanHave() {
    List<OperatorTraits> seen = new ArrayList<>();
    for (OperatorKind kind : OperatorKind.values()) {
      for (OperatorTraits traits :
          List.of(OperatorTraits.onCpu(kind), OperatorTraits.onGpu(kind))) {
        assertThat(traits.computeEfficiency()).isBetween(0.05, 1.0);
        assertThat(traits.streamEfficiency()).isBetween(0.1, 1.0);
        assertThat(traits.overlap()).isBetween(1.0, 4.0);
        assertThat(traits.missParallelism()).isBetween(0.1, 1.0);
        assertThat(traits.parallelShare()).isBetween(0.0, 1.0);
        assertThat(traits.activity()).isBetween(0.5, 1.25);
        assertThat(traits.overheadCycles()).isBetween(0.0, 20_000.0);
        seen.add(traits);
      }
    }
    assertThat(seen).hasSize(2 * OperatorKind.values().length);
  }
}
