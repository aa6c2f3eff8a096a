package io.neurobalancer.simulator;

import java.util.Arrays;
import java.util.List;

/** What one governor did over a series of jobs. */
public final class RunResult {

  private final String governor;
  private final double deadlineSeconds;
  private final double energyJoules;
  private final long switches;
  private final double[] responseSeconds;
  private final Trace trace;

  RunResult(
      String governor,
      double deadlineSeconds,
      double energyJoules,
      long switches,
      double[] responseSeconds,
      Trace trace) {
    this.governor = governor;
    this.deadlineSeconds = deadlineSeconds;
    this.energyJoules = energyJoules;
    this.switches = switches;
    this.responseSeconds = responseSeconds;
    this.trace = trace;
  }

  /** Returns the governor's name. */
  public String governor() {
    return governor;
  }

  /** Returns the number of jobs. */
  public int jobs() {
    return responseSeconds.length;
  }

  /** Returns the energy of all periods over the number of jobs, joules. */
  public double energyJoulesPerJob() {
    return energyJoules / responseSeconds.length;
  }

  /** Returns the changes of one domain's OPP over the number of jobs. */
  public double switchesPerJob() {
    return (double) switches / responseSeconds.length;
  }

  /** Returns the share of jobs that ended after their deadline. */
  public double missRate() {
    return Arrays.stream(responseSeconds).filter(r -> r > deadlineSeconds).count()
        / (double) responseSeconds.length;
  }

  /** Returns the middle of deadline minus response, seconds; negative if most jobs were late. */
  public double medianSlackSeconds() {
    return deadlineSeconds - quantileResponseSeconds(0.5);
  }

  /** Returns the time from release to end within which that share of the jobs ended, seconds. */
  public double quantileResponseSeconds(double share) {
    double[] sorted = responseSeconds.clone();
    Arrays.sort(sorted);
    int rank = (int) Math.ceil(share * sorted.length);
    return sorted[Math.max(0, Math.min(sorted.length, rank) - 1)];
  }

  /** Returns the time from release to end of one job, seconds. */
  public double responseSeconds(int job) {
    return responseSeconds[job];
  }

  /** Returns what happened within the job that was traced. */
  public Trace trace() {
    return trace;
  }

  /**
   * One job in detail. Times are seconds since its release.
   *
   * @param job which one
   * @param clocks the settings in order of time, the first one valid from 0 on
   * @param operators when each operator began and ended
   */
  public record Trace(int job, List<Clock> clocks, List<Interval> operators) {
    public Trace {
      clocks = List.copyOf(clocks);
      operators = List.copyOf(operators);
    }
  }

  /**
   * From a moment on the device runs at a setting.
   *
   * @param seconds since the release
   * @param setting number of the setting
   */
  public record Clock(double seconds, int setting) {}

  /**
   * When an operator ran.
   *
   * @param startSeconds since the release
   * @param endSeconds since the release
   */
  public record Interval(double startSeconds, double endSeconds) {}
}
