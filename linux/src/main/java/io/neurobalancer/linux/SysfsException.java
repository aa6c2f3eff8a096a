package io.neurobalancer.linux;

import java.io.IOException;

/** A read or a write that the kernel refused. */
public final class SysfsException extends IOException {

  private static final long serialVersionUID = 1;

  private final Errno errno;
  private final String path;

  /**
   * Creates the exception.
   *
   * @param what was tried, such as {@code write 300000}
   */
  public SysfsException(Errno errno, String path, String what, String reason) {
    super("%s: %s (%s)".formatted(path, reason, what));
    this.errno = errno;
    this.path = path;
  }

  /** Returns the reason. */
  public Errno errno() {
    return errno;
  }

  /** Returns the file. */
  public String path() {
    return path;
  }
}
