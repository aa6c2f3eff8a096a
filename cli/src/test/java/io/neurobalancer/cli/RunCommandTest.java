package io.neurobalancer.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
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
  void aTraceThatIsReplaced_isNamed_andOneThatCannotBeWritten_leavesTheRunWhole()
      throws IOException {
    Path trace = folder.resolve("trace.json");
    String[] common = {"run", "--device", "sim:pixel-4-cpu", "--period", "60ms", "--jobs", "200"};
    assertThat(run(and(common, "--trace", trace.toString()))).isZero();
    assertThat(err.toString()).isEmpty();
    assertThat(run(and(common, "--trace", trace.toString()))).isZero();
    assertThat(err.toString()).startsWith("Replaces '" + trace + "' of ");
    assertThat(run(and(common, "--trace", folder.resolve("no/trace.json").toString())))
        .isEqualTo(ExitCode.USAGE);
    assertThat(err.toString()).contains("there is no such file or folder");
    assumeTrue(Files.isWritable(Path.of("/dev/full")), "this machine has no /dev/full");
    out.getBuffer().setLength(0);
    assertThat(run(and(common, "--trace", "/dev/full"))).isEqualTo(ExitCode.FINDING);
    assertThat(err.toString())
        .contains("The trace '/dev/full' is not whole (no space left on the disk).");
    assertThat(out.toString()).contains("200 jobs").doesNotContain("Trace: ");
  }

  private static String[] and(String[] common, String... more) {
    return Stream.concat(Arrays.stream(common), Arrays.stream(more)).toArray(String[]::new);
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

  @Test
  void aMistypedDevice_isNotTakenForThisMachine() {
    for (String device : new String[] {"linx", "adbb", "sim:pixel-4-cpu", ""}) {
      for (String[] command : new String[][] {{"doctor"}, {"restore"}, {"device", "init"}}) {
        err.getBuffer().setLength(0);
        assertThat(run(and(command, "--device", device))).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).startsWith("'" + device + "' is no real device.");
      }
    }
    assertThat(out.toString()).isEmpty();
  }

  private static final String MODEL = "zoo:squeezenet-1.1";

  @Test
  void aPlan_isFollowedWithFeedback_unlessBlindly_onItsOwnDeviceAndModelOnly() throws IOException {
    String plan = folder.resolve("plan.json").toString();
    assertThat(run("plan", "--model", MODEL, "--deadline", "40ms", "--out", plan)).isZero();
    out.getBuffer().setLength(0);
    String[] common = {"--model", MODEL, "--weather", "loaded-30", "--jobs", "300", "--json"};
    JsonNode followed = json(common, "--plan", plan);
    JsonNode blindly = json(common, "--plan", plan, "--static");
    // Without a period the plan's own counts.
    assertThat(followed.get("deadlineSeconds").asDouble()).isEqualTo(0.04);
    assertThat(followed.get("feedback").get("decisions").asLong()).isGreaterThan(300L * 30);
    assertThat(followed.get("feedback").get("faster").asLong()).isPositive();
    assertThat(blindly.has("feedback")).isFalse();
    assertThat(followed.get("misses").asInt()).isLessThan(blindly.get("misses").asInt());
    assertThat(run("run", "--plan", plan, "--model", MODEL, "--device", "sim:pixel-6-gpu"))
        .isEqualTo(ExitCode.USAGE);
    assertThat(run("run", "--plan", plan, "--model", "zoo:resnet-18")).isEqualTo(ExitCode.USAGE);
    assertThat(err.toString())
        .contains("is for another device: sim:pixel-4-cpu")
        .contains("is for another model");
  }

  private JsonNode json(String[] common, String... more) throws IOException {
    String[] arguments = new String[1 + common.length + more.length];
    arguments[0] = "run";
    System.arraycopy(common, 0, arguments, 1, common.length);
    System.arraycopy(more, 0, arguments, 1 + common.length, more.length);
    out.getBuffer().setLength(0);
    assertThat(run(arguments)).isZero();
    return new ObjectMapper().readTree(out.toString());
  }

  @Test
  void streams_keepTheirDeadlines_whereEachAloneDoesNot_andTooManyAreRefusedByName()
      throws IOException {
    String entry = "{name: %s, model: 'zoo:squeezenet-1.1', period: %s}";
    Path both = folder.resolve("both.yaml");
    Files.writeString(
        both,
        "schema: neurobalancer/streams/1\nstreams: [%s, %s]\n"
            .formatted(entry.formatted("fast", "60ms"), entry.formatted("slow", "90ms")));
    assertThat(run("run", "--streams", both.toString(), "--jobs", "60", "--json")).isZero();
    JsonNode governors = new ObjectMapper().readTree(out.toString()).get("governors");
    assertThat(governors.get(0).get("name").asText()).isEqualTo("neurobalancer");
    assertThat(governors.get(0).get("streams").get(0).get("misses").asInt()).isZero();
    assertThat(governors.get(1).get("streams").get(0).get("misses").asInt()).isPositive();
    assertThat(governors.get(0).get("watts").asDouble())
        .isLessThan(governors.get(2).get("watts").asDouble());
    Files.writeString(
        both,
        "schema: neurobalancer/streams/1\nstreams: [%s, %s]\n"
            .formatted(entry.formatted("fast", "33ms"), entry.formatted("slow", "40ms")));
    assertThat(run("run", "--streams", both.toString())).isEqualTo(ExitCode.FINDING);
    assertThat(err.toString()).contains("cannot all keep their deadlines").contains("load of all");
    assertThat(run("run", "--streams", both.toString(), "--device", "linux"))
        .isEqualTo(ExitCode.USAGE);
  }
}
