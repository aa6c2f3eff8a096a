package io.neurobalancer.simulator.physics;

import io.neurobalancer.files.DeviceDescription;
import io.neurobalancer.files.DeviceDescriptions;
import io.neurobalancer.workload.DataType;
import io.neurobalancer.workload.Operator;
import io.neurobalancer.workload.OperatorKind;
import io.neurobalancer.workload.TensorShape;
import io.neurobalancer.workload.Workload;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Operators and devices with round figures, for costs that can be counted by hand. */
final class Demands {

  /** Four cores that compute 16, 32 and 64 operations per cycle and load 32 bytes. */
  static final DeviceDescription.Cores CORES =
      new DeviceDescription.Cores("test", 4, 1, 16, 32, 64, 32, 2);

  private static final DeviceDescription PIXEL = bundled("pixel-4-cpu");

  /** A CPU of those cores, with a last-level cache of 5 MiB. */
  static final DeviceDescription CPU = PIXEL.withHardware(CORES, Optional.empty(), PIXEL.memory());

  /** A GPU of four shader cores with room for two workgroups each. */
  static final DeviceDescription.Gpu SHADERS = new DeviceDescription.Gpu(4, 2, 20e-6, 1_000);

  static final DeviceDescription GPU =
      PIXEL.withHardware(CORES, Optional.of(SHADERS), PIXEL.memory());

  private Demands() {}

  static DeviceDescription bundled(String name) {
    return DeviceDescriptions.bundled(name).orElseThrow();
  }

  static TensorShape shape(long... extents) {
    return TensorShape.of(extents);
  }

  /** An operator that does a billion operations, so that no traffic matters. */
  static Operator heavy(
      OperatorKind kind, List<TensorShape> in, List<TensorShape> weights, List<TensorShape> out) {
    return new Operator(
        "heavy", "Test", kind, 1_000_000_000, 0, 0, 0, in, weights, out, DataType.FLOAT32);
  }

  static Operator heavy(OperatorKind kind, TensorShape in, TensorShape weights, TensorShape out) {
    return heavy(kind, List.of(in), List.of(weights), List.of(out));
  }

  static Operator typed(Operator operator, DataType type) {
    return new Operator(
        operator.name(),
        operator.type(),
        operator.kind(),
        operator.flops(),
        operator.weightBytes(),
        operator.inputBytes(),
        operator.outputBytes(),
        operator.inputShapes(),
        operator.weightShapes(),
        operator.outputShapes(),
        type);
  }

  /** An operator of which only the bytes are known. */
  static Operator moving(OperatorKind kind, long weights, long in, long out) {
    return new Operator(
        "moving",
        "Test",
        kind,
        0,
        weights,
        in,
        out,
        List.of(),
        List.of(),
        List.of(),
        DataType.FLOAT32);
  }

  /** Returns a model of these operators, whatever they are called. */
  static Workload model(Operator... operators) {
    List<Operator> named = new ArrayList<>();
    for (Operator o : operators) {
      named.add(
          new Operator(
              "op" + named.size(),
              o.type(),
              o.kind(),
              o.flops(),
              o.weightBytes(),
              o.inputBytes(),
              o.outputBytes(),
              o.inputShapes(),
              o.weightShapes(),
              o.outputShapes(),
              o.dataType()));
    }
    return new Workload("model", "0".repeat(64), named);
  }

  static OperatorDemand onCpu(Operator operator, int threads) {
    return OperatorDemand.of(CPU, model(operator), 0, threads);
  }

  static OperatorDemand onGpu(Operator operator) {
    return OperatorDemand.of(GPU, model(operator), 0, 1);
  }
}
