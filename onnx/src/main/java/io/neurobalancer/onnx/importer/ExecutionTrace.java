package io.neurobalancer.onnx.importer;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.neurobalancer.workload.DataType;
import io.neurobalancer.workload.TensorShape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What ONNX Runtime says that it executed, read from its own profile: every kernel, those in bodies
 * included, with the types and shapes of the tensors that it read and wrote. Executions of one
 * kernel on equal shapes are one entry with a count.
 */
final class ExecutionTrace {

  private static final String KERNEL = "_kernel_time";

  /** The runtime notes no more events than this. */
  private static final long MOST_EVENTS = 1_000_000;

  private final Map<String, Kernel> kernels = new LinkedHashMap<>();
  private long events;

  private ExecutionTrace() {}

  /** A type and a shape, in the order of a kernel's tensors. */
  record Tensor(@Nullable DataType type, TensorShape shape) {}

  /** The shapes of one or more executions. */
  record Shapes(List<Tensor> inputs, List<Tensor> outputs) {}

  /**
   * One kernel.
   *
   * @param name of its node
   * @param type of operator
   * @param executions how often it ran on which shapes
   */
  record Kernel(String name, String type, Map<Shapes, Long> executions) {
    long count() {
      return executions.values().stream().mapToLong(Long::longValue).sum();
    }
  }

  /** Returns the kernels in the order in which they first ended. */
  Map<String, Kernel> kernels() {
    return kernels;
  }

  /** Returns whether the runtime stopped counting before the run ended. */
  boolean cutOff() {
    return events >= MOST_EVENTS;
  }

  static ExecutionTrace read(Path profile) throws IOException {
    ExecutionTrace trace = new ExecutionTrace();
    try (JsonParser json = new JsonFactory().createParser(profile.toFile())) {
      expect(json, JsonToken.START_ARRAY);
      while (json.nextToken() == JsonToken.START_OBJECT) {
        trace.event(json);
      }
    }
    return trace;
  }

  private static void expect(JsonParser json, JsonToken token) throws IOException {
    if (json.nextToken() != token) {
      throw new IOException("ONNX Runtime's profile is not as expected");
    }
  }

  private void event(JsonParser json) throws IOException {
    events++;
    String name = "";
    String type = "";
    List<Tensor> inputs = List.of();
    List<Tensor> outputs = List.of();
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String field = json.currentName();
      JsonToken value = json.nextToken();
      if (field.equals("name")) {
        name = json.getText();
      } else if (field.equals("args") && value == JsonToken.START_OBJECT) {
        while (json.nextToken() == JsonToken.FIELD_NAME) {
          String argument = json.currentName();
          json.nextToken();
          switch (argument) {
            case "op_name" -> type = json.getText();
            case "input_type_shape" -> inputs = tensors(json);
            case "output_type_shape" -> outputs = tensors(json);
            default -> json.skipChildren();
          }
        }
      } else {
        json.skipChildren();
      }
    }
    if (name.endsWith(KERNEL) && !type.isEmpty()) {
      String node = name.substring(0, name.length() - KERNEL.length());
      String operator = type;
      kernels
          .computeIfAbsent(node, key -> new Kernel(key, operator, new LinkedHashMap<>()))
          .executions()
          .merge(new Shapes(inputs, outputs), 1L, Long::sum);
    }
  }

  private static List<Tensor> tensors(JsonParser json) throws IOException {
    List<Tensor> tensors = new ArrayList<>();
    if (json.currentToken() != JsonToken.START_ARRAY) {
      return tensors;
    }
    while (json.nextToken() == JsonToken.START_OBJECT) {
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        DataType type = TensorTypes.traced(json.currentName());
        List<Long> extents = new ArrayList<>();
        json.nextToken();
        while (json.nextToken() != JsonToken.END_ARRAY) {
          extents.add(Math.max(0, json.getLongValue()));
        }
        tensors.add(new Tensor(type, new TensorShape(extents)));
      }
    }
    return tensors;
  }
}
