package io.neurobalancer.onnx.importer;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Says what each input of a model holds: what the user says, else what its place in the graph or
 * its name tells, and that is stated, since it may decide how much is computed. Plain numbers
 * between 0 and 1 are not worth a word.
 */
final class InputValues {

  private static final String HELP =
      "Maybe give zeros, ones, random, range, numbers with commas between them, or @file.npy.";

  private final String model;
  private final Map<String, List<Long>> shapes;
  private final InputBindings bindings;
  private final InputRoles roles;
  private final boolean second;
  private final List<String> assumptions = new ArrayList<>();

  private InputValues(
      String model,
      GraphProto graph,
      Map<String, List<Long>> shapes,
      InputBindings bindings,
      boolean second) {
    this.model = model;
    this.second = second;
    this.shapes = shapes;
    this.bindings = bindings;
    this.roles = new InputRoles(graph, shapes);
  }

  /**
   * What was decided.
   *
   * @param tensors one for each input, in the order of the graph
   * @param assumptions a sentence for each value that nobody gave and that has a meaning
   * @param compared whether a second guess would be another
   */
  record Resolved(List<InputTensor> tensors, List<String> assumptions, boolean compared) {}

  /** Returns the bindings with the shapes that arrays on disk have. */
  static InputBindings withArrays(InputBindings bindings) {
    Map<String, List<Long>> extents = new LinkedHashMap<>(bindings.shapes());
    bindings
        .values()
        .forEach(
            (input, value) -> {
              if (value.startsWith("@")) {
                extents.putIfAbsent(input, NpyFile.read(value.substring(1)).shape());
              }
            });
    return new InputBindings(extents, bindings.values());
  }

  /**
   * Decides on all inputs.
   *
   * @param second whether the first guesses did not run
   * @throws OnnxModelException if a value does not fit its input, or one is needed
   */
  static Resolved resolve(
      String model,
      GraphProto graph,
      Map<String, List<Long>> shapes,
      InputBindings bindings,
      boolean second) {
    InputValues values = new InputValues(model, graph, shapes, bindings, second);
    Set<String> names =
        graph.getInputList().stream().map(ValueInfoProto::getName).collect(Collectors.toSet());
    for (String name : bindings.values().keySet()) {
      if (!names.contains(name)) {
        throw new OnnxModelException(
            "The model '%s' has no input '%s'.%nMaybe give the value of one of its inputs: %s."
                .formatted(
                    model,
                    SafeText.name(name),
                    graph.getInputList().stream()
                        .map(InputShapes::describe)
                        .collect(Collectors.joining(", "))));
      }
    }
    List<InputTensor> tensors = new ArrayList<>();
    long bytes = 0;
    for (ValueInfoProto input : graph.getInputList()) {
      InputTensor tensor = values.tensor(input);
      bytes += tensor.data().capacity();
      if (bytes > 2 * InputTensor.LARGEST) {
        throw new OnnxModelException(
            "The inputs of '%s' would have more than %d bytes together.%nMaybe bind smaller shapes with --shape."
                .formatted(model, 2 * InputTensor.LARGEST));
      }
      tensors.add(tensor);
    }
    return new Resolved(tensors, values.assumptions, values.roles.compares());
  }

  private InputTensor tensor(ValueInfoProto input) {
    String name = input.getName();
    int type = input.getType().getTensorType().getElemType();
    List<Long> shape = shapes.getOrDefault(name, List.of());
    InputTensor.checkedElements(model, name, type, shape);
    String given = bindings.values().get(name);
    if (given != null) {
      return given(name, type, shape, given);
    }
    if (type == TensorTypes.STRING) {
      state(name, "the text '1'");
      return InputTensor.filled(model, name, type, shape, InputTensor.Fill.ZEROS);
    }
    InputRoles.Guess guess = roles.guess(name, type, shape, second);
    if (guess == null) {
      throw new OnnxModelException(
          "The model '%s' computes a shape from the value of its input %s, and nothing says what it is.%nMaybe give it, as in --input %s=%s."
              .formatted(
                  model,
                  InputShapes.describe(input),
                  SafeText.name(name),
                  shape.isEmpty() || shape.get(0) < 2 ? "64" : "1,64"));
    }
    if (guess.stated().isPresent()) {
      state(name, guess.stated().get());
    }
    return switch (guess.fill()) {
      case NUMBERS ->
          InputTensor.of(
              model,
              name,
              type,
              shape,
              guess.numbers().stream().mapToDouble(Double::doubleValue).toArray());
      case VARIED -> InputTensor.varied(model, name, type, shape);
      case RANGE -> InputTensor.filled(model, name, type, shape, InputTensor.Fill.RANGE);
    };
  }

