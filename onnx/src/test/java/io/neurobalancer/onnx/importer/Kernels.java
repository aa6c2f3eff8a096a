package io.neurobalancer.onnx.importer;

import ai.onnx.proto.OnnxMl.AttributeProto;
import com.google.protobuf.ByteString;
import io.neurobalancer.onnx.TestProtos;
import io.neurobalancer.workload.DataType;
import io.neurobalancer.workload.TensorShape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Puts kernels together for tests of their formulas. */
final class Kernels {

  private final String type;
  private final List<@Nullable TensorFact> inputs = new ArrayList<>();
  private final List<@Nullable TensorFact> outputs = new ArrayList<>();
  private final Map<String, AttributeProto> attributes = new HashMap<>();
  private String domain = "";

  private Kernels(String type) {
    this.type = type;
  }

  static Kernels of(String type) {
    return new Kernels(type);
  }

  Kernels domain(String name) {
    domain = name;
    return this;
  }

  Kernels in(long... extents) {
    return in(DataType.FLOAT32, extents);
  }

  Kernels in(@Nullable DataType elements, long... extents) {
    inputs.add(new TensorFact(TensorShape.of(extents), elements, null));
    return this;
  }

  /** Leaves out so many operands. */
  Kernels absent(int count) {
    for (int i = 0; i < count; i++) {
      inputs.add(null);
    }
    return this;
  }

  Kernels out(long... extents) {
    return out(DataType.FLOAT32, extents);
  }

  Kernels out(@Nullable DataType elements, long... extents) {
    outputs.add(new TensorFact(TensorShape.of(extents), elements, null));
    return this;
  }

  Kernels set(String name, long value) {
    attributes.put(name, TestProtos.integer(name, value));
    return this;
  }

  Kernels set(String name, String text) {
    attributes.put(
        name,
        AttributeProto.newBuilder().setName(name).setS(ByteString.copyFromUtf8(text)).build());
    return this;
  }

  Kernels list(String name, long... values) {
    AttributeProto.Builder list = AttributeProto.newBuilder().setName(name);
    for (long value : values) {
      list.addInts(value);
    }
    attributes.put(name, list.build());
    return this;
  }

  Kernels texts(String name, String... values) {
    AttributeProto.Builder list = AttributeProto.newBuilder().setName(name);
    for (String value : values) {
      list.addStrings(ByteString.copyFromUtf8(value));
    }
    attributes.put(name, list.build());
    return this;
  }

  Kernels floats(String name, int count) {
    AttributeProto.Builder list = AttributeProto.newBuilder().setName(name);
    for (int i = 0; i < count; i++) {
      list.addFloats(i);
    }
    attributes.put(name, list.build());
    return this;
  }

  Kernel kernel() {
    return new Kernel(type, domain, inputs, outputs, attributes);
  }

  KernelFormulas.Work work() {
    return KernelFormulas.of(kernel());
  }

  long flops() {
    return work().flops();
  }
}
