package io.neurobalancer.simulator.replay;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A file of comma-separated values with a header, cells optionally in double quotes, read whole.
 *
 * @param file for messages
 * @param headers the names of the columns
 * @param rows the cells below, each row with as many as there are headers
 */
public record CsvTable(String file, List<String> headers, List<Row> rows) {

  /**
   * One row.
   *
   * @param line its number in the file, from 1
   * @param cells by column name
   */
  public record Row(int line, Map<String, String> cells) {
    public Row {
      cells = Map.copyOf(cells);
    }

    /** Returns the text of a cell, or an empty text for a column that is not there. */
    public String text(String column) {
      return cells.getOrDefault(column, "");
    }
  }

  public CsvTable {
    headers = List.copyOf(headers);
    rows = List.copyOf(rows);
  }

  /**
   * Reads a file.
   *
   * @throws ReplayException if it is missing, empty, or a row has more or fewer cells than the
   *     header
   */
  public static CsvTable read(Path file) {
    try {
      return parse(file.toString(), Files.readString(file));
    } catch (IOException e) {
      throw new ReplayException(
          "The table '%s' cannot be read (%s).%nMaybe check the path and its permissions."
              .formatted(file, e.getClass().getSimpleName()),
          e);
    }
  }

  /** Reads a text; see {@link #read}. */
  static CsvTable parse(String file, String text) {
    List<String> lines = text.lines().toList();
    if (lines.isEmpty() || lines.get(0).isBlank()) {
      throw new ReplayException(
          "%s is empty.%nMaybe its first line should name the columns.".formatted(file));
    }
    List<String> headers = cells(lines.get(0));
    if (new HashSet<>(headers).size() < headers.size()) {
      throw new ReplayException(
          "%s, line 1: two columns share a name: %s.%nMaybe rename one."
              .formatted(file, String.join(",", headers)));
    }
    List<Row> rows = new ArrayList<>();
    for (int l = 1; l < lines.size(); l++) {
      if (lines.get(l).isBlank()) {
        continue;
      }
      List<String> cells = cells(lines.get(l));
      if (cells.size() != headers.size()) {
        throw new ReplayException(
            "%s, line %d: there are %d cells, but the header names %d columns.%nMaybe the file is cut off there."
                .formatted(file, l + 1, cells.size(), headers.size()));
      }
      Map<String, String> row = new LinkedHashMap<>();
      for (int c = 0; c < cells.size(); c++) {
        row.put(headers.get(c), cells.get(c));
      }
      rows.add(new Row(l + 1, row));
    }
    return new CsvTable(file, headers, rows);
  }

  /** Splits a line at commas outside quotes. */
  private static List<String> cells(String line) {
    List<String> cells = new ArrayList<>();
    StringBuilder cell = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c == '"') {
        quoted = !quoted;
      } else if (c == ',' && !quoted) {
        cells.add(cell.toString().strip());
        cell.setLength(0);
      } else {
        cell.append(c);
      }
    }
    cells.add(cell.toString().strip());
    return cells;
  }

  /**
   * Returns a number.
   *
   * @throws ReplayException if the cell is no finite number above zero; the message names file,
   *     line and column
   */
  public double positive(Row row, String column) {
    String text = row.text(column);
    double value;
    try {
      value = Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw new ReplayException(
          "%s, line %d: %s ('%s') is no number.%nMaybe leave the whole row out if it was not measured."
              .formatted(file, row.line(), column, text),
          e);
    }
    if (!(value > 0) || Double.isInfinite(value)) {
      throw new ReplayException(
          "%s, line %d: %s (%s) must be a finite number above zero.%nMaybe leave the whole row out if it was not measured."
              .formatted(file, row.line(), column, text));
    }
    return value;
  }
}
