package io.neurobalancer.cli;

import io.neurobalancer.linux.Doctor;
import io.neurobalancer.linux.Sysfs;
import io.neurobalancer.linux.adb.AdbServer;
import io.neurobalancer.linux.adb.Bundle;
import io.neurobalancer.linux.adb.Guard;
import io.neurobalancer.linux.adb.Phone;
import io.neurobalancer.unit.NeuroBalancerException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;
import picocli.CommandLine.Model.CommandSpec;

/** The devices {@code adb} and {@code adb:SERIAL}: what commands do with a phone. */
final class Phones {

  private static final String ADB = "adb";

  static final String THIS_MACHINE = "linux";

  private Phones() {}

  /** Returns whether a device is a phone behind adb. */
  static boolean named(String device) {
    return device.equals(ADB) || device.startsWith(ADB + ":");
  }

  /**
   * Returns whether a real device is a phone behind adb and not this machine.
   *
   * @throws NeuroBalancerException if it is neither
   */
  static boolean namedOrThisMachine(String device) {
    if (!named(device) && !device.equals(THIS_MACHINE)) {
      throw NeuroBalancerException.invalid(
          "'%s' is no real device.%nMaybe use linux for this machine, adb or adb:SERIAL for a phone."
              .formatted(device));
    }
    return named(device);
  }

  static Guard guard() {
    return Guard.standard(System.getenv(), System.getProperty("user.home", "/"));
  }

  static Bundle bundle() {
    return Bundle.standard(System.getenv(), System.getProperty("user.home", "/"));
  }

  static Path folder() {
    return Bundle.folder(System.getenv(), System.getProperty("user.home", "/"));
  }

  static Phone connect(String device) {
    return Phone.connect(
        AdbServer.standard(System.getenv()),
        device.equals(ADB) ? "" : device.substring(ADB.length() + 1));
  }

  static Doctor doctor(String device) {
    try (Phone phone = connect(device)) {
      return phone.doctor(guard());
    }
  }

  /** Does something with one look at a phone's files. */
  static int look(String device, ToIntFunction<Sysfs> what) {
    try (Phone phone = connect(device)) {
      return what.applyAsInt(phone.sysfs().snapshot());
    }
  }

  static List<String> restore(String device) {
    try (Phone phone = connect(device)) {
      return guard().restore(phone);
    }
  }

  /**
   * Runs the command that was typed on the phone itself, from the bundle there.
   *
   * @param model as typed: a file of this machine, or one of the zoo
   * @param inputs files of this machine that the command reads
   * @param outputs files of this machine that it is to write; where one has a default that was not
   *     typed, it is the first and its option is {@code --out}
   * @return the exit code
   */
  static int run(
      CommandSpec spec, String device, String model, List<Path> inputs, List<Path> outputs) {
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    List<Path> sent = new ArrayList<>(inputs);
    if (!model.startsWith("zoo:")) {
      sent.add(Path.of(model));
    }
    Map<String, String> renamed = new LinkedHashMap<>();
    renamed.put(device, THIS_MACHINE);
    sent.forEach(file -> renamed.put(file.toString(), Bundle.inside(file)));
    outputs.forEach(file -> renamed.put(file.toString(), Bundle.inside(file)));
    List<String> typed = spec.root().commandLine().getParseResult().originalArgs();
    List<String> arguments = new ArrayList<>();
    for (String word : typed) {
      int equals = word.startsWith("--") ? word.indexOf('=') + 1 : 0;
      String value = word.substring(equals);
      arguments.add(word.substring(0, equals) + renamed.getOrDefault(value, value));
    }
    for (Path file : outputs) {
      if (arguments.stream().noneMatch(word -> word.endsWith(Bundle.inside(file)))) {
        arguments.add("--out=" + Bundle.inside(file));
      }
    }
    Guard guard = guard();
    Bundle bundle = bundle();
    try (Phone phone = connect(device)) {
      bundle.install(phone, guard, err::println);
      sent.forEach(file -> bundle.put(phone, file));
      int code =
          bundle.run(
              phone,
              guard,
              javaOptions(),
              arguments,
              text -> tell(out, here(text, renamed)),
              text -> tell(err, here(text, renamed)));
      for (Path file : outputs) {
        if (bundle.fetch(phone, file)) {
          err.println("Fetched from the phone: " + file);
        }
      }
      return code;
    }
  }

  /** Returns what the phone said with the names that files have on this machine. */
  private static String here(String text, Map<String, String> renamed) {
    String said = text;
    for (Map.Entry<String, String> file : renamed.entrySet()) {
      if (file.getValue().startsWith("/")) {
        said = said.replace(file.getValue(), file.getKey());
      }
    }
    return said;
  }

  private static void tell(PrintWriter to, String text) {
    to.print(text);
    to.flush();
  }

  private static List<String> javaOptions() {
    String named = System.getenv().getOrDefault("NEUROBALANCER_PHONE_JAVA_OPTS", "");
    return named.isBlank()
        ? List.of("-XX:+UseSerialGC", "-Xmx1g")
        : Arrays.asList(named.strip().split("\\s+", -1));
  }
}
