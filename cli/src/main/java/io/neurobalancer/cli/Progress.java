package io.neurobalancer.cli;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.function.LongSupplier;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/**
 * Says how far some work is: a bar on a terminal that somebody watches, elsewhere one sentence if
 * the work will take more than a minute, as soon as that can be told. Several threads may step it.
 */
final class Progress implements AutoCloseable {

  /** After that much work its pace is known well enough. */
  private static final double PACE_SECONDS = 3;

  private static final double WORTH_SAYING_SECONDS = 60;

  private final @Nullable ProgressBar bar;
  private final @Nullable PrintWriter notes;
  private final String work;
  private final long steps;
  private final LongSupplier nanos;
  private long began;
  private long first = -1;
  private long done;
  private boolean said;

  /**
   * Begins.
   *
   * @param steps how many there are, or -1 where that is not known
   * @param shown whether a bar is drawn
   * @param notes where the sentence goes; null for nowhere
   */
  Progress(String work, long steps, boolean shown, @Nullable PrintWriter notes) {
    this(work, steps, shown, notes, System::nanoTime);
  }

  Progress(
      String work, long steps, boolean shown, @Nullable PrintWriter notes, LongSupplier nanos) {
    this.nanos = nanos;
    this.work = work;
    this.steps = steps;
    this.notes = notes;
    this.bar =
        shown
            ? new ProgressBarBuilder()
                .setTaskName(work)
                .setInitialMax(steps)
                .setStyle(ProgressBarStyle.ASCII)
                .clearDisplayOnFinish()
                .build()
            : null;
  }

  /** Goes on from where an earlier run stopped. */
  synchronized Progress from(long earlier) {
    stepTo(earlier);
    return this;
  }

  /** Says what is being done. */
  void doing(String what) {
    if (bar != null) {
      bar.setExtraMessage(" " + what);
    }
  }

  synchronized void step() {
    stepTo(done + 1);
  }

  synchronized void stepTo(long reached) {
    done = reached;
    if (bar != null) {
      bar.stepTo(reached);
    } else if (first < 0) {
      // The pace is that of the steps, not of what comes before the first.
      first = reached;
      began = nanos.getAsLong();
    } else if (!said && notes != null && steps > 0) {
      estimate((nanos.getAsLong() - began) * 1e-9);
    }
  }

  private void estimate(double seconds) {
    // The first steps of a job warm up what the others find warm.
    boolean early = done - first < Math.max(2, Math.min(steps / 100, 1_000));
    if (seconds < PACE_SECONDS || early || notes == null) {
      return;
    }
    said = true;
    double left = seconds / (done - first) * (steps - done);
    if (left > WORTH_SAYING_SECONDS) {
      notes.printf(
          Locale.ROOT,
          "This takes about %s more (%d of %d %s done).%n",
          about(left),
          done,
          steps,
          work);
      notes.flush();
    }
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
    }
  }

  /** Returns a span of work in words, coarse enough for a guess. */
  static String about(double seconds) {
    long whole = Math.round(Math.min(seconds, 1e12));
    if (whole < 120) {
      return whole + " seconds";
    }
    if (whole < 2 * 3600) {
      return Math.round(whole / 60.0) + " minutes";
    }
    return whole < 48 * 3600
        ? Math.round(whole / 3600.0) + " hours"
        : Math.round(whole / 86_400.0) + " days";
  }
}
