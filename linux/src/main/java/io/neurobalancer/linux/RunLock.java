package io.neurobalancer.linux;

import io.neurobalancer.files.IoReason;
import io.neurobalancer.target.RunClock;
import io.neurobalancer.unit.NeuroBalancerException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** One writer at a time. The kernel lets go of the lock when its owner dies. */
final class RunLock implements AutoCloseable {

  /**
   * What this process holds. The kernel's locks are a process's, not a descriptor's: opening and
   * closing the file a second time would let go of the first lock.
   */
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private static final long WAIT_NANOS = 400_000_000;

  private final FileChannel channel;
  private final Path file;

  private RunLock(FileChannel channel, Path file) {
    this.channel = channel;
    this.file = file;
  }

  /** Takes the lock, or returns empty if another process (or this one) holds it. */
  static Optional<RunLock> tryTake(Path file, long pid) throws IOException {
    Path key = file.toAbsolutePath().normalize();
    if (!HELD.add(key)) {
      return Optional.empty();
    }
    @Nullable RunLock taken = null;
    try {
      taken = lock(key, pid);
      return Optional.ofNullable(taken);
    } finally {
      if (taken == null) {
        HELD.remove(key);
      }
    }
  }

  private static @Nullable RunLock lock(Path file, long pid) throws IOException {
    FileChannel channel =
        FileChannel.open(
            file,
            Set.of(
                StandardOpenOption.CREATE,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE,
                LinkOption.NOFOLLOW_LINKS));
    if (channel.tryLock() == null) {
      channel.close();
      return null;
    }
    channel.truncate(0);
    channel.write(ByteBuffer.wrap((pid + "\n").getBytes(StandardCharsets.UTF_8)), 0);
    return new RunLock(channel, file);
  }

  /**
   * Takes the lock, or says who holds it. A supervisor that gives back what a dead writer left
   * holds it for some milliseconds, so this waits a while.
   */
  static RunLock take(Path file, long pid, RunClock clock) {
    long deadline = clock.nanoTime() + WAIT_NANOS;
    try {
      Optional<RunLock> lock = tryTake(file, pid);
      while (lock.isEmpty() && clock.nanoTime() - deadline < 0) {
        clock.sleepUntil(clock.nanoTime() + WAIT_NANOS / 20);
        lock = tryTake(file, pid);
      }
      return lock.orElseThrow(
          () ->
              new NeuroBalancerException(
                  NeuroBalancerException.Kind.FINDING,
                  "Another run (process %s) holds the clocks; nothing was written.%nMaybe wait for it, or end it: it gives back what it changed."
                      .formatted(holder(file))));
    } catch (IOException e) {
      throw new NeuroBalancerException(
          NeuroBalancerException.Kind.NO_PERMISSION,
          "The lock '%s' cannot be taken (%s); nothing was written.%nMaybe set NEUROBALANCER_RUN_DIR to a folder of your own."
              .formatted(file, IoReason.of(e)),
          e);
    }
  }

  private static String holder(Path file) {
    return HELD.contains(file.toAbsolutePath().normalize())
        ? "this one"
        : new LocalSysfs().firstLine(file.toAbsolutePath().toString(), "unknown");
  }

  @Override
  public void close() throws IOException {
    channel.close();
    HELD.remove(file);
  }
}
