package io.neurobalancer.report;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** A table for terminals: text to the left, numbers to the right, two spaces between columns. */
public final class TextTable {

  /** A column of texts is not made narrower than that. */
  private static final int NARROWEST = 12;

  private final List<String> headers;
  private final List<Boolean> numeric;
  private final List<List<String>> rows = new ArrayList<>();

  /** Creates a table; a header that begins with {@code >} is that of a column of numbers. */
  public TextTable(String... headers) {
    List<String> texts = new ArrayList<>();
    List<Boolean> kinds = new ArrayList<>();
    for (String header : headers) {
      kinds.add(header.startsWith(">"));
      texts.add(header.startsWith(">") ? header.substring(1) : header);
    }
    this.headers = List.copyOf(texts);
    this.numeric = List.copyOf(kinds);
  }

  /** Adds a row of one cell per column. */
  public TextTable row(String... cells) {
    if (cells.length != headers.size()) {
      throw new IllegalArgumentException(
          "A row needs %d cells, not %d.".formatted(headers.size(), cells.length));
    }
    rows.add(List.of(cells));
    return this;
  }

  /** Returns a text of at most so many characters; what is left out of its middle is marked. */
  public static String elided(String text, int most) {
    if (text.length() <= most) {
      return text;
    }
    int end = (most - 3) * 2 / 3;
    return text.substring(0, most - 3 - end) + "..." + text.substring(text.length() - end);
  }

  /** Returns the lines, a rule under the headers, no blanks at line ends, as wide as they get. */
  public String render() {
    return render(Integer.MAX_VALUE);
  }

  /**
   * Returns the lines, none longer than so many characters where that can be: headers and texts are
   * broken at blanks, the longest first, and within a word where one is longer than its column.
   * Numbers are never broken; a table of more numbers than fit stays too wide.
   */
  public String render(int columns) {
    int[] widths = new int[headers.size()];
    int[] least = new int[headers.size()];
    for (int c = 0; c < widths.length; c++) {
      widths[c] = headers.get(c).length();
      least[c] = numeric.get(c) ? longestWord(headers.get(c)) : Math.min(widths[c], NARROWEST);
      for (List<String> row : rows) {
        int length = row.get(c).length();
        widths[c] = Math.max(widths[c], length);
        least[c] = Math.max(least[c], numeric.get(c) ? length : Math.min(length, NARROWEST));
      }
    }
    narrow(widths, least, columns);
    StringBuilder text = new StringBuilder();
    lines(text, headers, widths);
    List<String> rules = new ArrayList<>();
    for (int width : widths) {
      rules.add("-".repeat(width));
    }
    lines(text, rules, widths);
    rows.forEach(row -> lines(text, row, widths));
    return text.toString();
  }

  /** Takes from the widest column that can still give, until all fit. */
  private static void narrow(int[] widths, int[] least, int columns) {
    int total = 2 * (widths.length - 1);
    for (int width : widths) {
      total += width;
    }
    while (total > columns) {
      int widest = -1;
      for (int c = 0; c < widths.length; c++) {
        if (widths[c] > least[c] && (widest < 0 || widths[c] > widths[widest])) {
          widest = c;
        }
      }
      if (widest < 0) {
        return;
      }
      widths[widest]--;
      total--;
    }
  }

  private static int longestWord(String text) {
    int longest = 0;
    for (String word : text.split(" ", -1)) {
      longest = Math.max(longest, word.length());
    }
    return longest;
  }

  /** Returns a cell's lines. */
  private static List<String> wrapped(String text, int width) {
    if (text.length() <= width) {
      return List.of(text);
    }
    List<String> lines = new ArrayList<>();
    int from = 0;
    while (text.length() - from > width) {
      int blank = text.lastIndexOf(' ', from + width);
      int end = blank > from ? blank : from + width;
      lines.add(text.substring(from, end));
      from = blank > from ? blank + 1 : end;
    }
    lines.add(text.substring(from));
    return lines;
  }

  /** Returns the table in Markdown. */
  public String markdown() {
    StringBuilder text = new StringBuilder();
    pipes(text, headers);
    pipes(text, numeric.stream().map(number -> number ? "---:" : "---").toList());
    rows.forEach(row -> pipes(text, row));
    return text.toString();
  }

  private static void pipes(StringBuilder text, List<String> cells) {
    text.append("| ")
        .append(
            cells.stream().map(cell -> cell.replace("|", "\\|")).collect(Collectors.joining(" | ")))
        .append(" |\n");
  }

  private void lines(StringBuilder text, List<String> cells, int[] widths) {
    List<List<String>> parts = new ArrayList<>();
    int height = 1;
    for (int c = 0; c < widths.length; c++) {
      parts.add(wrapped(cells.get(c), widths[c]));
      height = Math.max(height, parts.get(c).size());
    }
    for (int l = 0; l < height; l++) {
      StringBuilder line = new StringBuilder();
      for (int c = 0; c < widths.length; c++) {
        String part = l < parts.get(c).size() ? parts.get(c).get(l) : "";
        String padding = " ".repeat(widths[c] - part.length());
        line.append(c == 0 ? "" : "  ");
        line.append(numeric.get(c) ? padding + part : part + padding);
      }
      text.append(line.toString().stripTrailing()).append('\n');
    }
  }
}
