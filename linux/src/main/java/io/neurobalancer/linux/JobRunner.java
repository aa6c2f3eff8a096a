package io.neurobalancer.linux;

import io.neurobalancer.governor.Governor;
import io.neurobalancer.governor.GovernorLoop;
import io.neurobalancer.target.Inference;
import io.neurobalancer.target.LatencyHistogram;
import io.neurobalancer.target.RunObserver;
import io.neurobalancer.target.RunResult;
import io.neurobalancer.target.Schedule;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs the jobs of all streams on one thread: of those released, the one whose deadline is earliest
 * goes on at each segment's end; a stream's next job waits for the one before.
 */
final class JobRunner {

  /** Less slack than this is no time to look for rivals. */
  private static final long LOOK_SLACK_NANOS = 5_000_000;

  private static final long POLL_NANOS = 10_000_000;

  private final LinuxBoard board;
  private final Meters meters;
  private final Inference inference;
  private final Clock clock;
  private final RunObserver observer;
  private final GovernorLoop loop;
  private final List<LatencyHistogram> responses = new ArrayList<>();
  private final Lane[] lanes;
  private final int[] seen;
  private final long startNanos;

  private static final class Lane {
    final Schedule.Periodic periodic;
    final int segments;
    int job;
    int segment = -1;
    long releaseNanos;
    double releaseJoules;

    Lane(Schedule.Periodic periodic, int segments, int warmUp, long start) {
      this.periodic = periodic;
      this.segments = segments;
      this.job = -warmUp;
      this.releaseNanos = start;
    }

    boolean finished() {
      return job >= periodic.jobs();
    }

    boolean running() {
      return segment >= 0;
    }

    long deadlineNanos() {
      return releaseNanos + nanos(periodic.deadlineSeconds());
    }
  }

  JobRunner(
      LinuxBoard board,
      Meters meters,
      Inference inference,
      Clock clock,
      Governor.Factory governor,
      Schedule schedule,
      RunObserver observer) {
    this.board = board;
    this.meters = meters;
    this.inference = inference;
    this.clock = clock;
    this.observer = observer;
    this.startNanos = clock.nanoTime();
    this.loop = new GovernorLoop(governor, board, startNanos);
    this.seen = new int[board.grid().dimensions()];
    java.util.Arrays.fill(seen, -1);
    this.lanes = new Lane[schedule.streams().size()];
    long first = startNanos + POLL_NANOS;
    for (int s = 0; s < lanes.length; s++) {
      Schedule.Periodic periodic = schedule.streams().get(s);
      lanes[s] =
          new Lane(periodic, inference.streams().get(s).segments(), schedule.warmUpJobs(), first);
      responses.add(new LatencyHistogram(periodic.deadlineSeconds()));
    }
  }

  RunResult run() {
    board.clearTroubles();
    clocks();
    boolean counting = false;
    double joules = Double.NaN;
    long switches = 0;
    Map<String, Double> begin = Map.of();
    long end = Long.MIN_VALUE;
    while (next() != null) {
      if (!counting && lanes[0].job >= 0 && clock.nanoTime() - lanes[0].releaseNanos >= 0) {
        counting = true;
        begin = meters.readAll();
        joules = meters.readTotal();
        switches = loop.commits();
      }
      step();
    }
    for (Lane lane : lanes) {
      end = Math.max(end, lane.releaseNanos);
    }
    idleUntil(end);
    double total = meters.readTotal() - joules;
    Map<String, Double> bySource = new LinkedHashMap<>();
    Map<String, Double> now = meters.readAll();
    for (Map.Entry<String, Double> rail : begin.entrySet()) {
      bySource.put(rail.getKey(), now.getOrDefault(rail.getKey(), Double.NaN) - rail.getValue());
    }
    board.look(clock.nanoTime());
    return new RunResult(responses, total, bySource, loop.commits() - switches, notes());
  }

  private List<String> notes() {
    List<String> notes = new ArrayList<>(board.troubles());
    if (board.contested()) {
      notes.add(0, "This run is contested: its figures say nothing.");
    }
    notes.add(
        meters.present()
            ? "energy: " + meters.totalName()
            : "energy: not measured, there is no meter that can be read");
    notes.addAll(meters.broken());
    return notes;
  }

