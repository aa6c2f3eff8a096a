package io.neurobalancer.plan;

import io.neurobalancer.device.SettingGrid;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/**
 * A setting per operator, with what it costs and a certificate of how good it is.
 *
 * <p>{@link #energyJoules()} covers a whole period: the operators, the switches and the idle time
 * until the next release. No feasible plan of the same problem uses less than {@link
 * #lowerBoundJoules()}.
 */
public final class Plan {

  private final String planner;
  private final PlanningProblem problem;
  private final int[] settings;
  private final double makespanSeconds;
  private final double energyJoules;
  private final double lowerBoundJoules;
  private final int switches;
  private final List<Segment> segments;
  private final OptionalDouble marginalJoulesPerSecond;
  private final String note;

  /**
   * Evaluates settings that no price of time stands behind.
   *
   * @param planner the name of the planner
   * @param problem what was planned
   * @param settings one setting per operator
   * @param lowerBoundJoules as in the other constructor
   */
  public Plan(String planner, PlanningProblem problem, int[] settings, double lowerBoundJoules) {
    this(planner, problem, settings, lowerBoundJoules, OptionalDouble.empty());
  }

  /**
   * Evaluates the settings on the problem.
   *
   * @param planner the name of the planner
   * @param problem what was planned
   * @param settings one setting per operator
   * @param lowerBoundJoules a proven lower bound on the energy of every feasible plan, or negative
   *     infinity where the planner proves none
   * @param marginalJoulesPerSecond the price of time at which the plan was found: what another
   *     second of deadline would save, joules per second
   */
  Plan(
      String planner,
      PlanningProblem problem,
      int[] settings,
      double lowerBoundJoules,
      OptionalDouble marginalJoulesPerSecond) {
    this(planner, problem, settings, lowerBoundJoules, marginalJoulesPerSecond, "");
  }

  private Plan(
      String planner,
      PlanningProblem problem,
      int[] settings,
      double lowerBoundJoules,
      OptionalDouble marginalJoulesPerSecond,
      String note) {
    this.planner = planner;
    this.problem = problem;
    this.settings = settings.clone();
    PlanEvaluation evaluation = PlanEvaluation.of(problem, settings);
    this.makespanSeconds = evaluation.makespanSeconds();
    this.energyJoules = evaluation.energyJoules();
    this.switches = evaluation.switches();
    this.lowerBoundJoules = Math.min(lowerBoundJoules, energyJoules);
    this.segments = segments(problem, settings);
    this.marginalJoulesPerSecond = marginalJoulesPerSecond;
    this.note = note;
  }

  /** Returns the same plan with something that its reader should know. */
  public Plan withNote(String text) {
    return new Plan(planner, problem, settings, lowerBoundJoules, marginalJoulesPerSecond, text);
  }

  /** Returns what the reader should know, such as that a proof was given up; mostly empty. */
  public String note() {
    return note;
  }

  /** Returns the name of the planner that made this plan. */
  public String planner() {
    return planner;
  }

  /** Returns the problem that this plan answers. */
  public PlanningProblem problem() {
    return problem;
  }

  /** Returns the settings of the device. */
  public SettingGrid grid() {
    return problem.grid();
  }

  /** Returns the number of operators. */
  public int operators() {
    return settings.length;
  }

  /** Returns the setting of an operator. */
  public int setting(int operator) {
    return settings[operator];
  }

  /** Returns a copy of the settings, one per operator. */
  public int[] settings() {
    return settings.clone();
  }

  /** Returns the time from release to the end of the last operator, switches included, seconds. */
  public double makespanSeconds() {
    return makespanSeconds;
  }

  /** Returns the deadline minus the makespan, seconds; negative if the plan misses it. */
  public double slackSeconds() {
    return problem.deadlineSeconds() - makespanSeconds;
  }

  /** Returns the energy of one whole period, joules. */
  public double energyJoules() {
    return energyJoules;
  }

  /**
   * Returns a lower bound on the energy of every feasible plan, joules; negative infinity if none
   * is proven.
   */
  public double lowerBoundJoules() {
    return lowerBoundJoules;
  }

  /** Returns (energy - lower bound) / energy; infinite if no bound is proven. */
  public double gap() {
    return energyJoules == 0 ? 0 : (energyJoules - lowerBoundJoules) / energyJoules;
  }

  /**
   * Returns what another second of deadline would save, joules per second, where the planner knows
   * it.
   */
  public OptionalDouble marginalJoulesPerSecond() {
    return marginalJoulesPerSecond;
  }

  /** Returns how many times one domain changes its OPP per job, entry included. */
  public int switches() {
    return switches;
  }

  /** Returns the runs of operators at one setting, in order. */
  public List<Segment> segments() {
    return segments;
  }

  private static List<Segment> segments(PlanningProblem problem, int[] settings) {
    List<Segment> segments = new ArrayList<>();
    int first = 0;
    for (int i = 1; i <= settings.length; i++) {
      if (i == settings.length || settings[i] != settings[first]) {
        double latency = 0;
        double energy = 0;
        for (int j = first; j < i; j++) {
          latency += problem.costs().latencySeconds(j, settings[j]);
          energy += problem.costs().energyJoules(j, settings[j]);
        }
        segments.add(new Segment(first, i - 1, settings[first], latency, energy));
        first = i;
      }
    }
    return List.copyOf(segments);
  }
}
