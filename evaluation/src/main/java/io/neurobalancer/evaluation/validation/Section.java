package io.neurobalancer.evaluation.validation;

import java.util.List;

/**
 * One part of a validation report.
 *
 * @param title what was judged
 * @param method how, one paragraph each
 * @param tables the numbers
 * @param checks the numbers that have a limit
 * @param remarks what a reader should make of it, failures first
 */
public record Section(
    String title,
    List<String> method,
    List<Table> tables,
    List<Check> checks,
    List<String> remarks) {

  public Section {
    method = List.copyOf(method);
    tables = List.copyOf(tables);
    checks = List.copyOf(checks);
    remarks = List.copyOf(remarks);
  }

  /**
   * Numbers in rows.
   *
   * @param caption above it
   * @param headers one per column; one that begins with {@code >} is that of a column of numbers
   * @param rows the cells, as many as there are headers
   */
  public record Table(String caption, List<String> headers, List<List<String>> rows) {
    public Table {
      headers = List.copyOf(headers);
      rows = List.copyOf(rows);
    }
  }

  /**
   * A number and its limit.
   *
   * @param what it measures
   * @param value as a share; 0.01 is one percent
   * @param limit that it should not exceed
   */
  public record Check(String what, double value, double limit) {
    /** Returns whether the limit is kept. */
    public boolean met() {
      return value <= limit;
    }
  }
}
