package io.neurobalancer.onnx.importer;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto.Dimension;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Gives every dimension of a model's inputs an extent: the model's own, else the user's, else a
 * default for batch (1) and sequence length (128). What is left is refused, with the option to
 * write.
 */
final class InputShapes {

  private static final long DEFAULT_BATCH = 1;
  private static final long DEFAULT_SEQUENCE = 128;

  private InputShapes() {}

  /** Returns the inputs that a caller must feed: graph inputs that no initializer fills. */
  static List<ValueInfoProto> inputs(GraphProto graph) {
    Set<String> initialized =
        graph.getInitializerList().stream().map(TensorProto::getName).collect(Collectors.toSet());
    return graph.getInputList().stream()
        .filter(input -> !initialized.contains(input.getName()))
        .toList();
  }

  /** Resolves all inputs; keys in the order of the graph. */
  static Map<String, List<Long>> resolve(String model, GraphProto graph, ShapeBindings bindings) {
    List<ValueInfoProto> inputs = inputs(graph);
    Set<String> unknown = new HashSet<>(bindings.byInput().keySet());
    Map<String, List<Long>> shapes = new LinkedHashMap<>();
    for (ValueInfoProto input : inputs) {
      unknown.remove(input.getName());
      shapes.put(input.getName(), resolve(model, input, bindings));
    }
    if (!unknown.isEmpty()) {
      throw new OnnxModelException(
          "The model '%s' has no input '%s'.%nMaybe bind one of its inputs: %s."
              .formatted(
                  model,
                  unknown.stream().sorted().findFirst().orElseThrow(),
                  inputs.stream().map(InputShapes::describe).collect(Collectors.joining(", "))));
    }
    return shapes;
  }

  private static List<Long> resolve(String model, ValueInfoProto input, ShapeBindings bindings) {
    List<Dimension> dimensions = input.getType().getTensorType().getShape().getDimList();
    List<Long> bound = bindings.byInput().getOrDefault(input.getName(), List.of());
    if (!bound.isEmpty() && !dimensions.isEmpty() && bound.size() != dimensions.size()) {
      throw new OnnxModelException(
          "The input %s of '%s' has %d dimensions, the binding %d.%nMaybe bind it as --shape %s=%s."
              .formatted(
                  describe(input),
                  model,
                  dimensions.size(),
                  bound.size(),
                  input.getName(),
                  example(dimensions)));
    }
    if (!bound.isEmpty() && dimensions.isEmpty()) {
      return bound;
    }
    List<Long> extents = new ArrayList<>();
    for (int d = 0; d < dimensions.size(); d++) {
      Dimension dimension = dimensions.get(d);
      boolean fixed = dimension.hasDimValue() && dimension.getDimValue() > 0;
      if (!bound.isEmpty()) {
        if (fixed && dimension.getDimValue() != bound.get(d)) {
          throw new OnnxModelException(
              "The model '%s' fixes dimension %d of input %s to %d; the binding says %d.%nMaybe leave that dimension as it is."
                  .formatted(model, d, describe(input), dimension.getDimValue(), bound.get(d)));
        }
        extents.add(bound.get(d));
      } else if (fixed) {
        extents.add(dimension.getDimValue());
      } else if (sequence(dimension)) {
        extents.add(DEFAULT_SEQUENCE);
      } else if (d == 0) {
        extents.add(DEFAULT_BATCH);
      } else {
        throw new OnnxModelException(
            "The input %s of '%s' has a dynamic dimension that has no usual size.%nMaybe bind it, as in --shape %s=%s."
                .formatted(describe(input), model, input.getName(), example(dimensions)));
      }
    }
    return extents;
  }

  private static boolean sequence(Dimension dimension) {
    String name = dimension.getDimParam().toLowerCase(Locale.ROOT);
    return name.contains("seq") || name.equals("n_tokens") || name.equals("tokens");
  }

  /** Returns an input with its dimensions, such as {@code x[N, 3, height, width]}. */
  private static String describe(ValueInfoProto input) {
    return input.getName()
        + input.getType().getTensorType().getShape().getDimList().stream()
            .map(
                d ->
                    d.hasDimValue() && d.getDimValue() > 0
                        ? String.valueOf(d.getDimValue())
                        : d.getDimParam().isEmpty() ? "?" : d.getDimParam())
            .collect(Collectors.joining(", ", "[", "]"));
  }

  private static String example(List<Dimension> dimensions) {
    List<String> extents = new ArrayList<>();
    for (int d = 0; d < dimensions.size(); d++) {
      Dimension dimension = dimensions.get(d);
      extents.add(
          dimension.hasDimValue() && dimension.getDimValue() > 0
              ? String.valueOf(dimension.getDimValue())
              : d == 0 ? "1" : sequence(dimension) ? "128" : "224");
    }
    return String.join(",", extents);
  }

  /** Returns a text that two equal sets of shapes share. */
  static String canonical(Map<String, List<Long>> shapes) {
    return new TreeMap<>(shapes).toString();
  }
}
