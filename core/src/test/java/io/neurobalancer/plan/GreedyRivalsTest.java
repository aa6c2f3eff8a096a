package io.neurobalancer.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neurobalancer.cost.CostTable;
import io.neurobalancer.device.SwitchCost;
import io.neurobalancer.device.SwitchCosts;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The greedy planners, retold: every step is looked for anew among all that there are. */
final class GreedyRivalsTest {

  private static double seconds(Trellis flat, int row, int x) {
    return flat.seconds[row * flat.settings + x];
  }

  private static double joules(Trellis flat, int row, int x) {
    return flat.joules[row * flat.settings + x];
  }

  /** Whether a step from one setting to a slower one may be taken: nothing better lies between. */
  private static boolean isNext(Trellis flat, int row, int from, int to, boolean hull) {
    double rate = rate(flat, row, from, to);
    for (int y = 0; y < flat.settings; y++) {
      double seconds = seconds(flat, row, y);
      if (flat.allowed(y)
          && seconds > seconds(flat, row, from)
          && joules(flat, row, y) < joules(flat, row, from)) {
        // The hull goes on where a second saves most, the front to the next slower setting.
        boolean better =
            hull
                ? rate(flat, row, from, y) > rate
                    || (rate(flat, row, from, y) == rate && seconds > seconds(flat, row, to))
                : seconds < seconds(flat, row, to)
                    || (seconds == seconds(flat, row, to)
                        && joules(flat, row, y) < joules(flat, row, to));
        if (better) {
          return false;
        }
      }
    }
    return seconds(flat, row, to) > seconds(flat, row, from)
        && joules(flat, row, to) < joules(flat, row, from);
  }

  private static double rate(Trellis flat, int row, int from, int to) {
    return (joules(flat, row, from) - joules(flat, row, to))
        / (seconds(flat, row, to) - seconds(flat, row, from));
  }

  private static int[] filled(Trellis flat, int[] first, double capacity, boolean hull) {
    int[] path = first.clone();
    boolean[] closed = new boolean[flat.rows];
    double used = IntStream.range(0, flat.rows).mapToDouble(i -> seconds(flat, i, first[i])).sum();
    while (true) {
      int row = -1;
      int to = -1;
      for (int i = 0; i < flat.rows; i++) {
        for (int x = 0; x < flat.settings && !closed[i]; x++) {
          if (flat.allowed(x)
              && isNext(flat, i, path[i], x, hull)
              && (row < 0 || rate(flat, i, path[i], x) > rate(flat, row, path[row], to))) {
            row = i;
            to = x;
          }
        }
      }
      if (row < 0) {
        return path;
      }
      double added = seconds(flat, row, to) - seconds(flat, row, path[row]);
      closed[row] = used + added > capacity;
      if (!closed[row]) {
        used += added;
        path[row] = to;
      }
    }
  }

  /** Returns the path of the first capacity that leaves time for the switches; empty if none. */
  private static int[] greedy(Trellis flat, double budget, boolean hull) {
    int home = SinglePairPlanner.fastest(flat);
    int[] first = new int[flat.rows];
    for (int i = 0; i < flat.rows; i++) {
      int row = i;
      int fastest =
          IntStream.range(0, flat.settings)
              .filter(flat::allowed)
              .boxed()
              .min((x, y) -> Double.compare(seconds(flat, row, x), seconds(flat, row, y)))
              .orElseThrow();
      double thereAndBack = flat.switchSeconds(home, fastest) + flat.switchSeconds(fastest, home);
      boolean tie = seconds(flat, i, home) - seconds(flat, i, fastest) <= thereAndBack;
      first[i] = tie ? home : fastest;
    }
    double capacity = budget;
    for (int attempt = 0; attempt < 60 && capacity > 0; attempt++) {
      int[] path = filled(flat, first, capacity, hull);
      double late = flat.makespan(path) - budget;
      if (late <= 0 && flat.keepsLimits(path)) {
        return path;
      }
      capacity -= Math.max(late, budget / 1000);
    }
    return new int[0];
  }

