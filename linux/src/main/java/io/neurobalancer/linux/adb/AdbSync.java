package io.neurobalancer.linux.adb;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.LongConsumer;

/**
 * Copies files to and from a phone, as the user that adbd runs as. Source of the protocol: Android,
 * {@code packages/modules/adb/SYNC.TXT}.
 */
final class AdbSync {

  /** The largest piece of a file that adbd takes. */
  private static final int PIECE = 64 * 1024;

  private final AdbServer server;
  private final String serial;

  AdbSync(AdbServer server, String serial) {
    this.server = server;
    this.serial = serial;
  }

  /**
   * Copies a file to the phone.
   *
   * @param mode permissions, such as 0644
   * @param progress told how many bytes were sent
   */
  void push(Path file, String remote, int mode, LongConsumer progress) throws IOException {
    try (AdbStream stream = server.open(serial, "sync:");
        InputStream in = Files.newInputStream(file)) {
      stream.timeout(0);
      send(stream, "SEND", remote + "," + (0100000 | mode));
      byte[] piece = new byte[PIECE];
      long sent = 0;
      for (int n = in.readNBytes(piece, 0, PIECE); n > 0; n = in.readNBytes(piece, 0, PIECE)) {
        stream.out.write("DATA".getBytes(StandardCharsets.US_ASCII));
        stream.out.write(AdbStream.littleEndian(n));
        stream.out.write(piece, 0, n);
        sent += n;
        progress.accept(sent);
      }
      stream.out.write("DONE".getBytes(StandardCharsets.US_ASCII));
      stream.out.write(
          AdbStream.littleEndian((int) (Files.getLastModifiedTime(file).toMillis() / 1000)));
      stream.out.flush();
      String answer = stream.ascii(4);
      String why = stream.utf8(stream.littleEndian());
      if (!answer.equals("OKAY")) {
        throw new AdbStream.AdbRefused(why);
      }
    }
  }

  /** Copies a file from the phone. */
  void pull(String remote, Path file) throws IOException {
    try (AdbStream stream = server.open(serial, "sync:")) {
      send(stream, "RECV", remote);
      try (OutputStream out = Files.newOutputStream(file)) {
        while (true) {
          String kind = stream.ascii(4);
          int length = stream.littleEndian();
          if (kind.equals("DONE")) {
            return;
          }
          if (!kind.equals("DATA")) {
            throw new AdbStream.AdbRefused(stream.utf8(length));
          }
          byte[] bytes = stream.in.readNBytes(length);
          if (bytes.length < length) {
            throw new java.io.EOFException("the connection was closed");
          }
          out.write(bytes);
        }
      }
    }
  }

  private static void send(AdbStream stream, String verb, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    stream.out.write(verb.getBytes(StandardCharsets.US_ASCII));
    stream.out.write(AdbStream.littleEndian(bytes.length));
    stream.out.write(bytes);
    stream.out.flush();
  }
}
