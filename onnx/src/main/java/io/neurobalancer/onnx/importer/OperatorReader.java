package io.neurobalancer.onnx.importer;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import io.neurobalancer.workload.DataType;
import io.neurobalancer.workload.ModelFacts;
import io.neurobalancer.workload.Operator;
import io.neurobalancer.workload.OperatorKind;
import io.neurobalancer.workload.TensorShape;
import io.neurobalancer.workload.Workload;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes operators of what ONNX Runtime executed: the trace has the shapes and the counts, the graph
 * that the runtime saved has the attributes and says which tensors are weights.
 *
 * <p>An operator with a body (If, Loop, Scan) is one operator that does all that its bodies did: a
 * runtime cannot be stopped inside.
 */
final class OperatorReader {

  private final BoundModel model;
  private final ExecutionTrace trace;
  private final GraphIndex index;
  private final Map<TensorFact.Weight, Long> stored = new HashMap<>();
  private final List<ModelFacts.ControlFlow> controlFlow = new ArrayList<>();
  private final Set<String> names = new HashSet<>();
  private final Set<String> sequences = new HashSet<>();
  private final IdentityHashMap<NodeProto, ExecutionTrace.Kernel> executed =
      new IdentityHashMap<>();

  OperatorReader(BoundModel model, ModelProto optimized, ExecutionTrace trace) {
    this.model = model;
    this.trace = trace;
    this.index = new GraphIndex(optimized.getGraph(), model);
  }

  /** What one kernel did in all its executions. */
  private record Piece(
      String type,
      OperatorKind kind,
      long flops,
      Map<TensorFact.Weight, Long> weights,
      long inputBytes,
      long outputBytes,
      List<TensorShape> inputShapes,
      List<TensorShape> weightShapes,
      List<TensorShape> outputShapes,
      DataType dataType) {

    long weightBytes() {
      return weights.values().stream().mapToLong(Long::longValue).sum();
    }
  }

  /**
   * Returns the workload.
   *
   * @throws OnnxModelException if nothing was executed
   */
  Workload workload(String hash) {
    IdentityHashMap<ExecutionTrace.Kernel, GraphIndex.Placed> places = new IdentityHashMap<>();
    for (ExecutionTrace.Kernel kernel : trace.kernels().values()) {
      GraphIndex.Placed placed = index.find(kernel.name(), kernel.type());
      if (placed != null) {
        places.put(kernel, placed);
        executed.put(placed.node(), kernel);
      }
    }
    List<Operator> operators = new ArrayList<>();
    for (ExecutionTrace.Kernel kernel : trace.kernels().values()) {
      GraphIndex.Placed placed = places.get(kernel);
      boolean outside = placed == null || placed.graph().parent() == null;
      if (!outside || kernel.name().startsWith(InputContainers.MAKER)) {
        continue;
      }
      Piece piece = piece(kernel, placed);
      boolean nameless = placed != null && placed.node().getName().isEmpty();
      String name = unique(nameless ? kernel.type() : kernel.name());
      if (placed != null && GraphIndex.bodies(placed.node()).size() > 0) {
        piece = withBodies(name, piece, placed);
      }
      piece.weights().keySet().forEach(weight -> stored.put(weight, weight.bytes()));
      operators.add(operator(name, piece));
    }
    if (operators.isEmpty()) {
      throw new OnnxModelException(
          "The model '%s' has no operator left to run: everything in it is computed ahead.%nMaybe export it with an input that its result depends on."
              .formatted(model.name()));
    }
    List<String> assumptions = new ArrayList<>(model.assumptions());
    if (trace.cutOff()) {
      assumptions.add(
          "the run was longer than ONNX Runtime's profile; what came after a million operators is not counted");
    }
    long storedBytes = stored.values().stream().mapToLong(Long::longValue).sum();
    return new Workload(
        model.name(), hash, operators, new ModelFacts(storedBytes, assumptions, controlFlow));
  }

  private Operator operator(String name, Piece piece) {
    boolean free = piece.kind() == OperatorKind.SHAPE;
    return new Operator(
        name,
        piece.type(),
        piece.kind(),
        piece.flops(),
        free ? 0 : piece.weightBytes(),
        free ? 0 : piece.inputBytes(),
        free ? 0 : piece.outputBytes(),
        piece.inputShapes(),
        piece.weightShapes(),
        piece.outputShapes(),
        piece.dataType());
  }

