package io.neurobalancer.target;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What happened over a series of jobs, warm-up left out. It takes the same memory for any number of
 * jobs.
 *
 * @param responses per stream, the times from release to end
 * @param joules of all whole periods; NaN where no meter tells it
 * @param joulesBySource how the energy splits, by the name of the rail or of the part of the
 *     device; empty where nothing tells
 * @param switches changes of one domain's OPP
 * @param notes sentences that a report should print, such as why energy was not measured
 */
public record RunResult(
    List<LatencyHistogram> responses,
    double joules,
    Map<String, Double> joulesBySource,
    long switches,
    List<String> notes) {

  public RunResult {
    responses = List.copyOf(responses);
    joulesBySource = Collections.unmodifiableMap(new LinkedHashMap<>(joulesBySource));
    notes = List.copyOf(notes);
  }

  /** Returns the number of jobs of all streams. */
  public long jobs() {
    return responses.stream().mapToLong(LatencyHistogram::count).sum();
  }

  /** Returns the energy of all periods over the number of jobs, joules. */
  public double energyJoulesPerJob() {
    return joules / jobs();
  }

  /** Returns the changes of one domain's OPP over the number of jobs. */
  public double switchesPerJob() {
    return (double) switches / jobs();
  }

  /** Returns the share of jobs that ended after their deadline. */
  public double missRate() {
    return (double) responses.stream().mapToLong(LatencyHistogram::misses).sum() / jobs();
  }

  /**
   * Returns the middle of deadline minus response of the first stream, seconds; negative if most
   * jobs were late.
   */
  public double medianSlackSeconds() {
    return responses.get(0).deadlineSeconds() - quantileResponseSeconds(0.5);
  }

  /** Returns the time within which that share of the first stream's jobs ended, seconds. */
  public double quantileResponseSeconds(double share) {
    return responses.get(0).quantileSeconds(share);
  }

  /** Returns the mean time from release to end of the first stream's jobs, seconds. */
  public double meanResponseSeconds() {
    return responses.get(0).meanSeconds();
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%d jobs, %s, %.2f %% late, %.1f switches per job",
        jobs(),
        Double.isNaN(joules)
            ? "energy not measured"
            : String.format(Locale.ROOT, "%.3f mJ per job", energyJoulesPerJob() * 1e3),
        missRate() * 100,
        switchesPerJob());
  }
}
