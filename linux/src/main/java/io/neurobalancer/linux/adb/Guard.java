package io.neurobalancer.linux.adb;

import io.neurobalancer.files.IoReason;
import io.neurobalancer.linux.Supervision;
import io.neurobalancer.linux.SupervisorProcess;
import io.neurobalancer.unit.NeuroBalancerException;
import io.neurobalancer.unit.NeuroBalancerException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The program on the phone that gives the clocks back when nobody else can: the host's supervisor
 * does not reach a phone whose cable was pulled. Its source is {@code guard.c} beside this class;
 * {@code neurobalancer bundle} builds it.
 *
 * @param binary a static program for arm64
 */
public record Guard(Path binary) {

  private static final int USUAL_MILLIS = 800;

  private static final int LARGEST_BYTES = 150_000;
  private static final String RUN = Phone.ROOM + "/run";

  /** Where the journal lies on a phone. */
  static final String JOURNAL = RUN + "/journal";

  /**
   * Returns the one that {@code bundle} built for this user.
   *
   * @param environment of the process: {@code NEUROBALANCER_PHONE_DIR} names another folder
   */
  public static Guard standard(Map<String, String> environment, String home) {
    return new Guard(Bundle.folder(environment, home).resolve("guard"));
  }

  /**
   * Returns after how long without a sign of life the guard gives the clocks back, milliseconds:
   * 800, or what {@code NEUROBALANCER_SILENCE_MILLIS} says, for hosts that are slow or busy.
   */
  static long silenceMillis() {
    return SupervisorProcess.silenceMillis(USUAL_MILLIS);
  }

  /** Returns why it cannot be used; empty if it can. */
  public Optional<String> obstacle() {
    try {
      if (!Files.isRegularFile(binary)) {
        return Optional.of("it was not built: there is no '" + binary + "'");
      }
      byte[] bytes = Files.readAllBytes(binary);
      boolean arm64 =
          bytes.length > 20
              && bytes[0] == 0x7f
              && bytes[1] == 'E'
              && bytes[2] == 'L'
              && bytes[3] == 'F'
              && bytes[18] == (byte) 0xb7;
      return arm64 && bytes.length <= LARGEST_BYTES
          ? Optional.empty()
          : Optional.of("'" + binary + "' is no small program for arm64");
    } catch (IOException e) {
      return Optional.of("'" + binary + "' cannot be read (" + IoReason.of(e) + ")");
    }
  }

  /** Returns where it lies on a phone: its name tells its content. */
  String place() {
    return Phone.ROOM + "/guard-" + hash(binary).substring(0, 16);
  }

  /** Brings it to a phone, if it is not there. */
  void install(Phone phone) {
    obstacle()
        .ifPresent(
            why -> {
              throw new NeuroBalancerException(
                  Kind.NO_PERMISSION,
                  "Nothing is written to a phone without a guard there, and %s.%nMaybe run 'neurobalancer bundle', which builds it."
                      .formatted(why));
            });
    String place = place();
    deliver(phone, binary, place, 0755);
    phone.run("mkdir -p %s && chmod 700 %s && chmod 755 %s".formatted(RUN, RUN, place));
  }

  /** Copies a file unless the phone has it whole. */
  static boolean deliver(Phone phone, Path file, String place, int mode) {
    String wanted = hash(file);
    if (has(phone, place, wanted)) {
      return false;
    }
    phone.run("mkdir -p %s && chmod 711 %s; chown 2000:2000 %s".formatted(ROOM, ROOM, ROOM));
    phone.push(file, place, mode, sent -> {});
    if (!has(phone, place, wanted)) {
      throw new NeuroBalancerException(
          Kind.HARDWARE_REFUSED,
          "'%s' did not arrive whole at the phone's %s.%nMaybe look for free space there: adb shell df /data."
              .formatted(file, place));
    }
    return true;
  }

  private static final String ROOM = Phone.ROOM;

  private static boolean has(Phone phone, String place, String hash) {
    List<String> lines = phone.run("sha256sum %s 2>/dev/null".formatted(place), 60_000);
    return lines.stream().anyMatch(line -> line.startsWith(hash));
  }

  static String hash(Path file) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      try (java.io.InputStream in = Files.newInputStream(file)) {
        byte[] piece = new byte[1 << 16];
        for (int n = in.read(piece); n >= 0; n = in.read(piece)) {
          digest.update(piece, 0, n);
        }
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (IOException e) {
      throw NeuroBalancerException.invalid(
          "'%s' cannot be read (%s).%nMaybe run 'neurobalancer bundle' again."
              .formatted(file, IoReason.of(e)),
          e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Gives back by hand what a run left on a phone whose guard died as well. Doing it again does
   * nothing.
   *
   * @return what the guard said, a line each; none if nothing was left
   * @throws NeuroBalancerException if not everything is back
   */
  public List<String> restore(Phone phone) {
    phone.demandRoot();
    install(phone);
    List<String> lines = phone.run("%s restore %s 2>&1; echo @$?".formatted(place(), JOURNAL));
    String code = lines.isEmpty() ? "" : lines.get(lines.size() - 1);
    List<String> said = lines.subList(0, Math.max(0, lines.size() - 1));
    if (!code.equals("@0")) {
      throw new NeuroBalancerException(
          Kind.HARDWARE_REFUSED,
          "A run left clocks of the phone changed, and not everything is back: %s.%nMaybe look at these files by hand, then remove %s on the phone, or restart it."
              .formatted(String.join("; ", said).strip(), JOURNAL));
    }
    return said;
  }

  /** Returns what holds a run's journal on a phone. */
  Supervision supervision(Phone phone) {
    return new GuardSupervision(phone, this);
  }
}
