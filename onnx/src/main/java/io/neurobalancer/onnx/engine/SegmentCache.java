package io.neurobalancer.onnx.engine;

import io.neurobalancer.files.IoReason;
import io.neurobalancer.unit.NeuroBalancerException;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Cut models on disk, one folder each. A folder appears whole or not at all: it is made under
 * another name and then renamed. One that does not match its manifest, or whose manifest names
 * another model, runtime or processor, counts as missing and is made anew.
 */
public final class SegmentCache {

  private final Path root;

  SegmentCache(Path root) {
    this.root = root;
  }

  /** Makes what a folder of the cache holds. */
  interface Maker {
    Manifest make(Path folder) throws IOException;
  }

  /**
   * Returns where cut models are kept: {@code $XDG_CACHE_HOME}, else {@code $HOME/.cache}, else
   * {@code .cache} in the user's home, and there {@code neurobalancer/segments}.
   *
   * @param environment of the process
   * @param userHome the system property {@code user.home}
   */
  public static Path defaultFolder(Map<String, String> environment, String userHome) {
    String xdg = environment.getOrDefault("XDG_CACHE_HOME", "");
    String home = environment.getOrDefault("HOME", "");
    Path caches =
        !xdg.isBlank() ? Path.of(xdg) : Path.of(home.isBlank() ? userHome : home, ".cache");
    return caches.resolve("neurobalancer").resolve("segments");
  }

  /** Returns the folder of a key. */
  Path folder(CacheKey key) {
    return root.resolve(key.folderName());
  }

  /** Returns what is kept under a key, if it is there, fits and is intact. */
  Optional<Manifest> find(CacheKey key) {
    try {
      Manifest manifest = Manifest.read(folder(key));
      return manifest.key().equals(key) && manifest.intact(folder(key))
          ? Optional.of(manifest)
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /**
   * Makes an entry, in place of a damaged one if there is one.
   *
   * @throws NeuroBalancerException if it cannot be written
   */
  Manifest make(CacheKey key, Maker maker) {
    Path fresh = root.resolve("new-" + UUID.randomUUID());
    try {
      Files.createDirectories(fresh);
      try {
        Manifest manifest = maker.make(fresh);
        manifest.write(fresh);
        return publish(key, fresh, manifest);
      } finally {
        delete(fresh);
      }
    } catch (IOException e) {
      throw NeuroBalancerException.invalid(
          "The cut model cannot be kept in '%s' (%s).%nMaybe free some space, or set XDG_CACHE_HOME to a folder that you can write."
              .formatted(root, IoReason.of(e)),
          e);
    }
  }

  private Manifest publish(CacheKey key, Path fresh, Manifest manifest) throws IOException {
    Path place = folder(key);
    if (Files.exists(place)) {
      Optional<Manifest> other = find(key);
      if (other.isPresent()) {
        return other.get(); // another process was quicker
      }
      Path old = root.resolve("old-" + UUID.randomUUID());
      Files.move(place, old);
      delete(old);
    }
    try {
      Files.move(fresh, place, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(fresh, place);
    } catch (IOException e) {
      return find(key).orElseThrow(() -> e);
    }
    return manifest;
  }

  private static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (var files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
