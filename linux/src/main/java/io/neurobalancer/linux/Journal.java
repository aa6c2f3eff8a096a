package io.neurobalancer.linux;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.zip.CRC32;

/**
 * What was there before the first write, so that anybody can give it back: this process, its
 * supervisor, the next start, or a user with {@code restore}.
 *
 * <p>A text file, one record a line, fields by tabs, each line after its own checksum, so that what
 * a cut-off or damaged file still says is used and the rest is known to be missing:
 *
 * <pre>
 * 8 hex digits  neurobalancer-journal  1
 * 8 hex digits  boot  the kernel's boot id
 * 8 hex digits  pid   of the writer
 * 8 hex digits  keep  ROLE  path  value
 * 8 hex digits  end   how many keep lines there are
 * 8 hex digits  instead  path  value        (appended: give this back rather than the value above)
 * </pre>
 *
 * @param boot id of the boot that it belongs to, empty if the line is lost
 * @param pid of the writer, -1 if the line is lost
 * @param originals what is to be given back
 * @param problems sentences about what could not be read; empty for a whole journal
 */
public record Journal(String boot, long pid, List<Original> originals, List<String> problems) {

  private static final String MAGIC = "neurobalancer-journal\t1";
  private static final long LONGEST = 4 << 20;

  public Journal {
    originals = List.copyOf(originals);
    problems = List.copyOf(problems);
  }

  /** Returns the id of this boot, or an empty text where the kernel does not tell it. */
  public static String bootId(Sysfs sysfs) {
    return sysfs.firstLine("/proc/sys/kernel/random/boot_id", "");
  }

  /** How bytes come to a disk; a test has one that is full. */
  interface Disk {

    /** Writes a new file whole, on the disk when it returns, or not at all. */
    void store(Path file, byte[] bytes) throws IOException;

    /** Appends, on the disk when it returns. */
    void append(Path file, byte[] bytes) throws IOException;
  }

  /** The disk of this machine. */
  static final Disk DISK =
      new Disk() {
        @Override
        public void store(Path file, byte[] bytes) throws IOException {
          Path fresh = file.resolveSibling(file.getFileName() + ".new");
          Files.deleteIfExists(fresh);
          try (FileChannel channel =
              FileChannel.open(
                  fresh,
                  Set.of(
                      StandardOpenOption.CREATE_NEW,
                      StandardOpenOption.WRITE,
                      LinkOption.NOFOLLOW_LINKS),
                  PosixFilePermissions.asFileAttribute(
                      PosixFilePermissions.fromString("rw-------")))) {
            fully(channel, bytes);
          }
          Files.move(
              fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
          Path folder = file.getParent();
          if (folder != null) {
            try (FileChannel directory = FileChannel.open(folder, StandardOpenOption.READ)) {
              directory.force(true);
            }
          }
        }

        @Override
        public void append(Path file, byte[] bytes) throws IOException {
          try (FileChannel channel =
              FileChannel.open(
                  file, Set.of(StandardOpenOption.APPEND, LinkOption.NOFOLLOW_LINKS))) {
            fully(channel, bytes);
          }
        }

        private void fully(FileChannel channel, byte[] bytes) throws IOException {
          ByteBuffer buffer = ByteBuffer.wrap(bytes);
          while (buffer.hasRemaining()) {
            channel.write(buffer);
          }
          channel.force(true);
        }
      };

  /** Writes this journal; it is on the disk when this returns. */
  void store(Disk disk, Path file) throws IOException {
    StringBuilder text = new StringBuilder();
    line(text, MAGIC);
    line(text, "boot\t" + boot);
    line(text, "pid\t" + pid);
    for (Original o : originals) {
      line(text, "keep\t" + o.role() + "\t" + o.path() + "\t" + o.value());
    }
    line(text, "end\t" + originals.size());
    disk.store(file, text.toString().getBytes(StandardCharsets.UTF_8));
  }

  /** Adds that another value is to be given back, because the one found was not the user's. */
  static void amend(Disk disk, Path file, String path, String value) throws IOException {
    StringBuilder text = new StringBuilder();
    line(text, "instead\t" + path + "\t" + value);
    disk.append(file, text.toString().getBytes(StandardCharsets.UTF_8));
  }

  private static void line(StringBuilder text, String payload) {
    text.append(checksum(payload)).append(' ').append(payload).append('\n');
  }

  private static String checksum(String payload) {
    CRC32 crc = new CRC32();
    crc.update(payload.getBytes(StandardCharsets.UTF_8));
    return String.format(Locale.ROOT, "%08x", crc.getValue());
  }

  /** Reads a journal as far as it can be read; empty if there is none. */
  public static Optional<Journal> read(Path file) throws IOException {
    if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      return Optional.empty();
    }
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      return Optional.of(
          new Journal("", -1, List.of(), List.of("It is a symbolic link or no file.")));
    }
    if (Files.size(file) > LONGEST) {
      return Optional.of(new Journal("", -1, List.of(), List.of("It is too long to be one.")));
    }
    return Optional.of(parse(new String(Files.readAllBytes(file), StandardCharsets.UTF_8)));
  }

  static Journal parse(String text) {
    String boot = "";
    long pid = -1;
    List<Original> originals = new ArrayList<>();
    Map<String, String> instead = new HashMap<>();
    List<String> problems = new ArrayList<>();
    long promised = -1;
    String[] lines = text.split("\n", -1);
    boolean head = false;
    for (int i = 0; i < lines.length; i++) {
      String line = lines[i];
      if (line.isEmpty() && i == lines.length - 1) {
        continue;
      }
      String payload = line.length() > 9 ? line.substring(9) : "";
      if (line.length() < 10 || !line.substring(0, 8).equals(checksum(payload))) {
        problems.add("Line " + (i + 1) + " is cut off or damaged.");
        continue;
      }
      String[] f = payload.split("\t", -1);
      if (payload.equals(MAGIC)) {
        head = true;
      } else if (f[0].equals("boot") && f.length == 2) {
        boot = f[1];
      } else if (f[0].equals("pid") && f.length == 2 && Numbers.isPlain(f[1])) {
        pid = Long.parseLong(f[1]);
      } else if (f[0].equals("keep") && f.length == 4 && role(f[1]).isPresent()) {
        originals.add(new Original(role(f[1]).get(), f[2], f[3]));
      } else if (f[0].equals("end") && f.length == 2 && Numbers.isPlain(f[1])) {
        promised = Long.parseLong(f[1]);
      } else if (f[0].equals("instead") && f.length == 3) {
        instead.put(f[1], f[2]);
      } else {
        problems.add("Line " + (i + 1) + " says nothing that this version knows.");
      }
    }
    if (!head) {
      problems.add("Its first line is missing.");
    }
    if (promised < 0) {
      problems.add("Its end is missing.");
    } else if (promised != originals.size()) {
      problems.add("It should hold " + promised + " values and holds " + originals.size() + ".");
    }
    originals.replaceAll(
        o -> new Original(o.role(), o.path(), instead.getOrDefault(o.path(), o.value())));
    return new Journal(boot, pid, originals, problems);
  }

  private static Optional<Role> role(String name) {
    return EnumSet.allOf(Role.class).stream().filter(r -> r.name().equals(name)).findFirst();
  }
}
