package io.neurobalancer.simulator.physics;

import static io.neurobalancer.simulator.physics.Demands.heavy;
import static io.neurobalancer.simulator.physics.Demands.moving;
import static io.neurobalancer.simulator.physics.Demands.onCpu;
import static io.neurobalancer.simulator.physics.Demands.shape;
import static io.neurobalancer.simulator.physics.Demands.typed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.neurobalancer.workload.DataType;
import io.neurobalancer.workload.Operator;
import io.neurobalancer.workload.OperatorKind;
import io.neurobalancer.workload.Workload;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What operators ask of a CPU of four cores and 16 operations per cycle, by hand. */
final class CpuDemandTest {

  private static void cycles(Operator operator, int threads, double expected) {
    assertThat(onCpu(operator, threads).computeCycles())
        .isCloseTo(expected, within(1e-9 * expected));
  }

  /** A convolution of 60 products per output, so three quarters of the rate at best. */
  private static Operator convolution(long channels, long rows, long columns) {
    return heavy(
        OperatorKind.CONVOLUTION,
        shape(1, 15, rows + 1, columns + 1),
        shape(channels, 15, 2, 2),
        shape(1, channels, rows, columns));
  }

  @Test
  void aConvolutionWhoseTilesAreFull_losesOnlyToItsShortReduction() {
    // 60 / (60 + 20), at 78 % of 16 per cycle; dispatch is not part of what overlaps.
    cycles(convolution(8, 2, 3), 1, 1e9 / (16 * 0.78 * 0.75));
    OperatorDemand demand = onCpu(convolution(8, 2, 3), 1);
    assertThat(demand.overheadCycles()).isEqualTo(14_000);
    assertThat(demand.busyCoreCycles()).isCloseTo(demand.computeCycles() + 14_000, within(1e-3));
    assertThat(demand.launchSeconds()).isZero();
    // Twice as long: 120 / 140.
    cycles(
        heavy(OperatorKind.CONVOLUTION, shape(1, 30, 3, 4), shape(8, 30, 2, 2), shape(1, 8, 2, 3)),
        1,
        1e9 / (16 * 0.78 * 120 / 140));
  }

  @Test
  void aRemainder_costsAsMuchAsAFullTile() {
    double full = 1e9 / (16 * 0.78 * 0.75);
    cycles(convolution(9, 2, 3), 1, full * 16 / 9);
    cycles(convolution(8, 1, 7), 1, full * 12 / 7);
    cycles(convolution(1, 1, 1), 1, full * 8 * 6);
    // Dense rows and columns of a product: 9 columns of 16, 7 rows of 12.
    Operator product = heavy(OperatorKind.MATMUL, shape(7, 60), shape(60, 9), shape(7, 9));
    cycles(product, 1, 1e9 / (16 * 0.80 * 0.75) * 16 / 9 * 12 / 7);
    // One filter per channel: two pixels of a row at a time.
    cycles(
        heavy(
            OperatorKind.DEPTHWISE_CONVOLUTION,
            shape(1, 9, 5, 7),
            shape(9, 1, 3, 3),
            shape(1, 9, 5, 7)),
        1,
        1e9 / (16 * 0.30) * 16 / 9 * 8 / 7);
  }

  @Test
  void aVectorTimesAMatrix_fillsHalfARow() {
    cycles(
        heavy(OperatorKind.MATMUL, shape(1, 60), shape(60, 8), shape(1, 8)),
        1,
        1e9 / (16 * 0.80 * 0.75 * 0.5));
    // Two rows are a product, of which a third of the tile is used.
    cycles(
        heavy(OperatorKind.MATMUL, shape(2, 60), shape(60, 8), shape(2, 8)),
        1,
        1e9 / (16 * 0.80 * 0.75 / 3));
  }

  @Test
  void shapesThatAreMissing_countAsFullTilesOfMiddlingLength() {
    double middling = 64.0 / 84;
    cycles(
        heavy(OperatorKind.CONVOLUTION, List.of(), List.of(), List.of(shape(1, 8, 2, 3))),
        1,
        1e9 / (16 * 0.78 * middling));
    cycles(
        heavy(OperatorKind.MATMUL, List.of(), List.of(), List.of(shape(6, 8))),
        1,
        1e9 / (16 * 0.80 * middling));
    cycles(
        heavy(OperatorKind.MATMUL, List.of(shape()), List.of(), List.of(shape(6, 8))),
        1,
        1e9 / (16 * 0.80 * middling));
    cycles(heavy(OperatorKind.CONVOLUTION, List.of(), List.of(), List.of()), 1, 1e9 / (16 * 0.78));
    // Of fewer dimensions than usual: one channel, one pixel, one column.
    cycles(
        heavy(OperatorKind.CONVOLUTION, List.of(), List.of(), List.of(shape(6))),
        1,
        1e9 / (16 * 0.78 * middling / 8));
    cycles(
        heavy(OperatorKind.DEPTHWISE_CONVOLUTION, List.of(), List.of(), List.of(shape(6))),
        1,
        1e9 / (16 * 0.30 / 8 / 2));
    cycles(
        heavy(OperatorKind.MATMUL, List.of(), List.of(), List.of(shape())),
        1,
        1e9 / (16 * 0.80 * middling / 8 / 2));
  }

