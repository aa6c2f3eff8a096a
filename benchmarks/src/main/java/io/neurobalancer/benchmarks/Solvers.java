package io.neurobalancer.benchmarks;

import com.google.ortools.Loader;
import com.google.ortools.linearsolver.MPConstraint;
import com.google.ortools.linearsolver.MPSolver;
import com.google.ortools.linearsolver.MPSolverParameters;
import com.google.ortools.linearsolver.MPVariable;
import com.google.ortools.sat.BoolVar;
import com.google.ortools.sat.CpModel;
import com.google.ortools.sat.CpSolver;
import com.google.ortools.sat.LinearExpr;
import com.google.ortools.sat.LinearExprBuilder;
import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.device.SwitchCost;
import io.neurobalancer.plan.PlanningProblem;
import io.neurobalancer.plan.Start;

/**
 * The planning problem as models for general solvers: one binary per operator and setting; per
 * domain and operator a switch up and one down, each at least the rise or fall of "runs faster than
 * OPP j" for every j. For problems without cuts and limits, entered for free or from a setting.
 */
final class Solvers {

  /** Costs become whole numbers of this many parts of a second or a joule. */
  private static final double PARTS = 1e12;

  private Solvers() {}

  /**
   * What a solver found.
   *
   * @param status in its own words
   * @param energyJoules of a period, infinite if it found no plan
   * @param boundJoules that it proved
   * @param seconds that it took, the model's construction left aside
   */
  record Outcome(String status, double energyJoules, double boundJoules, double seconds) {
    double gap() {
      return (energyJoules - boundJoules) / energyJoules;
    }
  }

  /** What both models need of a problem. */
  private record Model(PlanningProblem problem) {
    SettingGrid grid() {
      return problem.grid();
    }

    int operators() {
      return problem.costs().operators();
    }

    double seconds(int i, int x) {
      return problem.costs().latencySeconds(i, x);
    }

    double joules(int i, int x) {
      double exit =
          i == operators() - 1 && problem.start() instanceof Start.FromSetting from
              ? problem.switchCosts().joules(grid(), x, from.setting())
              : 0;
      return problem.costs().energyJoules(i, x)
          - problem.idlePowerWatts() * problem.costs().latencySeconds(i, x)
          + exit;
    }

    int opps(int d) {
      return grid().domains().get(d).opps().size();
    }

    /** The OPP before the job; -1 if entering is free. */
    int entryOpp(int d) {
      return problem.start() instanceof Start.FromSetting from
          ? grid().oppIndex(from.setting(), d)
          : -1;
    }

    double switchJoules(int d, boolean up) {
      SwitchCost cost = problem.switchCosts().domain(d);
      return up
          ? cost.upJoules() - problem.idlePowerWatts() * cost.upSeconds()
          : cost.downJoules() - problem.idlePowerWatts() * cost.downSeconds();
    }

    double switchSeconds(int d, boolean up) {
      SwitchCost cost = problem.switchCosts().domain(d);
      return up ? cost.upSeconds() : cost.downSeconds();
    }

    double idleJoules() {
      return problem.idlePowerWatts() * problem.periodSeconds() + problem.wakingJoules();
    }
  }

