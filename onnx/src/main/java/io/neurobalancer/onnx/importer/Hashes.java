package io.neurobalancer.onnx.importer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** SHA-256, lower-case hexadecimal. */
final class Hashes {

  private static final int CHUNK = 1 << 20;

  private Hashes() {}

  /**
   * Returns the hash of a file.
   *
   * @throws OnnxModelException if it is no regular file or cannot be read
   */
  static String file(Path file) {
    return hex(digest(file));
  }

  /** Returns what a workload is keyed by: the file, the shapes bound to it and the values given. */
  static String workload(Path file, Map<String, List<Long>> shapes, Map<String, String> values) {
    MessageDigest digest = digest(file);
    digest.update(InputShapes.canonical(shapes).getBytes(StandardCharsets.UTF_8));
    if (!values.isEmpty()) {
      digest.update(new TreeMap<>(values).toString().getBytes(StandardCharsets.UTF_8));
    }
    return hex(digest);
  }

  static String bytes(byte[] bytes) {
    MessageDigest digest = sha256();
    digest.update(bytes);
    return hex(digest);
  }

  private static MessageDigest digest(Path file) {
    ModelBytes.requireFile(file);
    MessageDigest digest = sha256();
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      ByteBuffer buffer = ByteBuffer.allocate(CHUNK);
      while (channel.read(buffer) >= 0) {
        digest.update(buffer.flip());
        buffer.clear();
      }
    } catch (IOException e) {
      throw ModelBytes.unreadable(file, e);
    }
    return digest;
  }

  private static String hex(MessageDigest digest) {
    return HexFormat.of().formatHex(digest.digest());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
