package io.neurobalancer.evaluation.fidelity;

import io.neurobalancer.workload.DataType;
import io.neurobalancer.workload.Operator;
import io.neurobalancer.workload.OperatorKind;
import io.neurobalancer.workload.TensorShape;
import io.neurobalancer.workload.Workload;
import java.util.ArrayList;
import java.util.List;

/**
 * A network written down layer by layer, activations and normalizations fused into convolutions as
 * inference engines do. Each operator belongs to a group, by which measurements that cover several
 * operators are compared.
 */
final class Network {

  private final String name;
  private final DataType type;
  private final int bytes;
  private final List<Operator> operators = new ArrayList<>();
  private final List<Integer> groups = new ArrayList<>();
  private int group;
  private int channels;
  private int height;
  private int width;

  Network(String name, DataType type, int channels, int size) {
    this.name = name;
    this.type = type;
    this.bytes = type == DataType.FLOAT16 ? 2 : 4;
    at(channels, size);
  }

  /** Continues from an activation of this shape. */
  Network at(int newChannels, int size) {
    channels = newChannels;
    height = size;
    width = size;
    return this;
  }

  /** Begins the next group. */
  Network next() {
    group++;
    return this;
  }

  int channels() {
    return channels;
  }

  int size() {
    return height;
  }

  /** A square convolution, padded to keep the size but for its stride. */
  Network conv(int outputs, int kernel, int stride) {
    return conv(outputs, kernel, kernel, (height + stride - 1) / stride, 1);
  }

  /** A square convolution without padding. */
  Network valid(int outputs, int kernel, int stride) {
    return conv(outputs, kernel, kernel, (height - kernel) / stride + 1, 1);
  }

  /** A convolution in groups, padded to keep the size. */
  Network grouped(int outputs, int kernel, int parts) {
    return conv(outputs, kernel, kernel, height, parts);
  }

  /** A convolution with an oblong kernel, padded to keep the size. */
  Network oblong(int outputs, int high, int wide) {
    return conv(outputs, high, wide, height, 1);
  }

  /** A depthwise convolution of three by three. */
  Network depthwise(int stride) {
    return conv(channels, 3, 3, (height + stride - 1) / stride, channels);
  }

  private Network conv(int outputs, int high, int wide, int size, int parts) {
    long perOutput = (long) channels / parts * high * wide;
    TensorShape output = TensorShape.of(1, outputs, size, size);
    OperatorKind kind =
        parts == channels && parts > 1
            ? OperatorKind.DEPTHWISE_CONVOLUTION
            : high == 1 && wide == 1
                ? OperatorKind.POINTWISE_CONVOLUTION
                : OperatorKind.CONVOLUTION;
    add(
        kind,
        2 * output.elements() * perOutput,
        perOutput * outputs,
        TensorShape.of(1, channels, height, width),
        List.of(TensorShape.of(outputs, channels / parts, high, wide)),
        output);
    return at(outputs, size);
  }

  /** A pooling of the whole activation by a stride. */
  Network pool(int kernel, int stride) {
    int size = (height + stride - 1) / stride;
    TensorShape output = TensorShape.of(1, channels, size, size);
    add(
        OperatorKind.POOLING,
        output.elements() * kernel * kernel,
        0,
        TensorShape.of(1, channels, height, width),
        List.of(),
        output);
    return at(channels, size);
  }

  /** A pooling to one pixel. */
  Network globalPool() {
    TensorShape input = TensorShape.of(1, channels, height, width);
    add(
        OperatorKind.POOLING,
        input.elements(),
        0,
        input,
        List.of(),
        TensorShape.of(1, channels, 1, 1));
    return at(channels, 1);
  }

  /** A normalization across channels. */
  Network normalize() {
    TensorShape shape = TensorShape.of(1, channels, height, width);
    add(OperatorKind.NORMALIZATION, 10 * shape.elements(), 0, shape, List.of(), shape);
    return this;
  }

  /** An addition of a shortcut. */
  Network add() {
    TensorShape shape = TensorShape.of(1, channels, height, width);
    add(OperatorKind.ELEMENTWISE, shape.elements(), 0, shape, List.of(), shape);
    return this;
  }

  /** A dense layer over everything. */
  Network dense(int outputs) {
    long inputs = (long) channels * height * width;
    add(
        OperatorKind.MATMUL,
        2 * inputs * outputs,
        inputs * outputs,
        TensorShape.of(1, inputs),
        List.of(TensorShape.of(outputs, inputs)),
        TensorShape.of(1, outputs));
    return at(outputs, 1);
  }

  private void add(
      OperatorKind kind,
      long flops,
      long weights,
      TensorShape input,
      List<TensorShape> weightShapes,
      TensorShape output) {
    operators.add(
        new Operator(
            "op" + operators.size(),
            kind.name(),
            kind,
            flops,
            weights * bytes,
            input.elements() * bytes,
            output.elements() * bytes,
            List.of(input),
            weightShapes,
            List.of(output),
            type));
    groups.add(group);
  }

  /** Returns the network's operators in order. */
  Workload workload() {
    return new Workload(name, "0".repeat(64), operators);
  }

  /** Returns the group of an operator. */
  int group(int operator) {
    return groups.get(operator);
  }

  /** Returns the number of groups. */
  int groups() {
    return group + 1;
  }
}
