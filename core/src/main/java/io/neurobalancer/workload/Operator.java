package io.neurobalancer.workload;

import java.util.List;
import java.util.Locale;

/**
 * One operator of a workload as the runtime executes it, fused neighbours included.
 *
 * @param name unique within its workload
 * @param type the kernel's name in its runtime, such as {@code FusedConv}
 * @param kind the family it belongs to
 * @param flops floating-point (or integer) operations, a multiply-add counted as two; 0 for copies
 *     and for kernels of {@link OperatorKind#UNKNOWN}
 * @param weightBytes bytes of constant inputs that one execution reads; of a table that is looked
 *     up, the rows touched
 * @param inputBytes bytes of the activations read
 * @param outputBytes bytes of the activations written
 * @param inputShapes shapes of the activations read
 * @param weightShapes shapes of the constant inputs, largest first
 * @param outputShapes shapes of the activations written
 * @param dataType the element type that it computes in
 */
public record Operator(
    String name,
    String type,
    OperatorKind kind,
    long flops,
    long weightBytes,
    long inputBytes,
    long outputBytes,
    List<TensorShape> inputShapes,
    List<TensorShape> weightShapes,
    List<TensorShape> outputShapes,
    DataType dataType) {

  public Operator {
    inputShapes = List.copyOf(inputShapes);
    weightShapes = List.copyOf(weightShapes);
    outputShapes = List.copyOf(outputShapes);
    if (name.trim().isEmpty()) {
      throw new IllegalArgumentException("An operator needs a name.");
    }
    if (flops < 0 || weightBytes < 0 || inputBytes < 0 || outputBytes < 0) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "Operator '%s' has a negative count: %d FLOPs, %d weight, %d input, %d output bytes.",
              name,
              flops,
              weightBytes,
              inputBytes,
              outputBytes));
    }
  }

  /** Returns weight, input and output bytes together: the traffic if nothing is in a cache. */
  public long bytes() {
    return weightBytes + inputBytes + outputBytes;
  }

  /** Returns FLOPs per byte, or 0 for an operator that moves no data. */
  public double arithmeticIntensity() {
    return bytes() == 0 ? 0 : (double) flops / bytes();
  }
}
