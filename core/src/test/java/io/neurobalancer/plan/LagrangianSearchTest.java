package io.neurobalancer.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Offset.offset;

import io.neurobalancer.device.SwitchCost;
import io.neurobalancer.device.SwitchCosts;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Bounds and plans of the Lagrangian search against all paths, and against a scan of prices. */
final class LagrangianSearchTest {

  /** Time and energy of a path. */
  private record Ends(double seconds, double joules) {}

  /** The paths that no other one beats in both, the fastest first. */
  private static List<Ends> front(Trellis flat) {
    List<Ends> all = new ArrayList<>();
    AllPaths.forEach(flat, path -> all.add(new Ends(flat.makespan(path), flat.folded(path))));
    all.sort(
        (a, b) ->
            a.seconds() == b.seconds()
                ? Double.compare(a.joules(), b.joules())
                : Double.compare(a.seconds(), b.seconds()));
    List<Ends> front = new ArrayList<>();
    for (Ends ends : all) {
      if (front.isEmpty() || ends.joules() < front.get(front.size() - 1).joules()) {
        front.add(ends);
      }
    }
    return front;
  }

  /** How far plans lie above the best and bounds below it, each as a share, in percent. */
  private static final class Tally {
    final double[] above = new double[4];
    final double[] below = new double[4];

    /** Cycles and searches that serve many budgets are counted apart. */
    void add(Trellis flat, boolean serving, double plan, double bound) {
      int kind = (flat.cyclic() ? 2 : 0) + (serving ? 1 : 0);
      above[kind] += 100 * plan;
      below[kind] += 100 * bound;
    }

    void assertBelow(double[] aboves, double[] belows) {
      for (int kind = 0; kind < 4; kind++) {
        assertThat(above[kind]).as("plans of kind %d", kind).isLessThan(aboves[kind]);
        assertThat(below[kind]).as("bounds of kind %d", kind).isLessThan(belows[kind]);
      }
    }
  }

  private static double optimum(List<Ends> front, double budget) {
    return front.stream()
        .filter(ends -> ends.seconds() <= budget)
        .mapToDouble(Ends::joules)
        .min()
        .orElseThrow();
  }

  /** What no price of time can bound more closely: the least of all mixtures of two paths. */
  private static double dual(List<Ends> front, double budget) {
    double least = optimum(front, budget);
    for (Ends early : front) {
      for (Ends late : front) {
        if (early.seconds() <= budget && late.seconds() > budget) {
          double share = (budget - early.seconds()) / (late.seconds() - early.seconds());
          least = Math.min(least, early.joules() + share * (late.joules() - early.joules()));
        }
      }
    }
    return least;
  }

  private static double priced(List<Ends> front, double price, double budget) {
    return front.stream()
        .mapToDouble(ends -> ends.joules() + price * (ends.seconds() - budget))
        .min()
        .orElseThrow();
  }

  private static Trellis small(Random random, int seed) {
    Start start =
        switch (seed % 3) {
          case 0 -> Start.steadyState();
          case 1 -> Start.from(random.nextInt(2));
          default -> Start.free();
        };
    return new Trellis(AllPaths.problem(1 + random.nextInt(4), start, random));
  }

