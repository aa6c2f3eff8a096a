package io.neurobalancer.onnx.importer;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Guesses what an input means from the operator that reads it (an index, an axis, a shape) and from
 * its name (a length, a mask, a sampling rate).
 */
final class InputRoles {

  /** The most operators that are followed from an input to the one that uses its value. */
  private static final int FOLLOWED = 16;

  /** Operators that hand on a value as it is. */
  private static final Set<String> TRANSPARENT =
      Set.of("Cast", "Identity", "Unsqueeze", "Squeeze", "Flatten", "Neg", "CastLike");

  private final GraphProto graph;
  private final Map<String, List<Long>> shapes;
  private final Map<String, List<Use>> uses = new HashMap<>();
  private final Map<String, List<Long>> declared = new HashMap<>();
  private final Map<String, TensorProto> constants = new HashMap<>();

  private boolean compares;

  InputRoles(GraphProto graph, Map<String, List<Long>> shapes) {
    this.graph = graph;
    this.shapes = shapes;
    for (NodeProto node : graph.getNodeList()) {
      for (int i = 0; i < node.getInputCount(); i++) {
        uses.computeIfAbsent(node.getInput(i), key -> new ArrayList<>()).add(new Use(node, i));
      }
    }
    graph.getValueInfoList().forEach(this::declare);
    graph.getOutputList().forEach(this::declare);
    graph.getInitializerList().forEach(weight -> constants.put(weight.getName(), weight));
  }

  /** Returns whether a guess so far was made from a comparison, so that a second one differs. */
  boolean compares() {
    return compares;
  }

  /** Where a tensor is read. */
  record Use(NodeProto node, int index) {
    String key() {
      return node.getOpType() + " " + index;
    }
  }

  /** How the elements are made. */
  enum Fill {
    NUMBERS,
    VARIED,
    RANGE
  }

  /**
   * What an input is taken to hold.
   *
   * @param fill how its elements are made
   * @param numbers that repeat, for {@link Fill#NUMBERS}
   * @param stated how reports put it, where it matters
   */
  record Guess(Fill fill, List<Double> numbers, Optional<String> stated) {
    static Guess of(double... numbers) {
      return new Guess(
          Fill.NUMBERS,
          Arrays.stream(numbers).boxed().toList(),
          Optional.of(InputTensor.shown(numbers)));
    }
  }

  /**
   * Returns what to feed; null where the value decides a shape that nothing tells.
   *
   * @param second whether the first guess did not run: the other side of a comparison is taken
   */
  @Nullable Guess guess(String name, int type, List<Long> shape, boolean second) {
    int elements = Math.toIntExact(InputTensor.elements(shape));
    boolean real =
        type == TensorTypes.FLOAT
            || type == TensorTypes.DOUBLE
            || type == TensorTypes.FLOAT16
            || type == TensorTypes.BFLOAT16;
    for (Use use : followed(name)) {
      if (unknowable(use, elements)) {
        return null;
      }
      boolean compared = use.node().getOpType().equals("Equal");
      double[] numbers = new OperandGuesses(this, use, elements).numbers();
      compares |= compared && numbers != null;
      boolean taken = numbers != null && elements > 0 && !(compared && second);
      if (taken && numbers != null) {
        return Guess.of(numbers.length == 0 ? new double[] {0} : numbers);
      }
    }
    String lower = SafeText.name(name).toLowerCase(Locale.ROOT);
    if (real) {
      return real(lower, shape);
    }
    if (lower.contains("position")) {
      return new Guess(Fill.RANGE, List.of(), Optional.of("0, 1, 2, ..."));
    }
    return Guess.of(whole(name, lower, type, shape, elements));
  }

  private static Guess real(String lower, List<Long> shape) {
    if (InputTensor.elements(shape) != 1) {
      return new Guess(Fill.VARIED, List.of(), Optional.empty());
    }
    if (lower.contains("tol") || lower.contains("eps")) {
      return Guess.of(1e-3);
    }
    return Guess.of(lower.contains("thres") || lower.contains("conf") ? 0.5 : 1);
  }

  private double[] whole(String name, String lower, int type, List<Long> shape, int elements) {
    if (lower.contains("mask") || type == TensorTypes.BOOL) {
      return new double[] {1};
    }
    if (lower.contains("token_type") || lower.contains("segment") || speaker(lower)) {
      return new double[] {0};
    }
    boolean small = elements <= 16;
    if (small && (lower.contains("rate") || lower.equals("sr") || lower.equals("fs"))) {
      return new double[] {16_000};
    }
    if (lower.contains("len") || lower.endsWith("_size") || lower.startsWith("num_")) {
      Long length = length(name, shape);
      return new double[] {length == null ? 1 : length};
    }
    return new double[] {1};
  }

