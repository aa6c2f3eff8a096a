package io.neurobalancer.governor;

/**
 * How long before its deadline a job is aimed to end.
 *
 * <p>What can still go wrong when nothing can be caught up any more shows in how far jobs end from
 * where they were aimed at. The reserve is the largest of three upper limits of that error:
 *
 * <ul>
 *   <li>{@code mean + z * deviation}, both fading exponentially. A late end raises the deviation,
 *       and with it the reserve of the jobs that follow: misses come in bursts. z follows the
 *       misses: up by {@value #STEP} for each one, and down between them by as much as keeps it
 *       where the wanted share of jobs is late.
 *   <li>the error that only the wanted share of the last jobs exceeded, {@value #WINDOW_MISSES}
 *       divided by that share of them: rare stalls have no deviation, and are remembered.
 *   <li>what was calibrated, less and less of it until as many jobs have ended as it takes for the
 *       wanted share to be one: a stall that one job in a thousand meets is not disproved by ten.
 * </ul>
 */
final class Reserve {

  private static final double GAIN = 0.04;
  private static final double STEP = 0.5;
  private static final double FIRST_Z = 3.5;
  private static final double LEAST_Z = 2;
  private static final double MOST_Z = 8;

  /** An error counts as no larger than this many times the deviation so far: one is one. */
  private static final double CLIP = 6;

  /** The window of remembered jobs holds so many late ones, if the wanted share is late. */
  private static final int WINDOW_MISSES = 2;

  private final double missTarget;
  private final double stallSeconds;
  private final double mostSeconds;
  private final long window;
  private final double[] largest = new double[2 * WINDOW_MISSES + 2];
  private final long[] when = new long[largest.length];
  private double mean;
  private double variance;
  private double z = FIRST_Z;
  private long jobs;
  private long telling;

  /**
   * Begins with a calibrated reserve.
   *
   * @param missTarget the share of jobs that may be late
   * @param seconds by what measured runs were later than predicted in all but such a share
   * @param stallSeconds how much of that stalls may account for; the rest is how far the prediction
   *     was off, which the pace finds out
   * @param mostSeconds no reserve is larger
   */
  Reserve(double missTarget, double seconds, double stallSeconds, double mostSeconds) {
    this.missTarget = missTarget;
    this.stallSeconds = Math.min(seconds, stallSeconds);
    this.mostSeconds = mostSeconds;
    this.window = Math.round(WINDOW_MISSES / Math.max(missTarget, 1e-6));
    double deviation = seconds / z;
    this.variance = deviation * deviation;
  }

  /** Returns the reserve of the next job, seconds. */
  double seconds() {
    double usual = mean + z * Math.sqrt(variance);
    int allowed = (int) (missTarget * Math.min(jobs, window));
    double rare = largest[Math.min(allowed, largest.length - 1)];
    double unproven = stallSeconds * (1 - missTarget * telling);
    return Math.max(0, Math.min(mostSeconds, Math.max(unproven, Math.max(usual, rare))));
  }

  /**
   * A job has ended.
   *
   * @param errorSeconds after the aim; negative if before it
   * @param pressed whether the aim decided the settings: an early end says nothing otherwise
   * @param late whether it ended after its deadline
   */
  void ended(double errorSeconds, boolean pressed, boolean late) {
    jobs++;
    telling += pressed || late ? 1 : 0;
    z = Math.max(LEAST_Z, Math.min(MOST_Z, z + STEP * ((late ? 1 : 0) - missTarget)));
    forget();
    if (errorSeconds > 0) {
      remember(errorSeconds);
    }
    if (!pressed && errorSeconds < 0) {
      return;
    }
    double most = CLIP * Math.sqrt(variance);
    double off = Math.max(-most, Math.min(most, errorSeconds - mean));
    mean += GAIN * off;
    variance += GAIN * (off * off - variance);
  }

  private void forget() {
    for (int k = 0; k < largest.length; k++) {
      if (largest[k] > 0 && jobs - when[k] > window) {
        System.arraycopy(largest, k + 1, largest, k, largest.length - k - 1);
        System.arraycopy(when, k + 1, when, k, when.length - k - 1);
        largest[largest.length - 1] = 0;
        k--;
      }
    }
  }

  private void remember(double errorSeconds) {
    int k = largest.length - 1;
    if (errorSeconds <= largest[k]) {
      return;
    }
    while (k > 0 && largest[k - 1] < errorSeconds) {
      largest[k] = largest[k - 1];
      when[k] = when[k - 1];
      k--;
    }
    largest[k] = errorSeconds;
    when[k] = jobs;
  }
}
