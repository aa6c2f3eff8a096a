package io.neurobalancer.onnx.engine;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.SparseTensorProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.neurobalancer.workload.Workload;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Cuts an optimised graph into consecutive models: tensors that cross a cut become outputs of one
 * and inputs of another, each weight goes with the nodes that use it, and what control flow uses
 * from outside counts as used by its node, which stays whole.
 */
final class SegmentCompiler {

  // What a boundary adds, fitted to EngineReport's figures (docs/engine.md): one more call of run,
  // one more tensor in and out, and memory that is cold where the allocator would have used some
  // again within the run.
  private static final double SECONDS_PER_CUT = 5e-6;
  private static final double SECONDS_PER_TENSOR = 1e-6;
  private static final double SECONDS_PER_BYTE = 2e-10;

  /** What an operator is taken to need where the model cannot be run on made-up inputs. */
  private static final double UNKNOWN_SECONDS = 50e-6;

  private final Workload workload;
  private final GraphProto graph;
  private final ModelProto model;
  private final GraphProbe probe;
  private final OperatorMatch match;
  private final List<NodeProto> nodes = new ArrayList<>();
  private final Set<String> graphOutputs = new LinkedHashSet<>();
  private final Set<String> constants;
  private final Map<String, Integer> producedAt = new HashMap<>();
  private final Map<String, Integer> lastReadAt = new HashMap<>();

  SegmentCompiler(
      Workload workload, OptimizedGraph optimized, GraphProbe probe, OperatorMatch match) {
    this.workload = workload;
    this.model = optimized.model();
    this.graph = model.getGraph();
    this.probe = probe;
    this.match = match;
    this.constants = Graphs.weights(graph);
    graph.getOutputList().forEach(output -> graphOutputs.add(output.getName()));
    for (int n = 0; n < match.nodes(); n++) {
      nodes.add(graph.getNode(match.place(n)));
    }
    for (int n = 0; n < nodes.size(); n++) {
      for (String output : nodes.get(n).getOutputList()) {
        if (!output.isEmpty()) {
          producedAt.put(output, n);
        }
      }
      for (String read : Graphs.reads(nodes.get(n))) {
        lastReadAt.put(read, n);
      }
    }
  }

  /** Returns the names of the inputs that must be fed; weights that could be overridden are not. */
  static List<String> inputs(GraphProto graph) {
    Set<String> weights = Graphs.weights(graph);
    return graph.getInputList().stream()
        .map(ValueInfoProto::getName)
        .filter(name -> !weights.contains(name))
        .toList();
  }

  /** Returns how long each operator takes, seconds, as far as it is known. */
  double[] operatorSeconds() {
    double[] seconds = new double[workload.size()];
    for (int n = 0; n < nodes.size(); n++) {
      int place = match.place(n);
      seconds[match.owner(n)] +=
          probe.nodeSeconds().map(times -> times[place]).orElse(UNKNOWN_SECONDS);
    }
    return seconds;
  }

  /** Returns where the graph may be cut. */
  List<Cut> allowed() {
    int size = workload.size();
    boolean[] torn = new boolean[size + 1];
    for (int i = 0; i < size; i++) {
      for (int c = i + 1; c <= match.kernel(i); c++) {
        torn[c] = true; // between an operator and the one that it was fused into
      }
    }
    List<Cut> cuts = new ArrayList<>();
    int before = 0;
    for (int operator = 1; operator < size; operator++) {
      int at = position(operator);
      if (!torn[operator] && at > before && at < nodes.size() && splitsOwners(at, operator)) {
        Cut cut = price(operator, at);
        if (cut != null) {
          cuts.add(cut);
          before = at;
        }
      }
    }
    return cuts;
  }

  /** Returns how many nodes work for operators before this one. */
  private int position(int operator) {
    int at = 0;
    while (at < nodes.size() && match.owner(at) < operator) {
      at++;
    }
    return at;
  }

  private boolean splitsOwners(int at, int operator) {
    for (int n = at; n < nodes.size(); n++) {
      if (match.owner(n) < operator) {
        return false;
      }
    }
    return true;
  }

