package io.neurobalancer.target;

import java.util.ArrayList;
import java.util.List;

/**
 * One job in detail. Times are seconds since its release.
 *
 * @param job which one
 * @param responseSeconds from its release to its end
 * @param clocks the settings in order of time, the first one valid from 0 on
 * @param segments when each segment began and ended
 */
public record JobTrace(
    int job, double responseSeconds, List<Clock> clocks, List<Interval> segments) {

  public JobTrace {
    clocks = List.copyOf(clocks);
    segments = List.copyOf(segments);
  }

  /**
   * From a moment on a domain runs at an OPP.
   *
   * @param seconds since the release; 0 for what was so already
   * @param domain index of the domain
   * @param opp index of the OPP
   */
  public record Clock(double seconds, int domain, int opp) {}

  /**
   * When a segment ran.
   *
   * @param startSeconds since the release
   * @param endSeconds since the release
   */
  public record Interval(double startSeconds, double endSeconds) {}

  /** Records one job of the first stream. */
  public static final class Recorder implements RunObserver {
    private final int wanted;
    private final int[] opps;
    private final List<Clock> clocks = new ArrayList<>();
    private final List<Interval> segments = new ArrayList<>();
    private boolean recording;
    private double release;
    private double response = Double.NaN;

    /**
     * Prepares.
     *
     * @param job which one
     * @param domains of the device
     */
    public Recorder(int job, int domains) {
      this.wanted = job;
      this.opps = new int[domains];
    }

    @Override
    public void released(int stream, int job, double seconds, double deadlineSeconds) {
      if (stream == 0 && job == wanted) {
        recording = true;
        release = seconds;
        for (int d = 0; d < opps.length; d++) {
          clocks.add(new Clock(0, d, opps[d]));
        }
      }
    }

    @Override
    public void segment(int stream, int job, int segment, double startSeconds, double endSeconds) {
      if (recording && stream == 0) {
        segments.add(new Interval(startSeconds - release, endSeconds - release));
      }
    }

    @Override
    public void clock(int domain, int opp, double seconds) {
      opps[domain] = opp;
      if (recording) {
        clocks.add(new Clock(seconds - release, domain, opp));
      }
    }

    @Override
    public void finished(int stream, int job, double responseSeconds, double joules) {
      if (recording && stream == 0) {
        recording = false;
        response = responseSeconds;
      }
    }

    /** Returns what was recorded; empty if the job did not run. */
    public JobTrace trace() {
      return new JobTrace(wanted, response, clocks, segments);
    }
  }
}
