package io.neurobalancer.onnx.importer;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import io.neurobalancer.workload.DataType;
import io.neurobalancer.workload.Operator;
import io.neurobalancer.workload.OperatorKind;
import io.neurobalancer.workload.TensorShape;
import io.neurobalancer.workload.Workload;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the operators off the graph that ONNX Runtime really executes: it saves its optimized
 * graph, every intermediate tensor of it becomes an output, and one run tells all their shapes.
 */
final class GraphReader {

  private final String name;
  private final String hash;
  private final Map<String, List<Long>> inputShapes;
  private final OnnxWorkloads.ScratchFolder scratch;
  private final Map<String, TensorFact> facts = new HashMap<>();

  GraphReader(
      String name,
      String hash,
      Map<String, List<Long>> inputShapes,
      OnnxWorkloads.ScratchFolder scratch) {
    this.name = name;
    this.hash = hash;
    this.inputShapes = inputShapes;
    this.scratch = scratch;
  }

  Workload read(ModelProto model) throws OrtException, IOException {
    ModelProto optimized = optimize(model);
    for (TensorProto weight : optimized.getGraph().getInitializerList()) {
      DataType type = type(weight.getDataType());
      if (type != null) {
        facts.put(
            weight.getName(), new TensorFact(new TensorShape(weight.getDimsList()), type, true));
      }
    }
    run(optimized);
    List<Operator> operators = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (NodeProto node : optimized.getGraph().getNodeList()) {
      if (!node.getOpType().equals("Constant")) {
        operators.add(operator(node, unique(node, names)));
      }
    }
    return new Workload(name, hash, operators);
  }

