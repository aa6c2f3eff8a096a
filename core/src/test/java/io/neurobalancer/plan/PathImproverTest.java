package io.neurobalancer.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The improver's changes, each weighed as a whole path. */
final class PathImproverTest {

  /** Whether rows lie in one segment and begin or end it, or are one row only. */
  private static boolean isARun(int[] path, int first, int last) {
    for (int i = first; i < last; i++) {
      if (path[i] != path[i + 1]) {
        return false;
      }
    }
    return first == last
        || first == 0
        || path[first - 1] != path[first]
        || last == path.length - 1
        || path[last + 1] != path[last];
  }

  private static double rowsJoules(Trellis flat, int[] path, int first, int last) {
    double sum = 0;
    for (int i = first; i <= last; i++) {
      sum += flat.joules[i * flat.settings + path[i]];
    }
    return sum;
  }

  /** Returns the path after the change that saves most, of those whose rows get no dearer. */
  private static int[] bestChange(Trellis flat, int[] path, double budget) {
    int[] best = path;
    for (int first = 0; first < path.length; first++) {
      for (int last = first; last < path.length && isOneSegment(path, first, last); last++) {
        for (int x = 0; x < flat.settings; x++) {
          if (isARun(path, first, last) && flat.allowed(x)) {
            int[] tried = path.clone();
            Arrays.fill(tried, first, last + 1, x);
            if (rowsJoules(flat, tried, first, last) <= rowsJoules(flat, path, first, last)
                && flat.makespan(tried) <= budget
                && flat.folded(tried) < flat.folded(best)) {
              best = tried;
            }
          }
        }
      }
    }
    return best;
  }

  private static boolean isOneSegment(int[] path, int first, int last) {
    return Arrays.stream(path, first, last + 1).allMatch(x -> x == path[first]);
  }

  @Test
  void polishing_makesTheBestChangeOverAndOver_untilNoneHelps() {
    int changed = 0;
    for (int seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      Start start = AllPaths.start(random);
      Trellis flat = new Trellis(AllPaths.problem(1 + random.nextInt(7), start, random));
      int[] path = AllPaths.any(flat, random);
      for (int i = 1; i < path.length; i++) {
        path[i] = random.nextBoolean() ? path[i - 1] : path[i];
      }
      double budget = flat.makespan(path) * (1 + random.nextInt(2) * 0.4 * random.nextDouble());
      PathImprover improver = new PathImprover(flat);
      improver.begin(budget);
      improver.offer(path);
      improver.polish(Double.NEGATIVE_INFINITY);
      int[] expected = path;
      for (int[] next = bestChange(flat, path, budget);
          next != expected;
          next = bestChange(flat, expected, budget)) {
        expected = next;
        changed++;
      }
      assertThat(improver.best()).as("seed %d", seed).containsExactly(expected);
      assertThat(improver.bestEnergy()).isEqualTo(flat.folded(expected));
    }
    assertThat(changed).isGreaterThan(200);
  }

  /** Even rows are cheaper slow: 1, 2, 3 J and so on for 2 s instead of 1; odd ones are dearer. */
  private static Trellis wishes(int rows, SwitchLimit limit) {
    double[] seconds = new double[2 * rows];
    double[] joules = new double[2 * rows];
    for (int i = 0; i < rows; i++) {
      seconds[2 * i] = 2;
      seconds[2 * i + 1] = 1;
      joules[2 * i] = 100_000 - (i % 2 == 0 ? i / 2 + 1 : -1_000_000);
      joules[2 * i + 1] = 100_000;
    }
    return new Trellis(
        PlanningProblem.builder(Problems.costs(Problems.grid(2), seconds, joules), 1)
            .start(Start.free())
            .switchLimit(0, limit)
            .build());
  }

  private static int[] fast(int rows) {
    int[] path = new int[rows];
    Arrays.fill(path, 1);
    return path;
  }

