package io.neurobalancer.baselines.law;

import io.neurobalancer.governor.Board;
import io.neurobalancer.governor.Counter;
import io.neurobalancer.unit.NeuroBalancerException;
import java.util.Locale;

/**
 * What some counters of a board counted since a governor looked at them last.
 *
 * <p>A governor reads no counter but through a window, so that one that the board does not count is
 * noticed when the governor is created, and never computed with.
 */
public final class Window {

  private final String law;
  private final Board board;
  private final Counter[] counters;
  private final double[] start;
  private long startNanos;

  /**
   * Opens a window.
   *
   * @param law name of the governor, for sentences
   * @throws NeuroBalancerException if the board does not count one of the counters
   */
  public Window(String law, Board board, long nowNanos, Counter... counters) {
    this.law = law;
    this.board = board;
    this.counters = counters.clone();
    this.start = new double[counters.length];
    restart(nowNanos);
  }

  /** Returns how much a counter counted since the window began. */
  public double since(Counter counter) {
    for (int i = 0; i < counters.length; i++) {
      if (counters[i] == counter) {
        return read(counter) - start[i];
      }
    }
    throw new IllegalArgumentException(law + " did not say that it reads " + counter + ".");
  }

  /** Returns for how long an active core was busy since the window began, whole nanoseconds. */
  public long busyNanos() {
    return (long) since(Counter.BUSY_NANOS);
  }

  /** Returns when the window began. */
  public long startNanos() {
    return startNanos;
  }

  /** Returns how long ago the window began, microseconds, truncated, at least 1. */
  public long elapsedMicros(long nowNanos) {
    return Math.max(1, (nowNanos - startNanos) / 1_000);
  }

  /** Lets a new window begin. */
  public void restart(long nowNanos) {
    for (int i = 0; i < counters.length; i++) {
      start[i] = read(counters[i]);
    }
    startNanos = nowNanos;
  }

  private double read(Counter counter) {
    double total = board.counter(counter);
    if (Double.isNaN(total)) {
      throw NeuroBalancerException.invalid(
          String.format(
              Locale.ROOT,
              "The governor %s reads %s, which this board does not count.%nMaybe allow performance"
                  + " counters, or choose a governor that needs fewer.",
              law,
              counter));
    }
    return total;
  }
}
