package io.neurobalancer.onnx.importer;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.FunctionProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.SparseTensorProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The files in which a model keeps its weights. A model may be anybody's, so only regular files in
 * its own folder are read, and only where they have the bytes that the model says.
 */
final class WeightFiles {

  private final String name;
  private final Path modelFile;
  private final Path folder;
  private final Set<Path> used = new LinkedHashSet<>();
  private Path root;

  /**
   * Looks at a model file.
   *
   * @throws IOException if its real path cannot be found
   */
  WeightFiles(String name, Path modelFile) throws IOException {
    this.name = name;
    this.modelFile = modelFile.toRealPath();
    Path parent = modelFile.toAbsolutePath().getParent();
    this.folder = parent == null ? Path.of(".").toRealPath() : parent.toRealPath();
    this.root = this.folder;
  }

  /** A checked place in a file. */
  record Place(Path file, long offset, long length) {}

  /** Returns the folder that all locations are relative to after {@link #resolve}. */
  Path root() {
    return root;
  }

  /** Returns the real paths of the files read beside the model. */
  Set<Path> used() {
    return used;
  }

  /**
   * Checks every external tensor and rewrites its location.
   *
   * @throws OnnxModelException if one is outside the folder, no regular file, or too short
   */
  void resolve(ModelProto.Builder model) {
    Map<TensorProto.Builder, Place> places = new HashMap<>();
    tensors(model, tensor -> place(tensor, places));
    Path real = modelFile.getParent();
    if (real != null
        && !real.equals(folder)
        && used.stream().allMatch(file -> file.startsWith(real))) {
      // A model store that links to files in one other folder, weights and all.
      root = real;
    }
    places.forEach(
        (tensor, place) -> {
          if (place.file().startsWith(root)) {
            refer(tensor, root.relativize(place.file()).toString(), place);
          } else {
            inline(tensor, place);
          }
        });
  }

  private void place(TensorProto.Builder tensor, Map<TensorProto.Builder, Place> places) {
    if (tensor.getDataLocation() != TensorProto.DataLocation.EXTERNAL) {
      return;
    }
    Map<String, String> where = new HashMap<>();
    for (StringStringEntryProto entry : tensor.getExternalDataList()) {
      if (where.put(entry.getKey(), entry.getValue()) != null) {
        throw new OnnxModelException(
            "The weight '%s' of '%s' gives the key '%s' of its place twice.%nMaybe export the model again."
                .formatted(SafeText.name(tensor.getName()), name, SafeText.name(entry.getKey())));
      }
    }
    String location = where.getOrDefault("location", "");
    Path file = location.equals(ModelBytes.SELF) ? modelFile : file(tensor, location);
    if (!location.equals(ModelBytes.SELF)) {
      used.add(file);
    }
    long size;
    try {
      size = Files.size(file);
    } catch (IOException e) {
      throw missing(location, e);
    }
    long offset = number(tensor, "offset", where.getOrDefault("offset", "0"));
    if (offset > size) {
      throw tooShort(tensor, location, size);
    }
    long length = number(tensor, "length", where.getOrDefault("length", "" + (size - offset)));
    long needed = needed(tensor);
    if (length > size - offset || needed > length) {
      throw tooShort(tensor, location, size);
    }
    places.put(tensor, new Place(file, offset, needed));
  }

  private OnnxModelException tooShort(TensorProto.Builder tensor, String location, long size) {
    return new OnnxModelException(
        "The weight '%s' of '%s' needs more than its place in '%s' has (the file has %d bytes).%nMaybe copy or download that file again."
            .formatted(
                SafeText.name(tensor.getName()),
                name,
                location.equals(ModelBytes.SELF) ? "the model file" : SafeText.name(location),
                size));
  }

  private Path file(TensorProto.Builder tensor, String location) {
    Path given;
    try {
      given = Path.of(location);
    } catch (InvalidPathException e) {
      throw outside(tensor, location, e);
    }
    boolean drive = location.length() > 1 && location.charAt(1) == ':';
    if (location.isEmpty() || given.isAbsolute() || location.startsWith("\\") || drive) {
      throw outside(tensor, location, null);
    }
    for (Path part : given) {
      if (part.toString().equals("..")) {
        throw outside(tensor, location, null);
      }
    }
    Path real;
    try {
      real = folder.resolve(given).toRealPath();
    } catch (IOException e) {
      throw missing(location, e);
    }
    Path modelFolder = modelFile.getParent();
    boolean inside =
        real.startsWith(folder) || (modelFolder != null && real.startsWith(modelFolder));
    if (!inside) {
      throw outside(tensor, location, null);
    }
    if (!Files.isRegularFile(real)) {
      throw new OnnxModelException(
          "The model '%s' keeps its weights in '%s', which is no regular file.%nMaybe put the file with the weights beside the model."
              .formatted(name, SafeText.name(location)));
    }
    return real;
  }

  private OnnxModelException outside(
      TensorProto.Builder tensor, String location, @Nullable Exception cause) {
    String message =
        "The weight '%s' of '%s' is kept in '%s', which is no file in the model's folder.%nMaybe put the file with the weights beside the model and export it with a relative location."
            .formatted(SafeText.name(tensor.getName()), name, SafeText.name(location));
    return cause == null ? new OnnxModelException(message) : new OnnxModelException(message, cause);
  }