  @Test
  void polishing_stopsAtItsGoal_andWhereTheTimeEnds() {
    Trellis flat = wishes(6, SwitchLimit.NONE);
    PathImprover improver = new PathImprover(flat);
    improver.begin(8);
    assertThat(improver.bestEnergy()).isInfinite();
    improver.offer(fast(6));
    assertThat(improver.bestEnergy()).isEqualTo(600_000);
    improver.polish(600_000);
    assertThat(improver.best()).containsExactly(1, 1, 1, 1, 1, 1);
    // The row that saves 3 J is enough for this goal.
    improver.polish(599_997);
    assertThat(improver.best()).containsExactly(1, 1, 1, 1, 0, 1);
    assertThat(improver.bestEnergy()).isEqualTo(599_997);
    // 8 s for six rows: two may be slow.
    improver.polish(0);
    assertThat(improver.best()).containsExactly(1, 1, 0, 1, 0, 1);
    improver.begin(7.5);
    assertThat(improver.bestEnergy()).isInfinite();
    improver.offer(fast(6));
    improver.polish(0);
    assertThat(improver.best()).containsExactly(1, 1, 1, 1, 0, 1);
  }

  @Test
  void anOffer_isKeptOnlyIfItIsCheaper_inTime_andWithinTheLimits() {
    Trellis flat = wishes(4, SwitchLimit.atMost(2));
    PathImprover improver = new PathImprover(flat);
    improver.begin(5);
    improver.offer(new int[] {1, 1, 1, 1});
    int[] slowStart = {0, 1, 1, 1};
    improver.offer(slowStart);
    assertThat(improver.best()).containsExactly(0, 1, 1, 1);
    // Dearer; too late; cheaper by one joule more.
    improver.offer(new int[] {1, 1, 1, 1});
    improver.offer(new int[] {0, 1, 0, 1});
    assertThat(improver.best()).containsExactly(0, 1, 1, 1);
    improver.offer(new int[] {1, 1, 0, 1});
    assertThat(improver.best()).containsExactly(1, 1, 0, 1);
    assertThat(improver.bestEnergy()).isEqualTo(399_998);
    // With time for it, a third switch is still one too many.
    improver.begin(9);
    improver.offer(slowStart);
    improver.offer(new int[] {0, 1, 0, 1});
    assertThat(improver.best()).containsExactly(0, 1, 1, 1);
    improver.polish(0);
    assertThat(improver.best()).containsExactly(0, 1, 1, 1);
  }

  @Test
  void aLargeProblem_getsOneChange_andASmallOneNoMoreThanThirty() {
    int rows = 52_000;
    int[] expected = fast(rows);
    expected[rows - 2] = 0;
    PathImprover large = new PathImprover(wishes(rows, SwitchLimit.NONE));
    large.begin(2 * rows);
    large.offer(fast(rows));
    large.polish(0);
    assertThat(large.best()).containsExactly(expected);
    PathImprover small = new PathImprover(wishes(80, SwitchLimit.NONE));
    small.begin(160);
    small.offer(fast(80));
    small.polish(0);
    assertThat(Arrays.stream(small.best()).filter(x -> x == 0).count()).isEqualTo(30);
  }

  @Test
  void aRunThatDoesNotFit_isPassedOverForOneThatDoes() {
    // Slow, the rows save -9, 3 and 2 J for a second each, and there is one second.
    double[] seconds = {2, 1, 2, 1, 2, 1};
    double[] joules = {19, 10, 7, 10, 8, 10};
    for (Start start : List.of(Start.free(), Start.steadyState())) {
      PathImprover improver =
          new PathImprover(
              new Trellis(
                  PlanningProblem.builder(Problems.costs(Problems.grid(2), seconds, joules), 1)
                      .start(start)
                      .build()));
      improver.begin(4);
      improver.offer(fast(3));
      improver.polish(0);
      assertThat(improver.best()).containsExactly(1, 0, 1);
    }
  }

  @Test
  void ofTwoThatBurnTheSame_theFirstStays() {
    PathImprover improver =
        new PathImprover(
            new Trellis(
                PlanningProblem.builder(
                        Problems.costs(Problems.grid(2), new double[] {1, 1}, new double[] {5, 5}),
                        1)
                    .build()));
    improver.begin(1);
    improver.offer(new int[] {1});
    improver.offer(new int[] {0});
    improver.polish(0);
    assertThat(improver.best()).containsExactly(1);
  }
}
