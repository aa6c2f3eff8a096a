package io.neurobalancer.files;

import io.neurobalancer.unit.NeuroBalancerException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Reads files no longer than they may sensibly be. */
final class BoundedFiles {

  private BoundedFiles() {}

  /**
   * Returns what a file holds.
   *
   * @param mostBytes that it may hold
   * @param what users call such a file
   * @param advice what to do about a bad one, to follow the word "Maybe"
   * @throws NeuroBalancerException if it is missing, a folder, unreadable or longer
   */
  static byte[] bytes(Path file, long mostBytes, String what, String advice) {
    if (Files.isDirectory(file)) {
      throw NeuroBalancerException.invalid(
          "'%s' is a folder, no %s.%nMaybe %s.".formatted(file, what, advice));
    }
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(Math.toIntExact(mostBytes + 1));
      if (bytes.length > mostBytes) {
        throw NeuroBalancerException.invalid(
            "'%s' holds more than %d MB, which is too much for a %s.%nMaybe %s."
                .formatted(file, mostBytes >> 20, what, advice));
      }
      return bytes;
    } catch (IOException e) {
      throw unreadable(file, what, advice, e);
    }
  }

  /** Returns the exception for a file that cannot be read. */
  static NeuroBalancerException unreadable(Path file, String what, String advice, IOException e) {
    return NeuroBalancerException.invalid(
        "The %s '%s' cannot be read (%s).%nMaybe check the path and its permissions, or %s."
            .formatted(what, file, IoReason.of(e), advice),
        e);
  }

  /** Returns the SHA-256 of bytes, lower-case hexadecimal. */
  static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
