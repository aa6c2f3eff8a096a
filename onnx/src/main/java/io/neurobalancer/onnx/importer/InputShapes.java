package io.neurobalancer.onnx.importer;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto.Dimension;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Gives every dimension of a model's inputs an extent: the model's own, else the user's, else that
 * of a dimension of the same name, else a default for batches (1), sequences (128 tokens; 1 after a
 * past) and pasts (128). What is left is refused, with the option to write. Each default is stated.
 */
final class InputShapes {

  private static final long DEFAULT_BATCH = 1;
  private static final long DEFAULT_SEQUENCE = 128;
  private static final long DEFAULT_PAST = 128;

  /** Inputs that carry the state of a recurrent cell, with a batch somewhere in the middle. */
  private static final Pattern STATE =
      Pattern.compile(".*(state|hidden|cell|cache|memory).*|[hc]_?[0n]?");

  /** Names that exporters write for "some number": they tie nothing. */
  private static final Set<String> NAMELESS = Set.of("", "?", "none", "-1", "dynamic", "unk");

  private final String model;
  private final List<ValueInfoProto> inputs;
  private final InputBindings bindings;
  private final Map<String, Long> symbols = new HashMap<>();
  private final Map<String, String> boundBy = new HashMap<>();
  private final Set<String> assumptions = new LinkedHashSet<>();

  private InputShapes(String model, List<ValueInfoProto> inputs, InputBindings bindings) {
    this.model = model;
    this.inputs = inputs;
    this.bindings = bindings;
  }

  /**
   * What was decided.
   *
   * @param byInput input name to extents, in the order of the graph
   * @param assumptions a sentence for each dimension that nobody gave
   */
  record Resolved(Map<String, List<Long>> byInput, List<String> assumptions) {}

  /**
   * Resolves all inputs.
   *
   * @throws OnnxModelException if a dimension has no usual size, or the bindings do not fit
   */
  static Resolved resolve(String model, GraphProto graph, InputBindings bindings) {
    return new InputShapes(model, graph.getInputList(), bindings).resolve();
  }

  private Resolved resolve() {
    Set<String> unknown = new LinkedHashSet<>(bindings.shapes().keySet());
    Map<String, List<Long>> bound = new HashMap<>();
    for (ValueInfoProto input : inputs) {
      List<Long> shape = bindings.shapes().get(input.getName());
      if (unknown.remove(input.getName()) && shape != null) {
        bound.put(input.getName(), shape);
        bind(input, shape);
      }
    }
    for (ValueInfoProto input : inputs) {
      for (Dimension dimension : dimensions(input)) {
        String symbol = dimension.getDimParam();
        List<Long> extent = bindings.shapes().get(symbol);
        if (!symbol.isEmpty() && extent != null && extent.size() == 1 && unknown.remove(symbol)) {
          tie(symbol, extent.get(0), "--shape " + SafeText.name(symbol));
        }
      }
    }
    if (!unknown.isEmpty()) {
      throw noInput(unknown.iterator().next());
    }
    Map<String, List<Long>> shapes = new LinkedHashMap<>();
    for (ValueInfoProto input : inputs) {
      shapes.put(input.getName(), extents(input, bound.get(input.getName())));
    }
    return new Resolved(shapes, List.copyOf(assumptions));
  }

  private OnnxModelException noInput(String name) {
    return new OnnxModelException(
        "The model '%s' has no input '%s'.%nMaybe bind one of its inputs: %s."
            .formatted(
                model,
                SafeText.name(name),
                inputs.stream().map(InputShapes::describe).collect(Collectors.joining(", "))));
  }

  /** Checks the extents that a user gives against the model's, and ties names to them. */
  private void bind(ValueInfoProto input, List<Long> shape) {
    List<Dimension> dimensions = dimensions(input);
    if (!ranked(input)) {
      return;
    }
    if (shape.size() != dimensions.size()) {
      throw new OnnxModelException(
          "The input %s of '%s' has %d dimensions, the binding %d.%nMaybe bind it as --shape %s=%s."
              .formatted(
                  describe(input),
                  model,
                  dimensions.size(),
                  shape.size(),
                  SafeText.name(input.getName()),
                  example(input)));
    }
    for (int d = 0; d < shape.size(); d++) {
      Dimension dimension = dimensions.get(d);
      if (fixed(dimension) && dimension.getDimValue() != shape.get(d)) {
        throw new OnnxModelException(
            "The model '%s' fixes dimension %d of input %s to %d; the binding says %d.%nMaybe leave that dimension as it is."
                .formatted(model, d, describe(input), dimension.getDimValue(), shape.get(d)));
      }
      if (named(dimension)) {
        tie(dimension.getDimParam(), shape.get(d), describe(input));
      }
    }
  }

