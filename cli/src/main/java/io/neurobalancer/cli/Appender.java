package io.neurobalancer.cli;

import io.neurobalancer.unit.NeuroBalancerException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;

/** Appends to a file that must survive an interruption. */
final class Appender {

  private Appender() {}

  /** Writes all of a text. */
  static void append(FileChannel file, String text) {
    ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    try {
      while (bytes.hasRemaining()) {
        file.write(bytes);
      }
    } catch (IOException e) {
      throw NeuroBalancerException.invalid(
          "The profile cannot be written (%s).%nMaybe the disk is full; the same command goes on from there."
              .formatted(e.getMessage()),
          e);
    }
  }
}