  private static PlanningProblem problem(Random random, boolean limited) {
    PlanningProblem open = AllPaths.problem(1 + random.nextInt(8), AllPaths.start(random), random);
    double fastest = Problems.fastestMakespan(open);
    PlanningProblem.Builder builder =
        PlanningProblem.builder(open.costs(), fastest * (1 + 2 * random.nextDouble()))
            .switchCosts(
                Problems.switches(open.grid(), fastest * 0.1 * random.nextDouble(), random))
            .idlePowerWatts(open.idlePowerWatts())
            .start(limited ? Start.free() : open.start());
    if (limited) {
      builder.switchLimit(0, SwitchLimit.atMost(random.nextInt(4)));
    }
    if (random.nextInt(3) == 0) {
      builder.forbid(random.nextInt(open.grid().size()));
    }
    return builder.build();
  }

  @Test
  void theKnapsack_isFilledByWhatASecondSaves_andAgainWithLess_untilTheSwitchesFit() {
    int planned = 0;
    int fallen = 0;
    for (int seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      PlanningProblem problem = problem(random, seed % 5 == 0);
      Trellis flat = new Trellis(problem);
      for (boolean hull : new boolean[] {false, true}) {
        GreedyPlanner planner = hull ? GreedyPlanner.hull() : GreedyPlanner.mckp();
        int[] expected = greedy(flat, problem.budgetSeconds(), hull);
        int single = SinglePairPlanner.cheapest(flat);
        if (expected.length > 0) {
          Plan plan = planner.plan(problem);
          assertThat(plan.settings()).as("seed %d", seed).containsExactly(flat.expand(expected));
          assertThat(plan.note()).isEmpty();
          assertThat(plan.planner()).isEqualTo(planner.name());
          planned++;
        } else if (single >= 0) {
          Plan plan = planner.plan(problem);
          assertThat(plan.settings())
              .as("seed %d", seed)
              .containsExactly(flat.expand(flat.constant(single)));
          assertThat(plan.note()).contains("single-pair");
          fallen++;
        } else {
          assertThatThrownBy(() -> planner.plan(problem))
              .isInstanceOf(DeadlineUnreachableException.class);
        }
      }
    }
    assertThat(planned).isGreaterThan(300);
    assertThat(fallen).isGreaterThan(5);
  }

  @Test
  void settingsThatTie_areNoSteps_andAStepThatJustFitsIsTaken() {
    // From 1 s and 9 J: two of 2 s, of which the second is cheaper, one of 3 s that saves nothing
    // more, and one of 4 s on the line from the first through the second: 3 J for each second.
    CostTable costs =
        Problems.costs(
            Problems.grid(5),
            new double[] {4, 3, 2, 2, 1, 4, 3, 2, 2, 1},
            new double[] {0, 6, 6, 7, 9, 0, 6, 6, 7, 9});
    for (GreedyPlanner planner : List.of(GreedyPlanner.mckp(), GreedyPlanner.hull())) {
      for (int budget = 2; budget < 10; budget++) {
        boolean hull = planner.name().startsWith("hull");
        PlanningProblem problem =
            PlanningProblem.builder(costs, budget).start(Start.free()).build();
        int[] settings = planner.plan(problem).settings();
        // On the hull there is but one step, of 3 s; on the front there is one of 1 s before it.
        // All save as much per second: the first operator's steps are taken first.
        int[] slower =
            switch (budget) {
              case 2 -> new int[] {4, 4};
              case 3 -> hull ? new int[] {4, 4} : new int[] {2, 4};
              case 4 -> hull ? new int[] {4, 4} : new int[] {2, 2};
              case 5 -> new int[] {0, 4};
              case 6 -> hull ? new int[] {0, 4} : new int[] {0, 2};
              case 7 -> hull ? new int[] {0, 4} : new int[] {0, 2};
              default -> new int[] {0, 0};
            };
        assertThat(settings).as("%s, %d s", planner.name(), budget).containsExactly(slower);
      }
    }
  }

  private static List<String> classesOf(int operators, Random random) {
    return IntStream.range(0, operators).mapToObj(i -> "c" + random.nextInt(3)).toList();
  }

