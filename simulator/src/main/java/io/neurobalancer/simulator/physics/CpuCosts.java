package io.neurobalancer.simulator.physics;

import io.neurobalancer.files.DeviceDescription;
import io.neurobalancer.workload.Operator;
import io.neurobalancer.workload.OperatorKind;
import io.neurobalancer.workload.TensorShape;
import io.neurobalancer.workload.Workload;
import java.util.List;

/**
 * What an operator asks of the cores of a CPU cluster.
 *
 * <p>Arithmetic fills register tiles, whose remainders cost as much as full ones; element-wise work
 * streams through the first-level cache. A serial part stays on one thread, the rest is divided,
 * and the busiest thread sets the pace; the others wait for it.
 */
final class CpuCosts {

  /** Channels that one vector register tile covers; a remainder costs as much as a full tile. */
  private static final int CHANNEL_TILE = 8;

  /** Pixels or rows of one register tile. */
  private static final int ROW_TILE = 6;

  /** A reduction this long keeps half of the efficiency: loads and stores of the tile weigh in. */
  private static final double HALF_REDUCTION = 20;

  /** What waking and joining one further thread adds to the dispatch overhead. */
  private static final double FORK_JOIN_SHARE = 0.25;

  private CpuCosts() {}

  static OperatorDemand demand(
      DeviceDescription profile, Workload workload, int index, int threads) {
    Operator operator = workload.operators().get(index);
    OperatorTraits character = OperatorTraits.onCpu(operator.kind());
    DeviceDescription.Cores cores = profile.cores();
    double arithmetic =
        OperatorDemand.executedFlops(profile.cores(), operator)
            / (OperatorDemand.flopsPerCycle(cores, operator.dataType())
                * character.computeEfficiency()
                * tileUse(operator));
    double touched = operator.kind() == OperatorKind.SHAPE ? 0 : operator.bytes();
    double streaming = touched / (cores.vectorBytesPerCycle() * character.streamEfficiency());
    double work = Math.max(arithmetic, streaming);
    double parallel = character.parallelShare();
    double path = work * (1 - parallel + parallel / threads * imbalance(operator, threads));
    double reorder = Traffic.reorderBytes(workload, index) / cores.vectorBytesPerCycle();
    double overhead = character.overheadCycles() * (1 + FORK_JOIN_SHARE * (threads - 1));
    return new OperatorDemand(
        path + reorder,
        overhead,
        work + reorder + overhead,
        0,
        Traffic.dramBytes(profile, workload, index),
        character);
  }

  /** Returns which share of the register tiles does useful work. */
  private static double tileUse(Operator operator) {
    if (operator.outputShapes().isEmpty()) {
      return 1;
    }
    TensorShape output = operator.outputShapes().get(0);
    List<TensorShape> weights = operator.weightShapes();
    return switch (operator.kind()) {
      case CONVOLUTION, POINTWISE_CONVOLUTION, TRANSPOSED_CONVOLUTION -> {
        double channels = output.rank() > 1 ? output.dimension(1) : 1;
        double pixels = output.elements() / Math.max(1, channels);
        double reduction =
            weights.isEmpty() ? 64 : (double) weights.get(0).elements() / Math.max(1, channels);
        yield fill(channels, CHANNEL_TILE)
            * fill(pixels, ROW_TILE)
            * (reduction / (reduction + HALF_REDUCTION));
      }
      case DEPTHWISE_CONVOLUTION -> {
        double channels = output.rank() > 1 ? output.dimension(1) : 1;
        double width = output.rank() > 3 ? output.dimension(3) : 1;
        yield fill(channels, CHANNEL_TILE) * fill(width, 2);
      }
      case MATMUL, ATTENTION -> {
        double columns = output.rank() > 0 ? output.dimension(-1) : 1;
        double rows = output.elements() / Math.max(1, columns);
        double reduction =
            operator.inputShapes().isEmpty() || operator.inputShapes().get(0).rank() == 0
                ? 64
                : operator.inputShapes().get(0).dimension(-1);
        // A vector times a matrix reuses no weight: it streams, and fills one row of the tile.
        double rowUse = rows < 2 ? 0.5 : fill(rows, ROW_TILE);
        yield fill(columns, CHANNEL_TILE) * rowUse * (reduction / (reduction + HALF_REDUCTION));
      }
      default -> 1;
    };
  }

  private static double fill(double extent, int tile) {
    double tiles = Math.ceil(Math.max(1, extent) / tile);
    return Math.max(1, extent) / (tiles * tile);
  }

  /** Returns how much longer the busiest thread works than the mean one: output rows come whole. */
  private static double imbalance(Operator operator, int threads) {
    if (threads == 1 || operator.outputShapes().isEmpty()) {
      return 1;
    }
    TensorShape output = operator.outputShapes().get(0);
    double chunks = output.rank() > 2 ? output.dimension(-2) : 16;
    return Math.ceil(chunks / threads) * threads / Math.max(1, chunks);
  }
}
