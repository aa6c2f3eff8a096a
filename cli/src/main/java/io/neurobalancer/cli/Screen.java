package io.neurobalancer.cli;

import io.neurobalancer.report.TextTable;
import java.io.PrintWriter;
import java.util.Locale;
import picocli.CommandLine.Model.CommandSpec;

/**
 * What a command prints to: tables no wider than the terminal, and notes unless they are unwanted.
 *
 * @param out for data
 * @param err for messages
 * @param columns characters to a line
 * @param quiet whether only data and errors are wanted
 */
record Screen(PrintWriter out, PrintWriter err, int columns, boolean quiet) {

  /** Returns where a command's user looks. */
  static Screen of(CommandSpec spec) {
    NeuroBalancerCommand root = (NeuroBalancerCommand) spec.root().userObject();
    return new Screen(
        spec.commandLine().getOut(),
        spec.commandLine().getErr(),
        root.wide() ? Integer.MAX_VALUE : Environment.columns(),
        root.quiet());
  }

  /** Prints a table. */
  void table(TextTable table) {
    out.print(table.render(columns));
  }

  /** Returns milliseconds for a column of them: quantities below each other have one unit. */
  static String millis(double seconds) {
    return String.format(Locale.ROOT, "%.3f", seconds * 1e3);
  }

  /** Tells on standard error what may be worth knowing and is no error. */
  void note(String format, Object... values) {
    if (!quiet) {
      err.printf(Locale.ROOT, format, values);
      err.flush();
    }
  }

  /**
   * Begins to show how far some work is.
   *
   * @param steps how many there are, or -1 where that is not known
   */
  Progress progress(String work, long steps) {
    return new Progress(work, steps, !quiet && Environment.interactive(), quiet ? null : err);
  }
}
