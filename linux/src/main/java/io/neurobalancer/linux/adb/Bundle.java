package io.neurobalancer.linux.adb;

import io.neurobalancer.unit.NeuroBalancerException;
import io.neurobalancer.unit.NeuroBalancerException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * This project as one archive for arm64, with a Java runtime, a C library and ONNX Runtime: it runs
 * in a root folder of its own on a phone. The host plans, the phone executes; nothing per operator
 * crosses adb.
 *
 * @param archive a gzipped tar of a folder {@code nb}
 */
public record Bundle(Path archive) {

  private static final int BEAT_MILLIS = 100;
  private static final int UNPACK_MILLIS = 600_000;

  /** Where a command finds and leaves its files, inside the bundle. */
  private static final String WORK = "/files/";

  /** Returns the folder where {@code bundle} puts what phones need. */
  public static Path folder(Map<String, String> environment, String home) {
    String named = environment.getOrDefault("NEUROBALANCER_PHONE_DIR", "");
    String cache = environment.getOrDefault("XDG_CACHE_HOME", "");
    return !named.isBlank()
        ? Path.of(named).toAbsolutePath()
        : (cache.isBlank() ? Path.of(home, ".cache") : Path.of(cache))
            .resolve("neurobalancer/phone");
  }

  /** Returns the one that {@code bundle} made for this user. */
  public static Bundle standard(Map<String, String> environment, String home) {
    return new Bundle(folder(environment, home).resolve("bundle.tar.gz"));
  }

  /** Returns why it cannot be used; empty if it can. */
  public Optional<String> obstacle() {
    return Files.isRegularFile(archive)
        ? Optional.empty()
        : Optional.of("it was not made: there is no '" + archive + "'");
  }

  /**
   * Brings it to a phone, once: what the phone has whole is not sent again.
   *
   * @param told what is being done, for people
   */
  public void install(Phone phone, Guard guard, Consumer<String> told) {
    phone.demandRoot();
    obstacle()
        .ifPresent(
            why -> {
              throw new NeuroBalancerException(
                  Kind.INVALID,
                  "Jobs on a phone run from a bundle, and %s.%nMaybe run 'neurobalancer bundle', which makes it."
                      .formatted(why));
            });
    guard.install(phone);
    String place = place();
    if (!phone.run("[ -f %s/whole ] && echo whole".formatted(place)).contains("whole")) {
      told.accept("Bringing the bundle to the phone (once) ...");
      String sent = Phone.ROOM + "/bundle.tar.gz";
      Guard.deliver(phone, archive, sent, 0644);
      List<String> said =
          phone.run(
              ("rm -rf %s && mkdir -p %s && tar -C %s -xzf %s 2>&1 && chmod 777 %s/nb/files"
                      + " && rm -f %s && touch %s/whole && echo whole")
                  .formatted(place, place, place, sent, place, sent, place),
              UNPACK_MILLIS);
      if (!said.contains("whole")) {
        throw new NeuroBalancerException(
            Kind.HARDWARE_REFUSED,
            "The bundle cannot be unpacked on the phone: %s.%nMaybe look for free space there: adb shell df /data."
                .formatted(String.join(" ", said)));
      }
    }
    for (String mount : List.of("proc", "sys", "dev")) {
      String point = place + "/nb/" + mount;
      phone.run(
          "grep -q ' %s ' /proc/mounts || mount -o rbind /%s %s 2>&1"
              .formatted(point, mount, point));
    }
    if (!phone
        .run("[ -e %s/nb/sys/devices ] && echo mounted".formatted(place))
        .contains("mounted")) {
      throw new NeuroBalancerException(
          Kind.NO_PERMISSION,
          "The phone's /sys cannot be mounted into the bundle.%nMaybe its root may not mount: SELinux, 'setenforce 0' while measuring."
              .formatted());
    }
  }

  private String place() {
    return Phone.ROOM + "/nb-" + Guard.hash(archive).substring(0, 16);
  }

  /** Returns the name inside the bundle of a file that is brought there or left there. */
  public static String inside(Path file) {
    return WORK + String.valueOf(file.getFileName()).replaceAll("[^\\w.-]", "_");
  }

