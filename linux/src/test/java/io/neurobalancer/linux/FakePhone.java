package io.neurobalancer.linux;

import io.neurobalancer.target.RunClock;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/**
 * A double of a phone's shell, of {@code su} and of the guard. The files of its kernel are either a
 * {@link TreeSysfs} that refuses as kernels do, or a folder that a real {@code /bin/sh} reads.
 */
final class FakePhone {

  final Map<String, byte[]> files = new HashMap<>();
  final List<String> unjournalled = new CopyOnWriteArrayList<>();
  final Set<String> selinux = new HashSet<>();
  final CountDownLatch guardEnded = new CountDownLatch(1);
  String features = "shell_v2,cmd,stat_v2";
  String user = "2000";
  String su = "yes";
  boolean full;
  private final TreeSysfs kernel;
  private final RunClock clock;
  private final Path folder;

  /** A phone with a kernel. */
  FakePhone(TreeSysfs kernel, RunClock clock) {
    this.kernel = kernel;
    this.clock = clock;
    this.folder = Path.of("/nowhere");
  }

  /** A phone whose files are in a folder. */
  FakePhone(Path folder) {
    this.kernel = new TreeSysfs();
    this.clock = new VirtualClock();
    this.folder = folder;
  }

  private boolean real() {
    return !folder.equals(Path.of("/nowhere"));
  }

  String receive(String path, byte[] content) {
    if (full) {
      return "No space left on device";
    }
    files.put(path, content);
    return "";
  }

  void shell(String command, FakeAdb.Terminal terminal) throws IOException {
    switch (command) {
      case "id -u" -> {
        terminal.out(user + "\n");
        terminal.exit(0);
      }
      case "su" -> {
        if (su.equals("absent")) {
          terminal.err("/system/bin/sh: su: inaccessible or not found\n");
          terminal.exit(127);
        } else if (su.equals("denied")) {
          terminal.err("Permission denied\n");
          terminal.exit(1);
        } else {
          session("0", terminal);
        }
      }
      case "exec sh" -> session(user, terminal);
      default -> throw new IllegalStateException("This phone does not know: " + command);
    }
  }

  private void session(String uid, FakeAdb.Terminal terminal) throws IOException {
    if (real()) {
      realShell(terminal);
      return;
    }
    StringBuilder pending = new StringBuilder();
    while (true) {
      byte[] bytes = terminal.input();
      if (bytes.length == 0) {
        terminal.exit(0);
        return;
      }
      pending.append(new String(bytes, StandardCharsets.UTF_8));
      for (int end = pending.indexOf("\n"); end >= 0; end = pending.indexOf("\n")) {
        String line = pending.substring(0, end);
        pending.delete(0, end + 1);
        if (line.startsWith("exec ") && line.contains(" watch ")) {
          guard(line.split(" ", -1)[3], terminal);
          return;
        }
        StringBuilder out = new StringBuilder();
        synchronized (kernel) {
          obey(uid, line, out);
        }
        if (!out.isEmpty()) {
          terminal.out(out.toString());
        }
      }
    }
  }

  private void obey(String uid, String line, StringBuilder out) {
    String path =
        line.contains("'") ? line.substring(line.indexOf('\'') + 1, line.length() - 1) : "";
    if (line.equals("id -u")) {
      out.append(uid).append('\n');
    } else if (line.startsWith("echo @nb-end-")) {
      out.append(line.substring(5)).append('\n');
    } else if (line.startsWith("nb_dump")) {
      dump(out);
    } else if (line.startsWith("nb_file '") || line.startsWith("nb_stat '")) {
      file(path, line.startsWith("nb_file"), out);
    } else if (line.startsWith("nb_names '")) {
      out.append("D ").append(kernel.resolve(path)).append('\n');
      kernel.list(path).forEach(name -> out.append("N ").append(name).append('\n'));
      if (!kernel.resolve(path).equals(path)) {
        out.append("L %s %s%n".formatted(path, kernel.resolve(path)));
      }
    } else if (line.startsWith("nb_real '")) {
      out.append(kernel.exists(path) ? "=" + kernel.resolve(path) : "M " + path).append('\n');
    } else if (line.startsWith("sha256sum ")) {
      byte[] content = files.get(line.split(" ", -1)[1]);
      if (content != null) {
        out.append(sha256(content)).append('\n');
      }
    } else if (line.startsWith("cp ")) {
      String[] words = line.split(" ", -1);
      byte[] content = files.remove(words[1]);
      if (content != null) {
        files.put(words[2].replaceFirst("\\.new$", ""), content);
        out.append("stored\n");
      }
    } else if (line.contains(" restore ")) {
      out.append(giveBack(line.split(" ", -1)[2], "asked by hand") ? "@0\n" : "@4\n");
    }
  }

  private void dump(StringBuilder out) {
    Set<String> directories = new HashSet<>();
    for (String path : kernel.contents().keySet()) {
      for (int end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
        directories.add(path.substring(0, end));
      }
    }
    kernel.links().keySet().forEach(l -> directories.add(l.substring(0, l.lastIndexOf('/'))));
    for (String directory : directories) {
      out.append("D ").append(directory).append('\n');
      kernel.list(directory).forEach(name -> out.append("N ").append(name).append('\n'));
    }
    out.append("D /nowhere\n");
    kernel.contents().keySet().forEach(path -> file(path, true, out));
    kernel.links().forEach((from, to) -> out.append("L %s %s%n".formatted(from, to)));
  }

