package io.neurobalancer.plan;

import io.neurobalancer.device.SwitchCost;
import io.neurobalancer.unit.Frequency;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Recomputes everything that a plan claims, straight from the cost table and the definition of the
 * problem. It shares no code with the planners or with {@link Plan}'s own evaluation.
 */
public final class PlanChecker {

  private static final double TOLERANCE = 1e-9;

  private PlanChecker() {}

  /** Returns what is wrong with a plan, one sentence each; empty if every claim holds. */
  public static List<String> check(Plan plan) {
    PlanningProblem problem = plan.problem();
    List<String> findings = new ArrayList<>();
    double time = 0;
    double energy = 0;
    int switches = 0;
    int operators = problem.costs().operators();
    List<Integer> visited = new ArrayList<>();
    for (int i = 0; i < operators; i++) {
      int x = plan.setting(i);
      if (problem.forbidden(x)) {
        findings.add("Operator %d runs at a forbidden setting (%d).".formatted(i, x));
      }
      if (i > 0 && x != plan.setting(i - 1) && !problem.cutBefore(i)) {
        findings.add("The setting changes before operator %d, where no cut is.".formatted(i));
      }
      visited.add(x);
      time += problem.costs().latencySeconds(i, x);
      energy += problem.costs().energyJoules(i, x);
    }
    boolean returnsAfterwards = false;
    if (problem.entry() instanceof Entry.SteadyState) {
      visited.add(0, plan.setting(operators - 1));
    } else if (problem.entry() instanceof Entry.FromSetting from) {
      visited.add(0, from.setting());
      visited.add(from.setting());
      returnsAfterwards = true;
    }
    for (int step = 1; step < visited.size(); step++) {
      boolean inside = !(returnsAfterwards && step == visited.size() - 1);
      for (int d = 0; d < problem.grid().dimensions(); d++) {
        Frequency before = problem.grid().frequency(visited.get(step - 1), d);
        Frequency after = problem.grid().frequency(visited.get(step), d);
        SwitchCost cost = problem.switchCosts().perDomain().get(d);
        int direction = after.compareTo(before);
        if (direction != 0) {
          switches++;
          energy += direction > 0 ? cost.upJoules() : cost.downJoules();
          if (inside) {
            time += direction > 0 ? cost.upSeconds() : cost.downSeconds();
          }
        }
      }
    }
    for (int d = 0; d < problem.grid().dimensions(); d++) {
      checkLimit(plan, d, findings);
    }
    energy += (problem.periodSeconds() - time) * problem.idlePowerWatts();
    compare(findings, "makespan", plan.makespanSeconds(), time, "s", time);
    double slack = problem.deadlineSeconds() - time;
    compare(findings, "slack", plan.slackSeconds(), slack, "s", problem.deadlineSeconds());
    compare(findings, "energy", plan.energyJoules(), energy, "J", energy);
    double gap = energy == 0 ? 0 : 1 - plan.lowerBoundJoules() / energy;
    if (plan.gap() != gap) {
      compare(findings, "gap", plan.gap(), gap, "of the energy", 1);
    }
    checkSegments(plan, findings);
    if (plan.switches() != switches) {
      findings.add(
          "The plan claims %d switches; it makes %d.".formatted(plan.switches(), switches));
    }
    if (time > problem.deadlineSeconds() * (1 + TOLERANCE)) {
      findings.add(
          String.format(
              Locale.ROOT,
              "The makespan (%.9g s) exceeds the deadline (%.9g s).",
              time,
              problem.deadlineSeconds()));
    }
    if (plan.lowerBoundJoules() > energy * (1 + TOLERANCE)) {
      findings.add(
          String.format(
              Locale.ROOT,
              "The lower bound (%.9g J) exceeds the energy (%.9g J).",
              plan.lowerBoundJoules(),
              energy));
    }
    return List.copyOf(findings);
  }

  /** Walks one domain through a period and looks at every switch of it. */
  private static void checkLimit(Plan plan, int domain, List<String> findings) {
    PlanningProblem problem = plan.problem();
    SwitchLimit limit = problem.switchLimit(domain);
    int last = plan.operators() - 1;
    Frequency clock = problem.grid().frequency(plan.setting(0), domain);
    if (problem.entry() instanceof Entry.SteadyState) {
      clock = problem.grid().frequency(plan.setting(last), domain);
    } else if (problem.entry() instanceof Entry.FromSetting from) {
      clock = problem.grid().frequency(from.setting(), domain);
    }
    Frequency atRest = clock;
    int made = 0;
    double kept = 0;
    for (int i = 0; i <= last; i++) {
      Frequency wanted = problem.grid().frequency(plan.setting(i), domain);
      if (!wanted.equals(clock)) {
        if (made > 0 && kept < limit.minimumDwellSeconds() * (1 - TOLERANCE)) {
          findings.add(
              String.format(
                  Locale.ROOT,
                  "Domain '%s' switches before operator %d after %.9g s; it must keep its clock for %.9g s.",
                  problem.grid().domains().get(domain).name(),
                  i,
                  kept,
                  limit.minimumDwellSeconds()));
        }
        made++;
        kept = 0;
        clock = wanted;
      }
      kept += problem.costs().latencySeconds(i, plan.setting(i));
    }
    if (problem.entry() instanceof Entry.FromSetting && !clock.equals(atRest)) {
      made++;
    }
    if (made > limit.maximumSwitches()) {
      findings.add(
          "Domain '%s' switches %d times; it may %d times."
              .formatted(
                  problem.grid().domains().get(domain).name(), made, limit.maximumSwitches()));
    }
  }

  /** Follows the segments through the operators: no gap, no overlap, each at its one setting. */
  private static void checkSegments(Plan plan, List<String> findings) {
    int next = 0;
    for (Segment segment : plan.segments()) {
      double time = 0;
      double energy = 0;
      boolean fits = segment.firstOperator() == next && segment.lastOperator() >= next;
      for (int i = next; fits && i <= segment.lastOperator(); i++) {
        fits = i < plan.operators() && plan.setting(i) == segment.setting();
        if (fits) {
          time += plan.problem().costs().latencySeconds(i, segment.setting());
          energy += plan.problem().costs().energyJoules(i, segment.setting());
        }
      }
      if (!fits) {
        findings.add(
            "The segment of operators %d to %d does not agree with the settings."
                .formatted(segment.firstOperator(), segment.lastOperator()));
        return;
      }
      compare(findings, "segment's latency", segment.latencySeconds(), time, "s", time);
      compare(findings, "segment's energy", segment.energyJoules(), energy, "J", energy);
      next = segment.lastOperator() + 1;
    }
    if (next != plan.operators()) {
      findings.add("The segments end before operator %d.".formatted(next));
    }
  }

  private static void compare(
      List<String> findings,
      String what,
      double claimed,
      double computed,
      String unit,
      double scale) {
    if (!(Math.abs(claimed - computed) <= TOLERANCE * Math.max(Math.abs(scale), 1e-6))) {
      findings.add(
          String.format(
              Locale.ROOT,
              "The plan claims a %s of %.9g %s; it is %.9g %s.",
              what,
              claimed,
              unit,
              computed,
              unit));
    }
  }
}
