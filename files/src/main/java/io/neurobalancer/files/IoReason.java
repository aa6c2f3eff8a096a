package io.neurobalancer.files;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Why a file could not be read or written, in words. */
public final class IoReason {

  private IoReason() {}

  /**
   * Returns a phrase for a message's parentheses, such as "no permission"; the class of the error
   * only where the system says nothing.
   */
  public static String of(IOException e) {
    if (e instanceof AccessDeniedException) {
      return "no permission";
    }
    if (e instanceof NoSuchFileException) {
      return "there is no such file or folder";
    }
    if (e instanceof NotDirectoryException) {
      return "a part of its path is no folder";
    }
    if (e instanceof FileAlreadyExistsException) {
      return "a file of that name is there";
    }
    if (e instanceof FileSystemLoopException) {
      return "its links go in a circle";
    }
    @Nullable String reason =
        e instanceof FileSystemException failed ? failed.getReason() : e.getMessage();
    if (reason == null || reason.trim().isEmpty()) {
      return e.getClass().getSimpleName();
    }
    String lower = reason.toLowerCase(Locale.ROOT);
    if (lower.contains("no space left")) {
      return "no space left on the disk";
    }
    if (lower.contains("read-only")) {
      return "the disk is read-only";
    }
    if (lower.contains("quota")) {
      return "the disk quota is used up";
    }
    // What follows "cannot be written (" begins no sentence; names within it stay as they are.
    return lower.charAt(0) + reason.substring(1);
  }
}