  /** Returns the lane with something left to do whose deadline is earliest, or null. */
  private @org.jspecify.annotations.Nullable Lane next() {
    Lane best = null;
    for (Lane lane : lanes) {
      if (!lane.finished() && (best == null || lane.deadlineNanos() - best.deadlineNanos() < 0)) {
        best = lane;
      }
    }
    return best;
  }

  private void step() {
    long now = clock.nanoTime();
    changed(loop.doWork(now));
    for (int s = 0; s < lanes.length; s++) {
      Lane lane = lanes[s];
      if (!lane.finished() && !lane.running() && now - lane.releaseNanos >= 0) {
        release(s, lane);
      }
    }
    int chosen = -1;
    for (int s = 0; s < lanes.length; s++) {
      if (lanes[s].running()
          && (chosen < 0 || lanes[s].deadlineNanos() - lanes[chosen].deadlineNanos() < 0)) {
        chosen = s;
      }
    }
    if (chosen >= 0) {
      segment(chosen, lanes[chosen]);
      return;
    }
    long wake = Long.MAX_VALUE;
    for (Lane lane : lanes) {
      if (!lane.finished()) {
        wake = Math.min(wake, lane.releaseNanos);
      }
    }
    if (wake != Long.MAX_VALUE) {
      if (wake - now > LOOK_SLACK_NANOS) {
        board.look(now);
      }
      idleUntil(wake);
    }
  }

  private void release(int s, Lane lane) {
    lane.segment = 0;
    lane.releaseJoules = lanes.length == 1 ? meters.readTotal() : Double.NaN;
    observer.released(s, lane.job, seconds(lane.releaseNanos), lane.periodic.deadlineSeconds());
    changed(loop.released(s, clock.nanoTime(), lane.deadlineNanos()));
  }

  private void segment(int s, Lane lane) {
    changed(loop.segmentStarting(s, lane.segment, clock.nanoTime()));
    long begin = clock.nanoTime();
    inference.run(s, lane.segment);
    long end = clock.nanoTime();
    observer.segment(s, lane.job, lane.segment, seconds(begin), seconds(end));
    lane.segment++;
    if (lane.segment == lane.segments) {
      finish(s, lane, end);
    }
  }

  private void finish(int s, Lane lane, long end) {
    double response = (end - lane.releaseNanos) * 1e-9;
    changed(loop.finished(s, end));
    if (lane.job >= 0) {
      responses.get(s).add(response);
    }
    long following = lane.releaseNanos + nanos(lane.periodic.periodSeconds());
    int job = lane.job;
    lane.segment = -1;
    lane.job++;
    lane.releaseNanos = following;
    double joules = Double.NaN;
    if (lanes.length == 1 && meters.present()) {
      // One stream: the device's energy from release to release is this job's.
      if (following - clock.nanoTime() > LOOK_SLACK_NANOS) {
        board.look(clock.nanoTime());
      }
      idleUntil(following);
      joules = meters.readTotal() - lane.releaseJoules;
    }
    observer.finished(s, job, response, joules);
  }

  /** Waits, doing the governor's ticks and the meters' readings on the way. */
  private void idleUntil(long wake) {
    while (true) {
      long now = clock.nanoTime();
      changed(loop.doWork(now));
      if (now - wake >= 0) {
        return;
      }
      meters.poll();
      long until = Math.min(wake, now + POLL_NANOS);
      long tick = loop.nextTickNanos();
      if (tick != Governor.NEVER && tick - until < 0) {
        until = tick;
      }
      clock.sleepUntil(until);
    }
  }

  private void changed(int commits) {
    if (commits > 0) {
      clocks();
    }
  }

  private void clocks() {
    for (int d = 0; d < seen.length; d++) {
      int opp = board.applied(d);
      if (opp >= 0 && opp != seen[d]) {
        seen[d] = opp;
        observer.clock(d, opp, seconds(clock.nanoTime()));
      }
    }
  }

  private double seconds(long nanos) {
    return (nanos - startNanos) * 1e-9;
  }

  static long nanos(double seconds) {
    return Math.round(seconds * 1e9);
  }
}
