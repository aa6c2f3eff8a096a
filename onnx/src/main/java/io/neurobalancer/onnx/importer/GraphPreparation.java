package io.neurobalancer.onnx.importer;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Brings a model into the one form that the rest reads: every operator has a name of its own that
 * may be shown, every weight is an initializer, and no initializer is an input.
 */
final class GraphPreparation {

  /** From this version on an initializer need not be an input too. */
  private static final long SEPARATE_INITIALIZERS = 4;

  private final Set<String> names = new HashSet<>();
  private final Map<String, Integer> suffixes = new HashMap<>();

  private GraphPreparation() {}

  static void apply(ModelProto.Builder model) {
    model.setIrVersion(Math.max(SEPARATE_INITIALIZERS, model.getIrVersion()));
    GraphPreparation preparation = new GraphPreparation();
    graphs(model.getGraphBuilder(), GraphPreparation::constants);
    withoutInitializedInputs(model.getGraphBuilder());
    graphs(model.getGraphBuilder(), graph -> graph.getNodeBuilderList().forEach(preparation::name));
  }

  private void name(NodeProto.Builder node) {
    String base = plain(node.getName());
    if (base.isEmpty()) {
      base = plain(node.getOpType());
    }
    node.setName(unique(base.isEmpty() ? "operator" : base));
  }

  /** The runtime writes names into its profile as they are: quotes would break it. */
  private static String plain(String name) {
    return SafeText.name(name).replace('"', '\'').replace('\\', '/').strip();
  }

  private String unique(String base) {
    String candidate = base;
    while (!names.add(candidate)) {
      candidate = base + "_" + suffixes.merge(base, 2, (old, two) -> old + 1);
    }
    return candidate;
  }

  /**
   * Turns constants into initializers: the runtime does the same, but not for weights elsewhere.
   */
  private static void constants(GraphProto.Builder graph) {
    List<NodeProto> kept = new ArrayList<>();
    boolean changed = false;
    for (NodeProto node : graph.getNodeList()) {
      TensorProto value = constant(node);
      if (value == null) {
        kept.add(node);
      } else {
        graph.addInitializer(value.toBuilder().setName(node.getOutput(0)));
        changed = true;
      }
    }
    if (changed) {
      graph.clearNode().addAllNode(kept);
    }
  }

  private static @Nullable TensorProto constant(NodeProto node) {
    boolean standard = node.getDomain().isEmpty() || node.getDomain().equals("ai.onnx");
    if (!standard || !node.getOpType().equals("Constant") || node.getOutputCount() != 1) {
      return null;
    }
    for (AttributeProto attribute : node.getAttributeList()) {
      if (attribute.getName().equals("value") && attribute.hasT()) {
        return attribute.getT();
      }
    }
    return null;
  }

  private static void withoutInitializedInputs(GraphProto.Builder graph) {
    Set<String> initialized = initialized(graph.build());
    List<ValueInfoProto> inputs =
        graph.getInputList().stream()
            .filter(input -> !initialized.contains(input.getName()))
            .toList();
    graph.clearInput().addAllInput(inputs);
  }

  private static Set<String> initialized(GraphProto graph) {
    Set<String> initialized = new HashSet<>();
    graph.getInitializerList().forEach(weight -> initialized.add(weight.getName()));
    graph
        .getSparseInitializerList()
        .forEach(weight -> initialized.add(weight.getValues().getName()));
    return initialized;
  }

  /** Visits a graph and the bodies in it, outer ones first. */
  static void graphs(GraphProto.Builder graph, Consumer<GraphProto.Builder> visitor) {
    visitor.accept(graph);
    for (NodeProto.Builder node : graph.getNodeBuilderList()) {
      for (AttributeProto.Builder attribute : node.getAttributeBuilderList()) {
        if (attribute.hasG()) {
          graphs(attribute.getGBuilder(), visitor);
        }
        attribute.getGraphsBuilderList().forEach(body -> graphs(body, visitor));
      }
    }
  }
}
