package io.neurobalancer.simulator.oracle;

import io.neurobalancer.device.FrequencyDomain;
import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.governor.Board;
import io.neurobalancer.governor.Governor;
import io.neurobalancer.governor.GovernorInfo;
import io.neurobalancer.governor.GovernorSpec;
import io.neurobalancer.simulator.SimulatedTarget;
import io.neurobalancer.simulator.physics.DevicePhysics;
import io.neurobalancer.target.RunObserver;
import io.neurobalancer.target.RunResult;
import io.neurobalancer.target.Schedule;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The best single pair in hindsight: one setting for all jobs and one for the time between them,
 * chosen after seeing the very run that they are judged by. No governor that never switches within
 * a job can do better; no contender.
 *
 * <p>Candidates are all settings, resting between jobs at the setting itself, at its core clock
 * with the memory at its slowest, or at the slowest setting. They are run through the whole
 * schedule in the order of what they would use in still weather, until the next would use 3 % or
 * more above the best that was found. Of those that miss no more deadlines than {@code miss_rate},
 * or than the fastest setting misses, the one that used least energy wins.
 *
 * @param grid the settings of the device
 * @param busy the setting of jobs
 * @param idle the setting between them
 */
public record HindsightPair(SettingGrid grid, int busy, int idle) {

  /** What lists of governors say. */
  public static final GovernorInfo INFO =
      new GovernorInfo(
          "single-pair-hindsight",
          GovernorInfo.Family.BOUND,
          GovernorInfo.Role.BOTH,
          GovernorInfo.Hardware.ANY,
          "the one pair that proved best for this very run; hindsight, no contender",
          "runs candidate pairs through the run that they are judged by",
          GovernorInfo.rows("miss_rate | 0.001 | share of deadlines that may be missed"));

  /** How far an estimate for still weather may be below what a run uses, at most. */
  private static final double ESTIMATE_SLACK = 1.03;

  private record Candidate(int busy, int idle, double estimatedJoules) {}

  /** Chooses by running. */
  public static HindsightPair choose(GovernorSpec spec, SimulatedTarget target, Schedule schedule) {
    SettingGrid grid = target.grid();
    HindsightPair best = new HindsightPair(grid, grid.fastest(), grid.fastest());
    double allowed =
        Math.max(spec.real("miss_rate", 0.001, 0, 1), run(best, target, schedule).missRate());
    double least = Double.POSITIVE_INFINITY;
    for (Candidate candidate : candidates(target, schedule.streams().get(0))) {
      if (candidate.estimatedJoules() > least * ESTIMATE_SLACK) {
        break;
      }
      HindsightPair tried = new HindsightPair(grid, candidate.busy(), candidate.idle());
      RunResult run = run(tried, target, schedule);
      if (run.missRate() <= allowed && run.energyJoulesPerJob() < least) {
        least = run.energyJoulesPerJob();
        best = tried;
      }
    }
    return best;
  }

  private static RunResult run(HindsightPair pair, SimulatedTarget target, Schedule schedule) {
    return target.run(pair.factory(), schedule, RunObserver.NONE);
  }

  /** Returns the candidates that meet the deadline in still weather, cheapest first. */
  private static List<Candidate> candidates(SimulatedTarget target, Schedule.Periodic periodic) {
    DevicePhysics physics = target.physics(0);
    SettingGrid grid = target.grid();
    List<Candidate> candidates = new ArrayList<>();
    for (int x = 0; x < grid.size(); x++) {
      double seconds = 0;
      double joules = 0;
      for (int i = 0; i < physics.workload().size(); i++) {
        seconds += physics.seconds(i, x);
        joules += physics.seconds(i, x) * physics.watts(i, x);
      }
      if (seconds > periodic.deadlineSeconds() && x != grid.fastest()) {
        continue;
      }
      for (int rest : rests(grid, x)) {
        double idle = Math.max(0, periodic.periodSeconds() - seconds) * physics.idleWatts(rest);
        double switches =
            physics.switchCosts().joules(grid, rest, x)
                + physics.switchCosts().joules(grid, x, rest);
        candidates.add(new Candidate(x, rest, joules + idle + switches));
      }
    }
    candidates.sort(
        Comparator.comparingDouble(Candidate::estimatedJoules)
            .thenComparingInt(Candidate::busy)
            .thenComparingInt(Candidate::idle));
    return candidates;
  }

  private static Set<Integer> rests(SettingGrid grid, int setting) {
    Set<Integer> rests = new LinkedHashSet<>();
    rests.add(grid.slowest());
    for (int d = 0; d < grid.dimensions(); d++) {
      if (grid.domains().get(d).kind() == FrequencyDomain.Kind.MEMORY) {
        rests.add(grid.with(setting, d, 0));
      }
    }
    rests.add(setting);
    return rests;
  }

  /** Returns what was chosen, in sentences. */
  public List<String> notes() {
    return List.of(
        "%s ran %s, and %s between jobs, having seen this very run."
            .formatted(INFO.name(), grid.describe(busy), grid.describe(idle)));
  }

  /** Returns governors that run the pair. */
  public Governor.Factory factory() {
    return (board, nowNanos) -> new Follower(board, busy, idle);
  }

  /** Runs the pair. */
  private static final class Follower implements Governor {
    private final Board board;
    private final int busy;
    private final int idle;

    Follower(Board board, int busy, int idle) {
      this.board = board;
      this.busy = busy;
      this.idle = idle;
      board.request(idle);
    }

    @Override
    public void released(int stream, long nowNanos, long deadlineNanos) {
      board.request(busy);
    }

    @Override
    public void finished(int stream, long nowNanos) {
      board.request(idle);
    }
  }
}
