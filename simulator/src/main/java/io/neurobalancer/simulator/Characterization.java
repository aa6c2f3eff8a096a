package io.neurobalancer.simulator;

import io.neurobalancer.baselines.law.TraceMeasurements;
import io.neurobalancer.simulator.physics.DevicePhysics;
import io.neurobalancer.workload.DataType;
import io.neurobalancer.workload.Operator;
import io.neurobalancer.workload.OperatorKind;
import io.neurobalancer.workload.TensorShape;
import io.neurobalancer.workload.Workload;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A device measured off line with a set of small programs ("traces"), as SysScale, CoScale and
 * GEOPM ask for before they can be used: how long each takes and what the counters and the meter
 * say, at any clocks, in still weather.
 *
 * <p>The traces are single kernels of eight kinds over channels and sizes, run back to back, and
 * random networks mixed from them, as programs are. None is taken from the model that is to be
 * governed: a governor that is trained on its exam proves nothing.
 */
public final class Characterization implements TraceMeasurements {

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

  /** As one layer of a network that phones run; without a limit one kernel would be the mix. */
  private static final long LARGEST_FLOPS = 1_000_000_000;

  private static final long LARGEST_BYTES = 64 << 20;
  private static final int MIXES = 150;
  private static final int MIX_LENGTH = 12;
  private static final long MIX_SEED = 0x7ACE5;
  private static final double MIB = 1 << 20;

  private final int settings;
  private final List<Trace> traces = new ArrayList<>();
  private int computing;
  private int streaming;

  /** Runs the traces on the device of an experiment, on as many cores as its inference uses. */
  public Characterization(DevicePhysics device) {
    int fastest = device.grid().fastest();
    settings = device.grid().size();
    List<Operator> kernels = new ArrayList<>();
    for (OperatorKind kind : KINDS) {
      for (int channels : CHANNELS) {
        for (int size : SIZES) {
          TensorShape shape = TensorShape.of(1, channels, size, size);
          Operator kernel = kernel(kind, shape);
          if (kernel.flops() <= LARGEST_FLOPS && kernel.bytes() <= LARGEST_BYTES) {
            kernels.add(kernel);
          }
        }
      }
    }
    for (Operator kernel : kernels) {
      run(device, List.of(kernel, kernel));
    }
    for (int t = 0; t < traces.size(); t++) {
      double stalled = stalledShare(t, fastest);
      computing = stalled < stalledShare(computing, fastest) ? t : computing;
      streaming = bandwidth(t, fastest) > bandwidth(streaming, fastest) ? t : streaming;
    }
    SplittableRandom random = new SplittableRandom(MIX_SEED);
    for (int m = 0; m < MIXES; m++) {
      List<Operator> mix = new ArrayList<>();
      for (int i = 0; i < MIX_LENGTH; i++) {
        mix.add(kernels.get(random.nextInt(kernels.size())));
      }
      run(device, mix);
    }
  }

  private void run(DevicePhysics device, List<Operator> kernels) {
    List<Operator> operators = new ArrayList<>();
    for (Operator kernel : kernels) {
      operators.add(
          new Operator(
              kernel.name() + operators.size(),
              kernel.type(),
              kernel.kind(),
              kernel.flops(),
              kernel.weightBytes(),
              kernel.inputBytes(),
              kernel.outputBytes(),
              kernel.inputShapes(),
              kernel.weightShapes(),
              kernel.outputShapes(),
              kernel.dataType()));
    }
    Workload trace = new Workload("trace" + traces.size(), "0".repeat(64), operators);
    traces.add(new Trace(new DevicePhysics(device.profile(), trace, device.threads())));
  }

  /** What one trace showed, per setting. */
  private final class Trace {
    private final double[] seconds = new double[settings];
    private final double[] bandwidth = new double[settings];
    private final double[] stalledShare = new double[settings];
    private final double[] watts = new double[settings];
    private final double[] coreWatts = new double[settings];

    Trace(DevicePhysics physics) {
      double bytes = 0;
      for (int i = 0; i < physics.workload().size(); i++) {
        bytes += physics.trafficBytes(i);
      }
      for (int x = 0; x < settings; x++) {
        for (int i = 0; i < physics.workload().size(); i++) {
          double share = physics.seconds(i, x);
          seconds[x] += share;
          stalledShare[x] += share * physics.stalledShare(i, x);
          watts[x] += share * physics.watts(i, x);
          coreWatts[x] += share * physics.coreWatts(i, x);
        }
        bandwidth[x] = bytes / MIB / seconds[x];
        stalledShare[x] /= seconds[x];
        watts[x] /= seconds[x];
        coreWatts[x] /= seconds[x];
      }
    }
  }

  private static Operator kernel(OperatorKind kind, TensorShape shape) {
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
    return new Operator(
        "kernel",
        "Trace",
        kind,
        flops,
        weights * 4,
        elements * 4,
        elements * 4,
        List.of(shape),
        List.of(),
        List.of(shape),
        DataType.FLOAT32);
  }

  @Override
  public int traces() {
    return traces.size();
  }

  @Override
  public int computing() {
    return computing;
  }

  @Override
  public int streaming() {
    return streaming;
  }

  @Override
  public double seconds(int trace, int setting) {
    return traces.get(trace).seconds[setting];
  }

  @Override
  public double bandwidth(int trace, int setting) {
    return traces.get(trace).bandwidth[setting];
  }

  @Override
  public double stalledShare(int trace, int setting) {
    return traces.get(trace).stalledShare[setting];
  }

  @Override
  public double watts(int trace, int setting) {
    return traces.get(trace).watts[setting];
  }

  @Override
  public double coreWatts(int trace, int setting) {
    return traces.get(trace).coreWatts[setting];
  }
}
