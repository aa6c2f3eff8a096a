package io.neurobalancer.cost;

import io.neurobalancer.cost.math.NonNegativeLeastSquares;
import io.neurobalancer.device.FrequencyDomain;
import io.neurobalancer.device.SettingGrid;
import java.util.Arrays;
import java.util.Optional;

/**
 * Fits a {@link LatencyModel} to the latencies of one operator at some settings, least squares of
 * the relative error, outliers weighed down where there are points enough to tell them.
 *
 * <p>The sums are linear and solved exactly under non-negativity. The p-norms are solved by {@link
 * PNormSolver} from the additive solution, for each exponent of a short ladder.
 */
final class LatencyFitter {

  /**
   * Exponents tried for the p-norm. Measured DNN latency on a Jetson TX2 wants 2.5 to 4. There is
   * no plain maximum among them: where no setting near the ridge was measured, nothing speaks
   * against it, and it promises 4 to 9 percent too little time there, where an optimiser goes.
   */
  static final double[] EXPONENTS = {1.5, 2, 2.5, 3, 3.5, 4, 5, 6, 10};

  /** What most operators have; the search begins here. */
  private static final double FIRST_TRIED = 3;

  /** Its three parameters, and one point to tell them from chance. */
  private static final int LEAST_SATURATING = 4;

  private static final int ROBUST_ROUNDS = 3;

  private final SettingGrid grid;
  private final int memory;
  private final int varying;

  LatencyFitter(SettingGrid grid) {
    this.grid = grid;
    int found = -1;
    for (int d = grid.dimensions() - 1; d >= 0; d--) {
      if (grid.domains().get(d).kind() == FrequencyDomain.Kind.MEMORY) {
        found = d;
      }
    }
    this.memory = found;
    this.varying = (int) grid.domains().stream().filter(domain -> domain.opps().size() > 1).count();
  }

  /** Returns whether a form can be told apart from its simpler relatives by these points. */
  boolean canFit(LatencyForm form, Observations points) {
    return switch (form) {
      case CORE_ONLY -> points.size() > 1;
      case ADDITIVE, P_NORM_ROOFLINE -> varying > 1 && points.size() > 1;
      case SATURATING -> varying == 1 && points.size() >= LEAST_SATURATING;
      case P_NORM_PER_MEMORY_OPP -> {
        if (memory < 0 || varying < 2) {
          yield false;
        }
        double[] measured = Arrays.stream(points.hertz()).mapToDouble(h -> h[memory]).toArray();
        double[] opps = Arrays.stream(measured).distinct().toArray();
        yield opps.length > 1
            && points.size() >= grid.dimensions() + opps.length + 2
            && Arrays.stream(opps)
                .allMatch(opp -> Arrays.stream(measured).filter(m -> m == opp).count() >= 2);
      }
    };
  }

  /** Returns the best model of one form. */
  LatencyModel fit(LatencyForm form, Observations points) {
    return fit(form, points, Optional.empty());
  }

  /**
   * As above.
   *
   * @param near a model of the same form of nearly the same points, to begin the search at
   */
  LatencyModel fit(LatencyForm form, Observations points, Optional<LatencyModel> near) {
    if (points.size() == 1) {
      return new LatencyModel(
          LatencyForm.CORE_ONLY, 1, new double[grid.dimensions()], points.values()[0]);
    }
    LatencyModel model = plain(form, points, near);
    // Below twice as many points as parameters a residual says more about the fit than the point.
    if (points.size() < 2 * (grid.dimensions() + 2)) {
      return model;
    }
    for (int round = 0; round < ROBUST_ROUNDS; round++) {
      double[] weights = Observations.huber(residuals(model, points));
      if (Arrays.stream(weights).allMatch(w -> w == 1)) {
        break;
      }
      model = plain(form, points.withWeights(weights), Optional.of(model));
    }
    return model;
  }

