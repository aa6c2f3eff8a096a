package io.neurobalancer.onnx.engine;

import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxTensorLike;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import com.google.protobuf.ByteString;
import io.neurobalancer.unit.NeuroBalancerException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Weights that stay in the files of the model they came with: mapped into memory once, for all
 * segments that use them. ONNX Runtime itself follows no path out of a model's own folder.
 */
final class SharedWeights implements AutoCloseable {

  private final OrtEnvironment environment;
  private final ModelFile file;
  private final Map<String, OnnxTensor> mapped = new HashMap<>();

  SharedWeights(OrtEnvironment environment, ModelFile file) {
    this.environment = environment;
    this.file = file;
  }

  /** Returns whether a weight lies in a file of the model's own. */
  static boolean outside(TensorProto weight) {
    return Graphs.external(weight)
        && !Graphs.external(weight, "location", "").equals(OptimizedGraph.WEIGHTS);
  }

  /** Returns whether Java can hand over a weight of this type. */
  static boolean canShare(TensorProto weight) {
    return new TensorType(weight.getDataType(), weight.getDimsList()).javaType()
            != OnnxJavaType.UNKNOWN
        && new TensorType(weight.getDataType(), weight.getDimsList()).bytes() > 0;
  }

  /** Reads a weight that lies in a file of the model's own. */
  static ByteString copy(ModelFile file, TensorProto weight) throws IOException {
    return ByteString.copyFrom(map(file, weight));
  }

  /** Gives those of the weights that lie outside to a session that is about to be opened. */
  void addTo(OrtSession.SessionOptions options, List<TensorProto> weights) throws OrtException {
    Map<String, OnnxTensorLike> used = new HashMap<>();
    for (TensorProto weight : weights) {
      if (outside(weight)) {
        OnnxTensor tensor = mapped.get(weight.getName());
        if (tensor == null) {
          tensor = tensor(weight);
          mapped.put(weight.getName(), tensor);
        }
        used.put(weight.getName(), tensor);
      }
    }
    if (!used.isEmpty()) {
      options.addExternalInitializers(used);
    }
  }

  private OnnxTensor tensor(TensorProto weight) throws OrtException {
    TensorType type = new TensorType(weight.getDataType(), weight.getDimsList());
    try {
      return OnnxTensor.createTensor(
          environment,
          map(file, weight).order(ByteOrder.nativeOrder()),
          type.shape(),
          type.javaType());
    } catch (IOException e) {
      throw NeuroBalancerException.invalid(
          "The weight '%s' of the model '%s' cannot be read from '%s' (%s).%nMaybe copy that file beside the model again."
              .formatted(
                  weight.getName(),
                  file.name(),
                  Graphs.external(weight, "location", ""),
                  String.valueOf(e.getMessage())),
          e);
    }
  }

  private static ByteBuffer map(ModelFile file, TensorProto weight) throws IOException {
    Path from = file.externalFile(weight);
    try (FileChannel channel = FileChannel.open(from)) {
      long offset = Long.parseLong(Graphs.external(weight, "offset", "0"));
      long length =
          Long.parseLong(
              Graphs.external(weight, "length", String.valueOf(channel.size() - offset)));
      if (offset < 0 || length < 0 || length > channel.size() - offset) {
        throw new IOException("the file has " + channel.size() + " bytes");
      }
      return channel.map(FileChannel.MapMode.READ_ONLY, offset, length);
    } catch (NumberFormatException e) {
      throw new IOException("its place is no number", e);
    }
  }

  /** Lets go of the files; sessions that use them must be closed already. */
  @Override
  public void close() {
    OnnxValue.close(new ArrayList<>(mapped.values()));
    mapped.clear();
  }
}
