package io.neurobalancer.simulator.baseline;

import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.profiles.DeviceProfile;
import io.neurobalancer.simulator.physics.DevicePhysics;
import io.neurobalancer.workload.DataType;
import io.neurobalancer.workload.Operator;
import io.neurobalancer.workload.OperatorKind;
import io.neurobalancer.workload.TensorShape;
import io.neurobalancer.workload.Workload;
import java.util.ArrayList;
import java.util.List;

/**
 * A device measured off line with a set of small programs ("traces"), as SysScale, CoScale and
 * GEOPM ask for before they can be used: how long each takes and what the counters and the meter
 * say, at any clocks, in still weather.
 *
 * <p>The traces are single kernels of eight kinds over channels and sizes, run back to back. None
 * is taken from the model that is to be governed: a governor that is trained on its exam proves
 * nothing.
 */
final class Characterization {

  private static final List<OperatorKind> KINDS =
      List.of(
          OperatorKind.CONVOLUTION,
          OperatorKind.POINTWISE_CONVOLUTION,
          OperatorKind.DEPTHWISE_CONVOLUTION,
          OperatorKind.MATMUL,
          OperatorKind.POOLING,
          OperatorKind.ELEMENTWISE,
          OperatorKind.ACTIVATION,
          OperatorKind.DATA_MOVEMENT);

  private static final int[] CHANNELS = {16, 64, 256, 1_024};
  private static final int[] SIZES = {7, 28, 112};
  private static final long LARGEST_TENSOR = 1L << 23;
  private static final double MIB = 1 << 20;

  private final SettingGrid grid;
  private final List<DevicePhysics> traces = new ArrayList<>();
  private int computing;
  private int streaming;

  /** Runs the traces on the device of an experiment, on as many cores as its inference uses. */
  Characterization(DevicePhysics device) {
    grid = device.grid();
    for (OperatorKind kind : KINDS) {
      for (int channels : CHANNELS) {
        for (int size : SIZES) {
          TensorShape shape = TensorShape.of(1, channels, size, size);
          if (shape.elements() <= LARGEST_TENSOR) {
            traces.add(new DevicePhysics(device.profile(), trace(kind, shape), device.threads()));
          }
        }
      }
    }
    for (int t = 0; t < traces.size(); t++) {
      double stalled = stalledShare(t, grid.fastest());
      computing = stalled < stalledShare(computing, grid.fastest()) ? t : computing;
      streaming =
          bandwidth(t, grid.fastest()) > bandwidth(streaming, grid.fastest()) ? t : streaming;
    }
  }

  private static Workload trace(OperatorKind kind, TensorShape shape) {
    long channels = shape.dimension(1);
    long elements = shape.elements();
    long weights =
        switch (kind) {
          case CONVOLUTION -> channels * channels * 9;
          case POINTWISE_CONVOLUTION, MATMUL -> channels * channels;
          case DEPTHWISE_CONVOLUTION -> channels * 9;
          default -> 0;
        };
    long flops =
        switch (kind) {
          case CONVOLUTION -> 2 * elements * channels * 9;
          case POINTWISE_CONVOLUTION, MATMUL -> 2 * elements * channels;
          case DEPTHWISE_CONVOLUTION -> 2 * elements * 9;
          case DATA_MOVEMENT -> 0;
          default -> elements;
        };
    List<Operator> pair = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      pair.add(
          new Operator(
              "trace" + i,
              "Trace",
              kind,
              flops,
              weights * 4,
              elements * 4,
              elements * 4,
              List.of(shape),
              List.of(),
              List.of(shape),
              DataType.FLOAT32));
    }
    return new Workload(kind + " " + shape, "0".repeat(64), pair);
  }

  int traces() {
    return traces.size();
  }

  /** Returns the trace that waits least for memory. */
  int computing() {
    return computing;
  }

  /** Returns the trace that moves most bytes in a second. */
  int streaming() {
    return streaming;
  }

  /** Returns how long a trace takes at a setting, seconds. */
  double seconds(int trace, int setting) {
    DevicePhysics physics = traces.get(trace);
    return physics.seconds(0, setting) + physics.seconds(1, setting);
  }

  /** Returns the DRAM bandwidth of a trace at a setting, MiB/s. */
  double bandwidth(int trace, int setting) {
    DevicePhysics physics = traces.get(trace);
    return (physics.trafficBytes(0) + physics.trafficBytes(1)) / MIB / seconds(trace, setting);
  }

  /** Returns the share of its time in which a trace waits for memory at a setting. */
  double stalledShare(int trace, int setting) {
    DevicePhysics physics = traces.get(trace);
    return mean(
        physics, setting, physics.stalledShare(0, setting), physics.stalledShare(1, setting));
  }

  /** Returns the power of the device while a trace runs at a setting, watts. */
  double watts(int trace, int setting) {
    DevicePhysics physics = traces.get(trace);
    return mean(physics, setting, physics.watts(0, setting), physics.watts(1, setting));
  }

  /** Returns the power of the cores while a trace runs at a setting, watts. */
  double coreWatts(int trace, int setting) {
    DevicePhysics physics = traces.get(trace);
    return mean(physics, setting, physics.coreWatts(0, setting), physics.coreWatts(1, setting));
  }

  private static double mean(DevicePhysics physics, int setting, double first, double second) {
    double a = physics.seconds(0, setting);
    double b = physics.seconds(1, setting);
    return (a * first + b * second) / (a + b);
  }

  SettingGrid grid() {
    return grid;
  }

  int coreOpps() {
    return grid.domains().get(DeviceProfile.CORE).opps().size();
  }

  int memoryOpps() {
    return grid.domains().get(DeviceProfile.MEMORY).opps().size();
  }

  int setting(int coreOpp, int memoryOpp) {
    return grid.setting(coreOpp, memoryOpp);
  }

  /** Returns the memory clock of an OPP in words. */
  String memoryClock(int memoryOpp) {
    return grid.domains().get(DeviceProfile.MEMORY).opps().frequency(memoryOpp).toString();
  }
}
