package io.neurobalancer.target;

import io.neurobalancer.governor.Board;
import io.neurobalancer.governor.DrivenBoard;
import io.neurobalancer.governor.Governor;
import io.neurobalancer.governor.GovernorLoop;
import io.neurobalancer.unit.Durations;
import io.neurobalancer.unit.NeuroBalancerException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Runs jobs in real time, one at a time on the calling thread: each is released at a multiple of
 * its period after one common start, so that a late job delays no release, and its response counts
 * from the release and not from when it got to run. What waited behind a slow job is thus counted
 * as slow too (no coordinated omission).
 *
 * <pre>
 *   release   0         1         2         3          absolute: start + n * period
 *             |         |         |         |
 *   job       [0000]    [1111111111111][22] [333]      1 is slow: 2 starts late,
 *   response  |----|    |-------------|                and its response
 *                                 |------|             counts from its release
 * </pre>
 *
 * <p>Of several streams the released job with the earliest deadline runs next, to its end. A
 * governor is told of a release when the job is about to run; its ticks come between jobs and
 * between segments.
 */
public final class PeriodicRunner {

  private static final long LEAD_NANOS = 1_000_000;

  private final RunClock clock;
  private final Inference inference;
  private final DrivenBoard board;

  /**
   * Prepares.
   *
   * @param clock whose time it is
   * @param inference what runs
   * @param board what governors may touch; its rails feed different parts of the device, so that
   *     they add up
   */
  public PeriodicRunner(RunClock clock, Inference inference, DrivenBoard board) {
    this.clock = clock;
    this.inference = inference;
    this.board = board;
  }

  /**
   * Runs every stream a few times without pause or governor and refuses a schedule that cannot be
   * kept: jobs would pile up for ever.
   *
   * @return the fastest run of each stream, seconds
   * @throws NeuroBalancerException if the fastest runs need more time than the periods have
   */
  public List<Double> checkPeriods(Schedule schedule, int runs) {
    check(schedule);
    List<Double> fastest = new ArrayList<>();
    double load = 0;
    for (int s = 0; s < schedule.streams().size(); s++) {
      double least = Double.POSITIVE_INFINITY;
      for (int r = 0; r < runs; r++) {
        long start = clock.nanoTime();
        for (int segment = 0; segment < inference.streams().get(s).segments(); segment++) {
          inference.run(s, segment);
        }
        least = Math.min(least, (clock.nanoTime() - start) * 1e-9);
      }
      fastest.add(least);
      load += least / schedule.streams().get(s).periodSeconds();
    }
    if (load > 1) {
      int longest = 0;
      for (int s = 1; s < fastest.size(); s++) {
        longest = fastest.get(s) > fastest.get(longest) ? s : longest;
      }
      throw new NeuroBalancerException(
          NeuroBalancerException.Kind.FINDING,
          fastest.size() == 1
              ? String.format(
                  Locale.ROOT,
                  "The period (%s) is shorter than the fastest of %d runs of '%s' (%s): every job"
                      + " would be late.%nMaybe raise the period to %s or more.",
                  Durations.format(schedule.streams().get(0).periodSeconds()),
                  runs,
                  inference.streams().get(0).workload().name(),
                  Durations.format(fastest.get(0)),
                  Durations.format(fastest.get(0) * 1.2))
              : String.format(
                  Locale.ROOT,
                  "The fastest runs of the %d streams fill %.0f %% of their periods, and one job"
                      + " runs at a time.%nMaybe raise the period of '%s' (fastest run %s).",
                  fastest.size(),
                  load * 100,
                  inference.streams().get(longest).workload().name(),
                  Durations.format(fastest.get(longest))));
    }
    return fastest;
  }

  /**
   * Runs all jobs. If the thread is interrupted it stops after the job that is running, with a
   * note; the interrupt status stays set.
   *
   * @param observer told what happens
   * @throws IllegalArgumentException if the schedule is for another number of streams
   */
  public RunResult run(Governor.Factory governor, Schedule schedule, RunObserver observer) {
    check(schedule);
    return new Run(schedule, observer).run(governor);
  }

