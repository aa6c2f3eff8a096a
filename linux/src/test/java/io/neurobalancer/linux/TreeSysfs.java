package io.neurobalancer.linux;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A tree of files in memory, from a text:
 *
 * <pre>
 * # a comment
 * [/a/directory]
 * name mode value          (mode: r, rw, w or -; \n in a value is a line end)
 * /a/link -> /its/target
 * </pre>
 */
class TreeSysfs implements Sysfs {

  /** A file. */
  private static final class File {
    String value;
    boolean readable;
    boolean writable;

    File(String value, boolean readable, boolean writable) {
      this.value = value;
      this.readable = readable;
      this.writable = writable;
    }
  }

  private final TreeMap<String, File> files = new TreeMap<>();
  private final Map<String, String> links = new TreeMap<>();
  private final Map<String, Errno> writeFailures = new HashMap<>();
  private final Map<String, Errno> readFailures = new HashMap<>();
  final List<String> writes = new ArrayList<>();

  /** Reads a tree from the test resources. */
  static TreeSysfs resource(String name) {
    TreeSysfs tree = new TreeSysfs();
    tree.parse(text(name));
    return tree;
  }

  static String text(String name) {
    try (InputStream in = TreeSysfs.class.getResourceAsStream("trees/" + name + ".txt")) {
      if (in == null) {
        throw new IllegalArgumentException("There is no tree " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void parse(String text) {
    String directory = "";
    for (String line : text.split("\n", -1)) {
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      if (line.startsWith("[")) {
        directory = line.substring(1, line.indexOf(']'));
      } else if (line.contains(" -> ")) {
        String[] ends = line.split(" -> ", 2);
        links.put(ends[0].strip(), ends[1].strip());
      } else {
        String[] parts = line.split(" ", 3);
        put(
            directory + "/" + parts[0],
            parts.length > 2 ? parts[2].replace("\\n", "\n") : "",
            parts[1]);
      }
    }
  }

  void put(String path, String value, String mode) {
    files.put(path, new File(value, mode.contains("r"), mode.contains("w")));
  }

  void set(String path, String value) {
    file(path).value = value;
  }

  void remove(String path) {
    files.remove(path);
  }

  void link(String path, String target) {
    links.put(path, target);
  }

  /** Makes writes of a file fail, or work again where the reason is OTHER. */
  void failWrites(String path, Errno errno) {
    if (errno == Errno.OTHER) {
      writeFailures.remove(path);
    } else {
      writeFailures.put(path, errno);
    }
  }

  void failReads(String path, Errno errno) {
    readFailures.put(path, errno);
  }

  /** Takes the right to write from every file, as for a user that is not root. */
  void forbidWrites() {
    files.values().forEach(f -> f.writable = false);
  }

  /** Returns every path and what its file holds. */
  Map<String, String> contents() {
    Map<String, String> all = new TreeMap<>();
    files.forEach((path, file) -> all.put(path, file.value));
    return all;
  }

  /** Returns the links and where they lead. */
  Map<String, String> links() {
    return new TreeMap<>(links);
  }

  private File file(String path) {
    File file = files.get(path);
    if (file == null) {
      throw new IllegalArgumentException("There is no file " + path);
    }
    return file;
  }

  /** Follows links anywhere in a path. */
  String resolve(String path) {
    String at = path;
    for (int hops = 0; hops < 20; hops++) {
      String before = at;
      for (Map.Entry<String, String> link : links.entrySet()) {
        if (at.equals(link.getKey()) || at.startsWith(link.getKey() + "/")) {
          at = link.getValue() + at.substring(link.getKey().length());
        }
      }
      if (at.equals(before)) {
        return at;
      }
    }
    throw new IllegalStateException("The links of " + path + " go round.");
  }

  @Override
  public String read(String path) throws SysfsException {
    String real = resolve(path);
    File file = files.get(real);
    if (file == null) {
      throw new SysfsException(Errno.ENOENT, path, "read", "no such file");
    }
    if (!file.readable) {
      throw new SysfsException(Errno.EACCES, path, "read", "permission denied");
    }
    Errno failure = readFailures.get(real);
    if (failure != null) {
      throw new SysfsException(failure, path, "read", failure.name());
    }
    return get(real, file.value);
  }

  @Override
  public void write(String path, String value) throws SysfsException {
    String real = resolve(path);
    File file = files.get(real);
    if (file == null) {
      throw new SysfsException(Errno.ENOENT, path, "write " + value, "no such file");
    }
    if (!file.writable) {
      throw new SysfsException(Errno.EACCES, path, "write " + value, "permission denied");
    }
    Errno failure = writeFailures.get(real);
    if (failure != null) {
      throw new SysfsException(failure, path, "write " + value, failure.name());
    }
    writes.add(real.substring(real.lastIndexOf('/') + 1) + "=" + value);
    file.value = stored(real, value);
  }

  /** Returns what a file says; a kernel computes it. */
  String get(String path, String stored) throws SysfsException {
    return stored;
  }

  /** Returns what a file keeps of a write; a kernel judges it. */
  String stored(String path, String value) throws SysfsException {
    return value;
  }

  @Override
  public List<String> list(String directory) {
    String real = resolve(directory);
    Set<String> names = new TreeSet<>();
    for (Set<String> paths : List.of(files.keySet(), links.keySet())) {
      for (String path : paths) {
        if (path.startsWith(real + "/")) {
          String rest = path.substring(real.length() + 1);
          names.add(rest.contains("/") ? rest.substring(0, rest.indexOf('/')) : rest);
        }
      }
    }
    return new ArrayList<>(names);
  }

  @Override
  public boolean exists(String path) {
    String real = resolve(path);
    return files.containsKey(real) || !list(real).isEmpty();
  }

  @Override
  public boolean readable(String path) {
    File file = files.get(resolve(path));
    return file == null ? exists(path) : file.readable;
  }

  @Override
  public boolean writable(String path) {
    File file = files.get(resolve(path));
    return file != null && file.writable;
  }

  @Override
  public String canonical(String path) throws SysfsException {
    if (path.contains("..") || !exists(path)) {
      throw new SysfsException(Errno.ENOENT, path, "resolve", "no such file");
    }
    return resolve(path);
  }
}
