package io.neurobalancer.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The release's launcher for Linux and macOS, around a program that only says what it was given.
 */
final class ReleaseLauncherTest {

  private static final String MAIN =
      """
      package io.neurobalancer.cli;
      public final class Main {
        public static void main(String[] arguments) {
          System.out.println(String.join("|", arguments));
          for (String name : new String[] {"LC_ALL", "ORT_DISABLE_TELEMETRY", "XDG_CACHE_HOME"}) {
            System.out.println(name + "=" + System.getenv(name));
          }
          System.exit(arguments.length);
        }
      }
      """;

  private static final Path LAUNCHER = Path.of("../release/src/main/launchers/neurobalancer");
  private static final Path JAVA_HOME = Path.of(System.getProperty("java.home"));

  @TempDir Path folder;

  private record Outcome(int exitCode, String out, String err) {}

  @BeforeEach
  void aPosixShell() {
    assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "this machine has no /bin/sh");
  }

  private Path release(String name) throws IOException {
    Path classes = Files.createDirectories(folder.resolve("classes"));
    Path source = Files.writeString(folder.resolve("Main.java"), MAIN);
    int failed =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                OutputStream.nullOutputStream(),
                OutputStream.nullOutputStream(),
                "-d",
                classes.toString(),
                source.toString());
    assertThat(failed).isZero();
    Path home = folder.resolve(name);
    Files.createDirectories(home.resolve("bin"));
    Files.createDirectories(home.resolve("lib"));
    String entry = "io/neurobalancer/cli/Main.class";
    try (JarOutputStream jar =
        new JarOutputStream(Files.newOutputStream(home.resolve("lib/main.jar")))) {
      jar.putNextEntry(new JarEntry(entry));
      jar.write(Files.readAllBytes(classes.resolve(entry)));
    }
    return Files.copy(LAUNCHER, home.resolve("bin/neurobalancer"));
  }

  /** Runs in an environment that has nothing but what is given. */
  private Outcome run(Path launcher, Map<String, String> environment, String... arguments)
      throws IOException, InterruptedException {
    Path out = folder.resolve("out.txt");
    Path err = folder.resolve("err.txt");
    ProcessBuilder builder = new ProcessBuilder("/bin/sh", launcher.toString());
    builder.command().addAll(List.of(arguments));
    builder.environment().clear();
    builder.environment().put("PATH", "/usr/bin:/bin");
    builder.environment().putAll(environment);
    Process process = builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return new Outcome(process.exitValue(), Files.readString(out), Files.readString(err));
  }

  private Map<String, String> environment() {
    return Map.of("JAVA_HOME", JAVA_HOME.toString(), "HOME", folder.toString());
  }

  @Test
  void argumentsAndExitCode_passThrough_alsoFromAPathWithSpaces()
      throws IOException, InterruptedException {
    Outcome outcome = run(release("a release"), environment(), "plan", "--model", "my model.onnx");
    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.out().lines())
        .contains("plan|--model|my model.onnx", "ORT_DISABLE_TELEMETRY=1", "LC_ALL=C.UTF-8");
    assertThat(outcome.exitCode()).isEqualTo(3);
  }

  @Test
  void aLinkToIt_startsIt() throws IOException, InterruptedException {
    Path launcher = release("release");
    Path link =
        Files.createSymbolicLink(folder.resolve("nb"), Path.of("release/bin/neurobalancer"));
    assertThat(launcher).exists();
    assertThat(run(link, environment(), "x", "y", "z").exitCode()).isEqualTo(3);
  }

  @Test
  void inAPathWithAColon_aLinkLeadsAroundIt_evenWhereTheCacheHasOneToo()
      throws IOException, InterruptedException {
    Path launcher = release("a:b");
    Outcome outcome = run(launcher, environment(), "x", "y");
    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.exitCode()).isEqualTo(2);
    try (var links = Files.list(folder.resolve(".cache/neurobalancer/launcher"))) {
      assertThat(links.map(ReleaseLauncherTest::target))
          .containsExactly(folder.toRealPath().resolve("a:b"));
    }
    Path temporary = Files.createDirectories(folder.resolve("tmp"));
    Map<String, String> odd =
        Map.of(
            "JAVA_HOME",
            JAVA_HOME.toString(),
            "HOME",
            folder.resolve("a:b").toString(),
            "TMPDIR",
            temporary.toString());
    assertThat(run(launcher, odd, "x", "y", "z").exitCode()).isEqualTo(3);
    try (var own = Files.list(temporary)) {
      assertThat(own.map(file -> file.getFileName().toString()))
          .hasSize(1)
          .allMatch(name -> name.startsWith("neurobalancer-"));
    }
  }

  private static Path target(Path link) {
    try {
      return Files.readSymbolicLink(link);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void anOldJava_isNamed_andNoneIsSaid() throws IOException, InterruptedException {
    Path launcher = release("release");
    Path old = Files.createDirectories(folder.resolve("old/bin"));
    Path java =
        Files.writeString(old.resolve("java"), "#!/bin/sh\necho started\n", StandardCharsets.UTF_8);
    Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.writeString(folder.resolve("old/release"), "JAVA_VERSION=\"11.0.2\"\n");
    Map<String, String> environment =
        Map.of("JAVA_HOME", folder.resolve("old").toString(), "HOME", folder.toString());
    Outcome outcome = run(launcher, environment, "x");
    assertThat(outcome.exitCode()).isEqualTo(ExitCode.BUG);
    assertThat(outcome.err()).contains("is Java 11").contains("install a newer Java");
    assertThat(outcome.out()).isEmpty();
    Outcome none = run(launcher, Map.of("JAVA_HOME", "/nowhere", "HOME", folder.toString()), "x");
    assertThat(none.exitCode()).isEqualTo(ExitCode.BUG);
    assertThat(none.err()).contains("no java was found");
  }

  @Test
  void whereTheBundledJavaCannotStart_anotherOneIsTaken() throws IOException, InterruptedException {
    Path launcher = release("a:b");
    Path bundled = Files.createDirectories(folder.resolve("a:b/jre/bin")).resolve("java");
    Files.writeString(bundled, "#!/bin/sh\nexit 99\n");
    Files.setPosixFilePermissions(bundled, PosixFilePermissions.fromString("rwxr-xr-x"));
    assertThat(run(launcher, environment(), "x", "y", "z").exitCode()).isEqualTo(3);
    Outcome none = run(launcher, Map.of("JAVA_HOME", "/nowhere", "HOME", folder.toString()), "x");
    assertThat(none.err()).contains("whose path has a colon").contains("Maybe move the folder.");
  }
}
