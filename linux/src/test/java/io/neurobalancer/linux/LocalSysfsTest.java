package io.neurobalancer.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The carrier to real files. */
final class LocalSysfsTest {

  private final Path root;
  private final LocalSysfs sysfs;

  LocalSysfsTest(@TempDir Path temporary) {
    root = temporary;
    sysfs = new LocalSysfs(temporary);
  }

  @Test
  void aMissingFile_isToldApart_andNeverMade() {
    assertThatThrownBy(() -> sysfs.write("/sys/none", "1"))
        .isInstanceOfSatisfying(
            SysfsException.class, e -> assertThat(e.errno()).isEqualTo(Errno.ENOENT));
    assertThatThrownBy(() -> sysfs.open("/sys/none")).isInstanceOf(SysfsException.class);
    assertThat(Files.exists(root.resolve("sys"))).isFalse();
  }

  @Test
  void theKernelsReasons_areKeptApart() {
    assertThat(errno("Invalid argument")).isEqualTo(Errno.EINVAL);
    assertThat(errno("Device or resource busy")).isEqualTo(Errno.EBUSY);
    assertThat(errno("Input/output error")).isEqualTo(Errno.EIO);
    assertThat(errno("No such device")).isEqualTo(Errno.ENODEV);
    assertThat(errno("Read-only file system")).isEqualTo(Errno.EROFS);
    assertThat(errno("No space left on device")).isEqualTo(Errno.ENOSPC);
    assertThat(
            LocalSysfs.translate(
                    new FileSystemException("f", null, "Read-only file system"), "/f", "write")
                .errno())
        .isEqualTo(Errno.EROFS);
  }

  private static Errno errno(String message) {
    return LocalSysfs.translate(new IOException(message), "/f", "write 1").errno();
  }

  @Test
  void aPathThatLeadsOutOfTheTree_isNotFollowed(@TempDir Path elsewhere) throws IOException {
    Files.writeString(elsewhere.resolve("secret"), "1");
    Files.createSymbolicLink(root.resolve("link"), elsewhere);

    assertThatThrownBy(() -> sysfs.canonical("/link/secret"))
        .isInstanceOfSatisfying(
            SysfsException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EPERM));
  }

  @Test
  void whatIsNoNumber_isNeverZero() throws IOException {
    Files.writeString(root.resolve("speed"), "<unsupported>\n");
    Files.writeString(root.resolve("empty"), "");
    for (String name : new String[] {"/speed", "/empty"}) {
      try (Sysfs.Attribute attribute = sysfs.open(name)) {
        assertThatThrownBy(attribute::read).hasMessageContaining("not a number");
      }
    }
  }

  @Test
  void numbers_passThroughUnharmed_negativeOnesToo() throws IOException {
    Files.writeString(root.resolve("value"), "");
    try (Sysfs.Attribute attribute = sysfs.open("/value")) {
      for (long value : new long[] {0, 7, 10, 1_900_800, 2_133_000_000, -412_000}) {
        attribute.write(value);
        assertThat(attribute.read()).isEqualTo(value);
        assertThat(sysfs.firstLine("/value", "")).isEqualTo(Long.toString(value));
      }
    }
  }

  @Test
  void anInterruptedThread_canStillWrite() throws IOException {
    Files.writeString(root.resolve("value"), "1\n");
    try (Sysfs.Attribute attribute = sysfs.open("/value")) {
      attribute.write(2);
      Thread.currentThread().interrupt();
      attribute.write(3);
      assertThat(Thread.interrupted()).isTrue();
      assertThat(attribute.read()).isEqualTo(3);
    }
  }

  @Test
  void readingAndWriting_makeNoGarbage() throws IOException {
    Files.writeString(root.resolve("value"), "1\n");
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long self = Thread.currentThread().getId();
    int rounds = 20_000;
    try (Sysfs.Attribute attribute = sysfs.open("/value")) {
      long before = 0;
      for (int i = 0; i < 2 * rounds; i++) {
        if (i == rounds) {
          before = threads.getThreadAllocatedBytes(self);
        }
        attribute.write(300_000 + i);
        attribute.read();
      }
      long bytes = threads.getThreadAllocatedBytes(self) - before;
      assertThat(bytes / rounds).isZero();
    }
  }
}