  @Test
  void theBound_isTheConcaveDualsMaximum_andThePlanIsNearlyTheBest() {
    Tally tally = new Tally();
    int optimal = 0;
    int solved = 0;
    for (int seed = 0; seed < 72; seed++) {
      Random random = new Random(seed);
      Trellis flat = small(random, seed);
      List<Ends> front = front(flat);
      double fastest = front.get(0).seconds();
      double thrifty = front.get(front.size() - 1).seconds();
      LagrangianSearch serving = new LagrangianSearch(flat);
      for (double share : new double[] {0, 0.2, 0.5, 0.52, 0.85, 0.95, 1}) {
        double budget = fastest + share * (thrifty - fastest);
        budget = share == 0 ? fastest * (1 + 1e-12) : share == 1 ? thrifty * (1 + 1e-12) : budget;
        double optimum = optimum(front, budget);
        double dual = dual(front, budget);
        for (LagrangianSearch search : List.of(serving, new LagrangianSearch(flat))) {
          assertThat(search.solve(budget)).as("seed %d, share %s", seed, share).isTrue();
          int[] best = search.best();
          assertThat(flat.makespan(best)).isLessThanOrEqualTo(budget);
          assertThat(search.bestEnergy())
              .isEqualTo(flat.folded(best))
              .isGreaterThanOrEqualTo(optimum - 1e-12);
          double scale = Math.abs(optimum) + flat.idleJoules();
          assertThat(search.bound())
              .as("seed %d, share %s", seed, share)
              .isLessThanOrEqualTo(dual + 1e-12)
              .isGreaterThan(
                  flat.cyclic() && share == 0
                      ? Double.NEGATIVE_INFINITY
                      : dual - (search == serving ? 5e-4 : 1e-4) * scale)
              .isLessThanOrEqualTo(priced(front, search.price(), budget) + 1e-12);
          if (!flat.cyclic()) {
            assertThat(search.bound())
                .isCloseTo(priced(front, search.price(), budget), offset(1e-12));
          }
          // What it leaves to single changes is too little to count.
          PathImprover improver = new PathImprover(flat);
          improver.begin(budget);
          improver.offer(best);
          improver.polish(Double.NEGATIVE_INFINITY);
          assertThat(improver.bestEnergy()).isGreaterThan(search.bestEnergy() - 2e-4 * scale);
          tally.add(
              flat,
              search == serving,
              (search.bestEnergy() - optimum) / scale,
              share == 0 ? 0 : (dual - search.bound()) / scale);
          optimal += search.bestEnergy() < optimum + 1e-12 ? 1 : 0;
          solved++;
        }
      }
    }
    // 900 were the best of all when this was written, and the others so far above it. Whoever plans
    // better lowers these.
    assertThat(solved).isEqualTo(1008);
    assertThat(optimal).isGreaterThanOrEqualTo(900);
    tally.assertBelow(
        new double[] {48.6233, 132.9275, 19.8319, 46.7065},
        new double[] {0.039426, 0.193599, 0.026192, 0.272504});
  }

  @Test
  void wholeNumbers_tie_andTheBestPlansAreFoundAllTheSame() {
    // Fast 1 s at 9 J; slow 2 s and 8, 7, 6, 5 J less: the budget buys the dearest seconds first.
    double[] seconds = {2, 1, 2, 1, 2, 1, 2, 1};
    double[] joules = {1, 9, 2, 9, 3, 9, 4, 9};
    double[] least = {36, 28, 21, 15, 10};
    for (Start start : List.of(Start.free(), Start.steadyState(), Start.from(1))) {
      Trellis flat =
          new Trellis(
              PlanningProblem.builder(Problems.costs(Problems.grid(2), seconds, joules), 1)
                  .start(start)
                  .build());
      LagrangianSearch serving = new LagrangianSearch(flat);
      for (int second : new int[] {4, 8, 6, 5, 7}) {
        for (LagrangianSearch search : List.of(serving, new LagrangianSearch(flat))) {
          assertThat(search.solve(second)).isTrue();
          assertThat(search.bestEnergy()).isEqualTo(least[second - 4]);
          assertThat(search.bound()).isCloseTo(least[second - 4], offset(1e-3));
          // Half a second more buys no plan; it lowers the bound by half of what a second saves.
          assertThat(search.solve(second + 0.5)).isTrue();
          assertThat(search.bestEnergy()).isEqualTo(least[second - 4]);
          double half = second == 8 ? 10 : (least[second - 4] + least[second - 3]) / 2;
          assertThat(search.bound()).isCloseTo(half, offset(2e-3));
        }
      }
    }
  }

  @Test
  void aBudgetThatNoPathMeets_isRefused_withTheFastestPath() {
    for (int seed = 0; seed < 60; seed++) {
      Random random = new Random(seed);
      Trellis flat = small(random, seed);
      double fastest = front(flat).get(0).seconds();
      LagrangianSearch search = new LagrangianSearch(flat);
      assertThat(search.solve(2 * fastest)).isTrue();
      assertThat(search.solve(fastest * (1 - 1e-9))).as("seed %d", seed).isFalse();
      assertThat(flat.makespan(search.fastest())).isCloseTo(fastest, offset(1e-12));
      PlanningProblem late = flat.problem.withBudget(fastest * (1 - 1e-9));
      assertThatThrownBy(() -> new LagrangianPlanner().plan(late))
          .isInstanceOfSatisfying(
              DeadlineUnreachableException.class,
              e -> assertThat(e.fastest().makespanSeconds()).isCloseTo(fastest, offset(1e-12)));
      assertThat(LagrangianPlanner.fastest(late).makespanSeconds())
          .isCloseTo(fastest, offset(1e-12));
    }
  }

