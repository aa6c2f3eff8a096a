package io.neurobalancer.linux.adb;

import io.neurobalancer.unit.NeuroBalancerException;
import io.neurobalancer.unit.NeuroBalancerException.Kind;
import java.io.File;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The user's own adb server, which knows the USB devices and holds the keys that phones trust. It
 * is never started from here.
 */
public final class AdbServer {

  private static final int USUAL_PORT = 5037;
  private static final int TIMEOUT_MILLIS = 10_000;

  private final InetSocketAddress address;
  private final boolean adbInstalled;

  /**
   * Names a server on this machine.
   *
   * @param adbInstalled whether there is a program {@code adb} here, for the advice
   */
  public AdbServer(int port, boolean adbInstalled) {
    this.address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    this.adbInstalled = adbInstalled;
  }

  /** Returns the server that {@code adb} would use: {@code ANDROID_ADB_SERVER_PORT}, or 5037. */
  public static AdbServer standard(Map<String, String> environment) {
    String port = environment.getOrDefault("ANDROID_ADB_SERVER_PORT", "");
    boolean installed =
        Arrays.stream(environment.getOrDefault("PATH", "").split(File.pathSeparator, -1))
            .anyMatch(folder -> !folder.isEmpty() && Files.isExecutable(Path.of(folder, "adb")));
    return new AdbServer(
        port.matches("[0-9]{1,4}|[1-5][0-9]{4}") ? Integer.parseInt(port) : USUAL_PORT, installed);
  }

  /** Returns the phones that the server lists: their states by their serial numbers. */
  public Map<String, String> devices() {
    Map<String, String> found = new LinkedHashMap<>();
    try (AdbStream stream = connect()) {
      stream.request("host:devices");
      for (String line : stream.text().split("\n", -1)) {
        String[] parts = line.split("\t", 2);
        if (parts.length == 2) {
          found.put(parts[0], parts[1].strip());
        }
      }
    } catch (IOException e) {
      throw new NeuroBalancerException(
          Kind.FINDING,
          "The adb server on port %d does not list its phones: %s.%nMaybe restart it: adb kill-server; adb start-server."
              .formatted(address.getPort(), e.getMessage()),
          e);
    }
    return found;
  }

  /**
   * Returns the serial number of a phone that can be used.
   *
   * @param serial the one to use; empty for the only one
   * @throws NeuroBalancerException if there is none, saying what to do
   */
  public String choose(String serial) {
    Map<String, String> listed = devices();
    if (listed.isEmpty()) {
      throw finding(
          "No phone is connected: adb lists none.%nMaybe plug it in, switch on USB debugging in its"
              + " developer options, and look at 'adb devices'.");
    }
    if (serial.isEmpty() && listed.size() > 1) {
      throw NeuroBalancerException.invalid(
          "Several phones are connected (%s).%nMaybe name one: %s."
              .formatted(
                  String.join(", ", listed.keySet()),
                  listed.keySet().stream()
                      .map(s -> "--device adb:" + s)
                      .collect(Collectors.joining(" or "))));
    }
    String chosen = serial.isEmpty() ? listed.keySet().iterator().next() : serial;
    String state = listed.get(chosen);
    if (state == null) {
      throw NeuroBalancerException.invalid(
          "adb lists no phone '%s'.%nMaybe use one of: %s."
              .formatted(chosen, String.join(", ", listed.keySet())));
    }
    if (!state.equals("device")) {
      throw unusable(chosen, state);
    }
    return chosen;
  }

  private static NeuroBalancerException unusable(String serial, String state) {
    if (state.equals("unauthorized") || state.equals("authorizing")) {
      return new NeuroBalancerException(
          Kind.NO_PERMISSION,
          "The phone %s does not trust this computer yet (adb: %s).%nMaybe unlock its screen and allow USB debugging there."
              .formatted(serial, state));
    }
    if (state.startsWith("no permissions")) {
      return new NeuroBalancerException(
          Kind.NO_PERMISSION,
          "This user may not open the USB device of the phone %s (adb: %s).%nMaybe add a udev rule for it, as Android's page on hardware devices says, and plug it in again."
              .formatted(serial, state));
    }
    if (state.equals("offline") || state.equals("connecting")) {
      return finding(
          "The phone %s does not answer (adb: %s).%nMaybe plug it in again, or run 'adb reconnect'."
              .formatted(serial, state));
    }
    return finding(
        "The phone %s does not run Android now (adb: %s).%nMaybe start it as usual."
            .formatted(serial, state));
  }

  /** Returns what the phone's adbd can do, such as {@code shell_v2}. */
  Set<String> features(String serial) throws IOException {
    try (AdbStream stream = connect()) {
      stream.request("host-serial:" + serial + ":features");
      return Set.copyOf(List.of(stream.text().split(",", -1)));
    }
  }

  /** Opens a service of a phone. */
  AdbStream open(String serial, String service) throws IOException {
    AdbStream stream = connect();
    try {
      stream.request("host:transport:" + serial);
      stream.request(service);
      return stream;
    } catch (IOException e) {
      stream.close();
      throw e;
    }
  }

  private AdbStream connect() {
    try {
      return new AdbStream(address, TIMEOUT_MILLIS);
    } catch (ConnectException | SocketTimeoutException e) {
      String advice =
          adbInstalled
              ? "run 'adb start-server'"
              : "install Android's platform-tools (the package adb on Debian), then run 'adb"
                  + " start-server'";
      throw new NeuroBalancerException(
          Kind.FINDING,
          "%s: nothing answers on port %d.%nMaybe %s."
              .formatted(
                  adbInstalled ? "The adb server does not run" : "There is no adb here",
                  address.getPort(),
                  advice),
          e);
    } catch (IOException e) {
      throw new NeuroBalancerException(
          Kind.FINDING,
          "The adb server on port %d cannot be reached: %s.%nMaybe restart it: adb kill-server; adb start-server."
              .formatted(address.getPort(), e.getMessage()),
          e);
    }
  }

  private static NeuroBalancerException finding(String format) {
    return new NeuroBalancerException(Kind.FINDING, format.replace("%n", System.lineSeparator()));
  }
}
