package io.neurobalancer.evaluation.fidelity;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads comma-separated rows under a header line; fields in double quotes may hold commas. */
final class Csv {

  private Csv() {}

  static List<Map<String, String>> read(Path file) {
    try {
      List<String> lines = Files.readAllLines(file);
      List<String> header = split(lines.get(0));
      List<Map<String, String>> rows = new ArrayList<>();
      for (String line : lines.subList(1, lines.size())) {
        List<String> cells = split(line);
        Map<String, String> row = new LinkedHashMap<>();
        for (int c = 0; c < Math.min(header.size(), cells.size()); c++) {
          row.put(header.get(c), cells.get(c));
        }
        rows.add(row);
      }
      return rows;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns a cell as a number; NaN if it is empty, since some rows lack their power. */
  static double number(Map<String, String> row, String column) {
    String text = row.getOrDefault(column, "");
    return text.isBlank() ? Double.NaN : Double.parseDouble(text);
  }

  private static List<String> split(String line) {
    List<String> cells = new ArrayList<>();
    StringBuilder cell = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c == '"') {
        quoted = !quoted;
      } else if (c == ',' && !quoted) {
        cells.add(cell.toString());
        cell.setLength(0);
      } else {
        cell.append(c);
      }
    }
    cells.add(cell.toString());
    return cells;
  }
}
