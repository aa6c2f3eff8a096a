package io.neurobalancer.onnx.importer;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import io.neurobalancer.workload.DataType;
import io.neurobalancer.workload.TensorShape;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One executed kernel as formulas see it.
 *
 * @param type of operator
 * @param domain of operator; empty for the standard ones
 * @param inputs by position; null where an operand is absent or no tensor
 * @param outputs likewise
 * @param attributes by name
 */
record Kernel(
    String type,
    String domain,
    List<@Nullable TensorFact> inputs,
    List<@Nullable TensorFact> outputs,
    Map<String, AttributeProto> attributes) {

  static Kernel of(
      String type,
      @Nullable NodeProto node,
      List<@Nullable TensorFact> inputs,
      List<@Nullable TensorFact> outputs) {
    Map<String, AttributeProto> attributes = new HashMap<>();
    if (node != null) {
      node.getAttributeList().forEach(a -> attributes.putIfAbsent(a.getName(), a));
    }
    return new Kernel(type, node == null ? "" : node.getDomain(), inputs, outputs, attributes);
  }

  boolean has(int index) {
    return index < inputs.size() && inputs.get(index) != null;
  }

  /**
   * Returns the shape of an operand.
   *
   * @throws IndexOutOfBoundsException if it is absent
   */
  TensorShape input(int index) {
    TensorFact fact = inputs.get(index);
    if (fact == null) {
      throw new IndexOutOfBoundsException(index);
    }
    return fact.shape();
  }

  /**
   * Returns the shape of the first result.
   *
   * @throws IndexOutOfBoundsException if it has none
   */
  TensorShape output() {
    return output(0);
  }

  TensorShape output(int index) {
    TensorFact fact = outputs.get(index);
    if (fact == null) {
      throw new IndexOutOfBoundsException(index);
    }
    return fact.shape();
  }

  boolean hasOutput(int index) {
    return index < outputs.size() && outputs.get(index) != null;
  }

  /** Returns a number of elements as a share of those of an operand, at most 1. */
  double share(int index, long elements) {
    return Math.min(1, (double) elements / Math.max(1, input(index).elements()));
  }

  long integer(String attribute, long otherwise) {
    AttributeProto found = attributes.get(attribute);
    return found == null ? otherwise : found.getI();
  }

  List<Long> integers(String attribute) {
    AttributeProto found = attributes.get(attribute);
    return found == null ? List.of() : found.getIntsList();
  }

  int floats(String attribute) {
    AttributeProto found = attributes.get(attribute);
    return found == null ? 0 : found.getFloatsCount();
  }

  String text(String attribute) {
    AttributeProto found = attributes.get(attribute);
    return found == null ? "" : found.getS().toString(StandardCharsets.UTF_8);
  }

  /**
   * Returns the type that the kernel computes in. Integer kernels compute in the type of what they
   * multiply, whatever they return; weights in blocks of few bits are widened first, unless the
   * kernel is told to multiply in eight bits.
   */
  DataType computeType() {
    if (type.equals("MatMulNBits") || type.equals("MatMulBnb4")) {
      TensorFact left = inputs.isEmpty() ? null : inputs.get(0);
      boolean eightBits = integer("accuracy_level", 0) == 4;
      DataType real = left == null ? null : left.type();
      return eightBits ? DataType.INT8 : real == null ? DataType.FLOAT32 : real;
    }
    for (TensorFact input : inputs) {
      boolean eightBits =
          input != null && (input.type() == DataType.INT8 || input.type() == DataType.UINT8);
      if (eightBits && input != null && input.shape().rank() > 1) {
        return DataType.INT8;
      }
    }
    TensorFact result = outputs.isEmpty() ? null : outputs.get(0);
    DataType type = result == null ? null : result.type();
    return type == null ? DataType.FLOAT32 : type;
  }
}
