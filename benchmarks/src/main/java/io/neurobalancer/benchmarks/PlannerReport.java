package io.neurobalancer.benchmarks;

import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.plan.ExactPlanner;
import io.neurobalancer.plan.Frontier;
import io.neurobalancer.plan.LagrangianPlanner;
import io.neurobalancer.plan.Plan;
import io.neurobalancer.plan.PlanChecker;
import io.neurobalancer.plan.Planner;
import io.neurobalancer.plan.PlanningProblem;
import io.neurobalancer.plan.Start;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/**
 * Prints the planner's numbers as Markdown: time and gap, exact problems, frontier, growth, and
 * general solvers side by side. Times are given as the wall saw them and as the thread's processor
 * time, which other load on the machine disturbs less.
 */
public final class PlannerReport {

  private static final int INSTANCES = 100;

  private PlannerReport() {}

  /** A value and the median times of making it, seconds. */
  private record Timed<T>(T value, double wallSeconds, double processorSeconds) {}

  private static <T> Timed<T> time(int warmUps, int runs, Supplier<T> work) {
    T value = work.get();
    for (int run = 1; run < warmUps; run++) {
      value = work.get();
    }
    double[] wall = new double[runs];
    double[] processor = new double[runs];
    var threads = ManagementFactory.getThreadMXBean();
    for (int run = 0; run < runs; run++) {
      long before = threads.getCurrentThreadCpuTime();
      long start = System.nanoTime();
      value = work.get();
      wall[run] = (System.nanoTime() - start) / 1e9;
      processor[run] = (threads.getCurrentThreadCpuTime() - before) / 1e9;
    }
    Arrays.sort(wall);
    Arrays.sort(processor);
    return new Timed<>(value, wall[runs / 2], processor[runs / 2]);
  }

  /** Prints the report; the argument limits each general solver, in seconds (default 120). */
  public static void main(String[] arguments) {
    double limitSeconds = arguments.length > 0 ? Double.parseDouble(arguments[0]) : 120;
    PlanningProblem large = Instances.problem(Instances.grid(20, 10), 500, Start.from(0), 7);
    time(60, 1, () -> new LagrangianPlanner().plan(large));
    gaps();
    growth();
    frontier(large);
    exact();
    solvers(large, limitSeconds);
  }

  private static void gaps() {
    print("## 500 operators, 200 settings, switches priced: 100 seeded instances%n%n");
    print("| entry | median wall ms | median processor ms | median gap | worst gap | seed |%n");
    print("| --- | ---: | ---: | ---: | ---: | ---: |%n");
    SettingGrid grid = Instances.grid(20, 10);
    for (Start entry : List.of(Start.from(0), Start.steadyState(), Start.free())) {
      List<Double> gaps = new ArrayList<>();
      List<Double> wall = new ArrayList<>();
      List<Double> processor = new ArrayList<>();
      for (int seed = 0; seed < INSTANCES; seed++) {
        PlanningProblem problem = Instances.problem(grid, 500, entry, seed);
        Timed<Plan> timed = time(1, 1, () -> new LagrangianPlanner().plan(problem));
        check(timed.value());
        gaps.add(timed.value().gap());
        wall.add(timed.wallSeconds());
        processor.add(timed.processorSeconds());
      }
      double worst = Collections.max(gaps);
      int seed = gaps.indexOf(worst);
      Collections.sort(gaps);
      Collections.sort(wall);
      Collections.sort(processor);
      print(
          "| %s | %.2f | %.2f | %.4f %% | %.4f %% | %d |%n",
          entry.getClass().getSimpleName(),
          wall.get(INSTANCES / 2) * 1e3,
          processor.get(INSTANCES / 2) * 1e3,
          gaps.get(INSTANCES / 2) * 100,
          worst * 100,
          seed);
    }
  }

  private static void growth() {
    print("%n## Growth with N x M, entered from a setting%n%n");
    print("| operators | settings | wall ms | processor ms | processor ns per N x M |%n");
    print("| ---: | ---: | ---: | ---: | ---: |%n");
    for (int[] size : new int[][] {{125, 10, 5}, {250, 20, 5}, {500, 20, 10}, {1000, 20, 20}}) {
      SettingGrid grid = Instances.grid(size[1], size[2]);
      PlanningProblem problem = Instances.problem(grid, size[0], Start.from(0), 7);
      Timed<Plan> timed = time(20, 15, () -> new LagrangianPlanner().plan(problem));
      print(
          "| %d | %d | %.2f | %.2f | %.0f |%n",
          size[0],
          grid.size(),
          timed.wallSeconds() * 1e3,
          timed.processorSeconds() * 1e3,
          timed.processorSeconds() * 1e9 / (size[0] * grid.size()));
    }
  }