  private @org.jspecify.annotations.Nullable Cut price(int operator, int at) {
    int tensors = 0;
    long bytes = 0;
    for (Map.Entry<String, Integer> made : producedAt.entrySet()) {
      if (made.getValue() < at && lastReadAt.getOrDefault(made.getKey(), -1) >= at) {
        if (!probe.types().containsKey(made.getKey())) {
          return null; // a sequence, an optional or a map
        }
        tensors++;
        bytes += probe.bytes().getOrDefault(made.getKey(), TensorType.UNKNOWN_BYTES);
      }
    }
    return new Cut(
        operator,
        tensors,
        bytes,
        SECONDS_PER_CUT + SECONDS_PER_TENSOR * tensors + SECONDS_PER_BYTE * bytes);
  }

  /** Writes the segments between cuts. */
  List<CompiledModel.Segment> write(List<Cut> cuts, Path folder) throws IOException {
    List<CompiledModel.Segment> segments = new ArrayList<>();
    for (int s = 0; s <= cuts.size(); s++) {
      int operator = s == 0 ? 0 : cuts.get(s - 1).operator();
      int from = s == 0 ? 0 : position(operator);
      int to = s == cuts.size() ? nodes.size() : position(cuts.get(s).operator());
      segments.add(write(s, operator, from, to, s == cuts.size(), folder));
    }
    return segments;
  }

  private CompiledModel.Segment write(
      int number, int operator, int from, int to, boolean last, Path folder) throws IOException {
    Set<String> reads = new LinkedHashSet<>();
    List<String> makes = new ArrayList<>();
    for (NodeProto node : nodes.subList(from, to)) {
      reads.addAll(Graphs.reads(node));
      makes.addAll(node.getOutputList());
    }
    Set<String> outputs = new LinkedHashSet<>();
    for (String made : makes) {
      if (!made.isEmpty()
          && (graphOutputs.contains(made) || lastReadAt.getOrDefault(made, -1) >= to)) {
        outputs.add(made);
      }
    }
    if (last) {
      // An output that is an input or a weight, for which no node stands.
      graphOutputs.stream().filter(name -> !producedAt.containsKey(name)).forEach(outputs::add);
    }
    Set<String> used = new HashSet<>(reads);
    used.addAll(outputs);
    Set<String> made = new HashSet<>(makes);
    List<String> inputs =
        used.stream()
            .filter(name -> !made.contains(name) && !constants.contains(name))
            .sorted()
            .toList();
    GraphProto.Builder piece =
        GraphProto.newBuilder()
            .setName(graph.getName() + "-" + number)
            .addAllNode(nodes.subList(from, to));
    inputs.forEach(name -> piece.addInput(value(name)));
    outputs.forEach(name -> piece.addOutput(value(name)));
    boolean outside = false;
    for (TensorProto weight : graph.getInitializerList()) {
      if (used.contains(weight.getName())) {
        piece.addInitializer(weight);
        outside |= SharedWeights.outside(weight);
      }
    }
    for (SparseTensorProto weight : graph.getSparseInitializerList()) {
      if (used.contains(weight.getValues().getName())) {
        piece.addSparseInitializer(weight);
      }
    }
    piece.addAllQuantizationAnnotation(
        graph.getQuantizationAnnotationList().stream()
            .filter(note -> used.contains(note.getTensorName()))
            .toList());
    String file = "segment-" + number + ".onnx";
    Graphs.write(model.toBuilder().setGraph(piece).build(), folder.resolve(file));
    List<CompiledModel.Port> ports = new ArrayList<>();
    for (String output : outputs) {
      // What is not known to be a tensor is an output of the model, which nobody prepares room for.
      ports.add(
          new CompiledModel.Port(output, probe.types().getOrDefault(output, TensorType.UNKNOWN)));
    }
    return new CompiledModel.Segment(file, operator, outside, inputs, ports);
  }

  /** Returns type and shape of a tensor: the graph's own words, else what the probe found. */
  private ValueInfoProto value(String name) {
    for (ValueInfoProto input : graph.getInputList()) {
      if (input.getName().equals(name)) {
        return input;
      }
    }
    for (ValueInfoProto output : graph.getOutputList()) {
      if (output.getName().equals(name)) {
        return output;
      }
    }
    TensorType type = probe.types().get(name);
    return type == null ? ValueInfoProto.newBuilder().setName(name).build() : type.value(name);
  }
}