  private void tie(String symbol, long extent, String by) {
    Long before = symbols.putIfAbsent(symbol, extent);
    String first = boundBy.putIfAbsent(symbol, by);
    if (before != null && before != extent) {
      throw new OnnxModelException(
          "The dimension '%s' of '%s' is %d in %s and %d in %s.%nMaybe bind both to the same extent."
              .formatted(SafeText.name(symbol), model, before, first, extent, by));
    }
  }

  private List<Long> extents(ValueInfoProto input, @Nullable List<Long> bound) {
    if (bound != null) {
      return bound;
    }
    if (!ranked(input)) {
      throw new OnnxModelException(
          "The input '%s' of '%s' does not say how many dimensions it has.%nMaybe bind it, as in --shape %s=1,128."
              .formatted(SafeText.name(input.getName()), model, SafeText.name(input.getName())));
    }
    List<Long> extents = new ArrayList<>();
    List<Dimension> dimensions = dimensions(input);
    for (int d = 0; d < dimensions.size(); d++) {
      Dimension dimension = dimensions.get(d);
      extents.add(
          fixed(dimension)
              ? dimension.getDimValue()
              : named(dimension) ? symbolic(input, dimension, d) : nameless(input, d));
    }
    return List.copyOf(extents);
  }

  /** Extents of dimensions that have a name: the same wherever the name is. */
  private long symbolic(ValueInfoProto input, Dimension dimension, int index) {
    String symbol = dimension.getDimParam();
    Long known = symbols.get(symbol);
    if (known != null) {
      return known;
    }
    Optional<Long> computed = computed(symbol);
    Long extent = computed.isPresent() ? computed.get() : usual(symbol, index);
    if (extent == null) {
      throw noUsualSize(input);
    }
    symbols.put(symbol, extent);
    if (computed.isEmpty()) {
      assume("%s is %d".formatted(SafeText.name(symbol), extent), symbol);
    }
    return extent;
  }

  private void assume(String what, String option) {
    assumptions.add("%s (assumed; --shape %s=N sets it)".formatted(what, SafeText.name(option)));
  }

  private long nameless(ValueInfoProto input, int index) {
    String lower = SafeText.name(input.getName()).toLowerCase(Locale.ROOT);
    String shown = SafeText.name(input.getName());
    boolean state = index == 1 && dimensions(input).size() == 3 && STATE.matcher(lower).matches();
    if (index == 0 || state) {
      assumptions.add(
          "dimension %d of %s is %d (assumed; --shape %s=%s sets it)"
              .formatted(index, shown, DEFAULT_BATCH, shown, example(input)));
      return DEFAULT_BATCH;
    }
    throw noUsualSize(input);
  }

  private OnnxModelException noUsualSize(ValueInfoProto input) {
    return new OnnxModelException(
        "The input %s of '%s' has a dynamic dimension that has no usual size.%nMaybe bind it, as in --shape %s=%s."
            .formatted(describe(input), model, SafeText.name(input.getName()), example(input)));
  }

  /** Returns what a sum or a product of names and numbers comes to, if all names are known. */
  private Optional<Long> computed(String expression) {
    boolean sum = expression.indexOf('+') >= 0;
    boolean product = expression.indexOf('*') >= 0;
    boolean total = expression.toLowerCase(Locale.ROOT).startsWith("total");
    if (!sum && !product) {
      return total ? total() : Optional.empty();
    }
    if (sum && product) {
      return Optional.empty();
    }
    long result = sum ? 0 : 1;
    for (String part : expression.split(sum ? "\\+" : "\\*", -1)) {
      Long value = term(part.strip());
      if (value == null) {
        return Optional.empty();
      }
      result = sum ? result + value : result * value;
    }
    return result < 0 ? Optional.empty() : Optional.of(result);
  }

  private @Nullable Long term(String term) {
    if (!term.isEmpty() && term.length() < 10 && term.chars().allMatch(Character::isDigit)) {
      return Long.parseLong(term);
    }
    Long known = symbols.get(term);
    if (known != null) {
      return known;
    }
    Long usual = NAMELESS.contains(term) ? null : usual(term, -1);
    if (usual != null) {
      symbols.put(term, usual);
      assume("%s is %d".formatted(SafeText.name(term), usual), term);
    }
    return usual;
  }

