package io.neurobalancer.simulator.physics;

import io.neurobalancer.files.DeviceDescription;
import io.neurobalancer.workload.DataType;
import io.neurobalancer.workload.Operator;
import io.neurobalancer.workload.OperatorKind;
import io.neurobalancer.workload.Workload;

/** How many bytes an operator moves to and from DRAM, and how many it re-orders first. */
final class Traffic {

  /** Share of the last-level cache that holds what an operator and its neighbour exchange. */
  private static final double EXCHANGE_SHARE = 0.6;

  private Traffic() {}

  /**
   * Weights come from DRAM unless the whole model fits the cache; activations spill what does not
   * fit.
   */
  static double dramBytes(DeviceDescription profile, Workload workload, int index) {
    Operator operator = workload.operators().get(index);
    if (operator.kind() == OperatorKind.SHAPE) {
      return 0;
    }
    double cache = profile.lastLevelCacheBytes();
    double kept = 1 / (1 + StrictMath.pow(workload.weightBytes() / (0.8 * cache), 4));
    double weights = operator.weightBytes() * (1 - kept);
    if (operator.kind() == OperatorKind.GATHER) {
      // A look-up touches the rows that it returns, not the table.
      weights = Math.min(weights, (double) operator.outputBytes());
    }
    double passes =
        operator.kind() == OperatorKind.CONVOLUTION ? profile.memory().workspaceFactor() : 1;
    double exchanged = passes * ((double) operator.inputBytes() + operator.outputBytes());
    double room = EXCHANGE_SHARE * cache * (index == 0 ? 0.5 : 1);
    double spilled = exchanged * Math.max(0, 1 - room / Math.max(1.0, exchanged + weights));
    double coldInput = index == 0 ? operator.inputBytes() : 0;
    return weights + Math.max(spilled, coldInput) + 0.02 * exchanged;
  }

  /** A kernel that follows one of another layout first re-orders its input. */
  static double reorderBytes(Workload workload, int index) {
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