  private void file(String path, boolean read, StringBuilder out) {
    if (!kernel.exists(path)) {
      out.append("M ").append(path).append('\n');
      return;
    }
    String mode = (kernel.readable(path) ? "r" : "") + (kernel.writable(path) ? "w" : "");
    out.append("F %s %s%n".formatted(mode.isEmpty() ? "-" : mode, path));
    if (read && kernel.readable(path)) {
      try {
        if (selinux.contains(path)) {
          throw new SysfsException(Errno.EACCES, path, "read", "Permission denied");
        }
        kernel.read(path).lines().forEach(line -> out.append('=').append(line).append('\n'));
      } catch (SysfsException e) {
        out.append("sh: can't open %s: %s%n".formatted(path, words(e.errno())));
      }
    }
  }

  private static String words(Errno errno) {
    return switch (errno) {
      case EACCES -> "Permission denied";
      case EPERM -> "Operation not permitted";
      case EINVAL -> "Invalid argument";
      case ENOENT -> "No such file or directory";
      case EIO -> "I/O error";
      case EBUSY -> "Device or resource busy";
      default -> "Something else";
    };
  }

  /** Holds a journal as guard.c does; what the journal cannot undo is not written, and told. */
  private void guard(String journalFile, FakeAdb.Terminal terminal) throws IOException {
    byte[] journal = files.get(journalFile);
    if (journal == null) {
      terminal.err("guard: the journal " + journalFile + " cannot be read\n");
      terminal.exit(3);
      return;
    }
    terminal.out("ready\n");
    StringBuilder pending = new StringBuilder();
    try {
      while (true) {
        byte[] bytes = terminal.input();
        for (byte b : bytes) {
          if (pending.isEmpty() && b == 'd') {
            files.remove(journalFile);
            terminal.exit(0);
            guardEnded.countDown();
            return;
          }
          if (b == '\n') {
            String line = pending.toString();
            pending.setLength(0);
            terminal.out(answer(journalFile, line.split("\t", 3)) + "\n");
          } else if (!pending.isEmpty() || b != 'b') {
            pending.append((char) b);
          }
        }
        if (bytes.length == 0) {
          throw new IOException("end of input");
        }
      }
    } catch (IOException e) {
      synchronized (kernel) {
        giveBack(journalFile, "the writer is gone");
      }
      guardEnded.countDown();
      throw e;
    }
  }

  private String answer(String journalFile, String[] line) {
    synchronized (kernel) {
      String path = line[1];
      if (line[0].equals("i")) {
        byte[] before = files.get(journalFile);
        List<byte[]> both = new ArrayList<>(List.of(before));
        String payload = "instead\t" + path + "\t" + line[2];
        java.util.zip.CRC32 crc = new java.util.zip.CRC32();
        crc.update(payload.getBytes(StandardCharsets.UTF_8));
        both.add("%08x %s\n".formatted(crc.getValue(), payload).getBytes(StandardCharsets.UTF_8));
        files.put(journalFile, join(both));
        return "ok";
      }
      if (!inJournal(journalFile, path)) {
        unjournalled.add(path);
        return "no 1 the journal cannot undo it";
      }
      try {
        if (selinux.contains(path)) {
          throw new SysfsException(Errno.EACCES, path, "write", "Permission denied");
        }
        kernel.write(path, line[2]);
        return "ok";
      } catch (SysfsException e) {
        return "no 1 " + words(e.errno());
      }
    }
  }

  private static byte[] join(List<byte[]> parts) {
    java.io.ByteArrayOutputStream all = new java.io.ByteArrayOutputStream();
    parts.forEach(all::writeBytes);
    return all.toByteArray();
  }

  private boolean inJournal(String journalFile, String path) {
    Journal journal = Journal.parse(new String(files.get(journalFile), StandardCharsets.UTF_8));
    return journal.problems().isEmpty()
        && journal.originals().stream()
            .anyMatch(
                o ->
                    o.path().equals(path)
                        || (o.role() == Role.GOVERNOR
                            && Set.of(
                                    o.path().replaceFirst("[^/]+$", "scaling_setspeed"),
                                    o.path().replaceFirst("[^/]+$", "userspace/set_freq"))
                                .contains(path)));
  }

  private boolean giveBack(String journalFile, String why) {
    byte[] journal = files.get(journalFile);
    if (journal == null) {
      return true;
    }
    RestoreReport report =
        new Restorer(kernel, clock)
            .restore(Journal.parse(new String(journal, StandardCharsets.UTF_8)));
    if (report.complete()) {
      files.remove(journalFile);
    }
    return report.complete() && !why.isEmpty();
  }

  private static String sha256(byte[] content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private void realShell(FakeAdb.Terminal terminal) throws IOException {
    Process process = new ProcessBuilder("/bin/sh").start();
    Thread out = pump(process.getInputStream(), 1, terminal);
    Thread err = pump(process.getErrorStream(), 2, terminal);
    try (OutputStream in = process.getOutputStream()) {
      for (byte[] bytes = terminal.input(); bytes.length > 0; bytes = terminal.input()) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        in.write(text.replace("R=''\n", "R='" + folder + "'\n").getBytes(StandardCharsets.UTF_8));
        in.flush();
      }
    } finally {
      process.destroy();
      out.interrupt();
      err.interrupt();
    }
  }

  private static Thread pump(InputStream from, int kind, FakeAdb.Terminal terminal) {
    Thread thread =
        new Thread(
            () -> {
              byte[] piece = new byte[4096];
              try {
                for (int n = from.read(piece); n > 0; n = from.read(piece)) {
                  terminal.packet(kind, java.util.Arrays.copyOf(piece, n));
                }
              } catch (IOException e) {
                // The test is over.
                return;
              }
            },
            "fake-phone-output");
    thread.setDaemon(true);
    thread.start();
    return thread;
  }
}