  /** Solves by CP-SAT. */
  static Outcome cpSat(PlanningProblem problem, double gap, double limitSeconds, int workers) {
    Loader.loadNativeLibraries();
    Model model = new Model(problem);
    CpModel cp = new CpModel();
    LinearExprBuilder energy = LinearExpr.newBuilder();
    LinearExprBuilder time = LinearExpr.newBuilder();
    int m = model.grid().size();
    BoolVar[] before = new BoolVar[0];
    for (int i = 0; i < model.operators(); i++) {
      BoolVar[] here = new BoolVar[m];
      for (int x = 0; x < m; x++) {
        here[x] = cp.newBoolVar("");
        energy.addTerm(here[x], Math.round(model.joules(i, x) * PARTS));
        time.addTerm(here[x], (long) Math.ceil(model.seconds(i, x) * PARTS));
      }
      cp.addExactlyOne(here);
      for (int d = 0; d < model.grid().dimensions(); d++) {
        if (i == 0 && model.entryOpp(d) < 0) {
          continue;
        }
        for (boolean up : new boolean[] {true, false}) {
          BoolVar switched = cp.newBoolVar("");
          energy.addTerm(switched, Math.round(model.switchJoules(d, up) * PARTS));
          time.addTerm(switched, (long) Math.ceil(model.switchSeconds(d, up) * PARTS));
          for (int j = 0; j + 1 < model.opps(d); j++) {
            LinearExprBuilder rise = LinearExpr.newBuilder();
            rise.addTerm(switched, -1);
            for (int x = 0; x < m; x++) {
              if (model.grid().oppIndex(x, d) > j) {
                rise.addTerm(here[x], up ? 1 : -1);
                if (i > 0) {
                  rise.addTerm(before[x], up ? -1 : 1);
                }
              }
            }
            int constant = i == 0 && model.entryOpp(d) > j ? (up ? -1 : 1) : 0;
            cp.addLessOrEqual(rise, -constant);
          }
        }
      }
      before = here;
    }
    cp.addLessOrEqual(time, (long) Math.floor(problem.budgetSeconds() * PARTS));
    cp.minimize(energy);
    CpSolver solver = new CpSolver();
    solver.getParameters().setNumWorkers(workers);
    solver.getParameters().setMaxTimeInSeconds(limitSeconds);
    solver.getParameters().setRelativeGapLimit(gap);
    var status = solver.solve(cp);
    boolean found = status.name().equals("OPTIMAL") || status.name().equals("FEASIBLE");
    return new Outcome(
        status.name(),
        found ? solver.objectiveValue() / PARTS + model.idleJoules() : Double.POSITIVE_INFINITY,
        solver.bestObjectiveBound() / PARTS + model.idleJoules(),
        solver.wallTime());
  }

  /** Solves as a mixed integer programme, by SCIP. */
  static Outcome mip(PlanningProblem problem, double gap, double limitSeconds) {
    Loader.loadNativeLibraries();
    Model model = new Model(problem);
    MPSolver mip = MPSolver.createSolver("SCIP");
    if (mip == null) {
      throw new IllegalStateException("OR-Tools was built without SCIP.");
    }
    MPConstraint deadline =
        mip.makeConstraint(Double.NEGATIVE_INFINITY, problem.budgetSeconds() * 1e3);
    int m = model.grid().size();
    MPVariable[] before = new MPVariable[0];
    for (int i = 0; i < model.operators(); i++) {
      MPVariable[] here = new MPVariable[m];
      MPConstraint one = mip.makeConstraint(1, 1);
      for (int x = 0; x < m; x++) {
        here[x] = mip.makeBoolVar("");
        one.setCoefficient(here[x], 1);
        mip.objective().setCoefficient(here[x], model.joules(i, x) * 1e3);
        deadline.setCoefficient(here[x], model.seconds(i, x) * 1e3);
      }
      for (int d = 0; d < model.grid().dimensions(); d++) {
        if (i == 0 && model.entryOpp(d) < 0) {
          continue;
        }
        for (boolean up : new boolean[] {true, false}) {
          // With whole settings the least switch is whole too; it need not be asked for.
          MPVariable switched = mip.makeNumVar(0, 1, "");
          mip.objective().setCoefficient(switched, model.switchJoules(d, up) * 1e3);
          deadline.setCoefficient(switched, model.switchSeconds(d, up) * 1e3);
          for (int j = 0; j + 1 < model.opps(d); j++) {
            int constant = i == 0 && model.entryOpp(d) > j ? (up ? -1 : 1) : 0;
            MPConstraint rise = mip.makeConstraint(Double.NEGATIVE_INFINITY, -constant);
            rise.setCoefficient(switched, -1);
            for (int x = 0; x < m; x++) {
              if (model.grid().oppIndex(x, d) > j) {
                rise.setCoefficient(here[x], up ? 1 : -1);
                if (i > 0) {
                  rise.setCoefficient(before[x], up ? -1 : 1);
                }
              }
            }
          }
        }
      }
      before = here;
    }
    mip.objective().setMinimization();
    mip.setTimeLimit(Math.round(limitSeconds * 1e3));
    MPSolverParameters parameters = new MPSolverParameters();
    parameters.setDoubleParam(MPSolverParameters.DoubleParam.RELATIVE_MIP_GAP, gap);
    long start = System.nanoTime();
    MPSolver.ResultStatus status = mip.solve(parameters);
    double seconds = (System.nanoTime() - start) / 1e9;
    boolean found =
        status == MPSolver.ResultStatus.OPTIMAL || status == MPSolver.ResultStatus.FEASIBLE;
    return new Outcome(
        status.name(),
        found ? mip.objective().value() / 1e3 + model.idleJoules() : Double.POSITIVE_INFINITY,
        mip.objective().bestBound() / 1e3 + model.idleJoules(),
        seconds);
  }
}
