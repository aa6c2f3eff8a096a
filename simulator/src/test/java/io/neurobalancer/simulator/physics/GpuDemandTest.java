package io.neurobalancer.simulator.physics;

import static io.neurobalancer.simulator.physics.Demands.heavy;
import static io.neurobalancer.simulator.physics.Demands.moving;
import static io.neurobalancer.simulator.physics.Demands.onGpu;
import static io.neurobalancer.simulator.physics.Demands.shape;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.neurobalancer.workload.DataType;
import io.neurobalancer.workload.Operator;
import io.neurobalancer.workload.OperatorKind;
import io.neurobalancer.workload.TensorShape;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What operators ask of a GPU of four shader cores with two workgroups each, by hand. */
final class GpuDemandTest {

  private static void cycles(Operator operator, double expected) {
    assertThat(onGpu(operator).computeCycles()).isCloseTo(expected, within(1e-9 * expected));
  }

  /** A pointwise convolution of 72 products per output: 72 / (72 + 24) of the rate at best. */
  private static Operator pointwise(long channels, long pixels) {
    return heavy(
        OperatorKind.POINTWISE_CONVOLUTION,
        shape(1, 72, 1, pixels),
        shape(channels, 72, 1, 1),
        shape(1, channels, 1, pixels));
  }

  private static final double RATE = 16 * 0.60 * 0.75;

  @Test
  void fullWavesOfFullTiles_reachTheRate() {
    // 2 x 4 tiles of 16 channels and 32 pixels fill four cores twice.
    cycles(pointwise(32, 128), 1e9 / RATE);
    OperatorDemand demand = onGpu(pointwise(32, 128));
    assertThat(demand.overheadCycles()).isEqualTo(1_000 + 2_000);
    assertThat(demand.busyCoreCycles()).isCloseTo(demand.computeCycles() + 3_000, within(1e-3));
    assertThat(demand.launchSeconds()).isEqualTo(20e-6);
  }

  @Test
  void anEdge_costsAFullTile_andTheLastWaveLeavesCoresIdle() {
    // 17 channels take two tiles: as many workgroups, of which 17 / 32 is used.
    cycles(pointwise(17, 128), 1e9 / (RATE * 17 / 32));
    cycles(pointwise(32, 97), 1e9 / (RATE * 97 / 128));
    // Nine workgroups take three rounds of four cores; more than two per core hide no more.
    cycles(pointwise(16 * 9, 32), 1e9 / (RATE * 9 / 12));
    // Five take two rounds.
    cycles(pointwise(16 * 5, 32), 1e9 / (RATE * 5 / 8));
  }

  @Test
  void aCoreWithOneWorkgroup_hidesLess() {
    // 1 / 2 where two hide 2 / 3: three quarters of what full residence reaches.
    cycles(pointwise(64, 32), 1e9 / (RATE * 0.75));
    cycles(pointwise(16, 32), 1e9 / (RATE * 0.75 / 4));
  }

  @Test
  void products_areTiledTheSameWay_andVectorsRunAnotherKernel() {
    double rate = 16 * 0.62 * 0.75;
    cycles(heavy(OperatorKind.MATMUL, shape(128, 72), shape(72, 32), shape(128, 32)), 1e9 / rate);
    // A row: one workgroup per 16 columns, a quarter of the rate.
    cycles(
        heavy(OperatorKind.MATMUL, shape(1, 72), shape(72, 128), shape(1, 128)),
        1e9 / (16 * 0.62 * 0.25));
    // Two rows are tiled: a sixteenth of the tile.
    cycles(
        heavy(OperatorKind.MATMUL, shape(2, 72), shape(72, 128), shape(2, 128)), 1e9 / (rate / 16));
  }

  @Test
  void shapesThatAreMissing_countAsOneWorkgroupOrMiddlingLength() {
    double alone = 0.75 / 4;
    cycles(heavy(OperatorKind.MATMUL, List.of(), List.of(), List.of()), 1e9 / (16 * 0.62 * alone));
    double middling = 64.0 / 88;
    List<TensorShape> matrix = List.of(shape(128, 32));
    cycles(heavy(OperatorKind.MATMUL, List.of(), List.of(), matrix), 1e9 / (16 * 0.62 * middling));
    cycles(
        heavy(OperatorKind.MATMUL, List.of(shape()), List.of(), matrix),
        1e9 / (16 * 0.62 * middling));
    cycles(
        heavy(
            OperatorKind.POINTWISE_CONVOLUTION,
            List.of(),
            List.of(),
            List.of(shape(1, 32, 1, 128))),
        1e9 / (16 * 0.60 * middling));
    // One channel, or one column.
    cycles(
        heavy(OperatorKind.POINTWISE_CONVOLUTION, List.of(), List.of(), List.of(shape(32 * 8))),
        1e9 / (16 * 0.60 * middling / 16));
    cycles(
        heavy(OperatorKind.MATMUL, List.of(), List.of(), List.of(shape())),
        1e9 / (16 * 0.62 * 0.25 * alone));
  }

  @Test
  void elementsStream_512ToAWorkgroup() {
    // 4096 elements: eight workgroups. 6.4 MB at 60 % of 32 bytes per cycle.
    Operator operator =
        new Operator(
            "relu",
            "Relu",
            OperatorKind.ACTIVATION,
            0,
            400_000,
            3_000_000,
            3_000_000,
            List.of(shape(4_096)),
            List.of(),
            List.of(shape(4_096)),
            DataType.FLOAT32);
    cycles(operator, 6_400_000 / (32 * 0.6));
    // One element more is a third round for one of four cores.
    cycles(
        heavy(OperatorKind.ACTIVATION, shape(4_097), shape(1), shape(4_097)),
        1e9 / (16 * 0.25 * 9 / 12));
    cycles(
        heavy(OperatorKind.ACTIVATION, shape(0), shape(1), shape(0)), 1e9 / (16 * 0.25 * 0.75 / 4));
    assertThat(onGpu(moving(OperatorKind.SHAPE, 0, 1_000_000, 1_000_000)).computeCycles()).isZero();
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
            List.of(shape(128, 72)),
            List.of(shape(72, 32)),
            List.of(shape(128, 32)),
            DataType.FLOAT32);
    OperatorDemand second =
        OperatorDemand.of(Demands.GPU, Demands.model(pointwise(32, 128), dense), 1, 1);
    assertThat(second.computeCycles()).isCloseTo(1e9 / (16 * 0.62 * 0.75) + 100, within(1e-3));
  }
}