  /** The best change of one class over and over, each weighed as a whole path. */
  private static int[] classByClass(Trellis flat, List<String> classes, int start) {
    List<String> names = new ArrayList<>();
    for (int r = 0; r < flat.rows; r++) {
      String name = classes.get(flat.firstOperator[r]);
      if (!names.contains(name)) {
        names.add(name);
      }
    }
    int[] path = flat.constant(start);
    while (true) {
      int[] next = path;
      double best = 0;
      for (String name : names) {
        for (int x = 0; x < flat.settings; x++) {
          int setting = x;
          int[] from = path;
          int[] tried =
              IntStream.range(0, flat.rows)
                  .map(r -> classes.get(flat.firstOperator[r]).equals(name) ? setting : from[r])
                  .toArray();
          double saved = flat.folded(path) - flat.folded(tried);
          double added = flat.makespan(tried) - flat.makespan(path);
          double rate = added > 1e-15 ? saved / added : Double.POSITIVE_INFINITY;
          if (flat.allowed(x) && saved > 1e-13 && rate > best && flat.feasible(tried)) {
            best = rate;
            next = tried;
          }
        }
      }
      if (next == path) {
        return path;
      }
      path = next;
    }
  }

  @Test
  void classGreedy_makesTheBestChangeOfAClassOverAndOver_fromTwoStarts() {
    int changed = 0;
    for (int seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      PlanningProblem open = problem(random, seed % 5 == 0);
      int operators = open.costs().operators();
      List<String> classes = classesOf(operators, random);
      PlanningProblem.Builder builder =
          PlanningProblem.builder(open.costs(), open.budgetSeconds())
              .switchCosts(open.switchCosts())
              .idlePowerWatts(open.idlePowerWatts())
              .start(open.start())
              .switchLimit(0, open.switchLimit(0))
              .classes(classes);
      if (seed % 3 == 0) {
        builder.cuts(IntStream.range(0, operators).filter(i -> random.nextBoolean()).toArray());
      }
      PlanningProblem problem = builder.build();
      Trellis flat = new Trellis(problem);
      int[] expected = classByClass(flat, classes, SinglePairPlanner.fastest(flat));
      int single = SinglePairPlanner.cheapest(flat);
      if (single >= 0) {
        int[] other = classByClass(flat, classes, single);
        expected = flat.folded(other) < flat.folded(expected) ? other : expected;
      }
      ClassGreedyPlanner planner = new ClassGreedyPlanner();
      if (flat.makespan(expected) > problem.budgetSeconds()) {
        assertThatThrownBy(() -> planner.plan(problem))
            .isInstanceOf(DeadlineUnreachableException.class);
      } else {
        Plan plan = planner.plan(problem);
        assertThat(plan.settings()).as("seed %d", seed).containsExactly(flat.expand(expected));
        assertThat(plan.note()).isEmpty();
        changed += Arrays.stream(expected).distinct().count() > 1 ? 1 : 0;
      }
    }
    assertThat(changed).isGreaterThan(30);
  }

  @Test
  void classGreedy_takesWhatJustFits_andSaysIfNoClassesAreGiven() {
    // Fast 1 s at 9 J; slow 2 s at 4 J.
    CostTable costs =
        Problems.costs(Problems.grid(2), new double[] {2, 1, 2, 1}, new double[] {4, 9, 4, 9});
    PlanningProblem.Builder builder =
        PlanningProblem.builder(costs, 4)
            .start(Start.free())
            .switchCosts(new SwitchCosts(List.of(SwitchCost.symmetric(0.5, 0.5))));
    Plan plan = new ClassGreedyPlanner().plan(builder.build());
    assertThat(plan.settings()).containsExactly(0, 0);
    assertThat(plan.note()).contains("no classes were given");
    // One class for 1 s and a switch of 0.5 s, to the very end.
    PlanningProblem.Builder named = builder.classes(List.of("a", "b"));
    assertThat(new ClassGreedyPlanner().plan(named.build().withBudget(3.5)).settings())
        .containsExactly(0, 1);
    assertThat(new ClassGreedyPlanner().plan(named.build().withBudget(3.4)).settings())
        .containsExactly(1, 1);
    assertThat(new ClassGreedyPlanner().plan(named.build().withBudget(2)).settings())
        .containsExactly(1, 1);
    assertThatThrownBy(() -> new ClassGreedyPlanner().plan(named.build().withBudget(1.9)))
        .isInstanceOf(DeadlineUnreachableException.class);
  }
}
