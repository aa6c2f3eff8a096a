package io.neurobalancer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.neurobalancer.target.Effort;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Profile, fit, predict and validate as a user types them. */
final class PredictionCommandsTest {

  @TempDir Path folder;

  private record Outcome(int exitCode, String out, String err) {}

  private static Outcome run(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exitCode = Main.run(new PrintWriter(out), new PrintWriter(err), arguments);
    return new Outcome(exitCode, out.toString(), err.toString());
  }

  private String path(String name) {
    return folder.resolve(name).toString();
  }

  private Outcome profile(String... more) {
    String[] all = {
      "profile",
      "--model",
      "zoo:squeezenet-1.1",
      "--budget",
      "8",
      "--repeats",
      "4",
      "--out",
      path("samples.jsonl")
    };
    String[] joined = Arrays.copyOf(all, all.length + more.length);
    System.arraycopy(more, 0, joined, all.length, more.length);
    return run(joined);
  }

  @Test
  void beforeItMeasuresADevice_profileSaysHowLongThatTakes() {
    assertThat(ProfileCommand.sentence(new Effort(96, 240, 0.0063, 0.028, 96, 1.5063, 20), 0.05))
        .isEqualTo(
            "This takes about 3 minutes, at most 3 minutes if the device stays cool: 96 to 240 runs"
                + " of the model (6.300 ms to 28.00 ms each), 96 blocks of 1.506 s for a meter that"
                + " tells every 50.00 ms, 20.00 s for switches and idling.");
    assertThat(ProfileCommand.sentence(new Effort(40, 40, 0.5, 0.5, 0, 0, 0), 0))
        .isEqualTo(
            "This takes about 20 seconds, at most 20 seconds if the device stays cool: 40 runs of"
                + " the model (500.0 ms to 500.0 ms each).");
  }

  @Test
  void profile_makesItsFolder() {
    Outcome profiled =
        run(
            "profile",
            "--model",
            "zoo:squeezenet-1.1",
            "--budget",
            "6",
            "--repeats",
            "2",
            "--out",
            path("new/folder/samples.jsonl"));
    assertThat(profiled.err()).isEmpty();
    assertThat(folder.resolve("new/folder/samples.jsonl")).isNotEmptyFile();
  }

  @Test
  void profile_fit_predict_followEachOther() throws IOException {
    Outcome profiled = profile();
    assertThat(profiled.err()).isEmpty();
    assertThat(profiled.out()).contains("32 runs at 8 of 170 settings");
    Outcome fitted = run("fit", path("samples.jsonl"), "--out", path("predictor.json"));
    assertThat(fitted.err()).isEmpty();
    assertThat(fitted.exitCode()).isZero();
    assertThat(fitted.out()).contains("error at settings left out").contains("99.9 % within");
    Outcome predicted = run("predict", path("predictor.json"), "--at", "1.8GHz,1555MHz", "--json");
    assertThat(predicted.err()).contains("cpu4 has no OPP at 1800MHz; the nearest, 1804.8MHz");
    JsonNode json = new ObjectMapper().readTree(predicted.out());
    assertThat(json.get("schema").textValue()).isEqualTo("neurobalancer/prediction/1");
    double sum = 0;
    for (JsonNode operator : json.get("operators")) {
      sum += operator.get("latencySeconds").doubleValue();
    }
    assertThat(json.get("latencySeconds").doubleValue()).isBetween(sum * 0.999, sum * 1.001);
  }

  @Test
  void anInterruptedProfile_goesOn_andSaysSo() throws IOException {
    profile();
    Path file = folder.resolve("samples.jsonl");
    String whole = Files.readString(file);
    int line = whole.indexOf("\n", whole.length() / 2);
    Files.writeString(file, whole.substring(0, line + 50));
    Outcome refused = run("fit", file.toString(), "--out", path("predictor.json"));
    assertThat(refused.exitCode()).isEqualTo(2);
    assertThat(refused.err()).contains("its campaign was not finished").contains("Maybe run");
    Outcome other = profile("--seed", "8");
    assertThat(other.exitCode()).isEqualTo(2);
    assertThat(other.err()).contains("unfinished campaign of something else");
    Outcome resumed = profile();
    assertThat(resumed.err()).startsWith("Going on after ").contains("was cut off");
    assertThat(resumed.out()).contains("32 runs at 8 of 170 settings");
    assertThat(run("fit", file.toString(), "--out", path("predictor.json")).exitCode()).isZero();
  }

  @Test
  void aTableOfMeasurements_isADeviceToProfile() throws IOException {
    StringBuilder table =
        new StringBuilder(
            "core:gpu_megahertz,memory:emc_megahertz,latency_milliseconds,energy_millijoules\n");
    for (int core : new int[] {300, 600, 900, 1_200}) {
      for (int memory : new int[] {800, 1_200, 1_600}) {
        double milliseconds = Math.hypot(9_000.0 / core, 8_000.0 / memory);
        double millijoules = milliseconds * (1 + memory / 1e3) + core * core / 1e5;
        table.append(
            String.format(
                Locale.ROOT, "%d,%d,%.6f,%.6f%n", core, memory, milliseconds, millijoules));
      }
    }
    Path csv = Files.writeString(folder.resolve("measured.csv"), table);
    Outcome profiled =
        run("profile", "--device", "replay:" + csv, "--budget", "8", "--out", path("p.jsonl"));
    assertThat(profiled.err()).isEmpty();
    assertThat(profiled.out()).contains("8 runs at 8 of 12 settings");
    assertThat(run("fit", path("p.jsonl"), "--out", path("predictor.json")).exitCode()).isZero();
    Outcome predicted = run("predict", path("predictor.json"), "--at", "900MHz,1200MHz", "--json");
    double seconds =
        new ObjectMapper().readTree(predicted.out()).get("latencySeconds").doubleValue();
    // hypot(10, 6.667) = 12.02 ms
    assertThat(seconds).isBetween(11.8e-3, 12.25e-3);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "profile --budget 0 | The budget (0) and the repeats (20) must be positive.",
        "profile --weather stormy | There is no weather 'stormy'",
        "profile --device replay:absent.csv | There is no table 'absent.csv'",
        "fit absent.jsonl | The samples file 'absent.jsonl' cannot be read",
        "predict absent.json --at 1GHz | The cost model 'absent.json' cannot be read",
        "predict | Missing required option: '--at=CLOCK,CLOCK'",
        "validate --data absent | There is no folder 'absent' with datasets.",
        "validate --data . --only tx3 | Nothing is called 'tx3'.",
        "validate --data . --out . | '.' is a folder, which a file cannot replace.",
        "fidelity --out . | '.' is a folder, which a file cannot replace.",
      })
  void wrongInput_endsWithOneSentence_andExitCode2(String arguments, String message) {
    Outcome outcome = run(arguments.split(" ", -1));
    assertThat(outcome.err()).contains(message).doesNotContain("\tat ");
    assertThat(outcome.exitCode()).isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "1.8GHz | --at names 1 clocks; the device has 2: cpu4, memory.",
        "1555MHz,1.8 | '1.8' is not a frequency",
        "200MHz,1.8GHz | cpu4 runs from 710.4MHz to 2419.2MHz; 200MHz is far outside.",
      })
  void clocksThatCannotBe_areExplained(String clocks, String message) {
    profile();
    run("fit", path("samples.jsonl"), "--out", path("predictor.json"));
    Outcome outcome = run("predict", path("predictor.json"), "--at", clocks);
    assertThat(outcome.exitCode()).isEqualTo(2);
    assertThat(outcome.err()).contains(message).contains("Maybe");
  }
}
