package io.neurobalancer.report;

import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Writes files whole or not at all: to a temporary file beside the target, then moved over it. */
public final class AtomicFiles {

  private AtomicFiles() {}

  /**
   * Creates a folder and everything above it, and makes sure that files can be made in it.
   *
   * @throws ReportException if that fails
   */
  public static void prepareFolder(Path folder) {
    try {
      Files.createDirectories(folder);
      Files.deleteIfExists(Files.writeString(temporary(folder), "", StandardOpenOption.CREATE_NEW));
    } catch (IOException e) {
      throw new ReportException(
          "The output folder '%s' cannot be written (%s).%nMaybe choose another one with --out."
              .formatted(folder, e.getClass().getSimpleName()),
          e);
    }
  }

  /**
   * Writes a text file.
   *
   * @throws ReportException if it cannot be written; whatever was there before is then untouched
   */
  public static void write(Path file, String text) {
    Path folder = Objects.requireNonNull(file.toAbsolutePath().getParent(), "a file has a folder");
    @Nullable Path fresh = null;
    try {
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