  @Test
  void whereTheClosingSwitchDecides_theFastestAndTheThriftiestCycleAreFound() {
    for (int seed = 0; seed < 60; seed++) {
      Random random = new Random(seed);
      double[] seconds = random.ints(12, 1, 5).asDoubleStream().toArray();
      double[] joules = random.ints(12, 1, 5).asDoubleStream().toArray();
      PlanningProblem problem =
          PlanningProblem.builder(Problems.costs(Problems.grid(3), seconds, joules), 1)
              .switchCosts(new SwitchCosts(List.of(new SwitchCost(1, 0.5, 0.5, 1))))
              .build();
      Trellis flat = new Trellis(problem);
      List<Ends> front = front(flat);
      Ends fastest = front.get(0);
      Ends thrifty = front.get(front.size() - 1);
      LagrangianSearch search = new LagrangianSearch(flat);
      assertThat(search.solve(fastest.seconds() - 0.25)).isFalse();
      assertThat(flat.makespan(search.fastest())).isEqualTo(fastest.seconds());
      assertThat(search.solve(fastest.seconds())).as("seed %d", seed).isTrue();
      assertThat(search.bestEnergy()).isGreaterThanOrEqualTo(fastest.joules());
      assertThat(new LagrangianSearch(flat).solve(fastest.seconds())).isTrue();
      LagrangianSearch ample = new LagrangianSearch(flat);
      assertThat(ample.solve(30)).isTrue();
      assertThat(ample.bestEnergy()).as("seed %d", seed).isEqualTo(thrifty.joules());
      assertThat(ample.bound()).isEqualTo(thrifty.joules());
    }
  }

  @Test
  void thePlannersBound_countsIdling_andItsPriceProvesIt() {
    for (int seed = 0; seed < 30; seed++) {
      Random random = new Random(seed);
      Trellis flat = small(random, seed);
      List<Ends> front = front(flat);
      double fastest = front.get(0).seconds();
      double budget = fastest + 0.5 * (front.get(front.size() - 1).seconds() - fastest);
      PlanningProblem problem =
          flat.problem.withIdlePower(0).withPeriod(2).withBudget(Math.max(budget, 1e-6));
      Plan plan = new LagrangianPlanner().plan(problem);
      assertThat(PlanChecker.check(plan)).isEmpty();
      assertThat(plan.planner()).isEqualTo(new LagrangianPlanner().name()).isEqualTo("lagrangian");
      Plan again = LagrangianPlanner.plan(problem.withIdlePower(0.1), "another");
      assertThat(again.planner()).isEqualTo("another");
      assertThat(PlanChecker.check(again)).isEmpty();
      assertThat(again.gap()).isLessThan(0.2);
      assertThat(again.lowerBoundJoules()).isPositive();
    }
  }

  /** The best bound of a fine scan of prices, each by one pass, narrowed three times. */
  private static double scanned(Trellis flat, double budget) {
    Viterbi paths = new Viterbi(flat);
    int[] path = new int[flat.rows];
    double from = 1e-4;
    double to = 1e4;
    double best = Double.NEGATIVE_INFINITY;
    for (int round = 0; round < 3; round++) {
      double factor = StrictMath.pow(to / from, 1.0 / 20);
      double at = from;
      for (double price = from; price < to * 1.0001; price *= factor) {
        paths.closed(1, price, path);
        double bound = paths.bound() - price * budget;
        at = bound > best ? price : at;
        best = Math.max(best, bound);
      }
      from = at / factor;
      to = at * factor;
    }
    return best;
  }

