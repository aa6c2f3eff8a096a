package io.neurobalancer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nothing that ONNX Runtime could send anywhere is written, even without its off switch. */
final class TelemetryTest {

  @Test
  void aCommandThatLoadsAModel_leavesNothingOfAnotherMaker(@TempDir Path folder)
      throws IOException, InterruptedException {
    Path home = Files.createDirectory(folder.resolve("home"));
    Path cache = Files.createDirectory(folder.resolve("cache"));
    Path temporary = Files.createDirectory(folder.resolve("tmp"));
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Duser.home=" + home,
            "-Djava.io.tmpdir=" + temporary,
            "-cp",
            System.getProperty("java.class.path"),
            "io.neurobalancer.cli.Main",
            "plan",
            "--model",
            "zoo:squeezenet-1.1",
            "--out",
            folder.resolve("plan.json").toString());
    Map<String, String> environment = builder.environment();
    environment.remove("ORT_DISABLE_TELEMETRY");
    environment.put("HOME", home.toString());
    environment.put("XDG_CACHE_HOME", cache.toString());
    environment.put("TMPDIR", temporary.toString());
    Path log = folder.resolve("log.txt");
    int exit = builder.redirectErrorStream(true).redirectOutput(log.toFile()).start().waitFor();

    assertThat(exit).as(Files.readString(log)).isZero();
    assertThat(Stream.of(home, cache, temporary).flatMap(TelemetryTest::files).toList())
        .noneMatch(file -> file.toString().contains("Microsoft"))
        .noneMatch(file -> file.getFileName().toString().startsWith("mat-debug"))
        .allMatch(file -> OURS.stream().anyMatch(file.toString()::contains));
  }

  /** The zoo's cache, the launcher's and the runtime's own unpacked library. */
  private static final List<String> OURS = List.of("neurobalancer", "onnxruntime-java", "hsperf");

  private static Stream<Path> files(Path folder) {
    try (Stream<Path> walk = Files.walk(folder)) {
      return walk.filter(Files::isRegularFile).toList().stream();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
