package io.neurobalancer.simulator.physics;

import io.neurobalancer.profiles.DeviceProfile;
import io.neurobalancer.workload.DataType;
import io.neurobalancer.workload.Operator;
import io.neurobalancer.workload.OperatorKind;
import io.neurobalancer.workload.TensorShape;
import io.neurobalancer.workload.Workload;
import java.util.List;

/**
 * What one operator asks of the hardware, whatever its clocks: core cycles and DRAM traffic.
 *
 * @param computeCycles of the parallel and the serial part together, spread over the threads
 * @param overheadCycles that nothing overlaps
 * @param trafficBytes to and from DRAM
 */
record OperatorDemand(double computeCycles, double overheadCycles, double trafficBytes) {

  /** Channels that one vector register tile covers; a remainder costs as much as a full tile. */
  private static final int CHANNEL_TILE = 8;

  /** Pixels or rows of one register tile. */
  private static final int ROW_TILE = 6;

  /** A reduction this long keeps half of the efficiency: loads and stores of the tile weigh in. */
  private static final double HALF_REDUCTION = 20;

  /** Share of the last-level cache that holds what this operator and its neighbour exchange. */
  private static final double EXCHANGE_SHARE = 0.6;

  static OperatorDemand of(DeviceProfile profile, Workload workload, int index, int threads) {
    Operator operator = workload.operators().get(index);
    KernelCharacter character = KernelCharacter.of(operator.kind());
    double perCycle =
        switch (operator.dataType()) {
          case INT8, UINT8 -> profile.cores().int8OpsPerCycle();
          case FLOAT16, BFLOAT16 -> profile.cores().float16FlopsPerCycle();
          default -> profile.cores().float32FlopsPerCycle();
        };
    double arithmetic =
        operator.flops() / (perCycle * character.computeEfficiency() * tileUse(operator));
    double touched = operator.kind() == OperatorKind.SHAPE ? 0 : operator.bytes();
    double streaming =
        touched / (profile.cores().vectorBytesPerCycle() * character.streamEfficiency());
    double work = Math.max(arithmetic, streaming);
    double parallel = character.parallelShare();
    double compute = work * (1 - parallel + parallel / threads * imbalance(operator, threads));
    double reorder = reorderBytes(workload, index) / profile.cores().vectorBytesPerCycle();
    return new OperatorDemand(
        compute + reorder,
        character.overheadCycles() * (1 + 0.25 * (threads - 1)),
        traffic(profile, workload, index));
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

  /**
   * Weights come from DRAM unless the whole model fits the cache; activations spill what does not
   * fit.
   */
  private static double traffic(DeviceProfile profile, Workload workload, int index) {
    Operator operator = workload.operators().get(index);
    if (operator.kind() == OperatorKind.SHAPE) {
      return 0;
    }
    double cache = profile.lastLevelCacheBytes();
    double kept = 1 / (1 + Math.pow(workload.weightBytes() / (0.8 * cache), 4));
    double weights = operator.weightBytes() * (1 - kept);
    if (operator.kind() == OperatorKind.GATHER) {
      // A look-up touches the rows that it returns, not the table.
      weights = Math.min(weights, (double) operator.outputBytes());
    }
    double exchanged = (double) operator.inputBytes() + operator.outputBytes();
    double room = EXCHANGE_SHARE * cache * (index == 0 ? 0.5 : 1);
    double spilled = exchanged * Math.max(0, 1 - room / Math.max(1.0, exchanged + weights));
    double coldInput = index == 0 ? operator.inputBytes() : 0;
    return weights + Math.max(spilled, coldInput) + 0.02 * exchanged;
  }

  /** A kernel that follows one of another layout first re-orders its input. */
  private static double reorderBytes(Workload workload, int index) {
    if (index == 0) {
      return 0;
    }
    Operator operator = workload.operators().get(index);
    boolean changes =
        spatial(operator.kind()) != spatial(workload.operators().get(index - 1).kind());
    boolean heavy = operator.kind() == OperatorKind.MATMUL || spatial(operator.kind());
    return changes && heavy && operator.dataType() != DataType.BOOL ? operator.inputBytes() : 0;
  }

  private static boolean spatial(OperatorKind kind) {
    return kind == OperatorKind.CONVOLUTION
        || kind == OperatorKind.POINTWISE_CONVOLUTION
        || kind == OperatorKind.DEPTHWISE_CONVOLUTION
        || kind == OperatorKind.TRANSPOSED_CONVOLUTION
        || kind == OperatorKind.POOLING;
  }
}