  private void check(Schedule schedule) {
    if (schedule.streams().size() != inference.streams().size()) {
      throw new IllegalArgumentException(
          "The schedule has "
              + schedule.streams().size()
              + " streams, the inference "
              + inference.streams().size()
              + ".");
    }
  }

  /** What one call of {@link #run} keeps. */
  private final class Run {
    private final Schedule schedule;
    private final RunObserver observer;
    private final int streams;
    private final int rails = board.rails().size();
    private final int[] next;
    private final List<LatencyHistogram> responses = new ArrayList<>();
    private final int[] lastRequested = new int[board.grid().dimensions()];
    private final int[] lastActual = new int[board.grid().dimensions()];
    private final double[] atStart = new double[rails];
    private long start;
    private boolean counting;
    private long commitsAtStart;
    private long began;
    private long lateStarts;
    private boolean ran;
    private long idleSince;
    private double joulesAtEnd = Double.NaN;

    Run(Schedule schedule, RunObserver observer) {
      this.schedule = schedule;
      this.observer = observer;
      this.streams = schedule.streams().size();
      this.next = new int[streams];
      Arrays.fill(next, -schedule.warmUpJobs());
      for (Schedule.Periodic stream : schedule.streams()) {
        responses.add(new LatencyHistogram(stream.deadlineSeconds()));
      }
      Arrays.fill(lastRequested, Board.UNKNOWN);
      Arrays.fill(lastActual, Board.UNKNOWN);
    }

    RunResult run(Governor.Factory governor) {
      start = clock.nanoTime() + LEAD_NANOS;
      GovernorLoop loop = new GovernorLoop(governor, board, clock.nanoTime());
      noteClocks(clock.nanoTime());
      boolean interrupted = false;
      for (int s = choose(); s >= 0 && !interrupted; s = choose()) {
        long release = release(s, next[s]);
        if (!waitUntil(release, loop)) {
          interrupted = true;
        } else {
          int chosen = choose(); // while it waited another stream's job may have become more urgent
          job(chosen, loop);
          next[chosen]++;
        }
      }
      long end = start;
      for (int s = 0; s < streams; s++) {
        end = Math.max(end, release(s, next[s]));
      }
      interrupted |= !waitUntil(interrupted ? clock.nanoTime() : end, loop);
      long now = clock.nanoTime();
      board.sample(now);
      idled(now);
      return result(loop, interrupted);
    }

    private long release(int stream, int job) {
      double periods = (double) job + schedule.warmUpJobs();
      return start + Math.round(periods * schedule.streams().get(stream).periodSeconds() * 1e9);
    }

    private long deadline(int stream, int job) {
      return release(stream, job)
          + Math.round(schedule.streams().get(stream).deadlineSeconds() * 1e9);
    }

    /** Returns the released stream with the earliest deadline, else the next one, -1 at the end. */
    private int choose() {
      long now = clock.nanoTime();
      int best = -1;
      for (int s = 0; s < streams; s++) {
        if (next[s] < schedule.streams().get(s).jobs()) {
          best = best < 0 || before(s, best, now) ? s : best;
        }
      }
      return best;
    }

    private boolean before(int one, int other, long now) {
      boolean oneReleased = release(one, next[one]) - now <= 0;
      boolean otherReleased = release(other, next[other]) - now <= 0;
      if (oneReleased != otherReleased) {
        return oneReleased;
      }
      return oneReleased
          ? deadline(one, next[one]) - deadline(other, next[other]) < 0
          : release(one, next[one]) - release(other, next[other]) < 0;
    }

