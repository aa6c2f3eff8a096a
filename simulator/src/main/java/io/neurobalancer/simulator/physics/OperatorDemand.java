package io.neurobalancer.simulator.physics;

import io.neurobalancer.files.DeviceDescription;
import io.neurobalancer.workload.DataType;
import io.neurobalancer.workload.Operator;
import io.neurobalancer.workload.OperatorKind;
import io.neurobalancer.workload.TensorShape;
import io.neurobalancer.workload.Workload;

/**
 * What one operator asks of the hardware, whatever its clocks.
 *
 * @param computeCycles of the core clock on the longest path, overlapping with memory
 * @param overheadCycles of the core clock that nothing overlaps
 * @param busyCoreCycles that all cores together compute, the longest path's and the others'
 * @param launchSeconds that the operator takes at least, since its host cannot submit faster at its
 *     fastest clock
 * @param trafficBytes to and from DRAM
 * @param character of its kernel
 */
record OperatorDemand(
    double computeCycles,
    double overheadCycles,
    double busyCoreCycles,
    double launchSeconds,
    double trafficBytes,
    OperatorTraits character) {

  /** With fewer channels the transform costs what it saves. */
  private static final int TRANSFORMED_CHANNELS = 16;

  static OperatorDemand of(DeviceDescription profile, Workload workload, int index, int threads) {
    return profile.gpu().isPresent()
        ? GpuCosts.demand(profile, profile.gpu().get(), workload, index)
        : CpuCosts.demand(profile, workload, index, threads);
  }

  /**
   * Returns the operations that the device executes for an operator: fewer than it counts where the
   * library transforms dense convolutions of three by three with stride 1 and more than a few
   * channels.
   */
  static double executedFlops(DeviceDescription.Cores cores, Operator operator) {
    return operator.flops() / (transforms(operator) ? cores.winogradFactor() : 1);
  }

  private static boolean transforms(Operator operator) {
    if (operator.kind() != OperatorKind.CONVOLUTION
        || operator.weightShapes().isEmpty()
        || operator.inputShapes().isEmpty()
        || operator.outputShapes().isEmpty()) {
      return false;
    }
    TensorShape weights = operator.weightShapes().get(0);
    TensorShape input = operator.inputShapes().get(0);
    TensorShape output = operator.outputShapes().get(0);
    return weights.rank() == 4
        && weights.dimension(2) == 3
        && weights.dimension(3) == 3
        && weights.dimension(1) >= TRANSFORMED_CHANNELS
        && input.rank() == 4
        && output.rank() == 4
        && input.dimension(2) - output.dimension(2) <= 2;
  }

  /** Returns the peak rate at which a core computes with numbers of a type. */
  static double flopsPerCycle(DeviceDescription.Cores cores, DataType type) {
    return switch (type) {
      case INT8, UINT8 -> cores.int8OpsPerCycle();
      case FLOAT16, BFLOAT16 -> cores.float16FlopsPerCycle();
      default -> cores.float32FlopsPerCycle();
    };
  }
}
