package io.neurobalancer.linux;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * The files of this machine, or of a tree that looks like one.
 *
 * <p>Files are opened for writing only, never created: where an attribute is missing, the kernel
 * answers a request to create it with EACCES, which hides that it is missing.
 */
public final class LocalSysfs implements Sysfs {

  private static final int LONGEST_ATTRIBUTE = 1 << 20;

  private final Path root;

  /** Carries to the files under a folder; {@code /} is this machine. */
  public LocalSysfs(Path root) {
    this.root = root.toAbsolutePath().normalize();
  }

  /** Carries to this machine. */
  public LocalSysfs() {
    this(Path.of("/"));
  }

  /** Returns the folder that paths start from. */
  public Path root() {
    return root;
  }

  @Override
  public String read(String path) throws SysfsException {
    try (FileChannel channel = FileChannel.open(resolve(path), StandardOpenOption.READ)) {
      ByteBuffer buffer = ByteBuffer.allocate(4096);
      while (channel.read(buffer) > 0) {
        if (!buffer.hasRemaining()) {
          if (buffer.capacity() >= LONGEST_ATTRIBUTE) {
            throw new SysfsException(Errno.OTHER, path, "read", "the file is too long");
          }
          buffer = ByteBuffer.allocate(buffer.capacity() * 4).put(buffer.flip());
        }
      }
      String text = new String(buffer.array(), 0, buffer.position(), StandardCharsets.UTF_8);
      return text.stripTrailing();
    } catch (SysfsException e) {
      throw e;
    } catch (IOException e) {
      throw translate(e, path, "read");
    }
  }

  @Override
  public void write(String path, String value) throws SysfsException {
    ByteBuffer bytes = ByteBuffer.wrap((value + "\n").getBytes(StandardCharsets.UTF_8));
    try (FileChannel channel = FileChannel.open(resolve(path), StandardOpenOption.WRITE)) {
      channel.write(bytes, 0);
    } catch (IOException e) {
      throw translate(e, path, "write " + value);
    }
    if (bytes.hasRemaining()) {
      throw new SysfsException(Errno.ENOSPC, path, "write " + value, "only a part was taken");
    }
  }

