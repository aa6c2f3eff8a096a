package io.neurobalancer.onnx.zoo;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.UnsafeByteOperations;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * The stored tensors of a graph under construction. Weights are drawn from one seeded block of a
 * million normal numbers, scaled per layer so that activations keep their magnitude (He et al.,
 * arXiv 1502.01852).
 */
final class Initializers {

  private static final long SEED = 20_250_501;

  /** Drawn once: its four megabytes are little beside one model. */
  private static final float[] BLOCK = new float[1 << 20];

  static {
    SplittableRandom random = new SplittableRandom(SEED);
    for (int i = 0; i < BLOCK.length; i++) {
      BLOCK[i] = (float) random.nextGaussian();
    }
  }

  private final GraphProto.Builder graph;
  private final Map<String, long[]> shapes;
  private int offset;
  private int counter;

  Initializers(GraphProto.Builder graph, Map<String, long[]> shapes) {
    this.graph = graph;
    this.shapes = shapes;
  }

  /** Returns a name that no tensor has yet. */
  String fresh(String kind) {
    return kind + "_" + counter++;
  }

  String weights(String kind, double deviation, long... shape) {
    int count = Math.toIntExact(GraphBuilder.elements(shape));
    float[] scaled = new float[count];
    for (int i = 0; i < count; i++) {
      scaled[i] = (float) (BLOCK[(offset + i) & (BLOCK.length - 1)] * deviation);
    }
    // An odd step, so that layers of equal size do not share their numbers.
    offset = (offset + count + 7_919) & (BLOCK.length - 1);
    return floats(kind, scaled, shape);
  }

  String constant(String kind, float value, long count) {
    float[] values = new float[Math.toIntExact(count)];
    Arrays.fill(values, value);
    return floats(kind, values, count);
  }

  String scalar(float value) {
    return floats("c", new float[] {value});
  }

  String floats(String kind, float[] values, long... shape) {
    ByteBuffer data =
        ByteBuffer.allocate(Math.multiplyExact(4, values.length)).order(ByteOrder.LITTLE_ENDIAN);
    data.asFloatBuffer().put(values);
    return initializer(kind, TensorProto.DataType.FLOAT, data, shape);
  }

  String integers(long... values) {
    ByteBuffer data = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (long value : values) {
      data.putLong(value);
    }
    return initializer("shape", TensorProto.DataType.INT64, data, values.length);
  }

  String integerScalar(long value) {
    ByteBuffer data = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value);
    return initializer("index", TensorProto.DataType.INT64, data);
  }

  /** Adds a tensor. Its data is the whole buffer, wherever the buffer's position is. */
  private String initializer(
      String kind, TensorProto.DataType type, ByteBuffer data, long... shape) {
    String name = fresh(kind);
    TensorProto.Builder tensor =
        TensorProto.newBuilder().setName(name).setDataType(type.getNumber());
    for (long extent : shape) {
      tensor.addDims(extent);
    }
    graph.addInitializer(tensor.setRawData(UnsafeByteOperations.unsafeWrap(data.rewind())));
    shapes.put(name, shape.clone());
    return name;
  }
}
