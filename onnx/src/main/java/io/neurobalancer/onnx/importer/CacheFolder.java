package io.neurobalancer.onnx.importer;

import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;

/** Where files are kept that can be made again, and how one is put there whole or not at all. */
public final class CacheFolder {

  private static final String OWN = "neurobalancer";

  private CacheFolder() {}

  /** Returns the cache folder of this process's user. */
  public static Path ofUser() {
    return of(
        System.getenv(), System.getProperty("os.name", ""), System.getProperty("user.home", ""));
  }

  /**
   * Returns where a user's cached files belong: XDG_CACHE_HOME, else the platform's place below
   * HOME, else below the home that Java knows, else below the temporary folder.
   *
   * @param environment the process's environment variables
   * @param osName the system property {@code os.name}
   * @param userHome the system property {@code user.home}
   */
  public static Path of(Map<String, String> environment, String osName, String userHome) {
    String os = osName.toLowerCase(Locale.ROOT);
    String xdg = environment.getOrDefault("XDG_CACHE_HOME", "");
    if (!xdg.isBlank()) {
      return Path.of(xdg, OWN);
    }
    String local = environment.getOrDefault("LOCALAPPDATA", "");
    if (os.contains("win") && !local.isBlank()) {
      return Path.of(local, OWN, "cache");
    }
    String home = environment.getOrDefault("HOME", "");
    // Java says "?" where the user has no entry in the password file.
    String known = userHome.equals("?") ? "" : userHome;
    home = home.isBlank() ? known : home;
    if (home.isBlank()) {
      return Path.of(System.getProperty("java.io.tmpdir", "/tmp"), OWN + "-cache");
    }
    if (os.contains("win")) {
      return Path.of(home, OWN, "cache");
    }
    return os.contains("mac")
        ? Path.of(home, "Library", "Caches", OWN)
        : Path.of(home, ".cache", OWN);
  }

  /** Returns a name for a file in a folder that nobody else uses, to be moved or deleted. */
  public static Path fresh(Path folder, String name) {
    return folder.resolve(name + "-" + UUID.randomUUID() + ".tmp");
  }

  /** Moves a finished file to its place, over what is there. */
  public static void move(Path from, Path to) throws IOException {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  /** Writes a small file whole. */
  static void write(Path file, byte[] bytes) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null) {
      throw new IOException("no folder");
    }
    Files.createDirectories(folder);
    Path fresh = fresh(folder, String.valueOf(file.getFileName()));
    try {
      Files.write(fresh, bytes);
      move(fresh, file);
    } finally {
      Files.deleteIfExists(fresh);
    }
  }
}