  @Test
  void otherThreads_shareAllButTheSerialPart_andRowsComeWhole() {
    double work = 1e9 / (16 * 0.78 * 0.75);
    // 8 x 12 pixels are full tiles. Two rows each for four threads: 97 % is divided by four.
    cycles(convolution(8, 8, 12), 4, work * (0.03 + 0.97 / 4));
    // Nine rows for four threads: the busiest has three, not nine quarters.
    cycles(convolution(8, 9, 12), 4, work * (0.03 + 0.97 / 4 * 12 / 9));
    OperatorDemand four = onCpu(convolution(8, 9, 12), 4);
    assertThat(four.overheadCycles()).isEqualTo(14_000 * 1.75);
    assertThat(four.busyCoreCycles()).isCloseTo(work + 14_000 * 1.75, within(1e-3));
    // What has no rows comes in 16 chunks.
    cycles(
        heavy(OperatorKind.MATMUL, shape(6, 60), shape(60, 8), shape(6, 8)),
        3,
        1e9 / (16 * 0.80 * 0.75) * (0.04 + 0.96 / 3 * 18 / 16));
  }

  @Test
  void narrowNumbers_areComputedFaster() {
    double full = 1e9 / (16 * 0.78 * 0.75);
    Operator operator = convolution(8, 2, 3);
    cycles(typed(operator, DataType.FLOAT16), 1, full / 2);
    cycles(typed(operator, DataType.BFLOAT16), 1, full / 2);
    cycles(typed(operator, DataType.INT8), 1, full / 4);
    cycles(typed(operator, DataType.UINT8), 1, full / 4);
    cycles(typed(operator, DataType.INT32), 1, full);
  }

  @Test
  void denseThreeByThreeOfStrideOne_isTransformed_whereItHasChannels() {
    // Cores whose library needs half as many operations. 16 channels: 144 products per output.
    double plain = 1e9 / (16 * 0.78 * 144 / 164);
    cycles(three(16, 3, 3, 4, 5), 1, plain / 2);
    // Stride 2 shrinks the output by more than the border.
    cycles(three(16, 3, 3, 5, 5), 1, plain);
    // Too few channels, or another window.
    cycles(three(15, 3, 3, 4, 5), 1, 1e9 / (16 * 0.78 * 135 / 155));
    cycles(three(16, 3, 1, 4, 5), 1, 1e9 / (16 * 0.78 * 48 / 68));
    cycles(three(16, 1, 3, 4, 5), 1, 1e9 / (16 * 0.78 * 48 / 68));
    Operator known = three(16, 3, 3, 4, 5);
    cycles(heavy(known.kind(), List.of(), known.weightShapes(), known.outputShapes()), 1, plain);
    cycles(
        heavy(known.kind(), List.of(shape(16, 4)), known.weightShapes(), known.outputShapes()),
        1,
        plain);
    cycles(
        heavy(
            OperatorKind.TRANSPOSED_CONVOLUTION,
            known.inputShapes(),
            known.weightShapes(),
            known.outputShapes()),
        1,
        1e9 / (16 * 0.62 * 144 / 164));
  }

  /** A convolution to 8 channels of 2 by 3 pixels. */
  private static Operator three(long channels, long height, long width, long rows, long columns) {
    return heavy(
        OperatorKind.CONVOLUTION,
        shape(1, channels, rows, columns),
        shape(8, channels, height, width),
        shape(1, 8, 2, 3));
  }

  @Test
  void whatIsOnlyMoved_streamsThroughTheCache_andShapesTouchNothing() {
    // 3.2 MB at half of 32 bytes per cycle.
    cycles(moving(OperatorKind.ACTIVATION, 200_000, 1_000_000, 2_000_000), 1, 200_000);
    assertThat(onCpu(moving(OperatorKind.SHAPE, 0, 1_000_000, 1_000_000), 1).computeCycles())
        .isZero();
  }

  @Test
  void aChangeOfLayout_reordersTheInputFirst() {
    Operator dense =
        new Operator(
            "dense",
            "Gemm",
            OperatorKind.MATMUL,
            1_000_000_000,
            0,
            3_200,
            0,
            List.of(shape(6, 60)),
            List.of(shape(60, 8)),
            List.of(shape(6, 8)),
            DataType.FLOAT32);
    double work = 1e9 / (16 * 0.80 * 0.75);
    Workload model = Demands.model(convolution(8, 2, 3), dense);
    OperatorDemand second = OperatorDemand.of(Demands.CPU, model, 1, 4);
    double shared = work * (0.04 + 0.96 / 4);
    assertThat(second.computeCycles()).isCloseTo(shared + 100, within(1e-3));
    assertThat(second.busyCoreCycles()).isCloseTo(work + 100 + 8_000 * 1.75, within(1e-3));
  }
}
