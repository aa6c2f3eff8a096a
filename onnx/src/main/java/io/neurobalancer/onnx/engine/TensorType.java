package io.neurobalancer.onnx.engine;

import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.TensorInfo;
import java.util.Arrays;
import java.util.List;

/**
 * The type of a tensor that crosses a cut.
 *
 * @param onnxType as {@link TensorProto.DataType} numbers it
 * @param extents one per dimension, -1 where it is open
 */
record TensorType(int onnxType, List<Long> extents) {

  /** What is taken for a tensor of unknown size when cuts are priced. */
  static final long UNKNOWN_BYTES = 1 << 20;

  /** The type of what may be no tensor at all. */
  static final TensorType UNKNOWN = new TensorType(0, List.of(-1L));

  private static final String PREFIX = "ONNX_TENSOR_ELEMENT_DATA_TYPE_";

  static TensorType of(TensorInfo info) {
    return new TensorType(
        onnxType(info.onnxType),
        Arrays.stream(info.getShape()).map(extent -> Math.max(-1, extent)).boxed().toList());
  }

  /**
   * Returns whether the shape is the same at every run. ONNX Runtime describes a tensor of unknown
   * rank as it describes a scalar, so neither counts.
   */
  boolean fixed() {
    return !extents.isEmpty() && extents.stream().allMatch(extent -> extent >= 0);
  }

  long elements() {
    return extents.stream().reduce(1L, Math::multiplyExact);
  }

  long bytes() {
    return fixed() ? elements() * bytesEach() : UNKNOWN_BYTES;
  }

  long[] shape() {
    return extents.stream().mapToLong(Long::longValue).toArray();
  }

  /** Returns the type for a buffer that tensors are made over, or UNKNOWN for what has none. */
  OnnxJavaType javaType() {
    TensorProto.DataType type = TensorProto.DataType.forNumber(onnxType);
    if (type == null) {
      return OnnxJavaType.UNKNOWN;
    }
    return switch (type) {
      case FLOAT -> OnnxJavaType.FLOAT;
      case DOUBLE -> OnnxJavaType.DOUBLE;
      case FLOAT16 -> OnnxJavaType.FLOAT16;
      case BFLOAT16 -> OnnxJavaType.BFLOAT16;
      case INT64 -> OnnxJavaType.INT64;
      case INT32 -> OnnxJavaType.INT32;
      case INT16 -> OnnxJavaType.INT16;
      case INT8 -> OnnxJavaType.INT8;
      case UINT8 -> OnnxJavaType.UINT8;
      case BOOL -> OnnxJavaType.BOOL;
      default -> OnnxJavaType.UNKNOWN;
    };
  }

  int bytesEach() {
    TensorProto.DataType type = TensorProto.DataType.forNumber(onnxType);
    if (type == null) {
      return 8;
    }
    return switch (type) {
      case FLOAT, INT32, UINT32 -> 4;
      case FLOAT16, BFLOAT16, INT16, UINT16 -> 2;
      case INT8, UINT8, BOOL -> 1;
      default -> 8;
    };
  }

  ValueInfoProto value(String name) {
    TypeProto.Tensor.Builder tensor = TypeProto.Tensor.newBuilder().setElemType(onnxType);
    if (extents.isEmpty()) {
      return value(name, tensor);
    }
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    for (long extent : extents) {
      TensorShapeProto.Dimension.Builder dimension = TensorShapeProto.Dimension.newBuilder();
      shape.addDim(extent >= 0 ? dimension.setDimValue(extent) : dimension);
    }
    return value(name, tensor.setShape(shape));
  }

  private static ValueInfoProto value(String name, TypeProto.Tensor.Builder tensor) {
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(TypeProto.newBuilder().setTensorType(tensor))
        .build();
  }

  /** ONNX Runtime's enumeration numbers types in its own way; only the names agree. */
  private static int onnxType(TensorInfo.OnnxTensorType type) {
    return TensorProto.DataType.valueOf(type.name().substring(PREFIX.length())).getNumber();
  }
}
