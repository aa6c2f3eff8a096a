package io.neurobalancer.target;

import io.neurobalancer.governor.Governor;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A short trial of a few governors on a target, so that nothing is adopted that does harm: what
 * they were predicted to use does not count, only what they use.
 *
 * <p>Of the candidates that miss no more deadlines than allowed, the one that used least energy
 * wins; ties go to the earlier one. If none holds the deadlines that well, the one that misses
 * fewest wins.
 *
 * @param results in the order of the candidates
 * @param winner index of the one to adopt
 */
public record Pilot(List<Result> results, int winner) {

  /**
   * A governor to try.
   *
   * @param name for people
   * @param governor begins it
   */
  public record Candidate(String name, Governor.Factory governor) {}

  /**
   * What a candidate did.
   *
   * @param candidate what was tried
   * @param run what it used and missed
   */
  public record Result(Candidate candidate, RunResult run) {}

  public Pilot {
    results = List.copyOf(results);
  }

  /**
   * Runs every candidate.
   *
   * @param candidates at least one, the preferred one first
   * @param missRate the share of deadlines that may be missed
   */
  public static Pilot run(
      Target target, List<Candidate> candidates, Schedule schedule, double missRate) {
    if (candidates.isEmpty()) {
      throw new IllegalArgumentException("A pilot needs a candidate.");
    }
    List<Result> results = new ArrayList<>();
    int winner = 0;
    for (Candidate candidate : candidates) {
      results.add(
          new Result(candidate, target.run(candidate.governor(), schedule, RunObserver.NONE)));
      RunResult last = results.get(results.size() - 1).run();
      if (better(last, results.get(winner).run(), missRate)) {
        winner = results.size() - 1;
      }
    }
    return new Pilot(results, winner);
  }

  /**
   * Returns this trial with a certain candidate as the winner, if it holds the deadlines as well as
   * allowed and uses hardly more than the winner: a trial is short, so what adapts, or what was
   * there before, is given the benefit of the doubt.
   *
   * @param candidate index of the one that is preferred
   * @param share of energy that it may use more, such as 0.01
   * @param missRate the share of deadlines that may be missed
   */
  public Pilot preferring(int candidate, double share, double missRate) {
    RunResult preferred = results.get(candidate).run();
    RunResult best = results.get(winner).run();
    boolean holds = preferred.missRate() <= Math.max(missRate, best.missRate());
    return holds && preferred.energyJoulesPerJob() <= (1 + share) * best.energyJoulesPerJob()
        ? new Pilot(results, candidate)
        : this;
  }

  private static boolean better(RunResult a, RunResult b, double missRate) {
    boolean aHolds = a.missRate() <= missRate;
    boolean bHolds = b.missRate() <= missRate;
    if (aHolds != bHolds) {
      return aHolds;
    }
    return aHolds ? a.energyJoulesPerJob() < b.energyJoulesPerJob() : a.missRate() < b.missRate();
  }

  /** Returns what is to be adopted. */
  public Candidate adopted() {
    return results.get(winner).candidate();
  }

  /** Returns which candidate won and why, in one sentence. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(adopted().name()).append(" won the pilot of ");
    text.append(results.get(0).run().jobs()).append(" jobs: ");
    for (int r = 0; r < results.size(); r++) {
      Result result = results.get(r);
      text.append(r == 0 ? "" : ", ")
          .append(
              String.format(
                  Locale.ROOT,
                  "%s %.3f mJ and %.2f %% late",
                  result.candidate().name(),
                  result.run().energyJoulesPerJob() * 1e3,
                  result.run().missRate() * 100));
    }
    return text.append('.').toString();
  }
}
