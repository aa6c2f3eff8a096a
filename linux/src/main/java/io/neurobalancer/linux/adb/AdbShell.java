package io.neurobalancer.linux.adb;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * A command that runs on a phone, over adb's shell protocol 2: packets of a kind (1 byte), a length
 * (4 bytes, little endian) and bytes, so that its two outputs and its exit code are told apart.
 * Source: Android, {@code packages/modules/adb/shell_protocol.h}.
 */
final class AdbShell implements Closeable {

  /** What a packet carries, by its number. */
  enum Part {
    STDIN(0),
    STDOUT(1),
    STDERR(2),
    EXIT(3),
    CLOSE_STDIN(4),
    OTHER(-1);

    private final int number;

    Part(int number) {
      this.number = number;
    }

    static Part of(int number) {
      for (Part part : values()) {
        if (part.number == number) {
          return part;
        }
      }
      return OTHER;
    }
  }

  /**
   * One packet.
   *
   * @param text what it carries, as text
   * @param code the exit code that an {@link Part#EXIT} packet carries
   */
  record Packet(Part part, String text, int code) {}

  /** What a command that has ended said. */
  record Outcome(int code, String out, String err) {

    /** Returns what it said about a failure, on one line. */
    String complaint() {
      String text = (err.isBlank() ? out : err).strip().replace('\n', ' ');
      return text.isEmpty() ? "exit code " + code : text;
    }
  }

  private static final int LARGEST = 1 << 24;

  private final AdbStream stream;

  private AdbShell(AdbStream stream) {
    this.stream = stream;
  }

  /** Starts a command; its words are the phone's shell's. */
  static AdbShell start(AdbServer server, String serial, String command) throws IOException {
    return new AdbShell(server.open(serial, "shell,v2,raw:" + command));
  }

  /** Runs a command to its end. */
  static Outcome run(AdbServer server, String serial, String command, int timeoutMillis)
      throws IOException {
    try (AdbShell shell = start(server, serial, command)) {
      shell.timeout(timeoutMillis);
      shell.closeInput();
      StringBuilder out = new StringBuilder();
      StringBuilder err = new StringBuilder();
      while (true) {
        Packet packet = shell.read();
        switch (packet.part()) {
          case STDOUT -> out.append(packet.text());
          case STDERR -> err.append(packet.text());
          case EXIT -> {
            return new Outcome(packet.code(), out.toString(), err.toString());
          }
          default -> {}
        }
      }
    }
  }

  void timeout(int millis) throws IOException {
    stream.timeout(millis);
  }

  /** Sends to the command's input, as one packet. */
  synchronized void send(byte[] bytes) throws IOException {
    packet(Part.STDIN, bytes);
  }

  synchronized void closeInput() throws IOException {
    packet(Part.CLOSE_STDIN, new byte[0]);
  }

  private void packet(Part part, byte[] bytes) throws IOException {
    stream.out.write(part.number);
    stream.out.write(AdbStream.littleEndian(bytes.length));
    stream.out.write(bytes);
    stream.out.flush();
  }

  /**
   * Waits for the next packet.
   *
   * @throws EOFException if the phone or the server is gone: a command's end is a packet of its own
   */
  Packet read() throws IOException {
    int kind = stream.in.read();
    if (kind < 0) {
      throw new EOFException("the connection was closed");
    }
    int length = stream.littleEndian();
    if (length < 0 || length > LARGEST) {
      throw new IOException("it does not speak adb's protocol (a packet of " + length + " bytes)");
    }
    byte[] bytes = stream.in.readNBytes(length);
    if (bytes.length < length) {
      throw new EOFException("the connection was closed");
    }
    return new Packet(
        Part.of(kind),
        new String(bytes, StandardCharsets.UTF_8),
        length == 0 ? 0 : bytes[0] & 0xff);
  }

  @Override
  public void close() throws IOException {
    stream.close();
  }
}
