package io.neurobalancer.onnx.engine;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import io.neurobalancer.unit.NeuroBalancerException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Generated inputs, for runs whose outputs nobody reads: numbers between 0 and 1, token 1, masks of
 * ones.
 */
final class Feeds {

  private static final long MOST_BYTES = 1L << 30;

  private Feeds() {}

  /**
   * Returns one tensor per input of a session, which the caller closes.
   *
   * @param shapes extents by input; what they leave open is 1 for a batch, 128 for a sequence
   * @throws NeuroBalancerException if an input is no tensor that can be made up
   */
  static Map<String, OnnxTensor> of(
      OrtEnvironment environment, OrtSession session, Map<String, List<Long>> shapes)
      throws OrtException {
    return of(environment, session.getInputInfo(), shapes);
  }

  /** As the other one, for inputs of several sessions. */
  static Map<String, OnnxTensor> of(
      OrtEnvironment environment, Map<String, NodeInfo> inputs, Map<String, List<Long>> shapes)
      throws OrtException {
    Map<String, OnnxTensor> feeds = new LinkedHashMap<>();
    try {
      for (Map.Entry<String, NodeInfo> input : inputs.entrySet()) {
        if (!(input.getValue().getInfo() instanceof TensorInfo info)
            || info.type == OnnxJavaType.STRING
            || info.type == OnnxJavaType.UNKNOWN) {
          throw unknown(input.getKey(), "is no tensor of numbers");
        }
        feeds.put(input.getKey(), tensor(environment, input.getKey(), info, shapes));
      }
      return feeds;
    } catch (OrtException | RuntimeException e) {
      OnnxValue.close(feeds.values());
      throw e;
    }
  }

  private static OnnxTensor tensor(
      OrtEnvironment environment, String name, TensorInfo info, Map<String, List<Long>> shapes)
      throws OrtException {
    List<Long> given = shapes.getOrDefault(name, List.of());
    long[] declared = info.getShape();
    List<Long> extents = new ArrayList<>();
    for (int d = 0; d < declared.length; d++) {
      if (given.size() == declared.length) {
        extents.add(given.get(d));
      } else if (declared[d] >= 0) {
        extents.add(declared[d]);
      } else {
        extents.add(usual(name, d, info.getDimensionNames()[d]));
      }
    }
    return tensor(environment, info.type, extents);
  }

  private static long usual(String input, int dimension, String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    if (lower.contains("seq") || lower.contains("token")) {
      return 128;
    }
    if (dimension == 0 || lower.contains("batch")) {
      return 1;
    }
    throw unknown(input, "has an open dimension (" + dimension + ")");
  }

  private static OnnxTensor tensor(
      OrtEnvironment environment, OnnxJavaType type, List<Long> extents) throws OrtException {
    long elements = extents.stream().reduce(1L, Math::multiplyExact);
    if (elements * type.size > MOST_BYTES) {
      throw unknown("of shape " + extents, "is larger than a gigabyte");
    }
    ByteBuffer data =
        ByteBuffer.allocateDirect(Math.toIntExact(elements * type.size))
            .order(ByteOrder.nativeOrder());
    for (int e = 0; e < elements; e++) {
      switch (type) {
        case FLOAT -> data.putFloat((e * 37 % 101) / 101f);
        case DOUBLE -> data.putDouble((e * 37 % 101) / 101.0);
        case FLOAT16 -> data.putShort((short) 0x3800);
        case BFLOAT16 -> data.putShort((short) 0x3F00);
        case INT64 -> data.putLong(1);
        case INT32 -> data.putInt(1);
        case INT16 -> data.putShort((short) 1);
        default -> data.put((byte) 1);
      }
    }
    return OnnxTensor.createTensor(
        environment, data.flip(), extents.stream().mapToLong(Long::longValue).toArray(), type);
  }

  private static NeuroBalancerException unknown(String input, String what) {
    return NeuroBalancerException.invalid(
        "The input '%s' %s, so nothing can be made up for it.%nMaybe give its shape, or feed the model yourself."
            .formatted(input, what));
  }
}
