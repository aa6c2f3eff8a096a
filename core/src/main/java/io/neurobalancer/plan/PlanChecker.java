package io.neurobalancer.plan;

import io.neurobalancer.device.SwitchCost;
import io.neurobalancer.unit.Frequency;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Recomputes everything that a plan claims, straight from the cost table and the definition of the
 * problem. It shares no code with the planners or with {@link Plan}'s own evaluation.
 *
 * <p>A bound proven by a price of time is recomputed too, see {@link #boundJoules}. One that a
 * search has proven cannot be without searching again; of it is only checked that it does not
 * exceed the energy.
 */
public final class PlanChecker {

  private static final double TOLERANCE = 1e-9;

  private PlanChecker() {}

  /** What a finding is about. */
  public enum Kind {
    /** An operator runs where it must not: a forbidden setting, a change without a cut. */
    NOT_ALLOWED,
    /** A domain switches too often or too soon. */
    SWITCH_LIMIT,
    /** The job takes longer than its budget. */
    LATE,
    /** A figure of the plan is not what its settings give. */
    MISSTATED,
    /** The lower bound exceeds the energy, or what its price of time proves. */
    BOUND
  }

  /**
   * Something that is wrong with a plan.
   *
   * @param kind what it is about
   * @param text one sentence with the values
   */
  public record Finding(Kind kind, String text) {
    @Override
    public String toString() {
      return text;
    }
  }

  /**
   * Returns the lower bound that a plan's price of time proves, recomputed: {@code L(lambda) -
   * lambda budget}, with the idle energy of the period, joules; negative infinity if the plan has
   * no price. Limits on switches are left aside, which only lowers it.
   */
  public static double boundJoules(Plan plan) {
    return plan.marginalJoulesPerSecond().isPresent()
        ? BoundCheck.joules(
            plan.problem(), plan.marginalJoulesPerSecond().getAsDouble(), plan.lowerBoundJoules())
        : Double.NEGATIVE_INFINITY;
  }

  /** Returns what is wrong with a plan; empty if every claim holds. */
  public static List<Finding> check(Plan plan) {
    PlanningProblem problem = plan.problem();
    List<Finding> findings = new ArrayList<>();
    double time = 0;
    double energy = 0;
    int switches = 0;
    int operators = problem.costs().operators();
    List<Integer> visited = new ArrayList<>();
    for (int i = 0; i < operators; i++) {
      int x = plan.setting(i);
      if (problem.forbidden(x)) {
        findings.add(
            new Finding(
                Kind.NOT_ALLOWED,
                String.format(Locale.ROOT, "Operator %d runs at a forbidden setting (%d).", i, x)));
      }
      if (i > 0 && x != plan.setting(i - 1) && !problem.cutBefore(i)) {
        findings.add(
            new Finding(
                Kind.NOT_ALLOWED,
                String.format(
                    Locale.ROOT, "The setting changes before operator %d, where no cut is.", i)));
      }
      visited.add(x);
      time += problem.costs().latencySeconds(i, x);
      energy += problem.costs().energyJoules(i, x);
    }
    boolean returnsAfterwards = false;
    if (problem.start() instanceof Start.SteadyState) {
      visited.add(0, plan.setting(operators - 1));
    } else if (problem.start() instanceof Start.FromSetting from) {
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
    energy += problem.wakingJoules();
    compare(findings, "makespan", plan.makespanSeconds(), time, "s", time);
    double slack = problem.budgetSeconds() - time;
    compare(findings, "slack", plan.slackSeconds(), slack, "s", problem.budgetSeconds());
    compare(findings, "energy", plan.energyJoules(), energy, "J", energy);
    double gap = energy == 0 ? 0 : 1 - plan.lowerBoundJoules() / energy;
    if (plan.gap() != gap) {
      compare(findings, "gap", plan.gap(), gap, "of the energy", 1);
    }
    checkSegments(plan, findings);
    if (plan.switches() != switches) {
      findings.add(
          new Finding(
              Kind.MISSTATED,
              String.format(
                  Locale.ROOT,
                  "The plan claims %d switches; it makes %d.",
                  plan.switches(),
                  switches)));
    }
    if (time > problem.budgetSeconds() * (1 + TOLERANCE)) {
      findings.add(
          new Finding(
              Kind.LATE,
              String.format(
                  Locale.ROOT,
                  "The makespan (%.9g s) exceeds the budget (%.9g s).",
                  time,
                  problem.budgetSeconds())));
    }
    checkBound(plan, energy, findings);
    return List.copyOf(findings);
  }

  private static void checkBound(Plan plan, double energy, List<Finding> findings) {
    double claimed = plan.lowerBoundJoules();
    double priced = plan.marginalJoulesPerSecond().orElse(0) * plan.problem().budgetSeconds();
    double tolerance = TOLERANCE * Math.max(Math.abs(energy), priced);
    if (claimed > energy + tolerance) {
      findings.add(
          new Finding(
              Kind.BOUND,
              String.format(
                  Locale.ROOT,
                  "The lower bound (%.9g J) exceeds the energy (%.9g J).",
                  claimed,
                  energy)));
    }
    if (plan.proof() == Plan.Proof.PRICE) {
      double proven = boundJoules(plan);
      if (claimed > proven + tolerance) {
        findings.add(
            new Finding(
                Kind.BOUND,
                String.format(
                    Locale.ROOT,
                    "The lower bound (%.9g J) exceeds what its price of time (%.9g J/s) proves (%.9g J).",
                    claimed,
                    plan.marginalJoulesPerSecond().getAsDouble(),
                    proven)));
      }
    }
  }

  /** Walks one domain through a period and looks at every switch of it. */
  private static void checkLimit(Plan plan, int domain, List<Finding> findings) {
    PlanningProblem problem = plan.problem();
    SwitchLimit limit = problem.switchLimit(domain);
    int last = plan.operators() - 1;
    Frequency clock = problem.grid().frequency(plan.setting(0), domain);
    if (problem.start() instanceof Start.SteadyState) {
      clock = problem.grid().frequency(plan.setting(last), domain);
    } else if (problem.start() instanceof Start.FromSetting from) {
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
              new Finding(
                  Kind.SWITCH_LIMIT,
                  String.format(
                      Locale.ROOT,
                      "Domain '%s' switches before operator %d after %.9g s; it must keep its clock for %.9g s.",
                      problem.grid().domains().get(domain).name(),
                      i,
                      kept,
                      limit.minimumDwellSeconds())));
        }
        made++;
        kept = 0;
        clock = wanted;
      }
      kept += problem.costs().latencySeconds(i, plan.setting(i));
    }
    if (problem.start() instanceof Start.FromSetting && !clock.equals(atRest)) {
      made++;
    }
    if (made > limit.maximumSwitches()) {
      findings.add(
          new Finding(
              Kind.SWITCH_LIMIT,
              String.format(
                  Locale.ROOT,
                  "Domain '%s' switches %d times; it may %d times.",
                  problem.grid().domains().get(domain).name(),
                  made,
                  limit.maximumSwitches())));
    }
  }

  /** Follows the segments through the operators: no gap, no overlap, each at its one setting. */
  private static void checkSegments(Plan plan, List<Finding> findings) {
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
            new Finding(
                Kind.MISSTATED,
                String.format(
                    Locale.ROOT,
                    "The segment of operators %d to %d does not agree with the settings.",
                    segment.firstOperator(),
                    segment.lastOperator())));
        return;
      }
      compare(findings, "segment's latency", segment.latencySeconds(), time, "s", time);
      compare(findings, "segment's energy", segment.energyJoules(), energy, "J", energy);
      next = segment.lastOperator() + 1;
    }
    if (next != plan.operators()) {
      findings.add(
          new Finding(
              Kind.MISSTATED,
              String.format(Locale.ROOT, "The segments end before operator %d.", next)));
    }
  }

  private static void compare(
      List<Finding> findings,
      String what,
      double claimed,
      double computed,
      String unit,
      double scale) {
    if (!(Math.abs(claimed - computed) <= TOLERANCE * Math.max(Math.abs(scale), 1e-6))) {
      findings.add(
          new Finding(
              Kind.MISSTATED,
              String.format(
                  Locale.ROOT,
                  "The plan claims a %s of %.9g %s; it is %.9g %s.",
                  what,
                  claimed,
                  unit,
                  computed,
                  unit)));
    }
  }
}
