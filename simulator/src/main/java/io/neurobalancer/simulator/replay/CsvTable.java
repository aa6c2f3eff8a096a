package io.neurobalancer.simulator.replay;

import io.neurobalancer.unit.NeuroBalancerException;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/**
 * A file of comma-separated values with a header (RFC 4180), read whole.
 *
 * @param file for messages
 * @param headers the names of the columns
 * @param rows the cells below, each row with as many as there are headers
 */
public record CsvTable(String file, List<String> headers, List<Row> rows) {

  private static final long MOST_BYTES = 256L << 20;

  /**
   * One row.
   *
   * @param line its number in the file, from 1
   * @param cells by column name
   */
  public record Row(long line, Map<String, String> cells) {
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
   * @throws NeuroBalancerException if it is missing, empty, or a row has more or fewer cells than
   *     the header
   */
  public static CsvTable read(Path file) {
    try {
      if (!Files.isRegularFile(file)) {
        throw new NoSuchFileException(file.toString());
      }
      if (Files.size(file) > MOST_BYTES) {
        throw NeuroBalancerException.invalid(
            "The table '%s' (%d MB) is larger than %d MB.%nMaybe leave out rows that nobody needs."
                .formatted(file, Files.size(file) >> 20, MOST_BYTES >> 20));
      }
      try (BufferedReader reader = open(file)) {
        return parse(file.toString(), reader);
      }
    } catch (NoSuchFileException e) {
      throw NeuroBalancerException.invalid(
          "There is no table '%s'.%nMaybe check the path.".formatted(file), e);
    } catch (MalformedInputException e) {
      throw NeuroBalancerException.invalid(
          "The table '%s' is no UTF-8 text.%nMaybe export it as CSV.".formatted(file), e);
    } catch (IOException | UncheckedIOException e) {
      throw NeuroBalancerException.invalid(
          "The table '%s' cannot be read: %s.%nMaybe check its quotes and its permissions."
              .formatted(file, e.getMessage()),
          e);
    }
  }

  /** Tables that are packed by gzip are read as they are. */
  private static BufferedReader open(Path file) throws IOException {
    if (!file.toString().endsWith(".gz")) {
      return Files.newBufferedReader(file);
    }
    byte[] plain;
    try (InputStream packed = new GZIPInputStream(Files.newInputStream(file))) {
      plain = packed.readNBytes(Math.toIntExact(MOST_BYTES) + 1);
    }
    if (plain.length > MOST_BYTES) {
      throw new IOException("unpacked, it is larger than %d MB".formatted(MOST_BYTES >> 20));
    }
    return new BufferedReader(
        new InputStreamReader(
            new ByteArrayInputStream(plain), StandardCharsets.UTF_8.newDecoder()));
  }

  /** Reads a text; see {@link #read}. */
  static CsvTable parse(String file, String text) {
    try {
      return parse(file, new StringReader(text));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static CsvTable parse(String file, Reader reader) throws IOException {
    CSVFormat format =
        CSVFormat.RFC4180
            .builder()
            .setIgnoreEmptyLines(true)
            .setIgnoreSurroundingSpaces(true)
            .get();
    List<String> headers = List.of();
    List<Row> rows = new ArrayList<>();
    try (CSVParser parser = format.parse(reader)) {
      for (CSVRecord line : parser) {
        if (headers.isEmpty()) {
          headers = line.toList();
          checkHeaders(file, headers);
          continue;
        }
        if (line.size() != headers.size()) {
          throw NeuroBalancerException.invalid(
              "%s, line %d: there are %d cells, but the header names %d columns.%nMaybe the file is cut off there."
                  .formatted(file, parser.getCurrentLineNumber(), line.size(), headers.size()));
        }
        Map<String, String> cells = new LinkedHashMap<>();
        for (int c = 0; c < line.size(); c++) {
          cells.put(headers.get(c), line.get(c).strip());
        }
        rows.add(new Row(parser.getCurrentLineNumber(), cells));
      }
    }
    if (headers.isEmpty()) {
      throw NeuroBalancerException.invalid(
          "%s is empty.%nMaybe its first line should name the columns.".formatted(file));
    }
    return new CsvTable(file, headers, rows);
  }

  private static void checkHeaders(String file, List<String> headers) {
    if (new HashSet<>(headers).size() < headers.size()) {
      throw NeuroBalancerException.invalid(
          "%s, line 1: two columns share a name: %s.%nMaybe rename one."
              .formatted(file, String.join(",", headers)));
    }
  }

  /**
   * Returns a number.
   *
   * @throws NeuroBalancerException if the cell is no finite number above zero; the message names
   *     file, line and column
   */
  public double positive(Row row, String column) {
    String text = row.text(column);
    double value;
    try {
      value = Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw NeuroBalancerException.invalid(
          "%s, line %d: %s ('%s') is no number.%nMaybe leave the whole row out if it was not measured."
              .formatted(file, row.line(), column, text),
          e);
    }
    if (!(value > 0) || Double.isInfinite(value)) {
      throw NeuroBalancerException.invalid(
          "%s, line %d: %s (%s) must be a finite number above zero.%nMaybe leave the whole row out if it was not measured."
              .formatted(file, row.line(), column, text));
    }
    return value;
  }
}