  private static boolean speaker(String lower) {
    return lower.equals("sid")
        || lower.equals("spk")
        || lower.contains("speaker")
        || lower.contains("lang")
        || lower.contains("task");
  }

  /** Returns the length of what the other inputs hold: the second axis, or the only one. */
  private @Nullable Long length(String name, List<Long> shape) {
    List<Long> best = null;
    for (ValueInfoProto input : graph.getInputList()) {
      List<Long> other = shapes.getOrDefault(input.getName(), List.of());
      boolean itself = input.getName().equals(name);
      if (!itself && !other.isEmpty() && (best == null || larger(other, best))) {
        best = other;
      }
    }
    if (best == null) {
      return null;
    }
    boolean batched = best.size() > 1 && !shape.isEmpty() && shape.get(0).equals(best.get(0));
    return best.size() == 1 || (!batched && best.get(0) > 1) ? best.get(0) : best.get(1);
  }

  private static boolean larger(List<Long> one, List<Long> other) {
    return product(one) > product(other);
  }

  private static double product(List<Long> shape) {
    return shape.stream().mapToDouble(Long::doubleValue).reduce(1, (a, b) -> a * b);
  }

  /** A target shape that neither a declaration nor its length tells. */
  private boolean unknowable(Use use, int elements) {
    return use.key().equals("Reshape 1")
        && elements > 1
        && declared(use.node().getOutput(0)) == null;
  }

  /** Returns the operators that read a tensor, or what is the same value as the tensor. */
  private List<Use> followed(String tensor) {
    List<Use> found = new ArrayList<>();
    Deque<String> open = new ArrayDeque<>(List.of(tensor));
    Set<String> seen = new HashSet<>(open);
    while (!open.isEmpty() && found.size() < FOLLOWED) {
      for (Use use : uses.getOrDefault(open.remove(), List.of())) {
        boolean through = TRANSPARENT.contains(use.node().getOpType()) && use.index() == 0;
        if (!through) {
          found.add(use);
        } else if (use.node().getOutputCount() > 0 && seen.add(use.node().getOutput(0))) {
          open.add(use.node().getOutput(0));
        }
      }
    }
    return found;
  }

  private void declare(ValueInfoProto value) {
    TensorShapeProto shape = value.getType().getTensorType().getShape();
    boolean known =
        value.getType().getTensorType().hasShape()
            && shape.getDimList().stream().allMatch(d -> d.hasDimValue() && d.getDimValue() >= 0);
    if (known) {
      declared.put(
          value.getName(),
          shape.getDimList().stream().map(TensorShapeProto.Dimension::getDimValue).toList());
    }
  }

  /** Returns the shape that the model declares for a tensor, or that an input or a weight has. */
  @Nullable List<Long> declared(String tensor) {
    List<Long> input = shapes.get(tensor);
    if (input != null) {
      return input;
    }
    TensorProto constant = constants.get(tensor);
    return constant == null ? declared.get(tensor) : constant.getDimsList();
  }

  /** Returns the whole numbers of a small constant. */
  Optional<long[]> constant(String tensor) {
    TensorProto weight = constants.get(tensor);
    if (weight == null) {
      return Optional.empty();
    }
    if (weight.getDataType() == TensorTypes.INT64 && !weight.getRawData().isEmpty()) {
      long[] numbers = new long[weight.getRawData().size() / 8];
      weight
          .getRawData()
          .asReadOnlyByteBuffer()
          .order(ByteOrder.LITTLE_ENDIAN)
          .asLongBuffer()
          .get(numbers);
      return Optional.of(numbers);
    }
    if (weight.getDataType() == TensorTypes.INT32 && !weight.getRawData().isEmpty()) {
      int[] numbers = new int[weight.getRawData().size() / 4];
      weight
          .getRawData()
          .asReadOnlyByteBuffer()
          .order(ByteOrder.LITTLE_ENDIAN)
          .asIntBuffer()
          .get(numbers);
      return Optional.of(Arrays.stream(numbers).asLongStream().toArray());
    }
    return weight.getInt64DataCount() > 0
        ? Optional.of(weight.getInt64DataList().stream().mapToLong(Long::longValue).toArray())
        : weight.getInt32DataCount() > 0
            ? Optional.of(
                weight.getInt32DataList().stream().mapToLong(Integer::longValue).toArray())
            : Optional.empty();
  }

  static long attribute(NodeProto node, String name, long otherwise) {
    for (AttributeProto attribute : node.getAttributeList()) {
      if (attribute.getName().equals(name)) {
        return attribute.getI();
      }
    }
    return otherwise;
  }
}
