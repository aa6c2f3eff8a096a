package io.neurobalancer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RunCommandTest {

  @TempDir private Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... arguments) {
    return Main.run(new PrintWriter(out), new PrintWriter(err), arguments);
  }

  @Test
  void aSimulatedDevice_runsInVirtualTime_andTraces() throws IOException {
    Path trace = folder.resolve("trace.json");
    int exit =
        run(
            "run",
            "--device",
            "sim:pixel-4-cpu",
            "--period",
            "60ms",
            "--jobs",
            "20",
            "--trace",
            trace.toString());
    assertThat(err.toString()).isEmpty();
    assertThat(exit).isZero();
    assertThat(out.toString()).contains("20 jobs").contains("mJ per job").contains("Trace: ");
    JsonNode events = new ObjectMapper().readTree(Files.readString(trace)).get("traceEvents");
    assertThat(events.size()).isGreaterThan(20);
  }

  @Test
  void theSameAsJson() throws IOException {
    assertThat(
            run("run", "--device", "sim:pixel-4-cpu", "--period", "60ms", "--jobs", "5", "--json"))
        .isZero();
    JsonNode document = new ObjectMapper().readTree(out.toString());
    assertThat(document.get("schema").asText()).isEqualTo("neurobalancer/run/1");
    assertThat(document.get("jobs").asInt()).isEqualTo(5);
  }

  @Test
  void wrongTimes_areRefused() {
    assertThat(run("run", "--device", "sim:pixel-4-cpu")).isEqualTo(ExitCode.USAGE);
    assertThat(run("run", "--period", "33ms", "--deadline", "50ms")).isEqualTo(ExitCode.USAGE);
    assertThat(run("run", "--period", "33ms", "--jobs", "0")).isEqualTo(ExitCode.USAGE);
    assertThat(run("run", "--period", "33ms", "--apply")).isEqualTo(ExitCode.USAGE);
    assertThat(err.toString()).contains("--apply writes this machine's clocks");
  }
}