  private void state(String input, String what) {
    String shown = SafeText.name(input);
    assumptions.add(
        "the input %s holds %s (assumed; --input %s=VALUE sets it)".formatted(shown, what, shown));
  }

  private InputTensor given(String name, int type, List<Long> shape, String text) {
    if (text.startsWith("@")) {
      return fromFile(name, type, shape, NpyFile.read(text.substring(1)));
    }
    InputTensor.Fill fill = fill(text);
    if (fill != null) {
      return InputTensor.filled(model, name, type, shape, fill);
    }
    if (type == TensorTypes.STRING) {
      throw new OnnxModelException(
          "The input '%s' of '%s' holds texts, and '%s' cannot be fed to it.%nMaybe leave --input out: it gets the text '1'."
              .formatted(SafeText.name(name), model, SafeText.name(text)));
    }
    double[] numbers = numbers(name, text);
    int elements = InputTensor.checkedElements(model, name, type, shape);
    if (numbers.length != 1 && numbers.length != elements) {
      throw new OnnxModelException(
          "The input '%s' of '%s' has %d elements, its value %d.%nMaybe give one number for all of them."
              .formatted(SafeText.name(name), model, elements, numbers.length));
    }
    return InputTensor.of(model, name, type, shape, numbers);
  }

  private static InputTensor.@Nullable Fill fill(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "zeros" -> InputTensor.Fill.ZEROS;
      case "ones" -> InputTensor.Fill.ONES;
      case "random" -> InputTensor.Fill.RANDOM;
      case "range" -> InputTensor.Fill.RANGE;
      default -> null;
    };
  }

  private double[] numbers(String name, String text) {
    try {
      return Arrays.stream(text.split(",", -1))
          .mapToDouble(
              part ->
                  switch (part.strip().toLowerCase(Locale.ROOT)) {
                    case "true" -> 1;
                    case "false" -> 0;
                    default -> finite(Double.parseDouble(part.strip()));
                  })
          .toArray();
    } catch (NumberFormatException e) {
      throw new OnnxModelException(
          "The value '%s' of the input '%s' of '%s' is none that is known.%n%s"
              .formatted(SafeText.name(text), SafeText.name(name), model, HELP),
          e);
    }
  }

  private static double finite(double value) {
    if (!Double.isFinite(value)) {
      throw new NumberFormatException("not finite");
    }
    return value;
  }

  private InputTensor fromFile(String name, int type, List<Long> shape, NpyFile file) {
    if (!file.shape().equals(shape)) {
      throw new OnnxModelException(
          "The input '%s' of '%s' has the shape %s, the array in its file %s.%nMaybe save an array of that shape."
              .formatted(SafeText.name(name), model, shape, file.shape()));
    }
    if (file.type() != type) {
      throw new OnnxModelException(
          "The input '%s' of '%s' is of type %s, the array in its file of %s.%nMaybe convert the array with astype."
              .formatted(
                  SafeText.name(name),
                  model,
                  TensorTypes.name(type),
                  TensorTypes.name(file.type())));
    }
    ByteBuffer data = InputTensor.allocate(type, InputTensor.elements(shape));
    data.duplicate().put(file.data().duplicate());
    return new InputTensor(name, type, shape, data);
  }
}
