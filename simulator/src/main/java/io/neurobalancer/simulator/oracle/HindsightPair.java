package io.neurobalancer.simulator.oracle;

import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.files.DeviceDescription;
import io.neurobalancer.governor.Governor;
import io.neurobalancer.governor.GovernorSpec;
import io.neurobalancer.governor.Machine;
import io.neurobalancer.simulator.Experiment;
import io.neurobalancer.simulator.RunResult;
import io.neurobalancer.simulator.physics.DevicePhysics;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The best single pair in hindsight: one pair of clocks for all jobs and one for the time between
 * them, chosen after seeing the very run that they are judged by. A bound on what any governor can
 * do that never switches within a job, no contender.
 *
 * <p>Candidates are all pairs, resting between jobs at the pair itself, at its core clock with the
 * memory at its slowest, or at the slowest pair. They are run through the whole experiment in the
 * order of what they would use in still weather, until the next would use 3 % or more above the
 * best that was found. Of those that miss no more deadlines than {@code miss_rate}, or than the
 * fastest pair misses, the one that used least energy wins.
 */
final class HindsightPair implements Governor {

  static final GovernorInfo INFO =
      new GovernorInfo(
          "single-pair-hindsight",
          GovernorInfo.Family.BOUND,
          GovernorInfo.Role.BOTH,
          GovernorInfo.Hardware.ANY,
          "the one pair that proved best for this very run; a bound, no contender",
          "runs candidate pairs through the run that they are judged by",
          GovernorInfo.rows("miss_rate | 0.001 | share of deadlines that may be missed"));

  /** How far an estimate for still weather may be below what a run uses, at most. */
  private static final double ESTIMATE_SLACK = 1.03;

  private record Candidate(int busy, int idle, double estimatedJoules) {}

  private final SettingGrid grid;
  private final int busy;
  private final int idle;
  private final Ports ports = new Ports();

  private HindsightPair(SettingGrid grid, int busy, int idle) {
    this.grid = grid;
    this.busy = busy;
    this.idle = idle;
  }

  /** Chooses by running. */
  static HindsightPair choose(GovernorSpec spec, Experiment experiment) {
    SettingGrid grid = experiment.physics().grid();
    HindsightPair fastest = new HindsightPair(grid, grid.fastest(), grid.fastest());
    double allowed =
        Math.max(spec.real("miss_rate", 0.001, 0, 1), experiment.run(fastest).missRate());
    HindsightPair best = fastest;
    double least = Double.POSITIVE_INFINITY;
    for (Candidate candidate : candidates(experiment)) {
      if (candidate.estimatedJoules() > least * ESTIMATE_SLACK) {
        break;
      }
      HindsightPair tried = new HindsightPair(grid, candidate.busy(), candidate.idle());
      RunResult run = experiment.run(tried);
      if (run.missRate() <= allowed && run.energyJoulesPerJob() < least) {
        least = run.energyJoulesPerJob();
        best = new HindsightPair(grid, candidate.busy(), candidate.idle());
      }
    }
    return best;
  }

  /** Returns the candidates that meet the deadline in still weather, cheapest first. */
  private static List<Candidate> candidates(Experiment experiment) {
    DevicePhysics physics = experiment.physics();
    SettingGrid grid = physics.grid();
    List<Candidate> candidates = new ArrayList<>();
    for (int x = 0; x < grid.size(); x++) {
      double seconds = 0;
      double joules = 0;
      for (int i = 0; i < physics.workload().size(); i++) {
        seconds += physics.seconds(i, x);
        joules += physics.seconds(i, x) * physics.watts(i, x);
      }
      if (seconds > experiment.deadlineSeconds() && x != grid.fastest()) {
        continue;
      }
      Set<Integer> rests = new LinkedHashSet<>();
      rests.add(grid.slowest());
      rests.add(grid.with(x, DeviceDescription.MEMORY, 0));
      rests.add(x);
      for (int rest : rests) {
        double idle = Math.max(0, experiment.periodSeconds() - seconds) * physics.idleWatts(rest);
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

  /** Returns what was chosen, in sentences. */
  List<String> notes() {
    return List.of(
        "single-pair-hindsight is a bound: it ran %s, and %s between jobs, having seen this very run."
            .formatted(grid.describe(busy), grid.describe(idle)));
  }

  @Override
  public String name() {
    return "single-pair-hindsight";
  }

  @Override
  public void start(long nowNanos, Machine device) {
    ports.connect(device);
    request(idle);
  }

  @Override
  public void jobReleased(long nowNanos, long deadlineNanos) {
    request(busy);
  }

  @Override
  public void jobFinished(long nowNanos) {
    request(idle);
  }

  private void request(int setting) {
    ports.requestCore(grid.oppIndex(setting, DeviceDescription.CORE));
    ports.requestMemory(grid.oppIndex(setting, DeviceDescription.MEMORY));
  }
}
