package io.neurobalancer.plan;

import java.util.Locale;

/**
 * Closes the Lagrangian planner's gap by label setting, with branches where one operator holds much
 * of the work: the plan is optimal, and proven to be.
 *
 * <p>In the steady state the search runs once per setting that could still win, at the row where
 * fewest can (at the first row if switches are limited, since limits count from there).
 *
 * <p>Limits: after {@value #MOST_LABELS} labels it gives up and returns the Lagrangian plan with
 * its own certificate and name, and a note that says so. Problems of 16 segments and 200 settings
 * stay far below, most real models too.
 */
public final class ExactPlanner implements Planner {

  private static final long MOST_LABELS = 4_000_000;

  /** Plans closer to each other than this share of the energy count as equal. */
  private static final double TOLERANCE = 1e-9;

  private final long mostLabels;

  /** Creates a planner with the usual limit. */
  public ExactPlanner() {
    this(MOST_LABELS);
  }

  /**
   * Creates a planner with another limit.
   *
   * @param mostLabels partial plans looked at before it gives up; a million takes about a second
   */
  public ExactPlanner(long mostLabels) {
    this.mostLabels = mostLabels;
  }

  @Override
  public String name() {
    return "exact";
  }

  @Override
  public Plan plan(PlanningProblem problem) {
    Trellis flat = new Trellis(problem);
    Plan known = LagrangianPlanner.plan(problem, "lagrangian");
    double tolerance = TOLERANCE * Math.abs(known.energyJoules());
    ExactSearch search =
        new ExactSearch(flat, flat.compress(known.settings()), tolerance, mostLabels);
    if (known.gap() > TOLERANCE && !search.run()) {
      return known.withNote(
          String.format(
              Locale.ROOT,
              "exact gave up after %d partial plans; this is the lagrangian plan with its own bound",
              mostLabels));
    }
    int[] settings = flat.expand(search.best());
    double energy = PlanEvaluation.of(problem, settings).energyJoules();
    return Plan.searched(
        name(),
        problem,
        settings,
        Math.max(known.lowerBoundJoules(), energy - tolerance),
        known.marginalJoulesPerSecond());
  }
}
