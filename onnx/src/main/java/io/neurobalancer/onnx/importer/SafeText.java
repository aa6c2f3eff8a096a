package io.neurobalancer.onnx.importer;

import java.util.Locale;

/** Names that come out of a file, made fit for a terminal, a table and a message. */
final class SafeText {

  private static final int LONGEST = 120;

  private SafeText() {}

  /**
   * Returns a name with control characters, line breaks and marks that turn the writing direction
   * shown as escapes, and cut to 120 characters.
   */
  static String name(String raw) {
    StringBuilder safe = new StringBuilder(Math.min(raw.length(), LONGEST));
    for (int i = 0; i < raw.length(); ) {
      int point = raw.codePointAt(i);
      i += Character.charCount(point);
      if (safe.length() >= LONGEST) {
        return safe.append("...").toString();
      }
      if (shown(point)) {
        safe.appendCodePoint(point);
      } else {
        safe.append(String.format(Locale.ROOT, "<U+%04X>", point));
      }
    }
    return safe.toString();
  }

  /** Returns a sentence whose control characters are blanks; it may be long. */
  static String sentence(String raw) {
    StringBuilder safe = new StringBuilder(raw.length());
    boolean blank = true;
    for (int i = 0; i < raw.length(); ) {
      int point = raw.codePointAt(i);
      i += Character.charCount(point);
      boolean space = !shown(point) || Character.isSpaceChar(point);
      if (!space) {
        safe.appendCodePoint(point);
      } else if (!blank) {
        safe.append(' ');
      }
      blank = space;
    }
    return safe.toString().strip();
  }

  private static boolean shown(int point) {
    return switch (Character.getType(point)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED ->
          false;
      default -> true;
    };
  }
}
