package io.neurobalancer.linux.adb;

import io.neurobalancer.linux.Discovery;
import io.neurobalancer.linux.Doctor;
import io.neurobalancer.linux.LinuxTarget;
import io.neurobalancer.linux.Machine;
import io.neurobalancer.linux.RunFolder;
import io.neurobalancer.linux.Sysfs;
import io.neurobalancer.target.Inference;
import io.neurobalancer.target.RunClock;
import io.neurobalancer.unit.NeuroBalancerException;
import io.neurobalancer.unit.NeuroBalancerException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;

/** A phone that is connected: one shell that stays open, as root where the phone allows that. */
public final class Phone implements AutoCloseable {

  /** Where everything of this project lies on a phone. */
  static final String ROOM = "/data/local/tmp/neurobalancer";

  private static final int QUICK_MILLIS = 10_000;

  /** Somebody may have to allow it on the phone's screen. */
  private static final int ALLOW_MILLIS = 30_000;

  private final AdbServer server;
  private final String serial;
  private final DeviceShell shell;
  private final boolean adbdIsRoot;
  private final Optional<String> noRoot;
  private final AdbSysfs sysfs;

  private Phone(
      AdbServer server,
      String serial,
      DeviceShell shell,
      boolean adbdIsRoot,
      Optional<String> noRoot)
      throws IOException {
    this.server = server;
    this.serial = serial;
    this.shell = shell;
    this.adbdIsRoot = adbdIsRoot;
    this.noRoot = noRoot;
    this.sysfs = new AdbSysfs(shell, noRoot.isEmpty());
  }

  /**
   * Connects to a phone.
   *
   * @param serial number of the phone; empty for the only one
   * @throws NeuroBalancerException if it cannot be used, saying what to do; a phone without root
   *     can be looked at
   */
  public static Phone connect(AdbServer server, String serial) {
    String chosen = server.choose(serial);
    try {
      if (!server.features(chosen).contains("shell_v2")) {
        throw new NeuroBalancerException(
            Kind.FINDING,
            "The phone %s runs an Android too old for this: its adb does not tell exit codes.%nMaybe use a phone with Android 7 or newer."
                .formatted(chosen));
      }
      AdbShell.Outcome who = AdbShell.run(server, chosen, "id -u", QUICK_MILLIS);
      if (who.out().strip().equals("0")) {
        return new Phone(server, chosen, plain(server, chosen), true, Optional.empty());
      }
      DeviceShell su = new DeviceShell(AdbShell.start(server, chosen, "su"));
      String why;
      try {
        List<String> lines = su.run("id -u", ALLOW_MILLIS);
        if (lines.contains("0")) {
          return new Phone(server, chosen, su, false, Optional.empty());
        }
        why = "su gives the user " + String.join(" ", lines);
      } catch (IOException e) {
        why = String.valueOf(e.getMessage());
      }
      su.close();
      return new Phone(server, chosen, plain(server, chosen), false, Optional.of(why));
    } catch (IOException e) {
      throw lost(e);
    }
  }

  private static DeviceShell plain(AdbServer server, String serial) throws IOException {
    return new DeviceShell(AdbShell.start(server, serial, "exec sh"));
  }

  static NeuroBalancerException lost(IOException e) {
    return new NeuroBalancerException(
        Kind.HARDWARE_REFUSED,
        "The connection to the phone was lost: %s.%nMaybe look at the cable and at 'adb devices'; a guard on the phone gives the clocks back by itself."
            .formatted(e.getMessage()),
        e);
  }

  /** Returns its serial number, as adb writes it. */
  public String serial() {
    return serial;
  }

  /** Returns why there is no root; empty if there is. */
  public Optional<String> noRoot() {
    return noRoot;
  }

  /** Returns its files; each reading is a round trip. */
  public AdbSysfs sysfs() {
    return sysfs;
  }

  /** Returns how often it was asked through its shell. */
  public int roundTrips() {
    return shell.roundTrips();
  }

