package io.neurobalancer.target;

/**
 * The response times of any number of jobs in constant memory: exact count of misses, least, most
 * and sum, and quantiles within a tenth of a percent.
 *
 * <p>Nanoseconds are counted in buckets that double in width, each cut into 1024 equal parts, after
 * Gil Tene's HdrHistogram with three digits.
 */
public final class LatencyHistogram {

  private static final int SUB_BITS = 11;
  private static final int SUB = 1 << SUB_BITS;
  private static final int HALF = SUB / 2;
  private static final long HIGHEST_NANOS = 3_600_000_000_000L;

  private final double deadlineSeconds;
  private final long[] counts = new long[index(HIGHEST_NANOS) + 1];
  private double least = Double.POSITIVE_INFINITY;
  private double most = Double.NEGATIVE_INFINITY;
  private double sum;
  private long count;
  private long misses;
  private long missRun;
  private long longestMissRun;

  /** Counts as missed what takes longer than a deadline. */
  public LatencyHistogram(double deadlineSeconds) {
    this.deadlineSeconds = deadlineSeconds;
  }

  /** Counts one response; one of more than an hour counts as an hour in quantiles. */
  public void add(double seconds) {
    counts[index(Math.max(1, Math.min(HIGHEST_NANOS, Math.round(seconds * 1e9))))]++;
    least = Math.min(least, seconds);
    most = Math.max(most, seconds);
    sum += seconds;
    count++;
    boolean missed = seconds > deadlineSeconds;
    misses += missed ? 1 : 0;
    missRun = missed ? missRun + 1 : 0;
    longestMissRun = Math.max(longestMissRun, missRun);
  }

  /** Returns the deadline, seconds. */
  public double deadlineSeconds() {
    return deadlineSeconds;
  }

  /** Returns how many responses were counted. */
  public long count() {
    return count;
  }

  /** Returns how many of them took longer than the deadline. */
  public long misses() {
    return misses;
  }

  /** Returns how many responses in a row took longer than the deadline, at most. */
  public long longestMissRun() {
    return longestMissRun;
  }

  /** Returns the mean, seconds, NaN of none. */
  public double meanSeconds() {
    return count == 0 ? Double.NaN : sum / count;
  }

  /** Returns the longest response, seconds, NaN of none. */
  public double maxSeconds() {
    return count == 0 ? Double.NaN : most;
  }

  /**
   * Returns the time within which a share of the responses ended, seconds, NaN of none.
   *
   * @param share from 0 to 1
   */
  public double quantileSeconds(double share) {
    if (count == 0) {
      return Double.NaN;
    }
    double below = Math.min(1, Math.max(0, Math.nextAfter(100 * share, -1) / 100));
    long wanted = Math.max(1, (long) Math.ceil(below * count));
    long seen = 0;
    for (int i = 0; i < counts.length; i++) {
      seen += counts[i];
      if (seen >= wanted) {
        double middle = (lowest(i) + (lowest(i) + width(i) - 1)) / 2.0;
        return Math.max(least, Math.min(most, middle * 1e-9));
      }
    }
    return most;
  }

  private static int index(long nanos) {
    int bucket = Math.max(0, 64 - SUB_BITS - Long.numberOfLeadingZeros(nanos));
    return bucket * HALF + (int) (nanos >>> bucket);
  }

  private static int bucket(int index) {
    return index < SUB ? 0 : index / HALF - 1;
  }

  private static long lowest(int index) {
    int bucket = bucket(index);
    return (long) (index - bucket * HALF) << bucket;
  }

  private static long width(int index) {
    return 1L << bucket(index);
  }
}
