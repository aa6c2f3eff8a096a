package io.neurobalancer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.neurobalancer.files.StudyMatrix;
import io.neurobalancer.onnx.zoo.ModelZoo;
import io.neurobalancer.unit.NeuroBalancerException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Damaged documents of every format that the tool reads end in a sentence or in a sensible result:
 * no stack trace, no hang, no figure that is none.
 *
 * <p>The gate tries some hundred with fixed seeds. {@code -Dneurobalancer.fuzz=25000} tries so
 * many, {@code -Dneurobalancer.fuzz.onnx=40} as many models besides, each in a process of its own,
 * and {@code -Dneurobalancer.fuzz.seed=N} begins elsewhere; a failure names its seed.
 */
final class FuzzTest {

  private static final int INPUTS = Integer.getInteger("neurobalancer.fuzz", 400);
  private static final int MODELS = Integer.getInteger("neurobalancer.fuzz.onnx", 0);
  private static final long SEED = Long.getLong("neurobalancer.fuzz.seed", 1);
  private static final int HANG_SECONDS = 5;
  private static final Pattern NO_FIGURE = Pattern.compile("\\b(NaN|Infinity)\\b");

  private static final String TABLE =
      """
      operator,core:gpu_megahertz,memory:emc_hertz,latency_milliseconds,energy_millijoules
      conv_1,1300.5,1866000000,3.25,31.7
      conv_1,1300.5,800000000,4.25,29.7
      conv_1,650.2,1866000000,6.0,22.1
      conv_1,650.2,800000000,6.8,20.1
      relu_2,1300.5,1866000000,0.25,3.7
      relu_2,1300.5,800000000,0.30,3.1
      relu_2,650.2,1866000000,0.45,2.5
      relu_2,650.2,800000000,0.5,2.1
      """;

  private static final String MATRIX =
      """
      schema: neurobalancer/matrix/1
      title: A matrix
      models: [zoo:squeezenet-1.1]
      devices: [sim:pixel-4-cpu, "sim:pixel-6-gpu"]
      deadlines: [1.2x, 33ms]
      weather: [nominal, busy]
      seeds: [1, 7]
      governors: [stock, "schedutil:rate_limit_us=500"]
      dramPowerFactor: 1.5
      """;

  @TempDir Path folder;

  /** A format: its name, a sound document of it, and the command that reads one. */
  private record Format(String name, String latin, Function<Path, Outcome> read) {
    Format(String name, byte[] sound, Function<Path, Outcome> read) {
      this(name, new String(sound, StandardCharsets.ISO_8859_1), read);
    }

    /** Latin-1 keeps every byte. */
    byte[] sound() {
      return latin.getBytes(StandardCharsets.ISO_8859_1);
    }
  }

  /** What a command printed and how it ended. */
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

  private List<Format> formats() throws IOException {
    Path table = Files.writeString(folder.resolve("table.csv"), TABLE);
    assertThat(run("profile", "-d", "replay:" + table, "-o", path("samples.jsonl")).err())
        .isEmpty();
    assertThat(run("fit", path("samples.jsonl"), "-o", path("predictor.json")).exitCode())
        .isLessThan(2);
    Outcome planned =
        run("plan", "-d", "replay:" + table, "-t", "8ms", "-p", "10ms", "-o", path("plan.json"));
    assertThat(planned.err()).isEmpty();
    byte[] device;
    try (InputStream in =
        Objects.requireNonNull(
            io.neurobalancer.files.DeviceDescriptions.class.getResourceAsStream(
                "rk3399-gpu.json"))) {
      device = in.readAllBytes();
    }
    return List.of(
        new Format("device.json", device, file -> run("devices", "show", file.toString())),
        new Format(
            "table.csv",
            Files.readAllBytes(table),
            file -> run("profile", "-d", "replay:" + file, "--restart", "-o", path("p.jsonl"))),
        new Format(
            "samples.jsonl",
            Files.readAllBytes(folder.resolve("samples.jsonl")),
            file -> run("fit", file.toString(), "-o", path("f.json"))),
        new Format(
            "predictor.json",
            Files.readAllBytes(folder.resolve("predictor.json")),
            file -> run("predict", file.toString(), "--at", "1300.5MHz,1866MHz")),
        new Format(
            "plan.json",
            Files.readAllBytes(folder.resolve("plan.json")),
            file -> run("explain", file.toString())),
        new Format("matrix.yaml", MATRIX.getBytes(StandardCharsets.UTF_8), FuzzTest::matrix));
  }

