package io.neurobalancer.onnx.importer;

import io.neurobalancer.files.IoReason;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * Runs a probe in a process of its own, with limits of time and memory: a model that crashes ONNX
 * Runtime, never ends or fills the memory costs a sentence and not the caller.
 *
 * <p>Limits: {@code neurobalancer.probe.seconds} (property) or NEUROBALANCER_PROBE_SECONDS, 60
 * seconds and 60 more for each gigabyte of model unless set; {@code neurobalancer.probe.gigabytes}
 * or NEUROBALANCER_PROBE_GIGABYTES, half of the machine's memory unless set.
 */
final class ProbeProcess {

  private static final long POLL_MILLIS = 20;
  private static final long GIGABYTE = 1_000_000_000L;

  /** What the virtual machine exits with when its own memory is full. */
  private static final int HEAP_FULL = 3;

  private final ProbeRequest request;
  private final double seconds;
  private final double bytes;

  ProbeProcess(ProbeRequest request) {
    this.request = request;
    this.seconds = limit("SECONDS", 60 + 60 * size(request.model()) / GIGABYTE, request.name());
    this.bytes = GIGABYTE * limit("GIGABYTES", physicalBytes() / 2 / GIGABYTE, request.name());
  }

  private static double size(Path model) {
    try {
      return Files.size(model);
    } catch (IOException e) {
      return 0;
    }
  }

  private static double physicalBytes() {
    return ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.OperatingSystemMXBean machine
        ? machine.getTotalMemorySize()
        : 8e9;
  }

  private static double limit(String what, double otherwise, String model) {
    String variable = "NEUROBALANCER_PROBE_" + what;
    String property = "neurobalancer.probe." + what.toLowerCase(Locale.ROOT);
    String set = System.getProperty(property, System.getenv().getOrDefault(variable, ""));
    if (set.isBlank()) {
      return otherwise;
    }
    try {
      double value = Double.parseDouble(set);
      if (value > 0 && value < 1e6) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw new OnnxModelException(
        "The limit %s (%s) for reading '%s' is no positive number.%nMaybe leave it out."
            .formatted(variable, SafeText.name(set), model));
  }

  /** Returns whether this platform can start another virtual machine. */
  static boolean available() {
    return Files.isExecutable(java());
  }

  private static Path java() {
    String name = File.separatorChar == '\\' ? "java.exe" : "java";
    return Path.of(System.getProperty("java.home", ""), "bin", name);
  }

  /**
   * Runs the probe.
   *
   * @throws OnnxModelException if the model cannot be read or run, or not within the limits
   */
  WorkloadCodec.Answer run() {
    try (ScratchFolder scratch = ScratchFolder.create()) {
      request.write(scratch.file(ProbeMain.REQUEST));
      Process process = start(scratch);
      Thread hook = new Thread(process::destroyForcibly, "neurobalancer-probe");
      Runtime.getRuntime().addShutdownHook(hook);
      try {
        await(process);
      } finally {
        end(process, hook);
      }
      return answer(process, scratch);
    } catch (IOException e) {
      throw new OnnxModelException(
          "The model '%s' cannot be prepared: a temporary file cannot be used (%s).%nMaybe free some space or set java.io.tmpdir."
              .formatted(request.name(), IoReason.of(e)),
          e);
    }
  }

  private Process start(ScratchFolder scratch) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(java().toString());
    command.add("-Xmx" + Math.max(256, Math.round(bytes / (1 << 20))) + "m");
    command.add("-XX:+UseSerialGC");
    command.add("-XX:+ExitOnOutOfMemoryError");
    command.add("-XX:-CreateCoredumpOnCrash");
    command.add("-XX:ErrorFile=" + scratch.file("crash.log"));
    command.add("-Xshare:auto");
    command.add("-Xlog:disable");
    command.add("-Djava.io.tmpdir=" + scratch.path());
    if (Runtime.version().feature() >= 22) {
      command.add("--enable-native-access=ALL-UNNAMED");
    }
    command.add("-cp");
    command.add(System.getProperty("java.class.path", ""));
    command.add(ProbeMain.class.getName());
    command.add(scratch.path().toString());
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.redirectOutput(scratch.file("out.log").toFile());
    builder.redirectError(scratch.file("err.log").toFile());
    builder.environment().put("ORT_DISABLE_TELEMETRY", "1");
    return builder.start();
  }

  private void await(Process process) {
    Path status = Path.of("/proc", String.valueOf(process.pid()), "status");
    long polls = Math.round(seconds * 1000 / POLL_MILLIS);
    try {
      Files.writeString(Path.of("/proc", String.valueOf(process.pid()), "oom_score_adj"), "1000");
    } catch (IOException e) {
      // Elsewhere the kernel has no such file; where it has, it kills the probe before others.
    }
    try {
      for (long poll = 0; !process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS); poll++) {
        if (poll >= polls) {
          throw new OnnxModelException(
              String.format(
                  Locale.ROOT,
                  "The model '%s' was still running after %.0f s, and was stopped.%nMaybe it loops without end: give the values that its loops depend on with --input, or allow more time with NEUROBALANCER_PROBE_SECONDS.",
                  request.name(),
                  seconds));
        }
        if (residentBytes(status) > bytes) {
          throw tooMuchMemory();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new OnnxModelException(
          "Reading the model '%s' was interrupted.%nMaybe run it again.".formatted(request.name()),
          e);
    }
  }

  private OnnxModelException tooMuchMemory() {
    return new OnnxModelException(
        String.format(
            Locale.ROOT,
            "Running the model '%s' takes more than %.1f GB of memory, and was stopped.%nMaybe bind smaller shapes with --shape, or allow more with NEUROBALANCER_PROBE_GIGABYTES.",
            request.name(),
            bytes / GIGABYTE));
  }

  /** Returns the memory that a process has for itself, 0 where the platform does not tell. */
  private static double residentBytes(Path status) {
    try {
      for (String line : Files.readAllLines(status)) {
        if (line.startsWith("RssAnon:")) {
          return 1024.0 * Long.parseLong(line.substring(8).replace("kB", "").strip());
        }
      }
    } catch (IOException | NumberFormatException e) {
      return 0;
    }
    return 0;
  }

  private static void end(Process process, Thread hook) {
    process.destroyForcibly();
    try {
      process.waitFor(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The caller is ending; the hook has run.
      return;
    }
  }

  private WorkloadCodec.Answer answer(Process process, ScratchFolder scratch) throws IOException {
    Path defect = scratch.file(ProbeMain.DEFECT);
    if (Files.exists(defect)) {
      throw new IllegalStateException(
          "Reading the model '%s' failed.%n%s".formatted(request.name(), Files.readString(defect)));
    }
    Path answer = scratch.file(ProbeMain.ANSWER);
    if (process.exitValue() == HEAP_FULL) {
      throw tooMuchMemory();
    }
    if (process.exitValue() != 0 || !Files.exists(answer)) {
      throw new OnnxModelException(
          "ONNX Runtime crashed while it was running the model '%s' (exit code %d).%nMaybe the model is damaged, or uses an operator in a way that ONNX Runtime has a defect in."
              .formatted(request.name(), process.exitValue()));
    }
    WorkloadCodec.Answer found = WorkloadCodec.read(Files.readAllBytes(answer));
    if (!found.refusal().isEmpty()) {
      throw new OnnxModelException(found.refusal());
    }
    return found;
  }
}
