package io.neurobalancer.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The splice of two halves against all pairs of halves of small problems. */
final class TwoPricePathsTest {

  /** Per row and setting, the first half that costs least at one price, the second at another. */
  private static final class Halves {
    final double[] headCost;
    final double[] tailCost;
    final double[] headSeconds;
    final double[] headJoules;
    final double[] tailSeconds;
    final double[] tailJoules;

    Halves(Trellis flat, int row, int setting, double headPrice, double tailPrice) {
      int m = flat.settings;
      int n = flat.rows;
      headCost = new double[n * m];
      tailCost = new double[n * m];
      headSeconds = new double[n * m];
      headJoules = new double[n * m];
      tailSeconds = new double[n * m];
      tailJoules = new double[n * m];
      Arrays.fill(headCost, Double.POSITIVE_INFINITY);
      Arrays.fill(tailCost, Double.POSITIVE_INFINITY);
      AllPaths.forEach(
          flat,
          path -> {
            if (setting >= 0 && path[row] != setting) {
              return;
            }
            double wholeSeconds = flat.makespan(path);
            double wholeJoules = flat.folded(path);
            double seconds = setting < 0 ? flat.entrySeconds[path[row]] : 0;
            double joules = setting < 0 ? flat.entryJoules[path[row]] : 0;
            for (int k = 0; k < n; k++) {
              int i = (row + k) % n;
              int j = i * m + path[i];
              int before = k == 0 ? path[i] : path[(i + n - 1) % n];
              seconds += flat.seconds[j] + flat.switchSeconds(before, path[i]);
              joules += flat.joules[j] + flat.switchJoules(before, path[i]);
              if (joules + headPrice * seconds < headCost[j]) {
                headCost[j] = joules + headPrice * seconds;
                headSeconds[j] = seconds;
                headJoules[j] = joules;
              }
              double leftSeconds = wholeSeconds - seconds;
              double leftJoules = wholeJoules - joules;
              if (leftJoules + tailPrice * leftSeconds < tailCost[j]) {
                tailCost[j] = leftJoules + tailPrice * leftSeconds;
                tailSeconds[j] = leftSeconds;
                tailJoules[j] = leftJoules;
              }
            }
          });
    }

    double best(double budget) {
      double best = Double.POSITIVE_INFINITY;
      for (int j = 0; j < headCost.length; j++) {
        if (Double.isFinite(headCost[j]) && headSeconds[j] + tailSeconds[j] <= budget) {
          best = Math.min(best, headJoules[j] + tailJoules[j]);
        }
      }
      return best;
    }
  }

  @Test
  void theSplice_isTheBestInTimeOfAllPairsOfAHeadAndATail() {
    int found = 0;
    int missed = 0;
    for (int seed = 0; seed < 60; seed++) {
      Random random = new Random(seed);
      boolean cyclic = seed % 2 == 0;
      Start start =
          cyclic
              ? Start.steadyState()
              : seed % 4 == 1 ? Start.from(random.nextInt(2)) : Start.free();
      Trellis flat = new Trellis(AllPaths.problem(1 + random.nextInt(4), start, random));
      int row = cyclic ? random.nextInt(flat.rows) : 0;
      int setting = cyclic ? AllPaths.any(flat, random)[row] : -1;
      double headPrice = random.nextDouble();
      double tailPrice = headPrice * (1 + 3 * random.nextDouble());
      TwoPricePaths splicer = new TwoPricePaths(flat);
      splicer.cutAt(row, setting);
      splicer.heads(headPrice);
      splicer.tails(tailPrice);
      Halves halves = new Halves(flat, row, setting, headPrice, tailPrice);
      double slowest = flat.makespan(AllPaths.any(flat, random));
      int[] path = new int[flat.rows];
      for (double share : new double[] {0.5, 0.8, 0.99, 1.3}) {
        double budget = share * slowest;
        double best = halves.best(budget);
        boolean joined = splicer.join(headPrice, tailPrice, budget, 1e9, path);
        assertThat(joined).as("seed %d, share %s", seed, share).isEqualTo(best < 1e9);
        if (joined) {
          assertThat(flat.folded(path)).as("seed %d", seed).isCloseTo(best, offset(1e-12));
          assertThat(flat.makespan(path)).isLessThanOrEqualTo(budget * (1 + 1e-12));
          assertThat(setting < 0 || path[row] == setting).isTrue();
          found++;
        } else {
          missed++;
        }
      }
    }
    assertThat(found).isGreaterThan(100);
    assertThat(missed).isGreaterThan(10);
  }

  @Test
  void aSpliceThatEndsJustInTime_isFound_ifItIsCheaperThanTheLimit() {
    // Fast 1 s at 9 J, slow 2 s at 4 J and at 7 J: at 3 J/s the first is slow, at 9 none.
    Trellis flat =
        new Trellis(
            PlanningProblem.builder(
                    Problems.costs(
                        Problems.grid(2), new double[] {2, 1, 2, 1}, new double[] {4, 9, 7, 9}),
                    3)
                .start(Start.free())
                .build());
    TwoPricePaths splicer = new TwoPricePaths(flat);
    splicer.heads(3);
    splicer.tails(9);
    int[] path = {-1, -1};
    assertThat(splicer.join(3, 9, 2.999, 100, path)).isTrue();
    // Joined in the first row's fast setting, whose head is itself.
    assertThat(path).containsExactly(1, 1);
    assertThat(splicer.join(3, 9, 3, 100, path)).isTrue();
    assertThat(path).containsExactly(0, 1);
    // It burns 13 J.
    path[0] = -1;
    assertThat(splicer.join(3, 9, 3, 13, path)).isFalse();
    assertThat(path).containsExactly(-1, 1);
    assertThat(splicer.join(3, 9, 3, 13.001, path)).isTrue();
    assertThat(splicer.join(3, 9, 1.9, 100, path)).isFalse();
  }

  @Test
  void aCut_isNew_whereRowOrSettingDiffers() {
    Trellis flat = new Trellis(AllPaths.problem(4, Start.steadyState(), new Random(1)));
    TwoPricePaths splicer = new TwoPricePaths(flat);
    assertThat(splicer.cutAt(0, -1)).isFalse();
    assertThat(splicer.cutAt(0, 1)).isTrue();
    assertThat(splicer.cutAt(0, 1)).isFalse();
    assertThat(splicer.cutAt(2, 1)).isTrue();
    assertThat(splicer.cutAt(2, 1)).isFalse();
  }
}
