package io.neurobalancer.onnx.importer;

import io.neurobalancer.workload.Workload;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Keeps what probes found, by the content of the model: the second command on a model does not run
 * it again. A record that is damaged, or of another version, is as good as none.
 */
final class ProbeCache {

  /** The most records that are kept. */
  private static final int MOST = 500;

  private final Path folder;

  ProbeCache(Path cache) {
    this.folder = cache.resolve("probes");
  }

  /** Returns what tells a question from all others. */
  static String key(String name, Path model, InputBindings bindings) {
    StringBuilder key = new StringBuilder(WorkloadCodec.VERSION).append('\n');
    key.append(System.getProperty("os.arch")).append('\n');
    key.append(name.length()).append(':').append(name).append('\n');
    key.append(Hashes.file(model)).append('\n').append(bindings.canonical());
    for (String value : bindings.values().values()) {
      if (value.startsWith("@")) {
        // Read here, so that an array that changes changes the question.
        NpyFile array = NpyFile.read(value.substring(1));
        byte[] bytes = new byte[array.data().limit()];
        array.data().get(0, bytes);
        key.append(array.type()).append(array.shape()).append(Hashes.bytes(bytes)).append('\n');
      }
    }
    return Hashes.bytes(key.toString().getBytes(StandardCharsets.UTF_8));
  }

  /** Returns what tells a file from another or a changed one without reading it. */
  static String stamp(Path file) {
    try {
      BasicFileAttributes found = Files.readAttributes(file, BasicFileAttributes.class);
      return found.size() + " " + found.lastModifiedTime().toMillis() + " " + file;
    } catch (IOException e) {
      return "gone " + file;
    }
  }

  Optional<Workload> find(String key) {
    try {
      WorkloadCodec.Answer answer = WorkloadCodec.read(Files.readAllBytes(file(key)));
      for (String stamp : answer.files()) {
        String[] parts = stamp.split(" ", 3);
        if (parts.length < 3 || !stamp.equals(stamp(Path.of(parts[2])))) {
          return Optional.empty();
        }
      }
      return answer.workloads().stream().findFirst();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Keeps a record; a cache that cannot be written only costs time. */
  void keep(String key, WorkloadCodec.Answer answer) {
    try {
      CacheFolder.write(file(key), WorkloadCodec.write(answer));
      prune();
    } catch (IOException | UncheckedIOException e) {
      return;
    }
  }

  private void prune() throws IOException {
    List<Path> records = new ArrayList<>();
    try (Stream<Path> found = Files.list(folder)) {
      found.forEach(records::add);
    }
    if (records.size() > MOST) {
      records.sort(Comparator.comparing(ProbeCache::age));
      for (Path old : records.subList(0, records.size() - MOST)) {
        Files.deleteIfExists(old);
      }
    }
  }

  private static long age(Path file) {
    try {
      return Files.getLastModifiedTime(file).toMillis();
    } catch (IOException e) {
      return 0;
    }
  }

  private Path file(String key) {
    return folder.resolve(key + ".workload");
  }
}