  private LatencyModel plain(LatencyForm form, Observations points, Optional<LatencyModel> near) {
    return switch (form) {
      case CORE_ONLY, ADDITIVE -> linear(form, points);
      case SATURATING, P_NORM_ROOFLINE -> bestExponent(form, points, -1, near);
      case P_NORM_PER_MEMORY_OPP -> bestExponent(form, points, memory, near);
    };
  }

  /**
   * Walks the ladder of exponents to both sides for as long as the error falls, each fit beginning
   * where its neighbour ended.
   */
  private LatencyModel bestExponent(
      LatencyForm form, Observations points, int stepped, Optional<LatencyModel> near) {
    LatencyModel sum = linear(LatencyForm.ADDITIVE, points);
    // Exponent 1 is the sum, whatever the form.
    LatencyModel start =
        new LatencyModel(form, 1, sum.cycles(), sum.constantSeconds(), Optional.empty());
    PNormSolver.Solution additive = new PNormSolver.Solution(start, squaredError(start, points));
    PNormSolver solver = new PNormSolver(form, points, stepped);
    int middle =
        Math.max(
            0,
            Arrays.binarySearch(EXPONENTS, near.map(LatencyModel::exponent).orElse(FIRST_TRIED)));
    PNormSolver.Solution first = solver.solve(EXPONENTS[middle], near.orElse(start));
    PNormSolver.Solution best = first;
    for (int direction : new int[] {1, -1}) {
      PNormSolver.Solution last = first;
      for (int e = middle + direction; e >= 0 && e < EXPONENTS.length; e += direction) {
        PNormSolver.Solution next = solver.solve(EXPONENTS[e], last.model());
        if (!(next.squaredError() < last.squaredError())) {
          break;
        }
        last = next;
      }
      if (last.squaredError() < best.squaredError()) {
        best = last;
      }
    }
    return best.squaredError() < additive.squaredError() ? best.model() : start;
  }

  /** Returns the p-norm models of all exponents, in their order. */
  LatencyModel[] fitEachExponent(Observations points) {
    PNormSolver solver = new PNormSolver(LatencyForm.P_NORM_ROOFLINE, points, -1);
    LatencyModel[] models = new LatencyModel[EXPONENTS.length];
    LatencyModel last = linear(LatencyForm.ADDITIVE, points);
    for (int e = 0; e < models.length; e++) {
      last = solver.solve(EXPONENTS[e], last).model();
      models[e] = last;
    }
    return models;
  }

  /** Returns the p-norm model with a given exponent. */
  LatencyModel fitExponent(double exponent, Observations points) {
    return new PNormSolver(LatencyForm.P_NORM_ROOFLINE, points, -1)
        .solve(exponent, linear(LatencyForm.ADDITIVE, points))
        .model();
  }

  private LatencyModel linear(LatencyForm form, Observations points) {
    int domains = grid.dimensions();
    double[][] rows = new double[points.size()][domains + 1];
    double[] right = new double[points.size()];
    for (int r = 0; r < right.length; r++) {
      double scale = Math.sqrt(points.weights()[r]);
      double seconds = points.values()[r];
      for (int d = 0; d < domains; d++) {
        boolean used =
            form != LatencyForm.CORE_ONLY
                || varying < 2
                || grid.domains().get(d).kind() == FrequencyDomain.Kind.CORE;
        rows[r][d] = used ? scale / points.hertz()[r][d] / seconds : 0;
      }
      rows[r][domains] = scale / seconds;
      right[r] = scale;
    }
    double[] x = NonNegativeLeastSquares.solve(rows, right);
    return new LatencyModel(form, 1, Arrays.copyOf(x, domains), x[domains]);
  }

  private static double[] residuals(LatencyModel model, Observations points) {
    double[] residuals = new double[points.size()];
    for (int r = 0; r < residuals.length; r++) {
      residuals[r] = model.seconds(points.hertz()[r]) / points.values()[r] - 1;
    }
    return residuals;
  }

  static double squaredError(LatencyModel model, Observations points) {
    double[] residuals = residuals(model, points);
    double sum = 0;
    for (int r = 0; r < residuals.length; r++) {
      sum += points.weights()[r] * residuals[r] * residuals[r];
    }
    return sum;
  }
}