  @Override
  public List<String> list(String directory) {
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(resolve(directory))) {
      entries.forEach(entry -> names.add(String.valueOf(entry.getFileName())));
    } catch (IOException | java.nio.file.DirectoryIteratorException e) {
      return List.of();
    }
    Collections.sort(names);
    return names;
  }

  @Override
  public boolean exists(String path) {
    return Files.exists(resolve(path));
  }

  @Override
  public boolean readable(String path) {
    return Files.isReadable(resolve(path));
  }

  @Override
  public boolean writable(String path) {
    return Files.isWritable(resolve(path));
  }

  @Override
  public String canonical(String path) throws SysfsException {
    try {
      Path real = resolve(path).toRealPath();
      Path base = root.toRealPath();
      if (!real.startsWith(base)) {
        throw new SysfsException(Errno.EPERM, path, "resolve", "the path leads out of the tree");
      }
      return "/" + base.relativize(real);
    } catch (SysfsException e) {
      throw e;
    } catch (IOException e) {
      throw translate(e, path, "resolve");
    }
  }

  @Override
  public Attribute open(String path) throws SysfsException {
    return new LocalAttribute(path, resolve(path));
  }

  private Path resolve(String path) {
    return root.resolve(path.startsWith("/") ? path.substring(1) : path);
  }

  static SysfsException translate(IOException e, String path, String what) {
    if (e instanceof SysfsException known) {
      return known;
    }
    String text = String.valueOf(e.getMessage());
    String reason = e instanceof java.nio.file.FileSystemException f ? f.getReason() : text;
    String lower = String.valueOf(reason).toLowerCase(Locale.ROOT);
    Errno errno = Errno.OTHER;
    if (e instanceof NoSuchFileException || e instanceof NotDirectoryException) {
      errno = Errno.ENOENT;
      reason = "no such file";
    } else if (e instanceof AccessDeniedException) {
      errno = Errno.EACCES;
      reason = "permission denied";
    } else if (lower.contains("read-only")) {
      errno = Errno.EROFS;
    } else if (lower.contains("invalid argument")) {
      errno = Errno.EINVAL;
    } else if (lower.contains("busy")) {
      errno = Errno.EBUSY;
    } else if (lower.contains("input/output")) {
      errno = Errno.EIO;
    } else if (lower.contains("no such device")) {
      errno = Errno.ENODEV;
    } else if (lower.contains("not permitted")) {
      errno = Errno.EPERM;
    } else if (lower.contains("no space")) {
      errno = Errno.ENOSPC;
    }
    SysfsException translated = new SysfsException(errno, path, what, String.valueOf(reason));
    translated.initCause(e);
    return translated;
  }

  /**
   * Keeps its descriptors and its buffers. A descriptor that a governor switch made stale (ENODEV)
   * or an interrupt closed is opened again, once.
   */
  private static final class LocalAttribute implements Attribute {

    private final String path;
    private final Path file;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(64);
    private @org.jspecify.annotations.Nullable FileChannel reader;
    private @org.jspecify.annotations.Nullable FileChannel writer;

    LocalAttribute(String path, Path file) throws SysfsException {
      this.path = path;
      this.file = file;
      if (!Files.exists(file)) {
        throw new SysfsException(Errno.ENOENT, path, "open", "no such file");
      }
    }

    @Override
    public long read() throws SysfsException {
      try {
        return readOnce();
      } catch (IOException e) {
        boolean interrupted = retry(e, "read");
        close();
        try {
          return readOnce();
        } catch (IOException again) {
          throw translate(again, path, "read");
        } finally {
          if (interrupted) {
            Thread.currentThread().interrupt();
          }
        }
      }
    }

    @Override
    public void write(long value) throws SysfsException {
      try {
        writeOnce(value);
      } catch (IOException e) {
        boolean interrupted = false;
        try {
          interrupted = retry(e, "write " + value);
          close();
          writeOnce(value);
        } catch (IOException again) {
          throw translate(again, path, "write " + value);
        } finally {
          if (interrupted) {
            Thread.currentThread().interrupt();
          }
        }
      }
    }

    /** Returns whether an interrupt is to be set again; throws what a second try cannot help. */
    private boolean retry(IOException e, String what) throws SysfsException {
      if (e instanceof ClosedByInterruptException) {
        return Thread.interrupted();
      }
      SysfsException translated = translate(e, path, what);
      if (translated.errno() != Errno.ENODEV) {
        throw translated;
      }
      return false;
    }

    private long readOnce() throws IOException {
      FileChannel channel = reader;
      if (channel == null) {
        channel = channel(StandardOpenOption.READ);
        reader = channel;
      }
      buffer.clear();
      int length = channel.read(buffer, 0);
      long value = 0;
      int at = 0;
      boolean negative = length > 0 && buffer.get(0) == '-';
      if (negative) {
        at = 1;
      }
      int first = at;
      while (at < length && buffer.get(at) >= '0' && buffer.get(at) <= '9') {
        value = value * 10 + (buffer.get(at) - '0');
        at++;
      }
      if (at == first) {
        throw new SysfsException(Errno.OTHER, path, "read", "not a number");
      }
      return negative ? -value : value;
    }

    private void writeOnce(long value) throws IOException {
      FileChannel channel = writer;
      if (channel == null) {
        channel = channel(StandardOpenOption.WRITE);
        writer = channel;
      }
      buffer.clear();
      put(value);
      buffer.flip();
      channel.write(buffer, 0);
    }

    private FileChannel channel(OpenOption option) throws IOException {
      return FileChannel.open(file, option);
    }

    private void put(long value) {
      long rest = value;
      if (rest < 0) {
        buffer.put((byte) '-');
        rest = -rest;
      }
      long divisor = 1;
      while (rest / divisor >= 10) {
        divisor *= 10;
      }
      for (; divisor > 0; divisor /= 10) {
        buffer.put((byte) ('0' + rest / divisor % 10));
      }
      buffer.put((byte) '\n');
    }

    @Override
    public void close() {
      reader = closed(reader);
      writer = closed(writer);
    }

    private static @org.jspecify.annotations.Nullable FileChannel closed(
        @org.jspecify.annotations.Nullable FileChannel channel) {
      try {
        if (channel != null) {
          channel.close();
        }
      } catch (IOException e) {
        // Nothing was buffered: a descriptor that does not close loses nothing.
        return null;
      }
      return null;
    }
  }
}