  private String unique(String kernel) {
    String base = SafeText.name(kernel).strip();
    if (base.startsWith(HalfPrecision.CAST)) {
      base = base.substring(HalfPrecision.CAST.length());
    }
    base = base.isEmpty() ? "operator" : base;
    String candidate = base;
    for (int suffix = 2; !names.add(candidate); suffix++) {
      candidate = base + "_" + suffix;
    }
    return candidate;
  }

  private Piece piece(ExecutionTrace.Kernel kernel, GraphIndex.@Nullable Placed placed) {
    boolean cast = kernel.name().startsWith(HalfPrecision.CAST);
    String type = cast ? "Cast" : kernel.type();
    long flops = 0;
    long inputBytes = 0;
    long outputBytes = 0;
    Map<TensorFact.Weight, Long> weights = new LinkedHashMap<>();
    Piece shown = null;
    for (Map.Entry<ExecutionTrace.Shapes, Long> run : kernel.executions().entrySet()) {
      List<@Nullable TensorFact> inputs = inputs(run.getKey().inputs(), placed);
      List<@Nullable TensorFact> outputs = outputs(run.getKey().outputs(), placed, inputs);
      Piece one = once(type, placed, inputs, outputs);
      flops = Math.addExact(flops, Math.multiplyExact(one.flops(), run.getValue()));
      inputBytes = Math.addExact(inputBytes, Math.multiplyExact(one.inputBytes(), run.getValue()));
      outputBytes =
          Math.addExact(outputBytes, Math.multiplyExact(one.outputBytes(), run.getValue()));
      one.weights().forEach((weight, bytes) -> weights.merge(weight, bytes, Math::max));
      shown = shown == null ? one : shown;
    }
    Piece first = Objects.requireNonNull(shown);
    return new Piece(
        type,
        first.kind(),
        flops,
        weights,
        inputBytes,
        outputBytes,
        first.inputShapes(),
        first.weightShapes(),
        first.outputShapes(),
        first.dataType());
  }

  private static Piece once(
      String type,
      GraphIndex.@Nullable Placed placed,
      List<@Nullable TensorFact> inputs,
      List<@Nullable TensorFact> outputs) {
    Kernel kernel = Kernel.of(type, placed == null ? null : placed.node(), inputs, outputs);
    KernelFormulas.Work work = KernelFormulas.of(kernel);
    List<TensorFact> constants =
        inputs.stream()
            .filter(fact -> fact != null && fact.constant())
            .map(Objects::requireNonNull)
            .sorted(Comparator.comparingLong(TensorFact::bytes).reversed())
            .toList();
    List<TensorFact> activations =
        inputs.stream()
            .filter(fact -> fact != null && !fact.constant())
            .map(Objects::requireNonNull)
            .toList();
    List<TensorFact> results =
        outputs.stream().filter(Objects::nonNull).map(Objects::requireNonNull).toList();
    Map<TensorFact.Weight, Long> weights = new LinkedHashMap<>();
    for (int i = 0; i < inputs.size(); i++) {
      TensorFact fact = inputs.get(i);
      if (fact != null && fact.weight() != null) {
        weights.merge(fact.weight(), Lookups.touched(kernel, i, fact), Math::max);
      }
    }
    if (work.storedBytes() > 0) {
      String owner = placed == null ? type : placed.node().getName();
      weights.put(
          new TensorFact.Weight(-1, "attributes of " + owner, work.storedBytes()),
          work.storedBytes());
    }
    return new Piece(
        type,
        work.kind(),
        work.flops(),
        weights,
        bytes(activations),
        bytes(results),
        shapes(activations),
        shapes(constants),
        shapes(results),
        kernel.computeType());
  }

