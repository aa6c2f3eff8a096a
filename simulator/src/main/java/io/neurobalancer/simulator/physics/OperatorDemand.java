package io.neurobalancer.simulator.physics;

import io.neurobalancer.profiles.DeviceProfile;
import io.neurobalancer.workload.DataType;
import io.neurobalancer.workload.Workload;

/**
 * What one operator asks of the hardware, whatever its clocks.
 *
 * @param computeCycles of the core clock on the longest path, overlapping with memory
 * @param overheadCycles of the core clock that nothing overlaps
 * @param busyCoreCycles that all cores together compute, the longest path's and the others'
 * @param launchSeconds that the operator takes at least, since its host cannot submit faster
 * @param trafficBytes to and from DRAM
 * @param character of its kernel
 */
record OperatorDemand(
    double computeCycles,
    double overheadCycles,
    double busyCoreCycles,
    double launchSeconds,
    double trafficBytes,
    KernelCharacter character) {

  static OperatorDemand of(DeviceProfile profile, Workload workload, int index, int threads) {
    return profile.gpu().isPresent()
        ? GpuKernels.demand(profile, profile.gpu().get(), workload, index)
        : CpuKernels.demand(profile, workload, index, threads);
  }

  /** Returns the peak rate at which a core computes with numbers of a type. */
  static double flopsPerCycle(DeviceProfile.Cores cores, DataType type) {
    return switch (type) {
      case INT8, UINT8 -> cores.int8OpsPerCycle();
      case FLOAT16, BFLOAT16 -> cores.float16FlopsPerCycle();
      default -> cores.float32FlopsPerCycle();
    };
  }
}