  private static void frontier(PlanningProblem large) {
    PlanningProblem open =
        large.withPeriod(Math.max(large.periodSeconds(), Frontier.saturation(large)));
    Timed<Plan> one = time(5, 15, () -> new LagrangianPlanner().plan(open));
    Timed<Frontier> curve = time(2, 5, () -> Frontier.of(open, 100));
    double worst = 0;
    for (Plan plan : curve.value().plans()) {
      check(plan);
      worst = Math.max(worst, plan.gap());
    }
    print("%n## Frontier of 100 deadlines, 500 operators, 200 settings%n%n");
    print(
        "One plan takes %.2f ms of wall and %.2f ms of processor, the frontier %.1f and %.1f:"
            + " %.1f plans' processor time. Worst gap on the curve %.4f %%.%n",
        one.wallSeconds() * 1e3,
        one.processorSeconds() * 1e3,
        curve.wallSeconds() * 1e3,
        curve.processorSeconds() * 1e3,
        curve.processorSeconds() / one.processorSeconds(),
        worst * 100);
  }

  private static void exact() {
    print("%n## Exact: 16 operators, 200 settings, 100 seeded instances%n%n");
    print(
        "| entry | proven | median wall ms | median processor ms | worst processor ms | Lagrangian above optimum, median | worst |%n");
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |%n");
    SettingGrid grid = Instances.grid(20, 10);
    for (Start entry : List.of(Start.from(0), Start.steadyState())) {
      List<Double> wall = new ArrayList<>();
      List<Double> processor = new ArrayList<>();
      List<Double> above = new ArrayList<>();
      int proven = 0;
      Planner planner = new ExactPlanner();
      for (int seed = 0; seed < INSTANCES; seed++) {
        PlanningProblem problem = Instances.problem(grid, 16, entry, seed);
        Timed<Plan> timed = time(seed == 0 ? 10 : 1, 1, () -> planner.plan(problem));
        check(timed.value());
        proven += timed.value().planner().equals("exact") ? 1 : 0;
        wall.add(timed.wallSeconds());
        processor.add(timed.processorSeconds());
        above.add(
            new LagrangianPlanner().plan(problem).energyJoules() / timed.value().energyJoules()
                - 1);
      }
      Collections.sort(wall);
      Collections.sort(processor);
      Collections.sort(above);
      print(
          "| %s | %d | %.1f | %.1f | %.1f | %.4f %% | %.4f %% |%n",
          entry.getClass().getSimpleName(),
          proven,
          wall.get(INSTANCES / 2) * 1e3,
          processor.get(INSTANCES / 2) * 1e3,
          processor.get(INSTANCES - 1) * 1e3,
          above.get(INSTANCES / 2) * 100,
          above.get(INSTANCES - 1) * 100);
    }
  }

  private static void solvers(PlanningProblem large, double limitSeconds) {
    print("%n## General solvers on the same instances, to the same gap, in the same run%n%n");
    print(
        "OR-Tools CP-SAT with 2 workers and SCIP, each stopped after %.0f s; times leave the model's"
            + " construction aside. Each is asked for the gap that the Lagrangian planner proves.%n%n",
        limitSeconds);
    print("| operators | settings | solver | wall s | energy mJ | gap | times the Lagrangian |%n");
    print("| ---: | ---: | --- | ---: | ---: | ---: | ---: |%n");
    PlanningProblem medium = Instances.problem(Instances.grid(8, 5), 60, Start.from(0), 7);
    for (PlanningProblem problem : List.of(medium, large)) {
      Timed<Plan> ours = time(20, 15, () -> new LagrangianPlanner().plan(problem));
      check(ours.value());
      Plan plan = ours.value();
      row(problem, "lagrangian", ours.wallSeconds(), plan.energyJoules(), plan.gap(), 1, "");
      double gap = Math.max(plan.gap(), 1e-6);
      for (boolean cp : new boolean[] {true, false}) {
        Solvers.Outcome outcome =
            cp
                ? Solvers.cpSat(problem, gap, limitSeconds, 2)
                : Solvers.mip(problem, gap, limitSeconds);
        row(
            problem,
            (cp ? "CP-SAT, " : "SCIP, ") + outcome.status(),
            outcome.seconds(),
            outcome.energyJoules(),
            outcome.gap(),
            outcome.seconds() / ours.wallSeconds(),
            outcome.gap() > gap * 1.01 ? "more than " : "");
      }
    }
  }

  private static void row(
      PlanningProblem problem,
      String solver,
      double seconds,
      double joules,
      double gap,
      double ratio,
      String more) {
    boolean found = !Double.isInfinite(joules);
    print(
        "| %d | %d | %s | %.4f | %s | %s | %s%.0f |%n",
        problem.costs().operators(),
        problem.costs().settings(),
        solver,
        seconds,
        found ? String.format(Locale.ROOT, "%.4f", joules * 1e3) : "none found",
        found ? String.format(Locale.ROOT, "%.4f %%", gap * 100) : "unknown",
        more,
        ratio);
  }

  private static void check(Plan plan) {
    List<PlanChecker.Finding> findings = PlanChecker.check(plan);
    if (!findings.isEmpty()) {
      throw new IllegalStateException("A plan is not what it claims: " + findings);
    }
  }

  private static void print(String format, Object... values) {
    System.out.printf(Locale.ROOT, format, values);
  }
}
