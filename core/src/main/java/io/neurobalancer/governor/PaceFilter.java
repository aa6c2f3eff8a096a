package io.neurobalancer.governor;

/**
 * By what factor the device runs slower than predicted, estimated over jobs and within a job.
 *
 * <p>It is the Kalman filter of one level that drifts from job to job and is seen through noisy
 * segments. The job begins with the level of the jobs before; each segment adds its time to both
 * sides of {@code (W * level + actual) / (W + predicted)}. W, in seconds, is the variance of a
 * segment's ratio times its length over the variance between jobs: after W seconds of a job what
 * was seen of it counts as much as all jobs before. Both variances are averages over the past that
 * fade exponentially. A segment that took more than {@value #MOST_RATIO} times as long as expected
 * was interrupted and says nothing more about the pace than that.
 */
final class PaceFilter {

  private static final double MOST_RATIO = 2.5;
  private static final double LEVEL_GAIN = 0.25;
  private static final double VARIANCE_GAIN = 0.08;

  /** Shares of a job's length within which W stays, whatever the variances say. */
  private static final double LEAST_WEIGHT = 0.02;

  private static final double MOST_WEIGHT = 1;

  /** A new model is trusted to two percent from job to job, and to three within an operator. */
  private static final double FIRST_DEVIATION = 0.02;

  private static final double FIRST_NOISE = 0.03;

  private final double jobSeconds;
  private double level = 1;
  private double jobVariance = FIRST_DEVIATION * FIRST_DEVIATION;
  private double noise;
  private double weight;
  private double actual;
  private double predicted;
  private double squares;

  /**
   * Begins at a factor of 1.
   *
   * @param jobSeconds the predicted length of a job
   * @param segments of a job
   */
  PaceFilter(double jobSeconds, int segments) {
    this.jobSeconds = jobSeconds;
    this.noise = FIRST_NOISE * FIRST_NOISE * jobSeconds / segments;
    weigh();
  }

  void jobStarts() {
    actual = 0;
    predicted = 0;
    squares = 0;
  }

  /** A segment has ended. */
  void ran(double predictedSeconds, double actualSeconds) {
    double expected = factor() * predictedSeconds;
    double seen = Math.max(0, Math.min(actualSeconds, MOST_RATIO * expected));
    double error = (seen - expected) / predictedSeconds;
    squares += error * error * predictedSeconds * predictedSeconds;
    actual += seen;
    predicted += predictedSeconds;
  }

  void jobEnds() {
    if (!(predicted > 0)) {
      return;
    }
    double error = actual / predicted - level;
    // The variance of a ratio over the time seen; times that time it is one of a second.
    noise += VARIANCE_GAIN * (squares / predicted - noise);
    jobVariance += VARIANCE_GAIN * (error * error - jobVariance);
    level += LEVEL_GAIN * error;
    weigh();
  }

  private void weigh() {
    double balance = noise / Math.max(jobVariance, 1e-12);
    weight = jobSeconds * Math.max(LEAST_WEIGHT, Math.min(MOST_WEIGHT, balance / jobSeconds));
  }

  /** Returns the best estimate for the rest of the job; 1.1 is ten percent slower. */
  double factor() {
    return (weight * level + actual) / (weight + predicted);
  }

  /** Returns the standard deviation of {@link #factor}. */
  double deviation() {
    return Math.sqrt(jobVariance * weight / (weight + predicted));
  }

  /** Returns the level over jobs. */
  double level() {
    return level;
  }
}
