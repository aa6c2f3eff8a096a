package io.neurobalancer.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The mixture of two paths, weighed by what whole paths take and burn. */
final class PathMixTest {

  /** Rows that follow each other, round the end of a cycle, and that differ. */
  private record Stretch(List<Integer> rows, double saved, double added) {

    double rate() {
      return added > 0 ? saved / added : Double.POSITIVE_INFINITY;
    }
  }

  private static int[] with(int[] path, List<Integer> rows, int[] other) {
    int[] changed = path.clone();
    rows.forEach(i -> changed[i] = other[i]);
    return changed;
  }

  private static Stretch stretch(Trellis flat, int[] path, List<Integer> rows, int[] late) {
    int[] changed = with(path, rows, late);
    return new Stretch(
        rows,
        flat.folded(path) - flat.folded(changed),
        flat.makespan(changed) - flat.makespan(path));
  }

  private static List<Stretch> stretches(Trellis flat, int[] early, int[] late) {
    List<Stretch> all = new ArrayList<>();
    int first = 0; // or behind it, where the two agree
    while (flat.cyclic() && first < flat.rows && early[first] != late[first]) {
      first++;
    }
    List<Integer> rows = new ArrayList<>();
    for (int k = 0; k < flat.rows; k++) {
      int i = (first + k) % flat.rows;
      if (early[i] != late[i]) {
        rows.add(i);
      }
      if (!rows.isEmpty() && (early[i] == late[i] || k == flat.rows - 1)) {
        all.add(stretch(flat, early, rows, late));
        rows = new ArrayList<>();
      }
    }
    all.sort(Comparator.comparingDouble(Stretch::rate).reversed());
    return all;
  }

  /** Whole stretches as long as they fit, then of each that is left the part that saves most. */
  private static int[] mixed(Trellis flat, int[] early, int[] late, double budget) {
    int[] path = early;
    List<Stretch> left = new ArrayList<>();
    double usable = budget - flat.makespan(early);
    for (Stretch stretch : stretches(flat, early, late)) {
      if (stretch.saved() > 0 && stretch.added() <= usable) {
        path = with(path, stretch.rows(), late);
        usable -= Math.max(0, stretch.added());
      } else if (stretch.saved() > 0) {
        left.add(stretch);
      }
    }
    // Time that stretches gained is spent on parts only.
    usable = budget - flat.makespan(path);
    for (Stretch stretch : left) {
      List<Integer> rows = stretch.rows();
      Stretch best = new Stretch(List.of(), 0, 0);
      for (int cut = 1; cut < rows.size(); cut++) {
        for (List<Integer> part : List.of(rows.subList(0, cut), rows.subList(cut, rows.size()))) {
          Stretch tried = stretch(flat, path, part, late);
          best = tried.saved() > best.saved() && tried.added() <= usable ? tried : best;
        }
      }
      path = usable > 0 ? with(path, best.rows(), late) : path;
      usable -= usable > 0 ? Math.max(0, best.added()) : 0;
    }
    return path;
  }

  @Test
  void stretchesAreTakenByWhatASecondSaves_andPartsOfThoseThatDoNotFit() {
    int mixed = 0;
    for (int seed = 0; seed < 400; seed++) {
      Random random = new Random(seed);
      Start start = AllPaths.start(random);
      Trellis flat = new Trellis(AllPaths.problem(1 + random.nextInt(12), start, random));
      int[] one = AllPaths.any(flat, random);
      int[] two = AllPaths.any(flat, random);
      boolean inOrder = flat.makespan(one) < flat.makespan(two);
      int[] early = inOrder ? one : two;
      int[] late = inOrder ? two : one;
      PathMix mixer = new PathMix(flat);
      for (double share : new double[] {0.05, 0.3, 0.6, 0.9, 1.1}) {
        double budget = flat.makespan(early) * (1 - share) + flat.makespan(late) * share;
        int[] path = mixer.mix(early, late, budget);
        assertThat(path)
            .as("seed %d, share %s", seed, share)
            .containsExactly(mixed(flat, early, late, budget));
        assertThat(flat.makespan(path)).isLessThanOrEqualTo(budget * (1 + 1e-12));
        assertThat(flat.folded(path)).isLessThanOrEqualTo(flat.folded(early) + 1e-12);
        mixed += flat.folded(path) < flat.folded(early) ? 1 : 0;
      }
    }
    assertThat(mixed).isGreaterThan(500);
  }

  /** Fast takes 1 s and 9 J, slow 2 s and so much less; switches are free. */
  private static Trellis saving(Start start, double... savedJoules) {
    double[] seconds = new double[2 * savedJoules.length];
    double[] joules = new double[2 * savedJoules.length];
    for (int i = 0; i < savedJoules.length; i++) {
      seconds[2 * i] = 2;
      seconds[2 * i + 1] = 1;
      joules[2 * i] = 9 - savedJoules[i];
      joules[2 * i + 1] = 9;
    }
    return new Trellis(
        PlanningProblem.builder(Problems.costs(Problems.grid(2), seconds, joules), 1)
            .start(start)
            .build());
  }

  @Test
  void aStretchThatJustFits_isTaken_andOneThatSavesNothingIsNot() {
    for (Start start : List.of(Start.free(), Start.steadyState())) {
      Trellis flat = saving(start, 2, 0, 3, 0, 0);
      PathMix mixer = new PathMix(flat);
      int[] fast = {1, 1, 1, 1, 1};
      int[] slow = {0, 1, 0, 1, 0};
      // A second to spare goes to the row that saves 3 J, the next one to that of 2 J.
      assertThat(mixer.mix(fast, slow, 5.5)).containsExactly(1, 1, 1, 1, 1);
      assertThat(mixer.mix(fast, slow, 6)).containsExactly(1, 1, 0, 1, 1);
      assertThat(mixer.mix(fast, slow, 6.5)).containsExactly(1, 1, 0, 1, 1);
      if (!flat.cyclic()) {
        // In a cycle the last row and the first are one stretch, of 2 s.
        assertThat(mixer.mix(fast, slow, 7)).containsExactly(0, 1, 0, 1, 1);
        assertThat(mixer.mix(fast, slow, 9)).containsExactly(0, 1, 0, 1, 1);
      }
    }
  }

  @Test
  void ofAStretchThatIsTooLong_theEndThatSavesMoreIsTaken_ifItJustFits() {
    Trellis flat = saving(Start.free(), 1, 2, 5, 0);
    PathMix mixer = new PathMix(flat);
    int[] fast = {1, 1, 1, 1};
    int[] slow = {0, 0, 0, 1};
    assertThat(mixer.mix(fast, slow, 4)).containsExactly(1, 1, 1, 1);
    assertThat(mixer.mix(fast, slow, 5)).containsExactly(1, 1, 0, 1);
    assertThat(mixer.mix(fast, slow, 6)).containsExactly(1, 0, 0, 1);
    assertThat(mixer.mix(fast, slow, 7)).containsExactly(0, 0, 0, 1);
    // Half of a stretch that saves nothing as a whole is left alone, however much it would save.
    assertThat(new PathMix(saving(Start.free(), 4, -4, 0, 0)).mix(fast, new int[] {0, 0, 1, 1}, 5))
        .containsExactly(1, 1, 1, 1);
  }
}
