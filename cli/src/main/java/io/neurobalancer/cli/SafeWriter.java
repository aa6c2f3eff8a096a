package io.neurobalancer.cli;

import java.io.FilterWriter;
import java.io.IOException;
import java.io.Writer;
import java.util.Locale;

/**
 * Writes control characters as their code, {@code \\u001b}: names come from files, and a terminal
 * obeys what it is sent. Line ends and tabs pass.
 */
final class SafeWriter extends FilterWriter {

  SafeWriter(Writer out) {
    super(out);
  }

  @Override
  public void write(int c) throws IOException {
    if (harmless((char) c)) {
      out.write(c);
    } else {
      out.write(String.format(Locale.ROOT, "\\u%04x", c & 0xffff));
    }
  }

  @Override
  public void write(char[] text, int offset, int length) throws IOException {
    for (int i = offset; i < offset + length; i++) {
      write(text[i]);
    }
  }

  @Override
  public void write(String text, int offset, int length) throws IOException {
    for (int i = offset; i < offset + length; i++) {
      write(text.charAt(i));
    }
  }

  /** Neither a control character nor one that turns the direction of writing. */
  private static boolean harmless(char c) {
    return c == '\n'
        || c == '\r'
        || c == '\t'
        || !(Character.isISOControl(c)
            || (c >= '\u202a' && c <= '\u202e')
            || (c >= '\u2066' && c <= '\u2069'));
  }
}
