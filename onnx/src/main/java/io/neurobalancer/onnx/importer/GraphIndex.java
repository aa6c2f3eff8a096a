package io.neurobalancer.onnx.importer;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.SparseTensorProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import io.neurobalancer.workload.DataType;
import io.neurobalancer.workload.TensorShape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finds the nodes of a graph and of the bodies in it by name, and the weights that they see. */
final class GraphIndex {

  private final Map<String, List<Placed>> nodes = new HashMap<>();
  private final IdentityHashMap<GraphProto, Graph> graphs = new IdentityHashMap<>();
  private final Map<String, DataType> precisions;
  private final @Nullable DataType half;
  private final Set<String> inputs;
  private int count;

  /** Indexes a graph as the runtime saved it. */
  GraphIndex(GraphProto graph, BoundModel model) {
    this.precisions = model.precisions();
    this.inputs = model.shapes().keySet();
    this.half =
        precisions.values().stream()
            .filter(type -> type != DataType.FLOAT32)
            .findFirst()
            .orElse(null);
    add(graph, null);
  }

  /** A node and the graph that it is in. */
  record Placed(NodeProto node, Graph graph) {}

  /** A graph with its weights; the parent of a body is the graph around it. */
  final class Graph {
    private final GraphProto proto;
    private final @Nullable Graph parent;
    private final Map<String, TensorFact> weights = new HashMap<>();
    private final int number = count++;

    private Graph(GraphProto proto, @Nullable Graph parent) {
      this.proto = proto;
      this.parent = parent;
      for (TensorProto weight : proto.getInitializerList()) {
        weight(weight.getName(), weight.getDimsList(), weight.getDataType());
      }
      for (SparseTensorProto weight : proto.getSparseInitializerList()) {
        // The runtime computes with the dense matrix.
        TensorProto values = weight.getValues();
        weight(values.getName(), weight.getDimsList(), values.getDataType());
      }
    }

    private void weight(String name, List<Long> dimensions, int number) {
      if (parent == null && inputs.contains(name)) {
        // An input that is fed as a default.
        return;
      }
      DataType type = precision(name, TensorTypes.of(number));
      TensorShape shape = new TensorShape(dimensions);
      long bytes = type == null ? 0 : type.bytes(shape.elements());
      weights.put(
          name, new TensorFact(shape, type, new TensorFact.Weight(this.number, name, bytes)));
    }

    GraphProto proto() {
      return proto;
    }

    @Nullable Graph parent() {
      return parent;
    }

    long storedBytes() {
      return weights.values().stream().mapToLong(TensorFact::bytes).sum();
    }

    /** Returns what is known of a tensor that a node of this graph reads. */
    TensorFact fact(String name, TensorShape shape, @Nullable DataType traced) {
      for (Graph graph = this; graph != null; graph = graph.parent) {
        TensorFact weight = graph.weights.get(name);
        if (weight != null) {
          return weight;
        }
      }
      return new TensorFact(shape, precision(name, traced), null);
    }
  }

  /** Returns the type that the model itself gives a tensor that is of single precision here. */
  private @Nullable DataType precision(String name, @Nullable DataType type) {
    if (type != DataType.FLOAT32 || half == null) {
      return type;
    }
    return precisions.getOrDefault(name, half);
  }

  /** Returns what is known of a result; one that the runtime named has its operands' precision. */
  TensorFact result(
      String name,
      TensorShape shape,
      @Nullable DataType traced,
      List<@Nullable TensorFact> inputs) {
    DataType type = precision(name, traced);
    if (type != traced && !precisions.containsKey(name)) {
      for (TensorFact input : inputs) {
        boolean real = input != null && (input.type() == half || input.type() == DataType.FLOAT32);
        if (real && input != null) {
          return new TensorFact(shape, input.type(), null);
        }
      }
    }
    return new TensorFact(shape, type, null);
  }

  private void add(GraphProto proto, @Nullable Graph parent) {
    Graph graph = new Graph(proto, parent);
    graphs.put(proto, graph);
    for (NodeProto node : proto.getNodeList()) {
      nodes.computeIfAbsent(node.getName(), key -> new ArrayList<>(1)).add(new Placed(node, graph));
      for (AttributeProto attribute : bodies(node)) {
        add(attribute.getG(), graph);
      }
    }
  }

  /** Returns the graph of a body. */
  Graph graph(GraphProto proto) {
    Graph graph = graphs.get(proto);
    if (graph == null) {
      throw new IllegalArgumentException("No body of this model.");
    }
    return graph;
  }

  /**
   * Returns the node with a name and a type; null if the runtime added it after saving. Nodes that
   * the runtime made from a function have no name; the profile calls them by type and number, in
   * the order of the graph, so each is found once.
   */
  @Nullable Placed find(String name, String type) {
    boolean numbered = name.startsWith(type + "_") && !nodes.containsKey(name);
    if (numbered) {
      List<Placed> nameless = nodes.getOrDefault("", List.of());
      for (int n = 0; n < nameless.size(); n++) {
        if (nameless.get(n).node().getOpType().equals(type)) {
          return nameless.remove(n);
        }
      }
    }
    Placed other = null;
    for (Placed placed : nodes.getOrDefault(name, List.of())) {
      if (placed.node().getOpType().equals(type)) {
        return placed;
      }
      other = placed;
    }
    return other;
  }

  /** Returns the attributes of a node that are graphs. */
  static List<AttributeProto> bodies(NodeProto node) {
    return node.getAttributeList().stream().filter(AttributeProto::hasG).toList();
  }

  /** Returns the number of operators in a graph and the bodies in it. */
  static int count(GraphProto graph) {
    int count = 0;
    for (NodeProto node : graph.getNodeList()) {
      count++;
      for (AttributeProto body : bodies(node)) {
        count += count(body.getG());
      }
    }
    return count;
  }
}
