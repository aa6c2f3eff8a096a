package io.neurobalancer.simulator.physics;

import io.neurobalancer.files.DeviceDescription;
import io.neurobalancer.workload.Operator;
import io.neurobalancer.workload.OperatorKind;
import io.neurobalancer.workload.TensorShape;
import io.neurobalancer.workload.Workload;

/**
 * What an operator asks of a GPU.
 *
 * <p>Each operator is a kernel over a grid of workgroups that compute a tile of outputs each. A
 * tile at the edge costs as much as a full one; workgroups come to the shader cores in whole waves,
 * so the last wave leaves cores idle; and a core with few resident workgroups cannot hide its
 * latencies. Between two kernels the front end drains and refills; and a kernel cannot end sooner
 * than the host submits the next.
 */
final class GpuCosts {

  /** Outputs of one workgroup along its channels or columns. */
  private static final int COLUMN_TILE = 16;

  /** Outputs of one workgroup along its pixels or rows. */
  private static final int ROW_TILE = 32;

  /** Elements of one workgroup of an element-wise kernel. */
  private static final double ELEMENTS = 512;

  /** A reduction this long keeps half of the efficiency. */
  private static final double HALF_REDUCTION = 24;

  private GpuCosts() {}

  static OperatorDemand demand(
      DeviceDescription profile, DeviceDescription.Gpu gpu, Workload workload, int index) {
    Operator operator = workload.operators().get(index);
    OperatorTraits character = OperatorTraits.onGpu(operator.kind());
    Grid grid = Grid.of(operator);
    double use = grid.use() * occupancy(grid.workgroups(), gpu);
    double arithmetic =
        OperatorDemand.executedFlops(profile.cores(), operator)
            / (OperatorDemand.flopsPerCycle(profile.cores(), operator.dataType())
                * character.computeEfficiency()
                * use);
    double touched = operator.kind() == OperatorKind.SHAPE ? 0 : operator.bytes();
    double streaming =
        touched
            / (profile.cores().vectorBytesPerCycle()
                * character.streamEfficiency()
                * occupancy(grid.workgroups(), gpu));
    double reorder = Traffic.reorderBytes(workload, index) / profile.cores().vectorBytesPerCycle();
    double work = Math.max(arithmetic, streaming) + reorder;
    double overhead = gpu.gapCycles() + character.overheadCycles();
    return new OperatorDemand(
        work,
        overhead,
        work + overhead,
        gpu.launchSeconds(),
        Traffic.dramBytes(profile, workload, index),
        character);
  }

  /** Returns what share of the peak a number of workgroups can reach. */
  private static double occupancy(double workgroups, DeviceDescription.Gpu gpu) {
    double perCore = Math.ceil(workgroups / gpu.shaderCores());
    double spread = workgroups / (perCore * gpu.shaderCores());
    double resident = Math.min(perCore, gpu.residentWorkgroups());
    double most = gpu.residentWorkgroups();
    double hidden = resident / (resident + 1) * (most + 1) / most;
    return spread * hidden;
  }

  /**
   * The grid of one kernel.
   *
   * @param workgroups how many
   * @param use share of their tiles and reductions that does useful work
   */
  private record Grid(double workgroups, double use) {

    static Grid of(Operator operator) {
      if (operator.outputShapes().isEmpty()) {
        return new Grid(1, 1);
      }
      TensorShape output = operator.outputShapes().get(0);
      return switch (operator.kind()) {
        case CONVOLUTION, POINTWISE_CONVOLUTION, TRANSPOSED_CONVOLUTION -> {
          double channels = output.rank() > 1 ? output.dimension(1) : 1;
          double pixels = output.elements() / Math.max(1, channels);
          double reduction =
              operator.weightShapes().isEmpty()
                  ? 64
                  : operator.weightShapes().get(0).elements() / Math.max(1, channels);
          yield tiled(channels, pixels, reduction);
        }
        case MATMUL, ATTENTION -> {
          double columns = output.rank() > 0 ? output.dimension(-1) : 1;
          double rows = output.elements() / Math.max(1, columns);
          double reduction =
              operator.inputShapes().isEmpty() || operator.inputShapes().get(0).rank() == 0
                  ? 64
                  : operator.inputShapes().get(0).dimension(-1);
          // A vector times a matrix runs another kernel: one row per tile, long reductions.
          yield rows < 2
              ? new Grid(Math.ceil(columns / COLUMN_TILE), 0.25)
              : tiled(columns, rows, reduction);
        }
        default -> new Grid(Math.max(1, Math.ceil(output.elements() / ELEMENTS)), 1);
      };
    }

    private static Grid tiled(double columns, double rows, double reduction) {
      double across = Math.ceil(Math.max(1, columns) / COLUMN_TILE);
      double down = Math.ceil(Math.max(1, rows) / ROW_TILE);
      double filled = Math.max(1, columns) * Math.max(1, rows);
      return new Grid(
          across * down,
          filled
              / (across * COLUMN_TILE * down * ROW_TILE)
              * (reduction / (reduction + HALF_REDUCTION)));
    }
  }
}
