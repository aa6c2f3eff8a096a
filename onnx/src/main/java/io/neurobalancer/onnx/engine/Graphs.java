package io.neurobalancer.onnx.engine;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.SparseTensorProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.UnsafeByteOperations;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** What the compiler asks of ONNX graphs. */
final class Graphs {

  private Graphs() {}

  /** Reads a model without copying its weights to the heap. */
  static ModelProto read(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file)) {
      CodedInputStream in =
          UnsafeByteOperations.unsafeWrap(
                  channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size()))
              .newCodedInput();
      in.enableAliasing(true);
      in.setSizeLimit(Integer.MAX_VALUE);
      return ModelProto.parseFrom(in);
    }
  }

  static void write(ModelProto model, Path file) throws IOException {
    try (OutputStream out = Files.newOutputStream(file)) {
      model.writeTo(out);
    }
  }

  /** Returns the tensors that a node reads, those that its subgraphs take from outside included. */
  static Set<String> reads(NodeProto node) {
    Set<String> reads = new LinkedHashSet<>(node.getInputList());
    for (AttributeProto attribute : node.getAttributeList()) {
      if (attribute.hasG()) {
        outer(attribute.getG(), reads);
      }
      attribute.getGraphsList().forEach(graph -> outer(graph, reads));
    }
    reads.remove("");
    return reads;
  }

  /** Adds what a subgraph uses and does not make itself. */
  private static void outer(GraphProto graph, Set<String> reads) {
    Set<String> own = new HashSet<>();
    graph.getInputList().forEach(input -> own.add(input.getName()));
    graph.getInitializerList().forEach(weight -> own.add(weight.getName()));
    graph.getSparseInitializerList().forEach(weight -> own.add(weight.getValues().getName()));
    graph.getNodeList().forEach(node -> own.addAll(node.getOutputList()));
    for (NodeProto node : graph.getNodeList()) {
      for (String read : reads(node)) {
        if (!own.contains(read)) {
          reads.add(read);
        }
      }
    }
    graph.getOutputList().stream()
        .map(output -> output.getName())
        .filter(output -> !own.contains(output))
        .forEach(reads::add);
  }

  /** Returns the names of a graph's weights, sparse ones included. */
  static Set<String> weights(GraphProto graph) {
    Set<String> names = new HashSet<>();
    graph.getInitializerList().forEach(weight -> names.add(weight.getName()));
    for (SparseTensorProto weight : graph.getSparseInitializerList()) {
      names.add(weight.getValues().getName());
    }
    return names;
  }

  /** Returns the node's name, or what stands for it in lists. */
  static String label(NodeProto node) {
    return node.getName().isEmpty() ? node.getOpType() : node.getName();
  }

  /** Returns whether a value of the graph may be something other than a tensor. */
  static boolean mayMakeOther(NodeProto node, boolean optionals) {
    String type = node.getOpType();
    return switch (type) {
      case "SequenceConstruct",
          "SequenceEmpty",
          "SequenceInsert",
          "SequenceErase",
          "SequenceMap",
          "SplitToSequence",
          "SequenceAt",
          "ZipMap",
          "CastMap",
          "DictVectorizer",
          "Optional",
          "OptionalGetElement" ->
          true;
      case "If", "Loop", "Scan", "Identity" -> optionals;
      default -> false;
    };
  }

  /** Returns whether an operator on optionals or sequences is anywhere, subgraphs included. */
  static boolean hasOptionals(List<NodeProto> nodes) {
    for (NodeProto node : nodes) {
      String type = node.getOpType().toLowerCase(Locale.ROOT);
      if (type.startsWith("optional") || type.contains("sequence")) {
        return true;
      }
      for (AttributeProto attribute : node.getAttributeList()) {
        if (attribute.hasG() && hasOptionals(attribute.getG().getNodeList())) {
          return true;
        }
        for (GraphProto graph : attribute.getGraphsList()) {
          if (hasOptionals(graph.getNodeList())) {
            return true;
          }
        }
      }
    }
    return false;
  }

  static boolean external(TensorProto tensor) {
    return tensor.getDataLocation() == TensorProto.DataLocation.EXTERNAL;
  }

  /** Returns a field of a tensor's external data, or a fallback. */
  static String external(TensorProto tensor, String key, String fallback) {
    return tensor.getExternalDataList().stream()
        .filter(entry -> entry.getKey().equals(key))
        .map(StringStringEntryProto::getValue)
        .findFirst()
        .orElse(fallback);
  }

  static StringStringEntryProto entry(String key, String value) {
    return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
  }
}
