package io.neurobalancer.linux;

import io.neurobalancer.files.IoReason;
import io.neurobalancer.unit.NeuroBalancerException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Where the lock and the journal of a run are kept: a folder of the user's own that nobody else can
 * write to, so that no journal is ever obeyed that somebody else wrote.
 *
 * @param path absolute
 */
public record RunFolder(Path path) {

  private static final Set<PosixFilePermission> PRIVATE =
      PosixFilePermissions.fromString("rwx------");

  /**
   * Returns where this user's runs keep them: {@code $NEUROBALANCER_RUN_DIR}, else {@code
   * /run/neurobalancer} for root, else {@code $XDG_RUNTIME_DIR/neurobalancer}, else a folder under
   * {@code /var/tmp} that survives no reboot in meaning: journals carry the boot's id.
   *
   * @param environment of the process
   * @param user its name
   */
  public static RunFolder standard(Map<String, String> environment, String user) {
    String named = environment.get("NEUROBALANCER_RUN_DIR");
    if (named != null && !named.isBlank()) {
      return new RunFolder(Path.of(named).toAbsolutePath());
    }
    if (user.equals("root") && Files.isDirectory(Path.of("/run"))) {
      return new RunFolder(Path.of("/run/neurobalancer"));
    }
    String runtime = environment.get("XDG_RUNTIME_DIR");
    return runtime != null && !runtime.isBlank()
        ? new RunFolder(Path.of(runtime).toAbsolutePath().resolve("neurobalancer"))
        : new RunFolder(Path.of("/var/tmp/neurobalancer-" + user));
  }

  /** Returns the journal's place. */
  public Path journal() {
    return path.resolve("journal");
  }

  /** Returns the lock's place. */
  public Path lock() {
    return path.resolve("lock");
  }

  /** Makes the folder if need be, and makes sure that only this user can write to it. */
  public void prepare() {
    try {
      if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
        Path parent = path.getParent();
        if (parent != null) {
          Files.createDirectories(parent);
        }
        Files.createDirectory(path, PosixFilePermissions.asFileAttribute(PRIVATE));
      }
    } catch (IOException e) {
      throw new NeuroBalancerException(
          NeuroBalancerException.Kind.NO_PERMISSION,
          "The folder '%s' for the journal cannot be made (%s); nothing was written to any clock.%nMaybe set NEUROBALANCER_RUN_DIR to a folder of your own."
              .formatted(path, IoReason.of(e)),
          e);
    }
    Optional<String> why = unsafe();
    if (why.isPresent()) {
      throw new NeuroBalancerException(
          NeuroBalancerException.Kind.NO_PERMISSION,
          "The folder '%s' cannot be trusted: %s; nothing was written to any clock.%nMaybe remove it, or set NEUROBALANCER_RUN_DIR to a folder of your own."
              .formatted(path, why.get()));
    }
  }

  /** Returns why no journal could be kept here, without making anything; empty if one could. */
  public Optional<String> obstacle() {
    if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return unsafe();
    }
    for (Path at = path.getParent(); at != null; at = at.getParent()) {
      if (Files.exists(at)) {
        return Files.isWritable(at)
            ? Optional.empty()
            : Optional.of("'" + path + "' cannot be made, '" + at + "' is not writable");
      }
    }
    return Optional.of("'" + path + "' cannot be made");
  }

  /** Returns why a folder that is there cannot be trusted. */
  public Optional<String> unsafe() {
    try {
      if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
        return Optional.of("'" + path + "' is a symbolic link or no folder");
      }
      String user = System.getProperty("user.name", "?");
      String owner = Files.getOwner(path, LinkOption.NOFOLLOW_LINKS).getName();
      if (!user.equals("?") && !owner.equals(user)) {
        return Optional.of("'" + path + "' belongs to " + owner);
      }
      Set<PosixFilePermission> granted =
          Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS);
      if (granted.contains(PosixFilePermission.GROUP_WRITE)
          || granted.contains(PosixFilePermission.OTHERS_WRITE)) {
        return Optional.of("others can write to '" + path + "'");
      }
      return Files.isWritable(path)
          ? Optional.empty()
          : Optional.of("'" + path + "' is not writable");
    } catch (IOException | UnsupportedOperationException e) {
      return Optional.of("'" + path + "' cannot be examined (" + e.getMessage() + ")");
    }
  }
}
