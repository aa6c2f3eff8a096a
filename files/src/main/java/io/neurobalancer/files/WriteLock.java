package io.neurobalancer.files;

import io.neurobalancer.unit.NeuroBalancerException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Makes sure that one process at a time writes a file that grows over time.
 *
 * <p>The lock is on a file of its own beside it, which nobody else opens: POSIX drops a process's
 * locks on a file as soon as it closes any descriptor of it (fcntl(2), "Advisory record locking"),
 * so a lock on the written file itself ends when somebody reads it. The lock file stays: removing
 * it would let two processes lock two files of one name.
 */
public final class WriteLock implements AutoCloseable {

  private final FileChannel channel;

  private WriteLock(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Takes the lock of a file, whose folder is made if it is missing.
   *
   * @param what for the message, such as {@code study}
   * @throws NeuroBalancerException if another process holds it, or the lock cannot be written
   */
  public static WriteLock of(Path file, String what) {
    Path lockFile =
        Objects.requireNonNull(file.toAbsolutePath().resolveSibling(file.getFileName() + ".lock"));
    try {
      Files.createDirectories(Objects.requireNonNull(lockFile.getParent()));
      FileChannel channel =
          FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      @Nullable FileLock lock = null;
      try {
        lock = channel.tryLock();
      } catch (OverlappingFileLockException e) {
        lock = null; // this very process holds it
      } finally {
        if (lock == null) {
          channel.close();
        }
      }
      if (lock == null) {
        throw NeuroBalancerException.invalid(
            "Another %s is writing '%s'.%nMaybe wait for it, or choose another place with --out."
                .formatted(what, file));
      }
      return new WriteLock(channel);
    } catch (IOException e) {
      throw NeuroBalancerException.invalid(
          "'%s' cannot be locked (%s).%nMaybe choose another place with --out."
              .formatted(file, IoReason.of(e)),
          e);
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
