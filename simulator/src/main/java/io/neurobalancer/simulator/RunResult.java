package io.neurobalancer.simulator;

import java.util.List;

/**
 * What one governor did over a series of jobs. It takes the same memory for any number of jobs:
 * quantiles are within a tenth of a percent, everything else is exact.
 */
public final class RunResult {

  private final String governor;
  private final Responses responses;
  private final double energyJoules;
  private final long switches;
  private final Trace trace;

  RunResult(String governor, Responses responses, double energyJoules, long switches, Trace trace) {
    this.governor = governor;
    this.responses = responses;
    this.energyJoules = energyJoules;
    this.switches = switches;
    this.trace = trace;
  }

  /** Returns the governor's name. */
  public String governor() {
    return governor;
  }

  /** Returns the number of jobs. */
  public int jobs() {
    return responses.count();
  }

  /** Returns the energy of all periods over the number of jobs, joules. */
  public double energyJoulesPerJob() {
    return energyJoules / responses.count();
  }

  /** Returns the changes of one domain's OPP over the number of jobs. */
  public double switchesPerJob() {
    return (double) switches / responses.count();
  }

  /** Returns the share of jobs that ended after their deadline. */
  public double missRate() {
    return (double) responses.misses() / responses.count();
  }

  /** Returns the middle of deadline minus response, seconds; negative if most jobs were late. */
  public double medianSlackSeconds() {
    return responses.deadlineSeconds() - quantileResponseSeconds(0.5);
  }

  /** Returns the time from release to end within which that share of the jobs ended, seconds. */
  public double quantileResponseSeconds(double share) {
    return responses.quantileSeconds(share);
  }

  /** Returns the mean time from release to end, seconds. */
  public double meanResponseSeconds() {
    return responses.meanSeconds();
  }

  /** Returns what happened within the job that was traced. */
  public Trace trace() {
    return trace;
  }

  /**
   * One job in detail. Times are seconds since its release.
   *
   * @param job which one
   * @param responseSeconds from its release to its end
   * @param clocks the settings in order of time, the first one valid from 0 on
   * @param operators when each operator began and ended
   */
  public record Trace(
      int job, double responseSeconds, List<Clock> clocks, List<Interval> operators) {
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
