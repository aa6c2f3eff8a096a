package io.neurobalancer.onnx.engine;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.InvalidProtocolBufferException;
import io.neurobalancer.files.IoReason;
import io.neurobalancer.unit.NeuroBalancerException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * A model on disk.
 *
 * @param file absolute
 */
record ModelFile(Path file) {

  static ModelFile of(Path path) {
    Path file = path.toAbsolutePath();
    if (!Files.exists(file)) {
      throw NeuroBalancerException.invalid(
          "There is no model file '%s'.%nMaybe check the path.".formatted(path));
    }
    if (Files.isDirectory(file)) {
      throw NeuroBalancerException.invalid(
          "'%s' is a folder, not a model file.%nMaybe name the .onnx file in it.".formatted(path));
    }
    ModelFile model = new ModelFile(file);
    model.checkSize();
    return model;
  }

  private void checkSize() {
    try {
      if (Files.size(file) > Integer.MAX_VALUE) {
        throw NeuroBalancerException.invalid(
            "The model '%s' has %.1f GB in one file; the ONNX format ends at 2 GB.%nMaybe export it with its weights in a file beside it (external data)."
                .formatted(name(), Files.size(file) / 1e9));
      }
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  String name() {
    String name = String.valueOf(file.getFileName());
    return name.endsWith(".onnx") ? name.substring(0, name.length() - 5) : name;
  }

  Path folder() {
    Path parent = file.getParent();
    return parent == null ? file : parent;
  }

  /** Returns the SHA-256 of the file itself, lower-case hexadecimal. */
  String hash() {
    try (FileChannel channel = FileChannel.open(file)) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
      while (channel.read(buffer.clear()) >= 0) {
        digest.update(buffer.flip());
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (IOException e) {
      throw unreadable(e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Reads the graph.
   *
   * @throws NeuroBalancerException if it is no model
   */
  ModelProto read() {
    try {
      ModelProto model = Graphs.read(file);
      if (!model.hasGraph() || model.getGraph().getNodeCount() == 0) {
        throw NeuroBalancerException.invalid(
            "The model '%s' has no operator.%nMaybe it was cut off, or is no ONNX model."
                .formatted(name()));
      }
      return model;
    } catch (InvalidProtocolBufferException e) {
      throw NeuroBalancerException.invalid(
          "'%s' is no ONNX model, or damaged.%nMaybe copy or export it again.".formatted(file), e);
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  /**
   * Returns the files beside the model that hold weights of its graph.
   *
   * @throws NeuroBalancerException if one is missing or not below the model's folder
   */
  Set<Path> externalFiles(ModelProto model) {
    Set<Path> files = new LinkedHashSet<>();
    for (TensorProto weight : model.getGraph().getInitializerList()) {
      if (Graphs.external(weight)) {
        files.add(externalFile(weight));
      }
    }
    return files;
  }

  /** Returns the file that holds a weight. */
  Path externalFile(TensorProto weight) {
    String location = Graphs.external(weight, "location", "");
    Path found = folder().resolve(location).normalize();
    if (location.isEmpty() || !found.startsWith(folder())) {
      throw NeuroBalancerException.invalid(
          "The model '%s' keeps the weight '%s' outside its own folder ('%s').%nMaybe move that file beside the model and export again."
              .formatted(name(), weight.getName(), location));
    }
    if (!Files.isReadable(found)) {
      throw NeuroBalancerException.invalid(
          "The model '%s' keeps its weights in '%s', which cannot be read.%nMaybe put that file beside the model."
              .formatted(name(), found));
    }
    return found;
  }

  private NeuroBalancerException unreadable(IOException e) {
    return NeuroBalancerException.invalid(
        "The model file '%s' cannot be read (%s).%nMaybe check its permissions."
            .formatted(file, IoReason.of(e)),
        e);
  }
}
