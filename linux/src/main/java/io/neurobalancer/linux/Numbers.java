package io.neurobalancer.linux;

/** Numbers as the kernel writes them. */
final class Numbers {

  private Numbers() {}

  /**
   * Returns the number at the start of a text.
   *
   * @throws SysfsException if there is none: a reading that is not one is never taken for zero
   */
  static long parse(String path, String text) throws SysfsException {
    int end = 0;
    while (end < text.length()
        && (Character.isDigit(text.charAt(end)) || (end == 0 && text.charAt(0) == '-'))) {
      end++;
    }
    try {
      return Long.parseLong(text.substring(0, end));
    } catch (NumberFormatException e) {
      throw new SysfsException(
          Errno.OTHER, path, "read", "'" + shorten(text) + "' is not a number");
    }
  }

  /** Returns a span in nanoseconds. */
  static long nanos(double seconds) {
    return Math.round(seconds * 1e9);
  }

  /** Returns whether a text is a plain decimal number, as restoring demands. */
  static boolean isPlain(String text) {
    return text.matches("[0-9]{1,19}");
  }

  private static String shorten(String text) {
    return text.length() > 40 ? text.substring(0, 40) + "..." : text;
  }
}
