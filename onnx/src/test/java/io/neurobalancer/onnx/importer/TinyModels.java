package io.neurobalancer.onnx.importer;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import io.neurobalancer.onnx.TestProtos;
import java.util.List;

/** Builds small ONNX models for tests. A dimension is a number, or a text for a dynamic one. */
final class TinyModels {

  private TinyModels() {}

  static ModelProto.Builder model() {
    return ModelProto.newBuilder()
        .setIrVersion(8)
        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17));
  }

  static TensorProto tensor(String name, TensorProto.DataType type, int bytesEach, long... shape) {
    long elements = 1;
    TensorProto.Builder tensor =
        TensorProto.newBuilder().setName(name).setDataType(type.getNumber());
    for (long extent : shape) {
      tensor.addDims(extent);
      elements *= extent;
    }
    byte[] data = new byte[Math.toIntExact(elements * bytesEach)];
    // Small positive numbers in every format: the exponent's lowest bits of a float, 1 of an
    // integer.
    for (int i = 0; i < data.length; i++) {
      boolean top = i % bytesEach == bytesEach - 1;
      data[i] = (byte) (bytesEach == 1 ? 1 : top ? 0x3C : 0);
    }
    return tensor.setRawData(ByteString.copyFrom(data)).build();
  }

  static NodeProto node(String type, List<String> inputs, String output, AttributeProto... with) {
    return NodeProto.newBuilder()
        .setName(output)
        .setOpType(type)
        .addAllInput(inputs)
        .addOutput(output)
        .addAllAttribute(List.of(with))
        .build();
  }

  /**
   * A 3x3 convolution of 4 to 8 channels and a rectifier, on a picture of dynamic or fixed size.
   */
  static byte[] convolution(TensorProto.DataType type, int bytesEach, Object... dimensions) {
    return model()
        .setGraph(
            GraphProto.newBuilder()
                .setName("tiny")
                .addInput(TestProtos.value("x", type, dimensions))
                .addInitializer(tensor("w", type, bytesEach, 8, 4, 3, 3))
                .addNode(node("Conv", List.of("x", "w"), "conv"))
                .addNode(node("Relu", List.of("conv"), "y"))
                .addOutput(TestProtos.value("y", type)))
        .build()
        .toByteArray();
  }
}