  /** A total length is that of the past and of what comes now. */
  private Optional<Long> total() {
    String past = null;
    String now = null;
    for (ValueInfoProto input : inputs) {
      for (Dimension dimension : dimensions(input)) {
        String name = dimension.getDimParam();
        boolean simple = name.indexOf('+') < 0 && name.indexOf('*') < 0;
        if (simple && past(name)) {
          past = name;
        } else if (simple && sequence(name) && !name.toLowerCase(Locale.ROOT).startsWith("total")) {
          now = name;
        }
      }
    }
    if (past == null || now == null) {
      return Optional.empty();
    }
    Long before = term(past);
    Long added = term(now);
    return before == null || added == null ? Optional.empty() : Optional.of(before + added);
  }

  private @Nullable Long usual(String symbol, int index) {
    String name = symbol.toLowerCase(Locale.ROOT);
    if (name.contains("batch") || name.equals("n") || name.equals("b") || name.equals("bs")) {
      return DEFAULT_BATCH;
    }
    if (past(name)) {
      return DEFAULT_PAST;
    }
    if (sequence(name)) {
      boolean step = !name.contains("encoder") && hasPast();
      return step ? 1 : DEFAULT_SEQUENCE;
    }
    return index == 0 ? DEFAULT_BATCH : null;
  }

  private boolean hasPast() {
    return inputs.stream()
        .flatMap(input -> dimensions(input).stream())
        .anyMatch(dimension -> past(dimension.getDimParam()));
  }

  private static boolean past(String symbol) {
    return symbol.toLowerCase(Locale.ROOT).contains("past");
  }

  private static boolean sequence(String symbol) {
    String name = symbol.toLowerCase(Locale.ROOT);
    return name.contains("seq") || name.equals("n_tokens") || name.equals("tokens");
  }

  private static boolean named(Dimension dimension) {
    return !NAMELESS.contains(dimension.getDimParam().toLowerCase(Locale.ROOT));
  }

  /** Old exporters write a negative number where anything may be; a zero means none. */
  private static boolean fixed(Dimension dimension) {
    return dimension.hasDimValue() && dimension.getDimValue() >= 0;
  }

  private static TypeProto.Tensor tensor(ValueInfoProto input) {
    return input.getType().getTensorType();
  }

  static boolean ranked(ValueInfoProto input) {
    return tensor(input).hasShape();
  }

  static List<Dimension> dimensions(ValueInfoProto input) {
    return tensor(input).getShape().getDimList();
  }

  /** Returns an input with its dimensions, such as {@code x[N, 3, height, width]}. */
  static String describe(ValueInfoProto input) {
    List<String> extents = new ArrayList<>();
    for (Dimension dimension : dimensions(input)) {
      extents.add(
          fixed(dimension)
              ? String.valueOf(dimension.getDimValue())
              : dimension.getDimParam().isEmpty() ? "?" : SafeText.name(dimension.getDimParam()));
    }
    return SafeText.name(input.getName()) + "[" + String.join(", ", extents) + "]";
  }

  /** Returns extents that would do: pictures are 224 wide, everything else is 128 long. */
  private static String example(ValueInfoProto input) {
    List<Dimension> dimensions = dimensions(input);
    boolean picture =
        dimensions.size() == 4 && (channels(dimensions.get(1)) || channels(dimensions.get(3)));
    List<String> extents = new ArrayList<>();
    for (int d = 0; d < dimensions.size(); d++) {
      Dimension dimension = dimensions.get(d);
      String name = dimension.getDimParam().toLowerCase(Locale.ROOT);
      boolean batch = d == 0 || name.contains("batch");
      boolean side = picture || name.contains("height") || name.contains("width");
      extents.add(
          fixed(dimension)
              ? String.valueOf(dimension.getDimValue())
              : batch ? "1" : side && !sequence(name) ? "224" : "128");
    }
    return String.join(",", extents);
  }

  private static boolean channels(Dimension dimension) {
    long value = dimension.getDimValue();
    return value == 1 || value == 3 || value == 4;
  }

  /** Returns a text that two equal sets of shapes share. */
  static String canonical(Map<String, List<Long>> shapes) {
    return new TreeMap<>(shapes).toString();
  }
}
