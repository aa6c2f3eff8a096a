package io.neurobalancer.onnx.importer;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads ONNX files and says in one sentence why one cannot be read. */
final class OnnxFile {

  /** The key of ir_version, with which every ONNX writer begins a file. */
  private static final byte FIRST_KEY = 0x08;

  private OnnxFile() {}

  static byte[] bytes(Path file) {
    if (!Files.exists(file)) {
      throw new OnnxModelException(
          "There is no model file '%s'.%nMaybe check the path, or use a zoo model ('neurobalancer models')."
              .formatted(file));
    }
    if (Files.isDirectory(file)) {
      throw new OnnxModelException(
          "'%s' is a folder, not a model file.%nMaybe name the .onnx file in it.".formatted(file));
    }
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new OnnxModelException(
          "The model file '%s' cannot be read (%s).%nMaybe check its permissions."
              .formatted(file, e.getClass().getSimpleName()),
          e);
    }
  }

  static ModelProto parse(String name, byte[] bytes) {
    boolean looksLikeOnnx = bytes.length > 2 && bytes[0] == FIRST_KEY;
    ModelProto model;
    try {
      model = ModelProto.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new OnnxModelException(
          looksLikeOnnx
              ? "The model '%s' is cut off or damaged after its beginning (%d bytes).%nMaybe copy or download it again."
                  .formatted(name, bytes.length)
              : notOnnx(name, bytes),
          e);
    }
    if (!model.hasGraph() || model.getIrVersion() <= 0) {
      throw new OnnxModelException(notOnnx(name, bytes));
    }
    if (model.getGraph().getNodeCount() == 0) {
      throw new OnnxModelException(
          "The model '%s' has no operator.%nMaybe it was cut off, or exported empty."
              .formatted(name));
    }
    return model;
  }

  private static String notOnnx(String name, byte[] bytes) {
    return bytes.length == 0
        ? "The model file '%s' is empty.%nMaybe copy or download it again.".formatted(name)
        : "'%s' is no ONNX model.%nMaybe export the model as .onnx first.".formatted(name);
  }

  /** Returns the model with the tensors that it keeps in other files read into it. */
  static ModelProto withExternalData(String name, ModelProto model, @Nullable Path folder) {
    boolean external =
        model.getGraph().getInitializerList().stream().anyMatch(OnnxFile::isExternal);
    if (!external) {
      return model;
    }
    ModelProto.Builder builder = model.toBuilder();
    for (TensorProto.Builder tensor : builder.getGraphBuilder().getInitializerBuilderList()) {
      if (isExternal(tensor.build())) {
        Map<String, String> where =
            tensor.getExternalDataList().stream()
                .collect(
                    Collectors.toMap(
                        StringStringEntryProto::getKey, StringStringEntryProto::getValue));
        String location = where.getOrDefault("location", "");
        Path file = folder == null ? Path.of(location) : folder.resolve(location);
        tensor
            .setRawData(slice(name, file, where))
            .clearExternalData()
            .setDataLocation(TensorProto.DataLocation.DEFAULT);
      }
    }
    return builder.build();
  }

  private static boolean isExternal(TensorProto tensor) {
    return tensor.getDataLocation() == TensorProto.DataLocation.EXTERNAL;
  }

  private static ByteString slice(String name, Path file, Map<String, String> where) {
    try (FileChannel channel = FileChannel.open(file)) {
      long offset = Long.parseLong(where.getOrDefault("offset", "0"));
      long length =
          Long.parseLong(where.getOrDefault("length", String.valueOf(channel.size() - offset)));
      ByteBuffer buffer = ByteBuffer.allocate(Math.toIntExact(length));
      int read = 0;
      while (read >= 0 && buffer.hasRemaining()) {
        read = channel.read(buffer, offset + buffer.position());
      }
      if (buffer.hasRemaining()) {
        throw new IOException("end of file");
      }
      return ByteString.copyFrom(buffer.flip());
    } catch (IOException | NumberFormatException | ArithmeticException e) {
      throw new OnnxModelException(
          "The model '%s' keeps its weights in '%s', which cannot be read.%nMaybe put that file beside the model."
              .formatted(name, file),
          e);
    }
  }
}
