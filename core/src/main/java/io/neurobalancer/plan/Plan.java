package io.neurobalancer.plan;

import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.unit.Durations;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/**
 * A setting per operator, with what it costs and a certificate of how good it is.
 *
 * <p>{@link #energyJoules()} covers a whole period: the operators, the switches and the idle time
 * until the next release. No feasible plan of the same problem uses less than {@link
 * #lowerBoundJoules()}; {@link PlanChecker} recomputes that where it is proven by a price of time.
 */
public final class Plan {

  /** A bound may exceed the energy by rounding, as a share of what was added up. */
  private static final double TOLERANCE = 1e-9;

  /** How the lower bound is known. */
  public enum Proof {
    /** It is not: the bound is negative infinity. */
    NONE,
    /**
     * {@code L(lambda) - lambda budget} at the plan's price of time, which anyone can recompute.
     */
    PRICE,
    /**
     * By a search that looked at more than one price tells, such as at every plan that might win.
     */
    SEARCH
  }

  private final String planner;
  private final PlanningProblem problem;
  private final int[] settings;
  private final PlanEvaluation evaluation;
  private final double lowerBoundJoules;
  private final List<Segment> segments;
  private final Proof proof;
  private final OptionalDouble marginalJoulesPerSecond;
  private final String note;

  /**
   * Evaluates settings of whose quality nothing is known.
   *
   * @param planner the name of the planner
   * @param problem what was planned
   * @param settings one setting per operator
   */
  public Plan(String planner, PlanningProblem problem, int[] settings) {
    this(
        planner,
        problem,
        settings,
        Double.NEGATIVE_INFINITY,
        Proof.NONE,
        OptionalDouble.empty(),
        "");
  }

  /**
   * Evaluates settings, with a bound that a price of time proves.
   *
   * @param planner the name of the planner
   * @param problem what was planned
   * @param settings one setting per operator
   * @param lowerBoundJoules a proven lower bound on the energy of every feasible plan
   * @param marginalJoulesPerSecond the price of time that proves it: what another second of budget
   *     would save, joules per second, not negative
   * @throws IllegalArgumentException if the bound exceeds the energy: one of the two is wrong
   */
  public Plan(
      String planner,
      PlanningProblem problem,
      int[] settings,
      double lowerBoundJoules,
      double marginalJoulesPerSecond) {
    this(
        planner,
        problem,
        settings,
        lowerBoundJoules,
        Proof.PRICE,
        OptionalDouble.of(marginalJoulesPerSecond),
        "");
  }

  private Plan(
      String planner,
      PlanningProblem problem,
      int[] settings,
      double lowerBoundJoules,
      Proof proof,
      OptionalDouble marginalJoulesPerSecond,
      String note) {
    this.planner = planner;
    this.problem = problem;
    this.settings = settings.clone();
    this.evaluation = PlanEvaluation.of(problem, settings);
    double energy = evaluation.energyJoules();
    double price = marginalJoulesPerSecond.orElse(0);
    double tolerance = TOLERANCE * Math.max(Math.abs(energy), price * problem.budgetSeconds());
    if (!(price >= 0) || !(lowerBoundJoules <= energy + tolerance)) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "The plan's lower bound (%.9g J at %.9g J/s) exceeds its energy (%.9g J): planner '%s' proves what is not true.",
              lowerBoundJoules,
              price,
              energy,
              planner));
    }
    this.lowerBoundJoules = Math.min(lowerBoundJoules, energy);
    this.segments = segments(problem, settings);
    this.proof = proof;
    this.marginalJoulesPerSecond = marginalJoulesPerSecond;
    this.note = note;
  }

  /** Returns a plan that a search has proven to be within a bound. */
  static Plan searched(
      String planner,
      PlanningProblem problem,
      int[] settings,
      double lowerBoundJoules,
      OptionalDouble marginalJoulesPerSecond) {
    return new Plan(
        planner, problem, settings, lowerBoundJoules, Proof.SEARCH, marginalJoulesPerSecond, "");
  }

  /** Returns other settings under the same planner's name and proof. */
  Plan withSettings(int[] other) {
    return new Plan(
        planner, problem, other, lowerBoundJoules, proof, marginalJoulesPerSecond, note);
  }

  /**
   * Returns the same plan with something that its reader should know, after what it says already.
   */
  public Plan withNote(String text) {
    return new Plan(
        planner,
        problem,
        settings,
        lowerBoundJoules,
        proof,
        marginalJoulesPerSecond,
        note.isEmpty() ? text : note + "; " + text);
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

  /** Returns the time that operators and switches take, seconds. */
  public double makespanSeconds() {
    return evaluation.makespanSeconds();
  }

  /** Returns the budget minus the makespan, seconds; negative if the plan does not fit. */
  public double slackSeconds() {
    return problem.budgetSeconds() - makespanSeconds();
  }

  /** Returns the energy of one whole period, joules. */
  public double energyJoules() {
    return evaluation.energyJoules();
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
    return energyJoules() == 0 ? 0 : (energyJoules() - lowerBoundJoules) / energyJoules();
  }

  /** Returns how the lower bound is known. */
  public Proof proof() {
    return proof;
  }

  /**
   * Returns what another second of budget would save, joules per second, where the planner knows
   * it.
   */
  public OptionalDouble marginalJoulesPerSecond() {
    return marginalJoulesPerSecond;
  }

  /** Returns how many times one domain changes its OPP per job, entry included. */
  public int switches() {
    return evaluation.switches();
  }

  /** Returns the runs of operators at one setting, in order. */
  public List<Segment> segments() {
    return segments;
  }

  /** Returns one line, such as {@code lagrangian: 53 operators in 7 segments, 31.20 ms of ...}. */
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%s: %d operators in %d segments, %d switches, %s of %s, %.4g mJ, %s%s",
        planner,
        operators(),
        segments.size(),
        switches(),
        Durations.format(makespanSeconds()),
        Durations.format(problem.budgetSeconds()),
        energyJoules() * 1e3,
        proof == Proof.NONE
            ? "nothing proven"
            : String.format(Locale.ROOT, "within %.4f %% of the least", gap() * 100),
        note.isEmpty() ? "" : " (" + note + ")");
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
