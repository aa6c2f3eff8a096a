package io.neurobalancer.onnx.engine;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.TreeMap;

/**
 * What a cut model depends on. A graph that ONNX Runtime has optimised belongs to its version and
 * to the processor's instruction set: layouts are chosen by vector width.
 *
 * @param modelHash SHA-256 of the model file
 * @param runtime version of ONNX Runtime
 * @param processor class of the processor
 * @param request where to cut, shapes and providers
 */
record CacheKey(String modelHash, String runtime, String processor, String request) {

  static CacheKey of(String modelHash, EngineOptions engine) {
    return new CacheKey(
        modelHash,
        OrtRuntime.environment(engine).getVersion(),
        processor(Path.of("/proc/cpuinfo")),
        engine.cutting()
            + " "
            + new TreeMap<>(engine.shapes())
            + (engine.providers() == ProviderSetup.CPU ? "" : " providers"));
  }

  /** Returns the architecture, and where Linux lists them the instruction sets. */
  static String processor(Path cpuInfo) {
    String architecture = System.getProperty("os.arch", "") + " " + System.getProperty("os.name");
    try (var lines = Files.lines(cpuInfo)) {
      return architecture
          + " "
          + lines
              .filter(
                  line -> {
                    String lower = line.toLowerCase(Locale.ROOT);
                    return lower.startsWith("flags") || lower.startsWith("features");
                  })
              .map(CacheKey::digest)
              .findFirst()
              .orElse("");
    } catch (IOException | java.io.UncheckedIOException e) {
      return architecture;
    }
  }

  /** Returns the name of the entry's folder. */
  String folderName() {
    return modelHash.substring(0, 16)
        + "-"
        + digest(runtime + "|" + processor + "|" + request).substring(0, 16);
  }

  private static String digest(String text) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