  private static Trellis large(int rows, int seed) {
    Random random = new Random(seed);
    Start start = seed % 2 == 0 ? Start.steadyState() : Start.from(3);
    return new Trellis(
        PlanningProblem.builder(AllPaths.costs(Problems.grid(3, 2), rows, random), 1)
            .switchCosts(Problems.switches(Problems.grid(3, 2), seed % 4 < 2 ? 1e-5 : 1e-3, random))
            .idlePowerWatts(0.1)
            .start(start)
            .build());
  }

  @Test
  void ofManyRows_theBoundIsThatOfAFineScanOfPrices_andThePlanLiesCloseToIt() {
    Tally tally = new Tally();
    for (int seed = 0; seed < 6; seed++) {
      Trellis flat = large(60 + 12 * seed, seed);
      int[] path = new int[flat.rows];
      Viterbi paths = new Viterbi(flat);
      paths.closed(0, 1, path);
      double fastest = flat.makespan(path);
      paths.closed(1, 0, path);
      double thrifty = flat.makespan(path);
      double least = flat.folded(path);
      LagrangianSearch serving = new LagrangianSearch(flat);
      for (double share : new double[] {1e-9, 0.02, 0.3, 0.32, 0.7, 0.98}) {
        double budget = fastest + share * (thrifty - fastest);
        double scan = scanned(flat, budget);
        for (LagrangianSearch search : List.of(serving, new LagrangianSearch(flat))) {
          assertThat(search.solve(budget)).as("seed %d, share %s", seed, share).isTrue();
          double scale = Math.abs(search.bestEnergy()) + flat.idleJoules();
          assertThat(flat.makespan(search.best())).isLessThanOrEqualTo(budget);
          assertThat(search.bestEnergy()).isGreaterThanOrEqualTo(search.bound() - 1e-12);
          assertThat(search.bound())
              .as("seed %d, share %s", seed, share)
              .isGreaterThan(scan - 4e-4 * scale);
          paths.closed(1, search.price(), path);
          assertThat(search.bound())
              .isLessThanOrEqualTo(paths.bound() - search.price() * budget + 1e-12);
          tally.add(
              flat,
              search == serving,
              (search.bestEnergy() - scan) / scale,
              (scan - search.bound()) / scale);
        }
      }
      assertThat(serving.solve(fastest * (1 - 1e-9))).isFalse();
      assertThat(flat.makespan(serving.fastest())).isCloseTo(fastest, offset(1e-12));
      assertThat(serving.solve(thrifty * (1 + 1e-9))).isTrue();
      assertThat(serving.bestEnergy()).isCloseTo(least, offset(1e-12));
      assertThat(serving.bound()).isCloseTo(least, offset(1e-12));
      assertThat(serving.price()).isZero();
      LagrangianSearch ample = new LagrangianSearch(flat);
      assertThat(ample.solve(100 * thrifty)).isTrue();
      assertThat(ample.bestEnergy()).isCloseTo(least, offset(1e-12));
      for (double price : new double[] {8, 0.4, 2}) {
        paths.closed(1, price, path);
        assertThat(ample.secondsAt(price)).isEqualTo(flat.makespan(path));
      }
    }
    // What 72 plans added up to when this was written; the scan finds no better bounds.
    tally.assertBelow(
        new double[] {3.04568, 4.61653, 3.63614, 3.86677},
        new double[] {-0.077999, -0.005721, -0.168775, -0.139571});
  }

  @Test
  void whereOneSettingIsBestAtAnyPrice_itIsFound() {
    double[] seconds = new double[200];
    double[] joules = new double[200];
    for (int i = 0; i < 200; i++) {
      seconds[i] = 1 + i % 2;
      joules[i] = 3 + i % 2;
    }
    for (Start start : List.of(Start.free(), Start.steadyState(), Start.from(0))) {
      PlanningProblem problem =
          PlanningProblem.builder(Problems.costs(Problems.grid(2), seconds, joules), 100)
              .start(start)
              .build();
      LagrangianSearch search = new LagrangianSearch(new Trellis(problem));
      assertThat(search.solve(100)).isTrue();
      assertThat(search.best()).containsExactly(new int[100]);
      assertThat(search.bound()).isEqualTo(300);
      assertThat(search.solve(99.9)).isFalse();
      assertThat(Arrays.stream(search.fastest()).sum()).isZero();
    }
  }
}
