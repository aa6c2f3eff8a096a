package io.neurobalancer.linux;

/**
 * A value as it was before the first write.
 *
 * @param role what the file does
 * @param path absolute, without symbolic links
 * @param value as read, one line
 */
public record Original(Role role, String path, String value) {

  public Original {
    if (value.indexOf('\n') >= 0 || value.indexOf('\t') >= 0 || path.indexOf('\t') >= 0) {
      throw new IllegalArgumentException(
          "The value of " + path + " (" + value + ") is not one plain line.");
    }
  }
}
