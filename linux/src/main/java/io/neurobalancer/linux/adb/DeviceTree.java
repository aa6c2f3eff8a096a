package io.neurobalancer.linux.adb;

import io.neurobalancer.linux.Errno;
import io.neurobalancer.linux.SysfsException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Files of a phone as {@code probe.sh} prints them, read once. It knows what it does not know: a
 * question about a place that was not looked at has no answer.
 */
final class DeviceTree {

  /** A file; its text is empty if it was not read, its complaint if nothing went wrong. */
  private static final class Entry {
    final boolean readable;
    final boolean writable;
    final StringBuilder text = new StringBuilder();
    boolean read;
    String complaint = "";

    Entry(String mode) {
      readable = mode.contains("r");
      writable = mode.contains("w");
    }
  }

  private final Map<String, Entry> files = new HashMap<>();
  private final Map<String, TreeSet<String>> directories = new HashMap<>();
  private final Map<String, String> links = new HashMap<>();
  private final Set<String> missing = new TreeSet<>();

  /** Reads what the script printed. */
  static DeviceTree parse(List<String> lines) {
    DeviceTree tree = new DeviceTree();
    String directory = "";
    Entry file = new Entry("");
    for (String line : lines) {
      if (line.startsWith("=")) {
        file.text.append(file.read ? "\n" : "").append(line, 1, line.length());
        file.read = true;
      } else if (line.startsWith("D /")) {
        directory = line.substring(2);
        tree.directories.computeIfAbsent(directory, d -> new TreeSet<>());
      } else if (line.startsWith("N ")) {
        tree.directories.computeIfAbsent(directory, d -> new TreeSet<>()).add(line.substring(2));
      } else if (line.startsWith("L /")) {
        String[] ends = line.substring(2).split(" /", 2);
        if (ends.length == 2) {
          tree.links.put(ends[0], "/" + ends[1]);
        }
      } else if (line.startsWith("M /")) {
        tree.missing.add(line.substring(2));
      } else if (line.matches("F [-rw]{1,2} /.*")) {
        String[] parts = line.split(" ", 3);
        file = new Entry(parts[1]);
        Entry before = tree.files.get(parts[2]);
        if (before == null || !before.read) {
          tree.files.put(parts[2], file);
        }
        int slash = parts[2].lastIndexOf('/');
        if (parts[2].substring(0, slash).equals(directory)) {
          tree.directories
              .computeIfAbsent(directory, d -> new TreeSet<>())
              .add(parts[2].substring(slash + 1));
        }
      } else if (!line.isBlank() && file.complaint.isEmpty()) {
        file.complaint = line;
      }
    }
    return tree;
  }

  /** Follows the links that were seen, anywhere in a path. */
  String resolve(String path) {
    String at = path;
    for (int hop = 0; hop < 20; hop++) {
      String next = at;
      for (int end = at.length(); end > 0; end = at.lastIndexOf('/', end - 1)) {
        String target = links.get(at.substring(0, end));
        if (target != null) {
          next = target + at.substring(end);
          break;
        }
      }
      if (next.equals(at)) {
        break;
      }
      at = next;
    }
    return at;
  }

  /** Returns whether something is there; empty if that was not looked at. */
  Optional<Boolean> exists(String path) {
    String real = resolve(path);
    if (files.containsKey(real) || directories.containsKey(real)) {
      return Optional.of(true);
    }
    if (missing.contains(path) || missing.contains(real)) {
      return Optional.of(false);
    }
    for (int end = real.lastIndexOf('/'); end > 0; end = real.lastIndexOf('/', end - 1)) {
      if (missing.contains(real.substring(0, end))) {
        return Optional.of(false);
      }
      TreeSet<String> names = directories.get(real.substring(0, end));
      if (names != null) {
        String rest = real.substring(end + 1);
        int slash = rest.indexOf('/');
        boolean there = names.contains(slash < 0 ? rest : rest.substring(0, slash));
        return there && slash >= 0 ? Optional.empty() : Optional.of(there);
      }
    }
    return Optional.empty();
  }

  /** Returns the names in a directory; empty if it was not looked at. */
  Optional<List<String>> list(String path) {
    TreeSet<String> names = directories.get(resolve(path));
    return names != null
        ? Optional.of(List.copyOf(names))
        : exists(path).filter(there -> !there).map(no -> List.of());
  }

  /** Returns whether a file's mode lets it be read; empty if that was not looked at. */
  Optional<Boolean> readable(String path) {
    Entry file = files.get(resolve(path));
    return file != null
        ? Optional.of(file.readable)
        : directories.containsKey(resolve(path)) ? Optional.of(true) : absent(path);
  }

  /** Returns whether a file's mode lets it be written; empty if that was not looked at. */
  Optional<Boolean> writable(String path) {
    Entry file = files.get(resolve(path));
    return file != null ? Optional.of(file.writable) : absent(path);
  }

  private Optional<Boolean> absent(String path) {
    return exists(path).filter(there -> !there);
  }

  /**
   * Returns the text of a file; empty if it was not read.
   *
   * @throws SysfsException if it is not there or could not be read
   */
  Optional<String> read(String path) throws SysfsException {
    Entry file = files.get(resolve(path));
    if (file == null) {
      if (absent(path).isPresent()) {
        throw new SysfsException(Errno.ENOENT, path, "read", "no such file");
      }
      return Optional.empty();
    }
    if (!file.readable) {
      throw new SysfsException(Errno.EACCES, path, "read", "permission denied");
    }
    if (!file.complaint.isEmpty()) {
      String why = file.complaint.substring(file.complaint.lastIndexOf(": ") + 1).strip();
      throw new SysfsException(errno(why), path, "read", why);
    }
    return file.read ? Optional.of(file.text.toString().stripTrailing()) : Optional.empty();
  }

  /** Returns the path without links; empty if that was not looked at. */
  Optional<String> canonical(String path) {
    String real = resolve(path);
    return files.containsKey(real) || directories.containsKey(real)
        ? Optional.of(real)
        : Optional.empty();
  }

  /** Returns the reason that a program of the phone gave in words. */
  static Errno errno(String words) {
    String lower = words.toLowerCase(Locale.ROOT);
    return lower.contains("permission denied")
        ? Errno.EACCES
        : lower.contains("not permitted")
            ? Errno.EPERM
            : lower.contains("invalid argument")
                ? Errno.EINVAL
                : lower.contains("no such file")
                    ? Errno.ENOENT
                    : lower.contains("no such device")
                        ? Errno.ENODEV
                        : lower.contains("busy")
                            ? Errno.EBUSY
                            : lower.contains("read-only file")
                                ? Errno.EROFS
                                : lower.contains("/o error") ? Errno.EIO : Errno.OTHER;
  }
}
