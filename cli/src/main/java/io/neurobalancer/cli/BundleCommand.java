package io.neurobalancer.cli;

import io.neurobalancer.linux.adb.Bundle;
import io.neurobalancer.linux.adb.Guard;
import io.neurobalancer.linux.adb.Phone;
import io.neurobalancer.unit.NeuroBalancerException;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Makes what phones and arm64 boards need, on a Debian machine. */
@Command(
    name = "bundle",
    mixinStandardHelpOptions = true,
    description = {
      "Makes one archive for phones and arm64 boards: a Java runtime, a C library, this program and"
          + " ONNX Runtime; and the guard that gives a phone's clocks back. It fetches 120 MB of"
          + " Debian's packages once, needs Debian 12 or newer with a JDK 17 and the package"
          + " gcc-aarch64-linux-gnu, and takes a minute or two.",
      "With --remove it makes nothing, and removes everything of this program from a phone."
    },
    footer = {
      "",
      "Example: neurobalancer bundle",
      "         neurobalancer bundle --remove --device adb"
    })
final class BundleCommand implements Callable<Integer> {

  @Option(
      names = "--out",
      paramLabel = "FOLDER",
      description =
          "Where they go (default: where 'run --device adb' looks, phone/ in the user's cache).")
  private @Nullable Path out;

  @Option(names = "--remove", description = "Removes this program from a phone.")
  private boolean remove;

  @Option(
      names = "--device",
      paramLabel = "DEVICE",
      defaultValue = "adb",
      description = "With --remove: adb for the only phone, or adb:SERIAL (default: adb).")
  private String device = "adb";

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (remove) {
      try (Phone phone = Phones.connect(device)) {
        Bundle.remove(phone, Phones.guard());
        spec.commandLine().getOut().println("Removed from the phone " + phone.serial() + ".");
      }
      return ExitCode.OK;
    }
    Path folder = out == null ? Phones.folder() : out.toAbsolutePath();
    Path made = Files.createDirectories(folder);
    Path sources = Files.createDirectories(made.resolve("build/sources"));
    for (String name : List.of("guard.c", "bundle.sh", "licences.txt", "LICENSE")) {
      copy(name, sources.resolve(name));
    }
    List<String> command =
        new ArrayList<>(
            List.of(
                "bash",
                sources.resolve("bundle.sh").toString(),
                made.toString(),
                made.resolve("build").toString(),
                sources.toString()));
    command.addAll(jars());
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    List<String> said = new ArrayList<>();
    try (var lines = process.inputReader()) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        said.add(line);
        spec.commandLine().getErr().println(line);
      }
    }
    if (process.waitFor() != 0) {
      throw NeuroBalancerException.invalid(
          "The bundle was not made: %s%nMaybe see the lines above."
              .formatted(said.isEmpty() ? "bash did not start." : said.get(said.size() - 1)));
    }
    spec.commandLine()
        .getOut()
        .printf(
            "%s%n%s%n", new Bundle(made.resolve("bundle.tar.gz")).archive(), made.resolve("guard"));
    return ExitCode.OK;
  }

  private static List<String> jars() {
    List<String> jars =
        Arrays.stream(System.getProperty("java.class.path", "").split(File.pathSeparator, -1))
            .filter(entry -> !entry.isBlank())
            .toList();
    jars.stream()
        .filter(entry -> !entry.endsWith(".jar"))
        .findFirst()
        .ifPresent(
            entry -> {
              throw NeuroBalancerException.invalid(
                  "A bundle is made of jars, and '%s' is none.%nMaybe start this command with the script ./neurobalancer."
                      .formatted(entry));
            });
    return jars;
  }

  private static void copy(String name, Path to) {
    try (InputStream in = Guard.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException(name + " is not beside its class.");
      }
      Files.write(to, in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
