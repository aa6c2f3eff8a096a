package io.neurobalancer.linux;

import java.util.List;

/**
 * Carries reads and writes to the files of a kernel: this machine's, one behind adb, or a double in
 * a test. Paths are absolute, as on the device, with {@code /} between names.
 *
 * <p>One write is one store: a value is never sent in pieces, and no file is ever created.
 */
public interface Sysfs {

  /** Returns the whole text of a file without the line end that closes it. */
  String read(String path) throws SysfsException;

  /** Writes a value and a line end at once. */
  void write(String path, String value) throws SysfsException;

  /** Returns the names in a directory, sorted; none if there is no such directory. */
  List<String> list(String directory);

  /** Returns whether a file or directory is there. */
  boolean exists(String path);

  /** Returns whether this process may read a file, as far as can be told without reading. */
  boolean readable(String path);

  /** Returns whether this process may write a file, as far as can be told without writing. */
  boolean writable(String path);

  /** Returns the path without symbolic links. */
  String canonical(String path) throws SysfsException;

  /** Opens a file that is used often; the numbers go through it without garbage. */
  default Attribute open(String path) throws SysfsException {
    return new Attribute() {
      @Override
      public long read() throws SysfsException {
        return Numbers.parse(path, Sysfs.this.read(path));
      }

      @Override
      public void write(long value) throws SysfsException {
        Sysfs.this.write(path, Long.toString(value));
      }

      @Override
      public void close() {}
    };
  }

  /** Returns the first line of a file, or the alternative if it cannot be read. */
  default String firstLine(String path, String otherwise) {
    try {
      String text = read(path);
      int end = text.indexOf('\n');
      return (end < 0 ? text : text.substring(0, end)).strip();
    } catch (SysfsException e) {
      return otherwise;
    }
  }

  /** A file that holds one number. */
  interface Attribute extends AutoCloseable {

    /** Returns the number at the start of the file. */
    long read() throws SysfsException;

    /** Writes a number at once. */
    void write(long value) throws SysfsException;

    @Override
    void close();
  }
}