    /** Waits, ticking; returns false if the thread is interrupted. */
    private boolean waitUntil(long moment, GovernorLoop loop) {
      while (true) {
        long now = clock.nanoTime();
        tick(loop, now);
        if (Thread.currentThread().isInterrupted()) {
          return false;
        }
        if (moment - now <= 0) {
          return true;
        }
        clock.sleepUntil(Math.min(moment, loop.nextTickNanos()));
      }
    }

    private void tick(GovernorLoop loop, long now) {
      if (loop.nextTickNanos() <= now) {
        loop.doWork(now);
        noteClocks(now);
      }
    }

    private void job(int s, GovernorLoop loop) {
      int job = next[s];
      long release = release(s, job);
      long deadline = deadline(s, job);
      long now = clock.nanoTime();
      loop.released(s, now, deadline);
      idled(now);
      double joulesAtStart = total();
      if (job == 0 && !counting) {
        counting = true;
        began = release;
        commitsAtStart = loop.commits();
        for (int r = 0; r < rails; r++) {
          atStart[r] = board.joules(r);
        }
      }
      observer.released(s, job, seconds(release), seconds(deadline));
      noteClocks(now);
      Stream stream = inference.streams().get(s);
      for (int segment = 0; segment < stream.segments(); segment++) {
        long asked = clock.nanoTime();
        tick(loop, asked);
        loop.segmentStarting(s, segment, asked);
        noteClocks(asked);
        long from = clock.nanoTime();
        inference.run(s, segment);
        observer.segment(s, job, segment, seconds(from), seconds(clock.nanoTime()));
      }
      long ended = clock.nanoTime();
      loop.finished(s, ended);
      noteClocks(ended);
      double response = (ended - release) * 1e-9;
      joulesAtEnd = total();
      idleSince = ended;
      ran = true;
      observer.finished(s, job, response, joulesAtEnd - joulesAtStart);
      if (job >= 0) {
        responses.get(s).add(response);
        if (release(s, job + 1) - ended < 0) {
          lateStarts++;
        }
      }
    }

    /** Tells of the gap after the job before, if there was one. */
    private void idled(long now) {
      if (ran && now - idleSince > 0) {
        observer.idle(seconds(idleSince), seconds(now), total() - joulesAtEnd);
      }
    }

    private double total() {
      double joules = rails == 0 ? Double.NaN : 0;
      for (int r = 0; r < rails; r++) {
        joules += board.joules(r);
      }
      return joules;
    }

    private void noteClocks(long now) {
      for (int d = 0; d < lastRequested.length; d++) {
        if (board.requested(d) != lastRequested[d]) {
          lastRequested[d] = board.requested(d);
          observer.requested(d, lastRequested[d], seconds(now));
        }
        if (board.actual(d) != lastActual[d]) {
          lastActual[d] = board.actual(d);
          if (lastActual[d] != Board.UNKNOWN) {
            observer.clock(d, lastActual[d], seconds(now));
          }
        }
      }
    }

    private double seconds(long nanos) {
      return (nanos - start) * 1e-9;
    }

    private RunResult result(GovernorLoop loop, boolean interrupted) {
      List<String> notes = new ArrayList<>();
      Map<String, Double> bySource = new LinkedHashMap<>();
      double joules = counting && rails > 0 ? 0 : Double.NaN;
      if (rails == 0) {
        notes.add("Energy was not measured: no meter.");
      }
      for (int r = 0; r < rails && counting; r++) {
        double used = board.joules(r) - atStart[r];
        bySource.merge(board.rails().get(r).name(), used, Double::sum);
        joules += used;
      }
      if (lateStarts > 0) {
        notes.add(
            lateStarts
                + (lateStarts == 1 ? " job was" : " jobs were")
                + " still running when the next one was released.");
      }
      if (interrupted) {
        notes.add(
            "Interrupted "
                + (counting ? Durations.format((clock.nanoTime() - began) * 1e-9) : "before")
                + (counting ? " after the first release that counts." : " the first job."));
      }
      return new RunResult(
          responses, joules, bySource, counting ? loop.commits() - commitsAtStart : 0, notes);
    }
  }
}
