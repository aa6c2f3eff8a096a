package io.neurobalancer.planner;

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
    energy += (problem.periodSeconds() - time) * problem.idlePowerWatts();
    compare(findings, "makespan", plan.makespanSeconds(), time, "s");
    compare(
        findings,
        "negative makespan (slack less deadline)",
        plan.slackSeconds() - problem.deadlineSeconds(),
        -time,
        "s");
    compare(findings, "energy", plan.energyJoules(), energy, "J");
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

  private static void compare(
      List<String> findings, String what, double claimed, double computed, String unit) {
    if (!(Math.abs(claimed - computed) <= TOLERANCE * Math.max(Math.abs(computed), 1e-6))) {
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
