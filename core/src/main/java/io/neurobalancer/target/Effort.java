package io.neurobalancer.target;

/**
 * What a campaign is going to ask of a device.
 *
 * @param leastRuns how many runs of the whole workload, if the spread is known soon
 * @param mostRuns how many at most, unless the device gets hot
 * @param fastestRunSeconds one run where it is fastest
 * @param slowestRunSeconds one run where it is slowest
 * @param blocks how often the meter is read around one segment that runs over and over; none where
 *     it tells the energy of each operator
 * @param blockSeconds how long one of them lasts
 * @param calibrationSeconds what a planner needs besides
 */
public record Effort(
    int leastRuns,
    int mostRuns,
    double fastestRunSeconds,
    double slowestRunSeconds,
    int blocks,
    double blockSeconds,
    double calibrationSeconds) {

  /** Returns how long it takes: a run between the slowest and the fastest, half of the repeats. */
  public double typicalSeconds() {
    double run = StrictMath.sqrt(fastestRunSeconds * slowestRunSeconds);
    return (leastRuns + mostRuns) / 2.0 * run + meterSeconds();
  }

  /** Returns how long it takes if every run is as slow as the slowest, and none is saved. */
  public double mostSeconds() {
    return mostRuns * slowestRunSeconds + meterSeconds();
  }

  private double meterSeconds() {
    return blocks * blockSeconds + calibrationSeconds;
  }
}
