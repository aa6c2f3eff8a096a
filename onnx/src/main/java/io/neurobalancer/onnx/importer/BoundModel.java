package io.neurobalancer.onnx.importer;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.neurobalancer.files.IoReason;
import io.neurobalancer.workload.DataType;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A model file with everything decided that it leaves open: the shapes of its inputs and what they
 * hold. Its weights stay where they are: {@link #model} refers to places in files under {@link
 * #folder}, and sessions read them from there.
 */
public final class BoundModel {

  /** Where ONNX Runtime looks for the weights of a model that it is given in memory. */
  private static final String FOLDER_OPTION =
      "session.model_external_initializers_file_folder_path";

  private final String name;
  private final ModelProto model;
  private final Path folder;
  private final Map<String, List<Long>> shapes;
  private final List<InputTensor> inputs;
  private final Map<String, DataType> precisions;
  private final List<String> assumptions;
  private final List<Path> weightFiles;
  private final InputBindings bindings;
  private final boolean compared;

  private BoundModel(
      String name,
      ModelProto model,
      Path folder,
      Map<String, DataType> precisions,
      List<Path> weightFiles,
      InputBindings bindings,
      boolean second) {
    this.name = name;
    this.model = model;
    this.folder = folder;
    this.precisions = precisions;
    this.weightFiles = weightFiles;
    this.bindings = bindings;
    InputShapes.Resolved extents = InputShapes.resolve(name, model.getGraph(), bindings);
    this.shapes = extents.byInput();
    InputValues.Resolved values =
        InputValues.resolve(name, model.getGraph(), shapes, bindings, second);
    this.inputs = values.tensors();
    this.compared = values.compared() && !second;
    List<String> all = new ArrayList<>(extents.assumptions());
    all.addAll(values.assumptions());
    this.assumptions = List.copyOf(all);
  }

  /**
   * Opens a model file as it is.
   *
   * @throws OnnxModelException if it is no model, or an input has a dimension or a value that
   *     neither the model nor the bindings nor a default gives
   */
  public static BoundModel open(Path file, InputBindings bindings) {
    return open(name(file), file, bindings, null);
  }

  /**
   * Opens a model file.
   *
   * @param widened where to write the weights of half precision in single precision; null to leave
   *     them as they are
   */
  static BoundModel open(String name, Path file, InputBindings bindings, @Nullable Path widened) {
    ModelProto.Builder builder = ModelBytes.read(name, file).toBuilder();
    WeightFiles files;
    try {
      files = new WeightFiles(name, file);
    } catch (IOException e) {
      throw ModelBytes.unreadable(file, e);
    }
    files.resolve(builder);
    GraphPreparation.apply(builder);
    InputContainers.unpack(name, builder);
    Map<String, DataType> precisions = Map.of();
    Path folder = files.root();
    if (widened != null && HalfPrecision.uses(builder)) {
      try {
        precisions = HalfPrecision.widen(name, builder, files, widened);
      } catch (IOException e) {
        throw new OnnxModelException(
            "The model '%s' cannot be prepared: a temporary file cannot be written (%s).%nMaybe free some space or set java.io.tmpdir."
                .formatted(name, IoReason.of(e)),
            e);
      }
      Path parent = widened.toAbsolutePath().getParent();
      folder = parent == null ? folder : parent;
    }
    return new BoundModel(
        name,
        builder.build(),
        folder,
        precisions,
        List.copyOf(files.used()),
        InputValues.withArrays(bindings),
        false);
  }

  /**
   * Returns the model with other guesses for inputs that are compared with constants, if there are
   * any: a mode that the first guess chose may not fit the shapes.
   */
  Optional<BoundModel> otherwise() {
    return compared
        ? Optional.of(new BoundModel(name, model, folder, precisions, weightFiles, bindings, true))
        : Optional.empty();
  }

  /** Returns what a file is called in messages and reports: its name without {@code .onnx}. */
  static String name(Path file) {
    String fileName = String.valueOf(file.getFileName());
    return SafeText.name(
        fileName.endsWith(".onnx") ? fileName.substring(0, fileName.length() - 5) : fileName);
  }

  /** Returns what messages and reports call the model. */
  public String name() {
    return name;
  }

  /**
   * Returns the graph: every operator has a name of its own, no initializer is an input, large
   * weights are places in files under {@link #folder}.
   */
  public ModelProto model() {
    return model;
  }

  /** Returns the folder that the places of weights are relative to. */
  public Path folder() {
    return folder;
  }

  /** Returns the extents of every input, in the order of the graph. */
  public Map<String, List<Long>> shapes() {
    return shapes;
  }

  /** Returns one sentence for each thing that was assumed. */
  public List<String> assumptions() {
    return assumptions;
  }

  /** Returns the version of the standard operators that the model is written in. */
  long opset() {
    return model.getOpsetImportList().stream()
        .filter(set -> set.getDomain().isEmpty() || set.getDomain().equals("ai.onnx"))
        .mapToLong(OperatorSetIdProto::getVersion)
        .findFirst()
        .orElse(1);
  }

  /** Returns the files beside the model that hold its weights. */
  List<Path> weightFiles() {
    return weightFiles;
  }

  /**
   * Returns the type that the model gives each tensor which is a float now; empty unless the model
   * was widened.
   */
  Map<String, DataType> precisions() {
    return precisions;
  }

  /**
   * Makes a session.
   *
   * @param options that the session is made with; the folder of the weights is added to them
   * @param fixed whether the shapes of the inputs are written into the graph, so that the runtime
   *     can compute shapes ahead
   */
  public OrtSession session(OrtSession.SessionOptions options, boolean fixed) throws OrtException {
    options.addConfigEntry(FOLDER_OPTION, folder.toString());
    return OnnxSessions.environment().createSession(bytes(fixed), options);
  }

  private byte[] bytes(boolean fixed) {
    ModelProto.Builder builder = model.toBuilder();
    if (fixed) {
      builder.getGraphBuilder().clearValueInfo();
      for (ValueInfoProto.Builder input : builder.getGraphBuilder().getInputBuilderList()) {
        TensorShapeProto.Builder extents = TensorShapeProto.newBuilder();
        for (long extent : shapes.getOrDefault(input.getName(), List.of())) {
          extents.addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(extent));
        }
        input.getTypeBuilder().getTensorTypeBuilder().setShape(extents);
      }
    }
    for (InputTensor input : inputs) {
      if (javaType(input.type()) == null) {
        // An initializer that is an input too is a default, which feeds what Java cannot.
        builder.getGraphBuilder().addInitializer(input.toProto());
      }
    }
    return builder.build().toByteArray();
  }

  /** Runs a session of this model once on its inputs; the caller closes the result. */
  public OrtSession.Result run(OrtSession session) throws OrtException {
    Map<String, OnnxTensor> feeds = new LinkedHashMap<>();
    try {
      for (InputTensor input : inputs) {
        OnnxJavaType type = javaType(input.type());
        if (type != null && session.getInputNames().contains(input.name())) {
          feeds.put(
              input.name(),
              OnnxTensor.createTensor(
                  OnnxSessions.environment(),
                  input.data().duplicate().order(ByteOrder.nativeOrder()).rewind(),
                  input.shape().stream().mapToLong(Long::longValue).toArray(),
                  type));
        }
      }
      return session.run(feeds);
    } finally {
      OnnxValue.close(feeds.values());
    }
  }

  private static @Nullable OnnxJavaType javaType(int type) {
    return switch (type) {
      case TensorTypes.FLOAT -> OnnxJavaType.FLOAT;
      case TensorTypes.DOUBLE -> OnnxJavaType.DOUBLE;
      case TensorTypes.FLOAT16 -> OnnxJavaType.FLOAT16;
      case TensorTypes.BFLOAT16 -> OnnxJavaType.BFLOAT16;
      case TensorTypes.INT64 -> OnnxJavaType.INT64;
      case TensorTypes.INT32 -> OnnxJavaType.INT32;
      case TensorTypes.INT16 -> OnnxJavaType.INT16;
      case TensorTypes.INT8 -> OnnxJavaType.INT8;
      case TensorTypes.UINT8 -> OnnxJavaType.UINT8;
      case TensorTypes.BOOL -> OnnxJavaType.BOOL;
      default -> null;
    };
  }
}
