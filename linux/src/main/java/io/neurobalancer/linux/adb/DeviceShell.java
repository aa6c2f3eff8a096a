package io.neurobalancer.linux.adb;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * One shell that lives as long as a phone is used: a {@code su} for every reading would cost tens
 * of milliseconds each. Commands go in one after the other, each followed by a line that tells
 * where its output ends.
 */
final class DeviceShell implements Closeable {

  private static final int TIMEOUT_MILLIS = 10_000;

  private final AdbShell shell;
  private final StringBuilder pending = new StringBuilder();
  private final StringBuilder complaints = new StringBuilder();
  private int commands;
  private int roundTrips;

  /** Takes over a shell that reads commands from its input. */
  DeviceShell(AdbShell shell) {
    this.shell = shell;
  }

  /** Runs commands in it, and returns the lines that they print. */
  synchronized List<String> run(String command) throws IOException {
    return run(command, TIMEOUT_MILLIS);
  }

  synchronized List<String> run(String command, int timeoutMillis) throws IOException {
    String end = "@nb-end-" + ++commands;
    roundTrips++;
    shell.timeout(timeoutMillis);
    shell.send((command + "\necho " + end + "\n").getBytes(StandardCharsets.UTF_8));
    List<String> lines = new ArrayList<>();
    while (true) {
      int at;
      while ((at = pending.indexOf("\n")) >= 0) {
        String line = pending.substring(0, at);
        pending.delete(0, at + 1);
        if (line.equals(end)) {
          return lines;
        }
        lines.add(line.endsWith("\r") ? line.substring(0, line.length() - 1) : line);
      }
      AdbShell.Packet packet = shell.read();
      switch (packet.part()) {
        case STDOUT -> pending.append(packet.text());
        case STDERR -> complaints.append(packet.text());
        case EXIT ->
            throw new EOFException(
                "the phone's shell ended with exit code "
                    + packet.code()
                    + (complaints.isEmpty() ? "" : ", saying: " + complaints.toString().strip()));
        default -> {}
      }
    }
  }

  /** Returns how many times the phone was asked. */
  synchronized int roundTrips() {
    return roundTrips;
  }

  /** Quotes a word for the phone's shell. */
  static String quoted(String word) {
    return "'" + word.replace("'", "'\\''") + "'";
  }

  @Override
  public void close() throws IOException {
    shell.close();
  }
}