  /** A sound matrix would run; what is tried is the reading of it. */
  private static Outcome matrix(Path file) {
    try {
      StudyMatrix matrix = StudyMatrix.load(file);
      return new Outcome(0, String.valueOf(matrix.dramPowerFactor()), "");
    } catch (NeuroBalancerException e) {
      return new Outcome(ExitCode.USAGE, "", String.valueOf(e.getMessage()));
    } catch (RuntimeException | StackOverflowError e) {
      return new Outcome(ExitCode.BUG, "", e + "\n\tat " + List.of(e.getStackTrace()).get(0));
    }
  }

  @Test
  void damagedDocuments_endInASentence() throws IOException, InterruptedException {
    List<Format> formats = formats();
    for (Format format : formats) {
      Path sound = folder.resolve("sound-" + format.name());
      Files.write(sound, format.sound());
      assertThat(format.read().apply(sound)).matches(o -> o.exitCode() <= 1, format.name());
    }
    fuzz(formats, INPUTS, HANG_SECONDS);
  }

  @Test
  void damagedModels_endInASentence() throws IOException, InterruptedException {
    if (MODELS > 0) {
      byte[] sound =
          Files.readAllBytes(
              ModelZoo.materialize(
                  ModelZoo.find("squeezenet-1.1").orElseThrow(), Environment.cacheDirectory()));
      Format model =
          new Format(
              "model.onnx",
              sound,
              file -> run("plan", "-m", file.toString(), "-o", path("m.json")));
      // Reading a model is bounded by its own limit, a minute.
      fuzz(List.of(model), MODELS, 90);
    }
  }

  private void fuzz(List<Format> formats, int inputs, int patience)
      throws IOException, InterruptedException {
    ExecutorService worker = Executors.newCachedThreadPool();
    List<String> failures = new ArrayList<>();
    Map<String, Map<Integer, Integer>> ends = new LinkedHashMap<>();
    for (int i = 0; i < inputs; i++) {
      Format format = formats.get(i % formats.size());
      long seed = SEED * 1_000_003 + i;
      Path file = folder.resolve("fuzzed-" + format.name());
      Files.write(file, new Mutations(seed).mutate(format.sound()));
      try {
        Outcome outcome =
            worker.submit(() -> format.read().apply(file)).get(patience, TimeUnit.SECONDS);
        ends.computeIfAbsent(format.name(), key -> new TreeMap<>())
            .merge(outcome.exitCode(), 1, Integer::sum);
        // A text that says so in the document is printed as it is, its line breaks as breaks.
        String text = Files.readString(file, StandardCharsets.ISO_8859_1).replace("\\n", "\n");
        boolean said = NO_FIGURE.matcher(text).find();
        String complaint = complaint(outcome, said);
        if (!complaint.isEmpty()) {
          failures.add(format.name() + ", seed " + seed + ": " + complaint);
        }
      } catch (ExecutionException e) {
        failures.add(format.name() + ", seed " + seed + ": " + e.getCause());
      } catch (TimeoutException e) {
        failures.add(format.name() + ", seed " + seed + ": hangs");
      }
    }
    worker.shutdownNow();
    if (INPUTS > 400 || MODELS > 0) {
      Files.writeString(
          Path.of(System.getProperty("java.io.tmpdir"), "neurobalancer-fuzz.txt"),
          inputs + " inputs, exit codes " + ends + "\n" + String.join("\n", failures) + "\n");
    }
    assertThat(failures).as("exit codes " + ends).isEmpty();
  }

  private static String complaint(Outcome outcome, boolean said) {
    if (outcome.exitCode() > ExitCode.HARDWARE_REFUSED || outcome.err().contains("\tat ")) {
      return "exit code %d, %s".formatted(outcome.exitCode(), beginning(outcome.err()));
    }
    if (outcome.exitCode() == ExitCode.OK && !said && NO_FIGURE.matcher(outcome.out()).find()) {
      return "a figure that is none: " + beginning(outcome.out());
    }
    return outcome.exitCode() > 1 && outcome.err().isBlank() ? "no sentence" : "";
  }

  private static String beginning(String text) {
    String ended = text.strip();
    return ended.substring(0, Math.min(600, ended.length())).replace('\n', '|');
  }
}
