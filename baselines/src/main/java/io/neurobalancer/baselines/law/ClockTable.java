package io.neurobalancer.baselines.law;

import io.neurobalancer.governor.GovernorSpec;
import io.neurobalancer.unit.NeuroBalancerException;
import java.util.Arrays;

/**
 * A tunable that gives one or more numbers to each of several clocks, written as {@code kHz:number
 * kHz:number}, clocks ascending.
 */
public final class ClockTable {

  private final long[][] rows;

  private ClockTable(long[][] rows) {
    this.rows = rows;
  }

  /**
   * Reads the tunable.
   *
   * @param shape how a row is written, such as {@code kHz:MBps}
   * @param columns numbers in a row, the clock included
   */
  public static ClockTable of(GovernorSpec spec, String tunable, String shape, int columns) {
    String text = spec.text(tunable, "");
    if (text.isEmpty()) {
      throw NeuroBalancerException.invalid(
          "The governor %s needs the tunable %s.%nMaybe give it as '%s %s ...'."
              .formatted(spec.name(), tunable, shape, shape));
    }
    String[] cells = text.split(" +", -1);
    long[][] rows = new long[cells.length][];
    for (int r = 0; r < rows.length; r++) {
      try {
        rows[r] = Arrays.stream(cells[r].split(":", -1)).mapToLong(Long::parseLong).toArray();
      } catch (NumberFormatException e) {
        throw NeuroBalancerException.invalid(wrong(spec, tunable, cells[r], shape), e);
      }
      if (rows[r].length != columns) {
        throw NeuroBalancerException.invalid(wrong(spec, tunable, cells[r], shape));
      }
      if (r > 0 && rows[r][0] <= rows[r - 1][0]) {
        throw NeuroBalancerException.invalid(
            "The clock of row '%s' of %s's %s is not above that of the row before."
                .formatted(cells[r], spec.name(), tunable));
      }
    }
    return new ClockTable(rows);
  }

  private static String wrong(GovernorSpec spec, String tunable, String cell, String shape) {
    return "The row '%s' of %s's %s is not '%s'.".formatted(cell, spec.name(), tunable, shape);
  }

  /** Returns the number of rows. */
  public int size() {
    return rows.length;
  }

  /** Returns the clock of a row, kHz. */
  public long kilohertz(int row) {
    return rows[row][0];
  }

  /** Returns a number of a row, the clock being that of column 0. */
  public long number(int row, int column) {
    return rows[row][column];
  }

  /** Returns the first number of the lowest row at or above a clock, else of the last row. */
  public long ceil(long wantedKilohertz) {
    int row = 0;
    while (row < rows.length - 1 && rows[row][0] < wantedKilohertz) {
      row++;
    }
    return rows[row][1];
  }
}
