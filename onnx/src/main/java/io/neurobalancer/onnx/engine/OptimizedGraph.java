package io.neurobalancer.onnx.engine;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import com.google.protobuf.ByteString;
import io.neurobalancer.unit.NeuroBalancerException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The graph that ONNX Runtime executes, with every node named. Weights of more than a kilobyte are
 * not in it: they lie in {@link #WEIGHTS} beside it, or where the model itself keeps them.
 *
 * @param model the graph
 */
record OptimizedGraph(ModelProto model) {

  /** The file with weights that the optimizer wrote. */
  static final String WEIGHTS = "neurobalancer-weights.bin";

  private static final int LARGE_BYTES = 1024;

  /**
   * Lets ONNX Runtime optimise a model.
   *
   * @param given the model's graph as read
   * @param folder where the weights go
   */
  static OptimizedGraph of(
      ModelFile file, ModelProto given, OptLevel level, EngineOptions engine, Path folder)
      throws IOException {
    boolean external = given.getGraph().getInitializerList().stream().anyMatch(Graphs::external);
    Path saved = folder.resolve("optimized-" + level + ".onnx");
    Path bound = folder.resolve("bound.onnx");
    try (OrtSession.SessionOptions options = OrtRuntime.options(engine, level)) {
      options.setOptimizedModelFilePath(saved.toString());
      if (!external) {
        options.addConfigEntry("session.optimized_model_external_initializers_file_name", WEIGHTS);
        options.addConfigEntry(
            "session.optimized_model_external_initializers_min_size_in_bytes",
            String.valueOf(LARGE_BYTES));
      }
      Path source = file.file();
      if (external) {
        bindByName(file, given.getGraph(), engine.shapes(), options);
      } else if (!engine.shapes().isEmpty()) {
        Graphs.write(bind(file, given, engine.shapes()), bound);
        source = bound;
      }
      OrtRuntime.environment(engine).createSession(source.toString(), options).close();
      ModelProto optimized;
      try (var in = Files.newInputStream(saved)) {
        optimized = ModelProto.parseFrom(in);
      }
      if (external) {
        optimized = moveWeights(file, optimized, folder);
      }
      return new OptimizedGraph(named(optimized));
    } catch (OrtException e) {
      throw OrtRuntime.explain(
          "ONNX Runtime cannot load the model '" + file.name() + "'",
          e,
          "Maybe check the model with the tool that exported it, or the shapes given for it.");
    } finally {
      Files.deleteIfExists(saved);
      Files.deleteIfExists(bound);
    }
  }

  List<NodeProto> nodes() {
    return model.getGraph().getNodeList();
  }

  /** Fixes the shapes of inputs in the graph itself. */
  private static ModelProto bind(ModelFile file, ModelProto given, Map<String, List<Long>> shapes) {
    ModelProto.Builder fixed = given.toBuilder();
    Set<String> unknown = new HashSet<>(shapes.keySet());
    for (ValueInfoProto.Builder input : fixed.getGraphBuilder().getInputBuilderList()) {
      List<Long> shape = shapes.get(input.getName());
      unknown.remove(input.getName());
      if (shape != null && input.getType().hasTensorType()) {
        TensorShapeProto.Builder extents = TensorShapeProto.newBuilder();
        shape.forEach(
            extent -> extents.addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(extent)));
        input.getTypeBuilder().getTensorTypeBuilder().setShape(extents);
      }
    }
    refuseUnknown(file, given.getGraph(), unknown);
    // Shapes noted for values inside may contradict the fixed ones.
    fixed.getGraphBuilder().clearValueInfo();
    return fixed.build();
  }

  /**
   * Fixes dimensions by their names: a model with weights beside it cannot be written elsewhere.
   */
  private static void bindByName(
      ModelFile file,
      GraphProto graph,
      Map<String, List<Long>> shapes,
      OrtSession.SessionOptions options)
      throws OrtException {
    Set<String> unknown = new HashSet<>(shapes.keySet());
    for (ValueInfoProto input : graph.getInputList()) {
      List<Long> shape = shapes.get(input.getName());
      if (shape == null) {
        continue;
      }
      unknown.remove(input.getName());
      TensorShapeProto declared = input.getType().getTensorType().getShape();
      for (int d = 0; d < Math.min(shape.size(), declared.getDimCount()); d++) {
        String name = declared.getDim(d).getDimParam();
        if (!name.isEmpty()) {
          options.setSymbolicDimensionValue(name, shape.get(d));
        }
      }
    }
    refuseUnknown(file, graph, unknown);
  }

  private static void refuseUnknown(ModelFile file, GraphProto graph, Set<String> unknown) {
    if (!unknown.isEmpty()) {
      throw NeuroBalancerException.invalid(
          "The model '%s' has no input '%s'.%nMaybe give the shape of one of its inputs: %s."
              .formatted(
                  file.name(),
                  unknown.stream().sorted().findFirst().orElse(""),
                  String.join(
                      ", ", graph.getInputList().stream().map(ValueInfoProto::getName).toList())));
    }
  }

  /**
   * Moves what the optimizer made itself out of the graph; what it left alone stays where it is.
   */
  private static ModelProto moveWeights(ModelFile file, ModelProto model, Path folder)
      throws IOException {
    ModelProto.Builder moved = model.toBuilder();
    long offset = 0;
    try (OutputStream out = Files.newOutputStream(folder.resolve(WEIGHTS))) {
      for (TensorProto.Builder weight : moved.getGraphBuilder().getInitializerBuilderList()) {
        ByteString data = weight.getRawData();
        boolean copied = Graphs.external(weight.build()) && !SharedWeights.canShare(weight.build());
        if (copied) {
          data = SharedWeights.copy(file, weight.build());
        }
        if (data.size() >= LARGE_BYTES || copied) {
          int length = data.size();
          data.writeTo(out);
          weight
              .clearExternalData()
              .clearRawData()
              .setDataLocation(TensorProto.DataLocation.EXTERNAL)
              .addExternalData(Graphs.entry("location", WEIGHTS))
              .addExternalData(Graphs.entry("offset", String.valueOf(offset)))
              .addExternalData(Graphs.entry("length", String.valueOf(length)));
          // Tensors that are mapped from a file should begin at a cache line.
          int padding = (64 - length % 64) % 64;
          out.write(new byte[padding]);
          offset += length + padding;
        }
      }
    }
    return moved.build();
  }

  /** Gives every node a name of its own, by which a profile tells it from others. */
  private static ModelProto named(ModelProto model) {
    ModelProto.Builder named = model.toBuilder();
    Set<String> names = new HashSet<>();
    for (NodeProto.Builder node : named.getGraphBuilder().getNodeBuilderList()) {
      String base = Graphs.label(node.build());
      String candidate = base;
      for (int suffix = 2; !names.add(candidate); suffix++) {
        candidate = base + "_" + suffix;
      }
      node.setName(candidate);
    }
    return named.build();
  }
}
