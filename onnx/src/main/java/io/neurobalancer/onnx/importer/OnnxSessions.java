package io.neurobalancer.onnx.importer;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;

/** Quiet, single-threaded ONNX Runtime sessions that look at nothing but the model. */
public final class OnnxSessions {

  private OnnxSessions() {}

  /** Returns the process's environment, which logs nothing. */
  public static OrtEnvironment environment() {
    return Holder.ENVIRONMENT;
  }

  /** Made when first asked for. */
  private static final class Holder {
    private static final OrtEnvironment ENVIRONMENT =
        OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL, "neurobalancer");

    static {
      deleteExtracted();
    }
  }

  /**
   * Deletes the libraries that ONNX Runtime's loader has unpacked into the temporary folder and
   * would leave there when the process is killed, and the folder even when it is not. Where the
   * kernel tells which files are mapped (Linux), they are the right ones for sure, and a mapped
   * file may go.
   */
  private static void deleteExtracted() {
    Set<Path> libraries = new HashSet<>();
    try (Stream<String> maps = Files.lines(Path.of("/proc/self/maps"))) {
      maps.filter(line -> line.contains("/onnxruntime-java") && line.endsWith(".so"))
          .forEach(line -> libraries.add(Path.of(line.substring(line.indexOf('/')))));
    } catch (IOException | UncheckedIOException e) {
      return;
    }
    for (Path library : libraries) {
      try {
        Files.deleteIfExists(library);
        Path folder = library.getParent();
        if (folder != null) {
          Files.deleteIfExists(folder);
        }
      } catch (IOException e) {
        // The folder still has the other library; that one takes it along.
      }
    }
  }

  /** Returns options for one thread and a level of optimization. */
  public static OrtSession.SessionOptions options(OrtSession.SessionOptions.OptLevel level)
      throws OrtException {
    OrtSession.SessionOptions options = new OrtSession.SessionOptions();
    options.setOptimizationLevel(level);
    options.setIntraOpNumThreads(1);
    options.setInterOpNumThreads(1);
    options.setExecutionMode(OrtSession.SessionOptions.ExecutionMode.SEQUENTIAL);
    options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
    return options;
  }
}