  /**
   * Returns the graph after constant folding and device-neutral fusions, with input shapes fixed.
   */
  private ModelProto optimize(ModelProto model) throws OrtException, IOException {
    ModelProto.Builder fixed = model.toBuilder();
    fixed.getGraphBuilder().clearValueInfo();
    for (ValueInfoProto.Builder input : fixed.getGraphBuilder().getInputBuilderList()) {
      List<Long> shape = inputShapes.get(input.getName());
      if (shape != null && input.getType().hasTensorType()) {
        TensorShapeProto.Builder extents = TensorShapeProto.newBuilder();
        shape.forEach(
            extent -> extents.addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(extent)));
        TypeProto.Tensor.Builder tensor = input.getTypeBuilder().getTensorTypeBuilder();
        tensor.setShape(extents);
      }
    }
    Path given = scratch.file("given.onnx");
    Path saved = scratch.file("optimized.onnx");
    write(fixed.build(), given);
    try (OrtSession.SessionOptions options =
        OnnxSessions.options(OrtSession.SessionOptions.OptLevel.EXTENDED_OPT)) {
      options.setOptimizedModelFilePath(saved.toString());
      OnnxSessions.environment().createSession(given.toString(), options).close();
    }
    Files.deleteIfExists(given);
    try (var in = Files.newInputStream(saved)) {
      return ModelProto.parseFrom(in);
    }
  }

  /** Runs once with every tensor an output, and notes shape and type of each. */
  private void run(ModelProto optimized) throws OrtException, IOException {
    ModelProto.Builder probe = optimized.toBuilder();
    Set<String> outputs = new HashSet<>();
    probe.getGraphBuilder().getOutputList().forEach(output -> outputs.add(output.getName()));
    for (NodeProto node : optimized.getGraph().getNodeList()) {
      for (String output : node.getOutputList()) {
        if (!output.isEmpty() && outputs.add(output)) {
          probe.getGraphBuilder().addOutput(ValueInfoProto.newBuilder().setName(output));
        }
      }
    }
    Path file = scratch.file("probe.onnx");
    write(probe.build(), file);
    try (OrtSession.SessionOptions options =
            OnnxSessions.options(OrtSession.SessionOptions.OptLevel.NO_OPT);
        OrtSession session = OnnxSessions.environment().createSession(file.toString(), options)) {
      Map<String, OnnxTensor> feeds = OnnxSessions.feeds(session, inputShapes);
      feeds.forEach((input, tensor) -> note(input, tensor.getInfo()));
      try (OrtSession.Result result = session.run(feeds)) {
        for (Map.Entry<String, OnnxValue> output : result) {
          if (output.getValue().getInfo() instanceof TensorInfo info) {
            note(output.getKey(), info);
          }
        }
      } finally {
        OnnxValue.close(feeds.values());
      }
    }
  }

  private void note(String tensor, TensorInfo info) {
    DataType type = type(info.type);
    if (type != null) {
      facts.putIfAbsent(tensor, new TensorFact(TensorShape.of(info.getShape()), type, false));
    }
  }

  private Operator operator(NodeProto node, String operatorName) {
    List<TensorFact> inputs = known(node.getInputList());
    List<TensorFact> outputs = known(node.getOutputList());
    KernelFormulas.Work work =
        KernelFormulas.of(
            new KernelFormulas.Kernel(node.getOpType(), inputs, outputs, window(node)));
    List<TensorFact> activations = inputs.stream().filter(f -> !f.constant()).toList();
    List<TensorFact> weights =
        inputs.stream()
            .filter(TensorFact::constant)
            .sorted(Comparator.comparingLong(TensorFact::bytes).reversed())
            .toList();
    boolean free = work.kind() == OperatorKind.SHAPE;
    return new Operator(
        operatorName,
        node.getOpType(),
        work.kind(),
        work.flops(),
        free ? 0 : bytes(weights),
        free ? 0 : bytes(activations),
        free ? 0 : bytes(outputs),
        shapes(activations),
        shapes(weights),
        shapes(outputs),
        computeType(inputs, outputs));
  }

  /** Integer kernels compute in the type of what they multiply, whatever they return. */
  private static DataType computeType(List<TensorFact> inputs, List<TensorFact> outputs) {
    for (TensorFact input : inputs) {
      boolean eightBits = input.type() == DataType.INT8 || input.type() == DataType.UINT8;
      if (eightBits && input.shape().rank() > 1) {
        return DataType.INT8;
      }
    }
    return outputs.isEmpty() ? DataType.FLOAT32 : outputs.get(0).type();
  }

  private List<TensorFact> known(List<String> tensors) {
    List<TensorFact> known = new ArrayList<>();
    for (String tensor : tensors) {
      TensorFact fact = facts.get(tensor);
      if (fact != null) {
        known.add(fact);
      }
    }
    return known;
  }

  private static List<Long> window(NodeProto node) {
    for (AttributeProto attribute : node.getAttributeList()) {
      if (attribute.getName().equals("kernel_shape")) {
        return attribute.getIntsList();
      }
    }
    return List.of();
  }

  private static String unique(NodeProto node, Set<String> names) {
    String base = node.getName().isEmpty() ? node.getOpType() : node.getName();
    String candidate = base;
    for (int suffix = 2; !names.add(candidate); suffix++) {
      candidate = base + "_" + suffix;
    }
    return candidate;
  }

  private static long bytes(List<TensorFact> tensors) {
    return tensors.stream().mapToLong(TensorFact::bytes).sum();
  }

  private static List<TensorShape> shapes(List<TensorFact> tensors) {
    return tensors.stream().map(TensorFact::shape).toList();
  }

  private static void write(ModelProto model, Path file) throws IOException {
    try (OutputStream out = Files.newOutputStream(file)) {
      model.writeTo(out);
    }
  }

  private static @Nullable DataType type(OnnxJavaType type) {
    return switch (type) {
      case FLOAT -> DataType.FLOAT32;
      case DOUBLE -> DataType.FLOAT64;
      case FLOAT16 -> DataType.FLOAT16;
      case BFLOAT16 -> DataType.BFLOAT16;
      case INT64 -> DataType.INT64;
      case INT32 -> DataType.INT32;
      case INT16 -> DataType.INT16;
      case INT8 -> DataType.INT8;
      case UINT8 -> DataType.UINT8;
      case BOOL -> DataType.BOOL;
      default -> null;
    };
  }

  private static @Nullable DataType type(int onnxType) {
    TensorProto.DataType type = TensorProto.DataType.forNumber(onnxType);
    if (type == null) {
      return null;
    }
    return switch (type) {
      case FLOAT -> DataType.FLOAT32;
      case DOUBLE -> DataType.FLOAT64;
      case FLOAT16 -> DataType.FLOAT16;
      case BFLOAT16 -> DataType.BFLOAT16;
      case INT64 -> DataType.INT64;
      case INT32 -> DataType.INT32;
      case INT16 -> DataType.INT16;
      case INT8 -> DataType.INT8;
      case UINT8 -> DataType.UINT8;
      case UINT16 -> DataType.UINT16;
      case UINT32 -> DataType.UINT32;
      case UINT64 -> DataType.UINT64;
      case BOOL -> DataType.BOOL;
      default -> null;
    };
  }
}
