package io.neurobalancer.simulator;

import io.neurobalancer.workload.DataType;
import io.neurobalancer.workload.Operator;
import io.neurobalancer.workload.OperatorKind;
import io.neurobalancer.workload.TensorShape;
import io.neurobalancer.workload.Workload;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Workloads for tests. */
public final class TestWorkloads {

  private TestWorkloads() {}

  /** Convolutions of 64 to 64 channels on 56 x 56 pixels: 231 million operations each. */
  public static Workload convolutions(int count) {
    TensorShape shape = TensorShape.of(1, 64, 56, 56);
    List<Operator> operators = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      operators.add(
          new Operator(
              "conv" + i,
              "Conv",
              OperatorKind.CONVOLUTION,
              2 * shape.elements() * 64 * 9,
              64 * 64 * 9 * 4,
              shape.elements() * 4,
              shape.elements() * 4,
              List.of(shape),
              List.of(TensorShape.of(64, 64, 3, 3)),
              List.of(shape),
              DataType.FLOAT32));
    }
    return new Workload("convolutions", "0".repeat(64), operators);
  }

  /** One element-wise activation. */
  public static Workload activation(int channels, int size) {
    TensorShape shape = TensorShape.of(1, channels, size, size);
    return single(OperatorKind.ACTIVATION, shape.elements(), 0, shape, List.of(), shape);
  }

  /** One pointwise convolution. */
  public static Workload pointwise(int inputs, int outputs, int size) {
    TensorShape in = TensorShape.of(1, inputs, size, size);
    TensorShape out = TensorShape.of(1, outputs, size, size);
    return single(
        OperatorKind.POINTWISE_CONVOLUTION,
        2 * out.elements() * inputs,
        4L * inputs * outputs,
        in,
        List.of(TensorShape.of(outputs, inputs, 1, 1)),
        out);
  }

  private static Workload single(
      OperatorKind kind,
      long flops,
      long weightBytes,
      TensorShape in,
      List<TensorShape> weights,
      TensorShape out) {
    return new Workload(
        "single",
        "0".repeat(64),
        List.of(
            new Operator(
                "op",
                "Test",
                kind,
                flops,
                weightBytes,
                in.elements() * 4,
                out.elements() * 4,
                List.of(in),
                weights,
                List.of(out),
                DataType.FLOAT32)));
  }

  /** A network of random convolutions, element-wise operators and dense layers. */
  public static Workload random(long seed, int operators) {
    Random random = new Random(seed);
    OperatorKind[] kinds = OperatorKind.values();
    List<Operator> list = new ArrayList<>();
    for (int i = 0; i < operators; i++) {
      OperatorKind kind = kinds[random.nextInt(kinds.length)];
      int channels = 8 << random.nextInt(6);
      int size = 7 << random.nextInt(4);
      TensorShape shape = TensorShape.of(1, channels, size, size);
      long elements = shape.elements();
      boolean heavy =
          kind == OperatorKind.CONVOLUTION
              || kind == OperatorKind.MATMUL
              || kind == OperatorKind.POINTWISE_CONVOLUTION;
      long weights = heavy ? (long) channels * channels * 4 : 0;
      list.add(
          new Operator(
              "op" + i,
              "Test",
              kind,
              heavy ? 2 * elements * channels : elements,
              weights,
              elements * 4,
              elements * 4,
              List.of(shape),
              weights > 0 ? List.of(TensorShape.of(channels, channels, 1, 1)) : List.of(),
              List.of(shape),
              DataType.FLOAT32));
    }
    return new Workload("random-" + seed, "0".repeat(64), list);
  }
}
