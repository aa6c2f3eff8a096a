package io.neurobalancer.linux;

import io.neurobalancer.linux.adb.Guard;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file that looks like a guard for arm64; doubles do not run it. */
final class GuardFile {

  static final byte[] BYTES = new byte[64];

  static {
    BYTES[0] = 0x7f;
    BYTES[1] = 'E';
    BYTES[2] = 'L';
    BYTES[3] = 'F';
    BYTES[18] = (byte) 0xb7;
  }

  private GuardFile() {}

  static Guard in(Path folder) throws IOException {
    return new Guard(Files.write(folder.resolve("guard"), BYTES));
  }
}
