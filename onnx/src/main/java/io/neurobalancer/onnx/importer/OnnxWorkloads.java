package io.neurobalancer.onnx.importer;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.neurobalancer.workload.Workload;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Turns ONNX models into workloads. */
public final class OnnxWorkloads {

  private OnnxWorkloads() {}

  /**
   * Loads the operators of a model file.
   *
   * @throws OnnxModelException if the file is no model that ONNX Runtime can run, or an input has a
   *     dimension that neither the model nor {@code bindings} nor a default gives
   */
  public static Workload load(Path file, ShapeBindings bindings) {
    byte[] bytes = OnnxFile.bytes(file);
    String fileName = String.valueOf(file.getFileName());
    String name =
        fileName.endsWith(".onnx") ? fileName.substring(0, fileName.length() - 5) : fileName;
    return load(name, bytes, file.toAbsolutePath().getParent(), bindings);
  }

  /**
   * Loads the operators of a model in memory.
   *
   * @param name what messages and reports call it
   * @throws OnnxModelException as {@link #load(Path, ShapeBindings)}
   */
  public static Workload load(String name, byte[] model, ShapeBindings bindings) {
    return load(name, model, null, bindings);
  }

  private static Workload load(
      String name, byte[] bytes, @Nullable Path folder, ShapeBindings bindings) {
    ModelProto parsed = OnnxFile.withExternalData(name, OnnxFile.parse(name, bytes), folder);
    Map<String, List<Long>> shapes = InputShapes.resolve(name, parsed.getGraph(), bindings);
    try (ScratchFolder scratch = new ScratchFolder()) {
      return new GraphReader(name, hash(bytes, shapes), shapes, scratch).read(parsed);
    } catch (OrtException e) {
      throw OnnxSessions.explain(name, e);
    } catch (IOException e) {
      throw new OnnxModelException(
          "The model '%s' cannot be prepared: a temporary file cannot be written (%s).%nMaybe free some space or set java.io.tmpdir."
              .formatted(name, e.getMessage()),
          e);
    }
  }

  /**
   * Returns the SHA-256 of a model file, lower-case hexadecimal.
   *
   * @throws OnnxModelException if it cannot be read
   */
  public static String fileHash(Path file) {
    return hash(OnnxFile.bytes(file), Map.of());
  }

  /**
   * Runs a model once on generated inputs.
   *
   * @return the shape of the first output and whether every output number is finite
   */
  public static OutputCheck check(Path file, ShapeBindings bindings) {
    String name = String.valueOf(file.getFileName());
    ModelProto parsed = OnnxFile.parse(name, OnnxFile.bytes(file));
    Map<String, List<Long>> shapes = InputShapes.resolve(name, parsed.getGraph(), bindings);
    try (OrtSession.SessionOptions options =
            OnnxSessions.options(OrtSession.SessionOptions.OptLevel.EXTENDED_OPT);
        OrtSession session = OnnxSessions.environment().createSession(file.toString(), options)) {
      return OutputCheck.run(session, shapes);
    } catch (OrtException e) {
      throw OnnxSessions.explain(name, e);
    }
  }

  private static String hash(byte[] bytes, Map<String, List<Long>> shapes) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(bytes);
      digest.update(InputShapes.canonical(shapes).getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A temporary folder that goes away with everything in it. */
  static final class ScratchFolder implements AutoCloseable {
    private final Path folder;

    ScratchFolder() throws IOException {
      folder = Files.createTempDirectory("neurobalancer-");
    }

    Path file(String name) {
      return folder.resolve(name);
    }

    @Override
    public void close() throws IOException {
      try (var files = Files.list(folder)) {
        for (Path file : files.toList()) {
          Files.deleteIfExists(file);
        }
      }
      Files.deleteIfExists(folder);
    }
  }
}