  /** Brings a file to where {@link #inside} says. */
  public void put(Phone phone, Path file) {
    phone.push(file, place() + "/nb" + inside(file), 0644, sent -> {});
  }

  /** Fetches what a command left; returns whether it left it. */
  public boolean fetch(Phone phone, Path file) {
    String remote = place() + "/nb" + inside(file);
    if (!phone
        .run("[ -f %s ] && chmod 644 %s && echo there".formatted(remote, remote))
        .contains("there")) {
      return false;
    }
    try {
      Path folder = file.toAbsolutePath().getParent();
      if (folder != null) {
        Files.createDirectories(folder);
      }
    } catch (IOException e) {
      throw NeuroBalancerException.invalid(
          "The folder of '%s' cannot be made.%nMaybe choose another place.".formatted(file), e);
    }
    phone.pull(remote, file);
    phone.run("rm -f " + remote);
    return true;
  }

  /**
   * Runs the command line on the phone. Whatever ends it (this process too, or the cable), the
   * guard on the phone gives the clocks back.
   *
   * @param javaOptions for the phone's Java
   * @param arguments of the command line
   * @return the exit code of the command; 5 if the guard had to end it, 4 if not everything is back
   */
  public int run(
      Phone phone,
      Guard guard,
      List<String> javaOptions,
      List<String> arguments,
      Consumer<String> out,
      Consumer<String> err) {
    String root = place() + "/nb";
    List<String> words =
        new ArrayList<>(
            List.of(
                "env",
                "NEUROBALANCER_RUN_DIR=/run/neurobalancer",
                "NEUROBALANCER_GUARD=/bin/guard",
                "NEUROBALANCER_SILENCE_MILLIS=" + Guard.silenceMillis(),
                "ORT_DISABLE_TELEMETRY=1",
                "HOME=/root",
                "PATH=/bin",
                guard.place(),
                "lead",
                root + "/run/neurobalancer/journal",
                String.valueOf(Guard.silenceMillis()),
                "--"));
    words.addAll(List.of("@chroot@", root, "/jre/bin/java"));
    words.addAll(javaOptions);
    words.addAll(List.of("-cp", "/app/*", "io.neurobalancer.cli.Main"));
    words.addAll(arguments);
    String command =
        words.stream()
            .map(DeviceShell::quoted)
            .collect(Collectors.joining(" "))
            // The phone's own PATH finds it; the bundle has one of its own.
            .replace("'@chroot@'", "\"$(command -v chroot)\"");
    CountDownLatch ended = new CountDownLatch(1);
    try (AdbShell shell = phone.startAsRoot(command)) {
      shell.timeout(0);
      Thread beats = new Thread(() -> beat(shell, ended), "bundle-heartbeats");
      beats.setDaemon(true);
      beats.start();
      while (true) {
        AdbShell.Packet packet = shell.read();
        switch (packet.part()) {
          case STDOUT -> out.accept(packet.text());
          case STDERR -> err.accept(packet.text());
          case EXIT -> {
            return packet.code();
          }
          default -> {}
        }
      }
    } catch (IOException e) {
      throw Phone.lost(e);
    } finally {
      ended.countDown();
    }
  }

  private static void beat(AdbShell shell, CountDownLatch ended) {
    try {
      while (!ended.await(BEAT_MILLIS, TimeUnit.MILLISECONDS)) {
        shell.send(new byte[] {'b'});
      }
    } catch (IOException e) {
      // Whoever reads learns it as well, and tells.
      return;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Removes everything of this project from a phone, after giving back what a run left. */
  public static void remove(Phone phone, Guard guard) {
    guard.restore(phone);
    phone.run(
        "for m in $(grep -o ' %s/[^ ]*' /proc/mounts); do umount -l \"$m\" 2>/dev/null; done"
            .formatted(Phone.ROOM));
    List<String> left = phone.run("grep -c ' %s/' /proc/mounts".formatted(Phone.ROOM));
    if (!left.contains("0")) {
      throw new NeuroBalancerException(
          Kind.FINDING,
          "Something below %s is still mounted on the phone; nothing was removed.%nMaybe end what runs there, or restart the phone, and do it again."
              .formatted(Phone.ROOM));
    }
    phone.run("rm -rf " + Phone.ROOM, UNPACK_MILLIS);
  }
}
