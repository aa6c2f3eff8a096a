package io.neurobalancer.files;

import io.neurobalancer.unit.NeuroBalancerException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Writes files whole or not at all: to temporary files beside the targets, which are then moved
 * over them. A target that is a link stays one: what it leads to is written. A target that is no
 * file, such as a folder, a pipe or a device, is refused.
 */
public final class AtomicFiles {

  private static final String ADVICE = "choose another place with --out";

  private AtomicFiles() {}

  /**
   * Makes sure, before any work is done, that files can be made in a folder. A folder that was not
   * there is gone again afterwards: {@link #write} makes it when there is something to keep.
   *
   * @throws NeuroBalancerException if no file can be made in it
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
      throw NeuroBalancerException.invalid(
          "The output folder '%s' cannot be written (%s).%nMaybe choose another one with --out."
              .formatted(folder, IoReason.of(e)),
          e);
    } finally {
      fresh.forEach(AtomicFiles::delete);
    }
  }

  /**
   * Makes sure, before any work is done, that a file can be written.
   *
   * @throws NeuroBalancerException if it is no file, or its folder cannot be written
   */
  public static void prepareFile(Path file) {
    Path target = target(file);
    prepareFolder(Objects.requireNonNull(target.getParent(), "a file has a folder"));
  }

  /**
   * Writes a text file, in a folder that is made if need be.
   *
   * @throws NeuroBalancerException if it cannot be written; whatever was there before is then
   *     untouched
   */
  public static void write(Path file, String text) {
    write(Map.of(file, text));
  }

  /**
   * Writes several text files, all or none.
   *
   * @param texts by file
   * @throws NeuroBalancerException if one cannot be written; whatever was there before, in all of
   *     them, is then untouched
   */
  public static void write(Map<Path, String> texts) {
    List<Staged> staged = new ArrayList<>();
    try {
      for (Map.Entry<Path, String> entry : texts.entrySet()) {
        staged.add(new Staged(entry.getKey(), target(entry.getKey())));
      }
      for (Staged one : staged) {
        one.stage(Objects.requireNonNull(texts.get(one.asked)));
      }
      for (Staged one : staged) {
        one.publish(staged.size() > 1);
      }
    } catch (StagingException e) {
      staged.forEach(Staged::takeBack);
      throw NeuroBalancerException.invalid(
          "The file '%s' cannot be written (%s).%nMaybe %s."
              .formatted(e.file, IoReason.of(e.reason), ADVICE),
          e.reason);
    } finally {
      staged.forEach(Staged::tidy);
    }
  }

  /** Returns the file that is to be written: what a link leads to, or the file itself. */
  private static Path target(Path file) {
    Path target = file.toAbsolutePath();
    try {
      if (Files.exists(target)) {
        target = target.toRealPath();
      } else if (Files.isSymbolicLink(target)) {
        // A link to nothing yet: the file is made where it points.
        target = target.resolveSibling(Files.readSymbolicLink(target)).normalize();
      }
    } catch (IOException e) {
      throw NeuroBalancerException.invalid(
          "The file '%s' cannot be written (%s).%nMaybe %s."
              .formatted(file, IoReason.of(e), ADVICE),
          e);
    }
    if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)
        && !Files.isRegularFile(target, LinkOption.NOFOLLOW_LINKS)) {
      throw NeuroBalancerException.invalid(
          "'%s' is %s, which a file cannot replace.%nMaybe %s."
              .formatted(
                  file,
                  Files.isDirectory(target) ? "a folder" : "no file but a pipe, device or link",
                  ADVICE));
    }
    return target;
  }

  /** A write failed; which file, and why. */
  private static final class StagingException extends Exception {
    private static final long serialVersionUID = 1L;

    @SuppressWarnings("serial") // never serialized
    private final Path file;

    private final IOException reason;

    StagingException(Path file, IOException reason) {
      super(reason);
      this.file = file;
      this.reason = reason;
    }
  }

  /** One file on its way. */
  private static final class Staged {
    private final Path asked;
    private final Path target;
    private @Nullable Path fresh;
    private @Nullable Path before;
    private boolean published;

    Staged(Path asked, Path target) {
      this.asked = asked;
      this.target = target;
    }

    void stage(String text) throws StagingException {
      try {
        Path folder = Objects.requireNonNull(target.getParent(), "a file has a folder");
        Files.createDirectories(folder);
        fresh = temporary(folder);
        Files.writeString(fresh, text, StandardOpenOption.CREATE_NEW);
        try (FileChannel channel = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
          // A full or broken disk shall be found before anything is replaced.
          channel.force(false);
        }
      } catch (IOException e) {
        throw new StagingException(asked, e);
      }
    }

    void publish(boolean amongOthers) throws StagingException {
      try {
        if (amongOthers && Files.exists(target)) {
          Path kept = temporary(Objects.requireNonNull(target.getParent()));
          Files.copy(target, kept, StandardCopyOption.COPY_ATTRIBUTES);
          before = kept;
        }
        move(Objects.requireNonNull(fresh), target);
        published = true;
      } catch (IOException e) {
        throw new StagingException(asked, e);
      }
    }

    void takeBack() {
      if (published) {
        try {
          if (before == null) {
            Files.deleteIfExists(target);
          } else {
            move(before, target);
          }
        } catch (IOException e) {
          // The first failure is the one worth telling.
          return;
        }
      }
    }

    void tidy() {
      delete(fresh);
      delete(before);
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
