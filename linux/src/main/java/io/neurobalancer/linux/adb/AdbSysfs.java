package io.neurobalancer.linux.adb;

import io.neurobalancer.linux.Errno;
import io.neurobalancer.linux.Sysfs;
import io.neurobalancer.linux.SysfsException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Carries reads to a phone through one shell, and writes through a guard that holds the journal.
 * Without a guard nothing is written.
 */
public final class AdbSysfs implements Sysfs {

  private final DeviceShell shell;
  private final boolean root;
  private volatile @Nullable Writer writer;

  /** Writes on the phone what the journal there can undo. */
  interface Writer {

    /** Writes a value. */
    void write(String path, String value) throws SysfsException;
  }

  AdbSysfs(DeviceShell shell, boolean root) throws IOException {
    this.shell = shell;
    this.root = root;
    shell.run(script());
  }

  private static String script() {
    try (InputStream in = AdbSysfs.class.getResourceAsStream("probe.sh")) {
      if (in == null) {
        throw new IllegalStateException("probe.sh is not beside its class.");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Lets a guard write, or nobody. */
  void writeThrough(@Nullable Writer guard) {
    writer = guard;
  }

  /**
   * Looks at everything that discovery needs at once. The result answers from that one look, and
   * asks the phone only about places that were not looked at; it writes nothing.
   */
  public Sysfs snapshot() {
    try {
      return new Snapshot(this, DeviceTree.parse(shell.run("nb_dump 2>/dev/null", 30_000)));
    } catch (IOException e) {
      throw Phone.lost(e);
    }
  }

  private DeviceTree ask(String verb, String path) throws SysfsException {
    try {
      return DeviceTree.parse(shell.run(verb + " " + DeviceShell.quoted(path)));
    } catch (IOException e) {
      throw gone(path, verb, e);
    }
  }

  static SysfsException gone(String path, String what, IOException e) {
    SysfsException known =
        new SysfsException(
            Errno.EIO, path, what, "the phone is out of reach (" + e.getMessage() + ")");
    known.initCause(e);
    return known;
  }

  @Override
  public String read(String path) throws SysfsException {
    DeviceTree tree = ask("nb_file", path);
    try {
      return tree.read(path).orElse("");
    } catch (SysfsException e) {
      if (root && e.errno() == Errno.EACCES) {
        throw selinux(path, "read");
      }
      throw e;
    }
  }

  /** Root is refused by file modes nowhere; SELinux refuses it as it refuses everybody. */
  static SysfsException selinux(String path, String what) {
    return new SysfsException(
        Errno.EACCES,
        path,
        what,
        "SELinux refuses it even to root; use a root whose context is allowed to (Magisk's or"
            + " KernelSU's), or 'setenforce 0' while measuring");
  }

  @Override
  public void write(String path, String value) throws SysfsException {
    Writer guard = writer;
    if (guard == null) {
      throw new SysfsException(
          Errno.EPERM, path, "write " + value, "nothing is written to a phone without its guard");
    }
    guard.write(path, value);
  }

  @Override
  public List<String> list(String directory) {
    try {
      return ask("nb_names", directory).list(directory).orElse(List.of());
    } catch (SysfsException e) {
      return List.of();
    }
  }

  @Override
  public boolean exists(String path) {
    return told(path, true);
  }

  @Override
  public boolean readable(String path) {
    try {
      return ask("nb_stat", path).readable(path).orElse(false);
    } catch (SysfsException e) {
      return false;
    }
  }

  @Override
  public boolean writable(String path) {
    try {
      return ask("nb_stat", path).writable(path).orElse(false);
    } catch (SysfsException e) {
      return false;
    }
  }

  private boolean told(String path, boolean otherwise) {
    try {
      return ask("nb_stat", path).exists(path).orElse(otherwise);
    } catch (SysfsException e) {
      return false;
    }
  }

  @Override
  public String canonical(String path) throws SysfsException {
    List<String> lines = new ArrayList<>();
    try {
      lines.addAll(shell.run("nb_real " + DeviceShell.quoted(path)));
    } catch (IOException e) {
      throw gone(path, "resolve", e);
    }
    if (lines.size() == 1 && lines.get(0).startsWith("=/")) {
      return lines.get(0).substring(1);
    }
    throw new SysfsException(Errno.ENOENT, path, "resolve", "no such file");
  }

  /** One look at a phone. */
  private record Snapshot(AdbSysfs phone, DeviceTree tree) implements Sysfs {

    @Override
    public String read(String path) throws SysfsException {
      Optional<String> text;
      try {
        text = tree.read(path);
      } catch (SysfsException e) {
        if (phone.root && e.errno() == Errno.EACCES) {
          throw selinux(path, "read");
        }
        throw e;
      }
      return text.isPresent() ? text.get() : phone.read(path);
    }

    @Override
    public void write(String path, String value) throws SysfsException {
      throw new SysfsException(Errno.EPERM, path, "write " + value, "a look does not write");
    }

    @Override
    public List<String> list(String directory) {
      return tree.list(directory).orElseGet(() -> phone.list(directory));
    }

    @Override
    public boolean exists(String path) {
      return tree.exists(path).orElseGet(() -> phone.exists(path));
    }

    @Override
    public boolean readable(String path) {
      return tree.readable(path).orElseGet(() -> phone.readable(path));
    }

    @Override
    public boolean writable(String path) {
      return tree.writable(path).orElseGet(() -> phone.writable(path));
    }

    @Override
    public String canonical(String path) throws SysfsException {
      Optional<String> real = tree.canonical(path);
      return real.isPresent() ? real.get() : phone.canonical(path);
    }
  }
}
