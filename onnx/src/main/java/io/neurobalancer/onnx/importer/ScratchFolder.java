package io.neurobalancer.onnx.importer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.stream.Stream;

/**
 * A temporary folder that goes away with everything in it: on close, when the process is told to
 * end, and, if it was killed, when the next one begins. The process that owns it holds a lock in
 * it.
 */
final class ScratchFolder implements AutoCloseable {

  private static final String PREFIX = "neurobalancer-probe-";

  private static final String LOCK = "owner.lock";

  private final Path folder;
  private final FileChannel owner;
  private final Thread hook = new Thread(this::delete, "neurobalancer-scratch");

  private ScratchFolder(Path folder) throws IOException {
    this.folder = folder;
    this.owner =
        FileChannel.open(
            folder.resolve(LOCK), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    owner.lock();
  }

  static ScratchFolder create() throws IOException {
    Path temporary = Path.of(System.getProperty("java.io.tmpdir", "/tmp"));
    String own = PREFIX + ProcessHandle.current().pid() + "-";
    sweep(temporary, own);
    ScratchFolder scratch = new ScratchFolder(Files.createTempDirectory(temporary, own));
    Runtime.getRuntime().addShutdownHook(scratch.hook);
    return scratch;
  }

  Path path() {
    return folder;
  }

  Path file(String name) {
    return folder.resolve(name);
  }

  /**
   * Deletes what processes that are no more have left. Folders of this process are left out: to
   * open and close their lock file would drop the lock.
   */
  private static void sweep(Path temporary, String own) {
    try (Stream<Path> found = Files.list(temporary)) {
      found
          .filter(entry -> String.valueOf(entry.getFileName()).startsWith(PREFIX))
          .filter(entry -> !String.valueOf(entry.getFileName()).startsWith(own))
          .filter(entry -> Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS))
          .filter(ScratchFolder::abandoned)
          .forEach(ScratchFolder::delete);
    } catch (IOException e) {
      // A temporary folder that cannot be listed has nothing to sweep.
      return;
    }
  }

  /**
   * A folder is abandoned when the process that its name tells is no more and nobody holds its
   * lock; the lock alone would not do, since its owner makes the file before it locks it.
   */
  private static boolean abandoned(Path entry) {
    if (alive(String.valueOf(entry.getFileName()))) {
      return false;
    }
    try (FileChannel channel =
            FileChannel.open(
                entry.resolve(LOCK), StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
        FileLock lock = channel.tryLock()) {
      return lock != null;
    } catch (IOException e) {
      return false;
    }
  }

  private static boolean alive(String name) {
    String rest = name.substring(PREFIX.length());
    int end = rest.indexOf('-');
    try {
      return end > 0 && ProcessHandle.of(Long.parseLong(rest.substring(0, end))).isPresent();
    } catch (NumberFormatException e) {
      return false;
    }
  }

  private void delete() {
    delete(folder);
  }

  private static void delete(Path entry) {
    try (Stream<Path> inside = Files.walk(entry)) {
      for (Path file : inside.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException | UncheckedIOException e) {
      // Somebody else's, or gone already: the next sweep tries again.
      return;
    }
  }

  @Override
  public void close() {
    try {
      owner.close();
    } catch (IOException e) {
      // What is deleted next needs no lock.
    }
    delete();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The process is ending; the hook runs or has run.
      return;
    }
  }
}
