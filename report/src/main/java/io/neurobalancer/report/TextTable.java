package io.neurobalancer.report;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** A table for terminals: text to the left, numbers to the right, two spaces between columns. */
public final class TextTable {

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

  /** Returns the lines, a rule under the headers, no blanks at line ends. */
  public String render() {
    int[] widths = new int[headers.size()];
    for (int c = 0; c < widths.length; c++) {
      widths[c] = headers.get(c).length();
      for (List<String> row : rows) {
        widths[c] = Math.max(widths[c], row.get(c).length());
      }
    }
    StringBuilder text = new StringBuilder();
    line(text, headers, widths);
    List<String> rules = new ArrayList<>();
    for (int width : widths) {
      rules.add("-".repeat(width));
    }
    line(text, rules, widths);
    rows.forEach(row -> line(text, row, widths));
    return text.toString();
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

  private void line(StringBuilder text, List<String> cells, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int c = 0; c < widths.length; c++) {
      String padding = " ".repeat(widths[c] - cells.get(c).length());
      line.append(c == 0 ? "" : "  ");
      line.append(numeric.get(c) ? padding + cells.get(c) : cells.get(c) + padding);
    }
    text.append(line.toString().stripTrailing()).append('\n');
  }
}