  /** Throws if there is no root, saying what to do. */
  void demandRoot() {
    noRoot.ifPresent(
        why -> {
          throw new NeuroBalancerException(
              Kind.NO_PERMISSION,
              "The phone %s gives no root: %s.%nMaybe root it (Magisk, KernelSU) and allow 'Shell' there, or use a userdebug build and 'adb root'."
                  .formatted(serial, why));
        });
  }

  /**
   * Says what it offers. It writes nothing.
   *
   * @param guard what would give its clocks back
   */
  public Doctor doctor(Guard guard) {
    List<Doctor.Finding> missing = new ArrayList<>();
    noRoot.ifPresent(
        why ->
            missing.add(
                Doctor.missing(
                    "root on the phone",
                    why,
                    "Root it (Magisk, KernelSU) and allow 'Shell' there, or use a userdebug build"
                        + " and 'adb root'.")));
    guard
        .obstacle()
        .ifPresent(
            why ->
                missing.add(
                    Doctor.missing(
                        "a guard for the phone",
                        why,
                        "Run 'neurobalancer bundle'; nothing is written to a phone without it.")));
    return Doctor.examine(sysfs.snapshot(), missing);
  }

  /**
   * Opens its clocks for a library's own inference: whoever calls decides what runs, and where.
   * Whoever wants this project's engine to run on the phone uses {@link Bundle}.
   *
   * @param domains names of domains, none for the usual ones
   * @param folder on this machine, where the journal is kept a second time
   */
  public LinuxTarget apply(
      List<String> domains,
      Inference inference,
      int threads,
      Guard guard,
      RunFolder folder,
      RunClock clock) {
    demandRoot();
    guard.install(this);
    guard.restore(this);
    try {
      // The phone's own journal has just been obeyed; this machine's copy of it is of no use now.
      Files.deleteIfExists(folder.journal());
    } catch (IOException e) {
      throw NeuroBalancerException.invalid(
          "The journal '%s' cannot be removed.%nMaybe remove it by hand."
              .formatted(folder.journal()),
          e);
    }
    Sysfs look = sysfs.snapshot();
    Machine machine = Discovery.of(look);
    return LinuxTarget.apply(
        sysfs, machine, clock, domains, inference, threads, folder, guard.supervision(this));
  }

  /** Runs a command in the phone's shell and returns the lines that it prints. */
  List<String> run(String command) {
    try {
      return shell.run(command);
    } catch (IOException e) {
      throw lost(e);
    }
  }

  /** Runs a command that takes a while. */
  List<String> run(String command, int timeoutMillis) {
    try {
      return shell.run(command, timeoutMillis);
    } catch (IOException e) {
      throw lost(e);
    }
  }

  /** Starts a program as root whose input and output are this side's; the first line starts it. */
  AdbShell startAsRoot(String command) throws IOException {
    AdbShell started = AdbShell.start(server, serial, adbdIsRoot ? "exec sh" : "su");
    started.send(("exec " + command + "\n").getBytes(java.nio.charset.StandardCharsets.UTF_8));
    return started;
  }

  void push(Path file, String remote, int mode, LongConsumer progress) {
    try {
      new AdbSync(server, serial).push(file, remote, mode, progress);
    } catch (IOException e) {
      throw copying("'" + file + "' to the phone's " + remote, e);
    }
  }

  void pull(String remote, Path file) {
    try {
      new AdbSync(server, serial).pull(remote, file);
    } catch (IOException e) {
      throw copying("the phone's " + remote + " to '" + file + "'", e);
    }
  }

  private static NeuroBalancerException copying(String what, IOException e) {
    return new NeuroBalancerException(
        Kind.HARDWARE_REFUSED,
        "Copying %s failed: %s.%nMaybe look for free space on both sides, and at the cable."
            .formatted(what, e.getMessage()),
        e);
  }

  @Override
  public void close() {
    try {
      shell.close();
    } catch (IOException e) {
      // The connection is gone already, which is what was wanted.
      return;
    }
  }
}
