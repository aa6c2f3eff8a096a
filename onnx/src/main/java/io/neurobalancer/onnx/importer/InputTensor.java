package io.neurobalancer.onnx.importer;

import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.Collectors;

/**
 * What an input of a model is fed with.
 *
 * @param name of the input
 * @param type of its elements, as ONNX numbers them
 * @param shape extents
 * @param data the elements, little-endian and packed, in direct memory; empty for texts
 */
record InputTensor(String name, int type, List<Long> shape, ByteBuffer data) {

  /** The most bytes that one input may have. */
  static final long LARGEST = 1L << 30;

  private static final long SEED = 7;

  /** How an input is filled. */
  enum Fill {
    ZEROS,
    ONES,
    RANDOM,
    RANGE
  }

  static long elements(List<Long> shape) {
    long elements = 1;
    for (long extent : shape) {
      elements = Math.multiplyExact(elements, extent);
    }
    return elements;
  }

  /**
   * Checks that an input of a shape can be made.
   *
   * @throws OnnxModelException if it has more than {@link #LARGEST} bytes
   */
  static int checkedElements(String model, String name, int type, List<Long> shape) {
    double bytes = Math.max(1, TensorTypes.bytes(type, 1));
    double all = bytes;
    for (long extent : shape) {
      all *= extent;
    }
    if (all > LARGEST) {
      throw new OnnxModelException(
          String.format(
              Locale.ROOT,
              "The input %s%s of '%s' would have %.1f GB, more than the %.1f GB that are fed at most.%nMaybe bind a smaller shape with --shape.",
              SafeText.name(name),
              shape,
              model,
              all / 1e9,
              LARGEST / 1e9));
    }
    return Math.toIntExact(elements(shape));
  }

  static InputTensor filled(String model, String name, int type, List<Long> shape, Fill fill) {
    int elements = checkedElements(model, name, type, shape);
    ByteBuffer data = allocate(type, elements);
    SplittableRandom random = new SplittableRandom(SEED);
    long last = shape.isEmpty() ? 1 : Math.max(1, shape.get(shape.size() - 1));
    for (int e = 0; e < elements; e++) {
      double value =
          switch (fill) {
            case ZEROS -> 0;
            case ONES -> 1;
            case RANGE -> e % last;
            case RANDOM -> real(type) ? random.nextDouble() : random.nextInt(2);
          };
      put(data, type, e, value);
    }
    return new InputTensor(name, type, shape, data);
  }

  /** Fills with numbers that repeat over the elements. */
  static InputTensor of(String model, String name, int type, List<Long> shape, double... repeated) {
    int elements = checkedElements(model, name, type, shape);
    ByteBuffer data = allocate(type, elements);
    for (int e = 0; e < elements; e++) {
      put(data, type, e, repeated[e % repeated.length]);
    }
    return new InputTensor(name, type, shape, data);
  }

  /** Varied numbers between 0 and 1, the same every time. */
  static InputTensor varied(String model, String name, int type, List<Long> shape) {
    int elements = checkedElements(model, name, type, shape);
    ByteBuffer data = allocate(type, elements);
    for (int e = 0; e < elements; e++) {
      put(data, type, e, (e * 37L % 101) / 101.0);
    }
    return new InputTensor(name, type, shape, data);
  }

  private static boolean real(int type) {
    return type == TensorTypes.FLOAT
        || type == TensorTypes.DOUBLE
        || type == TensorTypes.FLOAT16
        || type == TensorTypes.BFLOAT16;
  }

  static ByteBuffer allocate(int type, long elements) {
    return ByteBuffer.allocateDirect(Math.toIntExact(TensorTypes.bytes(type, elements)))
        .order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Writes one element; eight- and four-bit formats get 0 or the lowest bits. */
  static void put(ByteBuffer data, int type, int index, double value) {
    switch (type) {
      case TensorTypes.FLOAT -> data.putFloat(4 * index, (float) value);
      case TensorTypes.DOUBLE -> data.putDouble(8 * index, value);
      case TensorTypes.INT64, 13 -> data.putLong(8 * index, (long) value);
      case TensorTypes.INT32, 12 -> data.putInt(4 * index, (int) (long) value);
      case TensorTypes.UINT16, TensorTypes.INT16 -> data.putShort(2 * index, (short) (long) value);
      case TensorTypes.UINT8, TensorTypes.INT8 -> data.put(index, (byte) (long) value);
      case TensorTypes.BOOL -> data.put(index, (byte) (value == 0 ? 0 : 1));
      case TensorTypes.FLOAT16 -> data.putShort(2 * index, toHalf((float) value));
      case TensorTypes.BFLOAT16 ->
          data.putShort(2 * index, (short) (Float.floatToRawIntBits((float) value) >>> 16));
      default -> {}
    }
  }

  /** Rounds towards zero, which is near enough for numbers that are made up. */
  private static short toHalf(float value) {
    int bits = Float.floatToRawIntBits(value);
    int sign = bits >>> 16 & 0x8000;
    int exponent = (bits >>> 23 & 0xFF) - 112;
    if (exponent <= 0) {
      return (short) sign;
    }
    return (short)
        (exponent >= 31 ? sign | 0x7C00 : sign | (exponent << 10) | ((bits >>> 13) & 0x3FF));
  }

  /** Returns the input as a weight that a caller may replace. */
  TensorProto toProto() {
    TensorProto.Builder tensor =
        TensorProto.newBuilder().setName(name).setDataType(type).addAllDims(shape);
    if (type == TensorTypes.STRING) {
      ByteString text = ByteString.copyFromUtf8("1");
      tensor.addAllStringData(
          java.util.Collections.nCopies(Math.toIntExact(elements(shape)), text));
    } else {
      tensor.setRawData(ByteString.copyFrom(data.duplicate().rewind()));
    }
    return tensor.build();
  }

  /** Returns the first numbers, for messages. */
  static String shown(double... values) {
    return Arrays.stream(values)
        .limit(8)
        .mapToObj(v -> v == Math.rint(v) ? String.valueOf((long) v) : String.valueOf(v))
        .collect(Collectors.joining(","));
  }
}
