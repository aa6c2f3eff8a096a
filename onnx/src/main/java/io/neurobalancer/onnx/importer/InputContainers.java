package io.neurobalancer.onnx.importer;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.util.ArrayList;
import java.util.List;

/**
 * Feeds inputs that are no tensors: a sequence is made of two tensors inside the graph, an optional
 * has what it may have. Maps, sparse and opaque inputs are refused.
 */
final class InputContainers {

  /** Begins the names of the operators that make an input, which are no part of the model. */
  static final String MAKER = "neurobalancer.input.";

  private static final int SEQUENCE = 2;

  /** Operators on optional values came with this version of the standard operators. */
  private static final long OPTIONALS = 15;

  private final String model;
  private final List<ValueInfoProto> inputs = new ArrayList<>();
  private final List<NodeProto> makers = new ArrayList<>();

  private InputContainers(String model) {
    this.model = model;
  }

  static void unpack(String name, ModelProto.Builder model) {
    GraphProto.Builder graph = model.getGraphBuilder();
    InputContainers containers = new InputContainers(name);
    graph.getInputList().forEach(containers::input);
    if (!containers.makers.isEmpty()) {
      List<NodeProto> nodes = new ArrayList<>(containers.makers);
      nodes.addAll(graph.getNodeList());
      graph.clearNode().addAllNode(nodes);
    }
    graph.clearInput().addAllInput(containers.inputs);
    boolean optional = containers.makers.stream().anyMatch(n -> n.getOpType().equals("Optional"));
    if (optional) {
      model.getOpsetImportBuilderList().stream()
          .filter(set -> set.getDomain().isEmpty() && set.getVersion() < OPTIONALS)
          .forEach(set -> set.setVersion(OPTIONALS));
    }
  }

  private void input(ValueInfoProto input) {
    TypeProto type = input.getType();
    if (type.hasTensorType()) {
      int element = type.getTensorType().getElemType();
      if (element != TensorTypes.STRING && TensorTypes.of(element) == null) {
        throw cannotFeed(input.getName(), "is of type " + TensorTypes.name(element));
      }
      inputs.add(input);
    } else if (type.hasSequenceType()) {
      sequence(input.getName(), type);
    } else if (type.hasOptionalType()) {
      String inside = input.getName() + ".value";
      input(
          ValueInfoProto.newBuilder()
              .setName(inside)
              .setType(type.getOptionalType().getElemType())
              .build());
      make("Optional", List.of(inside), input.getName());
    } else {
      throw cannotFeed(input.getName(), "is " + kind(type));
    }
  }

  private static String kind(TypeProto type) {
    return type.hasMapType()
        ? "a map"
        : type.hasSparseTensorType()
            ? "a sparse tensor"
            : type.hasOpaqueType() ? "of an opaque type" : "of no type";
  }

  private OnnxModelException cannotFeed(String input, String what) {
    return new OnnxModelException(
        "The input '%s' of '%s' %s, which cannot be fed.%nMaybe export the model with tensors as inputs."
            .formatted(SafeText.name(input), model, what));
  }

  private void sequence(String name, TypeProto type) {
    TypeProto element = type.getSequenceType().getElemType();
    if (!element.hasTensorType()) {
      throw cannotFeed(name, "is a sequence of what is no tensor");
    }
    List<String> parts = new ArrayList<>();
    for (int p = 0; p < SEQUENCE; p++) {
      String part = name + "." + p;
      parts.add(part);
      TypeProto.Builder ranked = element.toBuilder();
      if (!element.getTensorType().hasShape()) {
        // Elements of any shape: one number each.
        ranked
            .getTensorTypeBuilder()
            .setShape(
                TensorShapeProto.newBuilder()
                    .addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(1)));
      }
      input(ValueInfoProto.newBuilder().setName(part).setType(ranked).build());
    }
    make("SequenceConstruct", parts, name);
  }

  private void make(String type, List<String> from, String output) {
    makers.add(
        NodeProto.newBuilder()
            .setName(MAKER + SafeText.name(output))
            .setOpType(type)
            .addAllInput(from)
            .addOutput(output)
            .build());
  }
}
