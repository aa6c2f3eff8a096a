package io.neurobalancer.onnx.importer;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Quiet, single-threaded ONNX Runtime sessions, inputs to feed them, and their errors in plain
 * words.
 */
final class OnnxSessions {

  private static final Pattern UNKNOWN_OPERATOR =
      Pattern.compile("([\\w.\\-]*:?[\\w.\\-]+)\\(-?\\d+\\) is not a registered function/op");
  private static final int FLOAT16_HALF = 0x3800;

  private OnnxSessions() {}

  static OrtEnvironment environment() {
    return OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL, "neurobalancer");
  }

  static OrtSession.SessionOptions options(OrtSession.SessionOptions.OptLevel level)
      throws OrtException {
    OrtSession.SessionOptions options = new OrtSession.SessionOptions();
    options.setOptimizationLevel(level);
    options.setIntraOpNumThreads(1);
    options.setInterOpNumThreads(1);
    options.setExecutionMode(OrtSession.SessionOptions.ExecutionMode.SEQUENTIAL);
    options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
    return options;
  }

  /** Returns tensors to feed: varied numbers between 0 and 1, token 1, masks of ones. */
  static Map<String, OnnxTensor> feeds(OrtSession session, Map<String, List<Long>> shapes)
      throws OrtException {
    Map<String, OnnxTensor> feeds = new LinkedHashMap<>();
    for (Map.Entry<String, ai.onnxruntime.NodeInfo> input : session.getInputInfo().entrySet()) {
      if (input.getValue().getInfo() instanceof TensorInfo info) {
        List<Long> shape = shapes.getOrDefault(input.getKey(), List.of());
        feeds.put(
            input.getKey(), tensor(info.type, shape.stream().mapToLong(Long::longValue).toArray()));
      }
    }
    return feeds;
  }

  private static OnnxTensor tensor(OnnxJavaType type, long[] shape) throws OrtException {
    long elements = 1;
    for (long extent : shape) {
      elements *= extent;
    }
    ByteBuffer data =
        ByteBuffer.allocateDirect(Math.toIntExact(elements * type.size))
            .order(ByteOrder.nativeOrder());
    for (int e = 0; e < elements; e++) {
      switch (type) {
        case FLOAT -> data.putFloat((e * 37 % 101) / 101f);
        case DOUBLE -> data.putDouble((e * 37 % 101) / 101.0);
        case FLOAT16 -> data.putShort((short) FLOAT16_HALF);
        case BFLOAT16 -> data.putShort((short) 0x3F00);
        case INT64 -> data.putLong(1);
        case INT32 -> data.putInt(1);
        case INT16 -> data.putShort((short) 1);
        default -> data.put((byte) 1);
      }
    }
    return OnnxTensor.createTensor(environment(), data.flip(), shape, type);
  }

  /** Says in one sentence why ONNX Runtime refused a model. */
  static OnnxModelException explain(String name, OrtException e) {
    String message = String.valueOf(e.getMessage());
    Matcher unknown = UNKNOWN_OPERATOR.matcher(message);
    if (unknown.find()) {
      return new OnnxModelException(
          "The model '%s' needs the operator %s, which ONNX Runtime does not have.%nMaybe export it without custom operators."
              .formatted(name, unknown.group(1)),
          e);
    }
    String reason =
        message.replaceAll("\\s+", " ").replaceAll("^Error code - \\w+ - message: ", "");
    if (reason.length() > 240) {
      reason = reason.substring(0, 240) + " ...";
    }
    String hint =
        reason.toLowerCase(Locale.ROOT).contains("shape")
            ? "Maybe bind its inputs with --shape."
            : "Maybe check the model with the tool that exported it.";
    return new OnnxModelException(
        "ONNX Runtime cannot run the model '%s': %s%n%s".formatted(name, reason, hint), e);
  }
}