  private OnnxModelException missing(String location, IOException cause) {
    return new OnnxModelException(
        "The model '%s' keeps its weights in '%s', which cannot be read.%nMaybe put that file beside the model."
            .formatted(name, SafeText.name(folder.resolve(location).toString())),
        cause);
  }

  private long number(TensorProto.Builder tensor, String key, String text) {
    long value;
    try {
      value = Long.parseLong(text);
    } catch (NumberFormatException e) {
      value = -1;
    }
    if (value < 0) {
      throw new OnnxModelException(
          "The weight '%s' of '%s' has the %s '%s', which is no number of bytes.%nMaybe export the model again."
              .formatted(SafeText.name(tensor.getName()), name, key, SafeText.name(text)));
    }
    return value;
  }

  /** Returns how many bytes the numbers of a tensor take. */
  private long needed(TensorProto.Builder tensor) {
    try {
      long elements = 1;
      for (long extent : tensor.getDimsList()) {
        if (extent < 0) {
          throw new ArithmeticException("negative");
        }
        elements = Math.multiplyExact(elements, extent);
      }
      return TensorTypes.bytes(tensor.getDataType(), elements);
    } catch (ArithmeticException e) {
      throw new OnnxModelException(
          "The weight '%s' of '%s' has the impossible shape %s.%nMaybe copy or download the model again."
              .formatted(SafeText.name(tensor.getName()), name, tensor.getDimsList()),
          e);
    }
  }

  private static void refer(TensorProto.Builder tensor, String location, Place place) {
    tensor
        .clearExternalData()
        .setDataLocation(TensorProto.DataLocation.EXTERNAL)
        .addExternalData(entry("location", location))
        .addExternalData(entry("offset", String.valueOf(place.offset())))
        .addExternalData(entry("length", String.valueOf(place.length())));
  }

  private static StringStringEntryProto entry(String key, String value) {
    return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
  }

  private void inline(TensorProto.Builder tensor, Place place) {
    tensor
        .setRawData(ByteString.copyFrom(read(name, place)))
        .clearExternalData()
        .setDataLocation(TensorProto.DataLocation.DEFAULT);
  }

  /** Reads the bytes of a place. */
  static ByteBuffer read(String name, Place place) {
    if (place.length() > Integer.MAX_VALUE - 64) {
      throw new OnnxModelException(
          "The model '%s' has a weight of %d bytes that would have to be copied.%nMaybe put the model and its weights into one folder."
              .formatted(name, place.length()));
    }
    try (FileChannel channel = FileChannel.open(place.file(), StandardOpenOption.READ)) {
      return channel.map(FileChannel.MapMode.READ_ONLY, place.offset(), place.length());
    } catch (IOException e) {
      throw ModelBytes.unreadable(place.file(), e);
    }
  }

  /** Returns the checked place of a tensor that {@link #resolve} has rewritten. */
  Place place(TensorProto tensor) {
    Map<String, String> where = new HashMap<>();
    tensor.getExternalDataList().forEach(entry -> where.put(entry.getKey(), entry.getValue()));
    return new Place(
        root.resolve(where.getOrDefault("location", "")),
        Long.parseLong(where.getOrDefault("offset", "0")),
        Long.parseLong(where.getOrDefault("length", "0")));
  }

  /** Visits every tensor of a model, in bodies, attributes and functions too. */
  static void tensors(ModelProto.Builder model, Consumer<TensorProto.Builder> visitor) {
    tensors(model.getGraphBuilder(), visitor);
    for (FunctionProto.Builder function : model.getFunctionsBuilderList()) {
      function.getNodeBuilderList().forEach(node -> tensors(node, visitor));
    }
  }

  private static void tensors(GraphProto.Builder graph, Consumer<TensorProto.Builder> visitor) {
    graph.getInitializerBuilderList().forEach(visitor);
    graph.getSparseInitializerBuilderList().forEach(sparse -> tensors(sparse, visitor));
    graph.getNodeBuilderList().forEach(node -> tensors(node, visitor));
  }

  private static void tensors(SparseTensorProto.Builder sparse, Consumer<TensorProto.Builder> to) {
    to.accept(sparse.getValuesBuilder());
    to.accept(sparse.getIndicesBuilder());
  }

  private static void tensors(NodeProto.Builder node, Consumer<TensorProto.Builder> visitor) {
    for (AttributeProto.Builder attribute : node.getAttributeBuilderList()) {
      if (attribute.hasT()) {
        visitor.accept(attribute.getTBuilder());
      }
      attribute.getTensorsBuilderList().forEach(visitor);
      if (attribute.hasSparseTensor()) {
        tensors(attribute.getSparseTensorBuilder(), visitor);
      }
      attribute.getSparseTensorsBuilderList().forEach(sparse -> tensors(sparse, visitor));
      if (attribute.hasG()) {
        tensors(attribute.getGBuilder(), visitor);
      }
      attribute.getGraphsBuilderList().forEach(graph -> tensors(graph, visitor));
    }
  }
}
