package io.neurobalancer.report;

import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Writes files whole or not at all: to a temporary file beside the target, then moved over it. */
public final class AtomicFiles {

  private AtomicFiles() {}

  /**
   * Makes sure, before any work is done, that files can be made in a folder. A folder that was not
   * there is gone again afterwards: {@link #write} makes it when there is something to keep.
   *
   * @throws ReportException if no file can be made in it
   */
  public static void prepareFolder(Path folder) {
    Deque<Path> fresh = new ArrayDeque<>();
    for (Path at = folder.toAbsolutePath(); at != null && !Files.exists(at); at = at.getParent()) {
      fresh.addLast(at);
    }
    try {
      Files.createDirectories(folder);
      Files.deleteIfExists(Files.writeString(temporary(folder), "", StandardOpenOption.CREATE_NEW));
    } catch (IOException e) {
      throw new ReportException(
          "The output folder '%s' cannot be written (%s).%nMaybe choose another one with --out."
              .formatted(folder, e.getClass().getSimpleName()),
          e);
    } finally {
      fresh.forEach(AtomicFiles::delete);
    }
  }

  /**
   * Writes a text file, in a folder that is made if need be.
   *
   * @throws ReportException if it cannot be written; whatever was there before is then untouched
   */
  public static void write(Path file, String text) {
    Path folder = Objects.requireNonNull(file.toAbsolutePath().getParent(), "a file has a folder");
    @Nullable Path fresh = null;
    try {
      Files.createDirectories(folder);
      fresh = temporary(folder);
      Files.writeString(fresh, text, StandardOpenOption.CREATE_NEW);
      move(fresh, file);
    } catch (IOException e) {
      delete(fresh);
      throw new ReportException(
          "The file '%s' cannot be written (%s).%nMaybe choose another place with --out."
              .formatted(file, e.getClass().getSimpleName()),
          e);
    }
  }

  /**
   * A name that nobody else uses; the file gets the permissions that the user's other files get.
   */
  private static Path temporary(Path folder) {
    return folder.resolve(".neurobalancer-" + UUID.randomUUID() + ".tmp");
  }

  private static void delete(@Nullable Path file) {
    if (file != null) {
      try {
        Files.deleteIfExists(file);
      } catch (IOException e) {
        // The first failure is the one worth telling; a leftover temporary file harms nobody.
        return;
      }
    }
  }

  private static void move(Path from, Path to) throws IOException {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
    }
  }
}