  /** Adds to an operator what its bodies did. */
  private Piece withBodies(String name, Piece outer, GraphIndex.Placed placed) {
    List<ModelFacts.Body> bodies = new ArrayList<>();
    List<Piece> inside = new ArrayList<>();
    for (AttributeProto attribute : GraphIndex.bodies(placed.node())) {
      GraphIndex.Graph graph = index.graph(attribute.getG());
      List<Piece> pieces = new ArrayList<>();
      long executions = collect(graph, pieces);
      long flops = pieces.stream().mapToLong(Piece::flops).sum();
      bodies.add(
          new ModelFacts.Body(
              SafeText.name(attribute.getName()),
              executions,
              GraphIndex.count(attribute.getG()),
              flops,
              graph.storedBytes()));
      inside.addAll(pieces);
    }
    controlFlow.add(new ModelFacts.ControlFlow(name, outer.type(), bodies));
    if (inside.isEmpty()) {
      return outer;
    }
    // The body computes as what most of it is.
    Piece main =
        inside.stream()
            .max(
                Comparator.comparingLong(Piece::flops)
                    .thenComparingLong(p -> p.weightBytes() + p.inputBytes() + p.outputBytes()))
            .orElseThrow();
    Map<TensorFact.Weight, Long> weights = new LinkedHashMap<>();
    inside.forEach(p -> p.weights().forEach((w, bytes) -> weights.merge(w, bytes, Math::max)));
    OperatorKind kind =
        inside.stream().anyMatch(p -> p.kind() == OperatorKind.UNKNOWN)
            ? OperatorKind.UNKNOWN
            : main.kind();
    return new Piece(
        outer.type(),
        kind,
        inside.stream().mapToLong(Piece::flops).sum(),
        weights,
        inside.stream().filter(OperatorReader::moves).mapToLong(Piece::inputBytes).sum(),
        inside.stream().filter(OperatorReader::moves).mapToLong(Piece::outputBytes).sum(),
        main.inputShapes(),
        main.weightShapes(),
        main.outputShapes(),
        main.dataType());
  }

  private static boolean moves(Piece piece) {
    return piece.kind() != OperatorKind.SHAPE;
  }

  /** Collects what a body executed and returns how often it ran. */
  private long collect(GraphIndex.Graph graph, List<Piece> into) {
    long executions = 0;
    for (NodeProto node : graph.proto().getNodeList()) {
      ExecutionTrace.Kernel kernel = executed.get(node);
      if (kernel == null) {
        continue;
      }
      executions = Math.max(executions, kernel.count());
      GraphIndex.Placed placed = new GraphIndex.Placed(node, graph);
      List<AttributeProto> bodies = GraphIndex.bodies(node);
      if (bodies.isEmpty()) {
        into.add(piece(kernel, placed));
      }
      for (AttributeProto body : bodies) {
        collect(index.graph(body.getG()), into);
      }
    }
    return executions;
  }

  private List<@Nullable TensorFact> inputs(
      List<ExecutionTrace.Tensor> traced, GraphIndex.@Nullable Placed placed) {
    if (placed == null) {
      List<@Nullable TensorFact> facts = new ArrayList<>();
      traced.forEach(tensor -> facts.add(new TensorFact(tensor.shape(), tensor.type(), null)));
      return facts;
    }
    return align(
        placed.node().getInputList(),
        traced,
        (tensor, name) -> placed.graph().fact(name, tensor.shape(), tensor.type()));
  }

  private List<@Nullable TensorFact> outputs(
      List<ExecutionTrace.Tensor> traced,
      GraphIndex.@Nullable Placed placed,
      List<@Nullable TensorFact> inputs) {
    List<String> tensors = placed == null ? List.of() : placed.node().getOutputList();
    if (traced.isEmpty()) {
      sequences.addAll(tensors);
    }
    return align(
        placed == null ? traced.stream().map(t -> "?").toList() : tensors,
        traced,
        (tensor, name) -> index.result(name, tensor.shape(), tensor.type(), inputs));
  }

  private interface Maker {
    TensorFact make(ExecutionTrace.Tensor tensor, String name);
  }

  /**
   * Gives traced tensors their positions: the trace leaves out absent operands and what is no
   * tensor.
   */
  private List<@Nullable TensorFact> align(
      List<String> tensors, List<ExecutionTrace.Tensor> traced, Maker maker) {
    List<@Nullable TensorFact> facts = new ArrayList<>();
    long present = tensors.stream().filter(name -> !name.isEmpty()).count();
    int next = 0;
    for (String name : tensors) {
      boolean absent = name.isEmpty() || (present > traced.size() && sequences.contains(name));
      facts.add(absent || next >= traced.size() ? null : maker.make(traced.get(next++), name));
    }
    return facts;
  }

  private static long bytes(List<TensorFact> tensors) {
    return tensors.stream().mapToLong(TensorFact::bytes).sum();
  }

  private static List<TensorShape> shapes(List<TensorFact> tensors) {
    return tensors.stream().map(TensorFact::shape).toList();
  }
}
