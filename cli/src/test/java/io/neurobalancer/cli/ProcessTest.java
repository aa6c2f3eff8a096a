package io.neurobalancer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.ParseResult;

/** What only a process of its own can show: how it ends, and what it makes of its surroundings. */
final class ProcessTest {

  @TempDir Path folder;

  private Process start(File out, List<String> java, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-XX:TieredStopAtLevel=1");
    command.addAll(java);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command)
        .directory(folder.toFile())
        .redirectOutput(out)
        .redirectError(folder.resolve("err").toFile())
        .start();
  }

  private String err() throws IOException {
    return Files.readString(folder.resolve("err"));
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void outputThatCannotBeWritten_isAnError() throws IOException, InterruptedException {
    Process process = start(new File("/dev/full"), List.of(), "governors");
    assertThat(process.waitFor()).isEqualTo(ExitCode.USAGE);
    assertThat(err()).startsWith("Standard output cannot be written (no space left on the disk).");
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void anInterruptedCommand_endsWithItsOwnCode() throws IOException, InterruptedException {
    Path out = folder.resolve("out");
    Process process =
        start(out.toFile(), List.of(), "compare", "--jobs", "10000000", "--governors", "stock");
    // Long enough for any machine to be at work; the work itself lasts for minutes.
    process.waitFor(6, TimeUnit.SECONDS);
    process.destroy(); // SIGTERM
    assertThat(process.waitFor()).isEqualTo(ExitCode.INTERRUPTED);
    assertThat(err()).contains("Interrupted; no result was written.");
  }

  @Test
  void tooLittleMemory_isSaid_withACodeOfItsOwn_evenOfAWorker() {
    StringWriter err = new StringWriter();
    CommandLine commandLine = Main.commandLine();
    commandLine.setErr(new PrintWriter(err));
    Exception ofAWorker = new IllegalStateException(new OutOfMemoryError("Java heap space"));
    ParseResult nothing = commandLine.parseArgs();
    assertThat(ErrorHandlers.execution(ofAWorker, commandLine, nothing))
        .isEqualTo(ExitCode.OUT_OF_MEMORY);
    assertThat(err.toString())
        .contains("There is not enough memory")
        .contains("Maybe")
        .doesNotContain("\tat ");
  }

  @Test
  void digitsAreTheSame_inEveryLocale() throws IOException, InterruptedException {
    Path arabic = folder.resolve("ar");
    Process process =
        start(
            arabic.toFile(),
            List.of("-Duser.language=ar", "-Duser.country=EG"),
            "devices",
            "show",
            "pixel-4-cpu");
    assertThat(process.waitFor()).isZero();
    assertThat(Files.readString(arabic).codePoints().filter(c -> c > 127 && Character.isDigit(c)))
        .isEmpty();
    assertThat(Files.readString(arabic)).contains("2419.2MHz");
  }
}
