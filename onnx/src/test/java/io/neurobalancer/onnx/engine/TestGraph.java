package io.neurobalancer.onnx.engine;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import io.neurobalancer.onnx.TestProtos;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Builds small graphs for tests. A dimension is a number, or a text for an open one. */
final class TestGraph {

  static final TensorProto.DataType FLOAT = TensorProto.DataType.FLOAT;

  private final GraphProto.Builder graph = GraphProto.newBuilder();
  private long irVersion = 8;

  TestGraph(String name) {
    graph.setName(name);
  }

  TestGraph irVersion(long version) {
    irVersion = version;
    return this;
  }

  TestGraph input(String name, TensorProto.DataType type, Object... extents) {
    graph.addInput(TestProtos.value(name, type, extents));
    return this;
  }

  TestGraph output(String name, TensorProto.DataType type, Object... extents) {
    graph.addOutput(TestProtos.value(name, type, extents));
    return this;
  }

  /** Adds a weight of varied numbers between -1/2 and 1/2. */
  TestGraph weight(String name, long... extents) {
    graph.addInitializer(floats(name, extents));
    return this;
  }

  TestGraph constant(TensorProto tensor) {
    graph.addInitializer(tensor);
    return this;
  }

  TestGraph node(String type, List<String> inputs, List<String> outputs, AttributeProto... with) {
    graph.addNode(
        NodeProto.newBuilder()
            .setName("n_" + outputs.get(0))
            .setOpType(type)
            .addAllInput(inputs)
            .addAllOutput(outputs)
            .addAllAttribute(List.of(with)));
    return this;
  }

  TestGraph node(String type, String input, String output, AttributeProto... with) {
    return node(type, List.of(input), List.of(output), with);
  }

  TestGraph node(String type, String a, String b, String output, AttributeProto... with) {
    return node(type, List.of(a, b), List.of(output), with);
  }

  GraphProto graph() {
    return graph.build();
  }

  ModelProto.Builder model() {
    return ModelProto.newBuilder()
        .setIrVersion(irVersion)
        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17))
        .setGraph(graph);
  }

  Path write(Path folder) throws IOException {
    return Files.write(folder.resolve(graph.getName() + ".onnx"), model().build().toByteArray());
  }

  static TensorProto floats(String name, long... extents) {
    long elements = 1;
    TensorProto.Builder tensor =
        TensorProto.newBuilder().setName(name).setDataType(FLOAT.getNumber());
    for (long extent : extents) {
      tensor.addDims(extent);
      elements *= extent;
    }
    ByteBuffer data =
        ByteBuffer.allocate(Math.toIntExact(4 * elements)).order(ByteOrder.LITTLE_ENDIAN);
    for (int e = 0; e < elements; e++) {
      data.putFloat((e * 61 + name.hashCode() % 97) % 103 / 103f - 0.5f);
    }
    return tensor.setRawData(ByteString.copyFrom(data.flip())).build();
  }

  static TensorProto longs(String name, long... values) {
    TensorProto.Builder tensor =
        TensorProto.newBuilder()
            .setName(name)
            .setDataType(TensorProto.DataType.INT64.getNumber())
            .addDims(values.length);
    for (long value : values) {
      tensor.addInt64Data(value);
    }
    return tensor.build();
  }

  static TensorProto scalar(String name, float value) {
    return TensorProto.newBuilder()
        .setName(name)
        .setDataType(FLOAT.getNumber())
        .addFloatData(value)
        .build();
  }

  static AttributeProto body(String name, GraphProto graph) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.GRAPH)
        .setG(graph)
        .build();
  }

  /**
   * A chain of products and non-linear functions, each with its own weight: as many operators as
   * wanted, none of which fuses with its neighbours.
   */
  static TestGraph chain(String name, int links, int width, Object rows) {
    TestGraph graph = new TestGraph(name).input("x", FLOAT, rows, width);
    String last = "x";
    for (int i = 0; i < links; i++) {
      graph.weight("w" + i, width, width).node("MatMul", last, "w" + i, "m" + i);
      graph.node("Tanh", "m" + i, "t" + i);
      last = "t" + i;
    }
    return graph.node("Sigmoid", last, "y").output("y", FLOAT, rows, width);
  }
}
