package io.neurobalancer.cost;

import io.neurobalancer.cost.math.CholeskySolver;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Fits the p-norm forms for a given exponent by Levenberg-Marquardt over logarithms, so that every
 * coefficient stays positive.
 *
 * <p>The parameters are one count of cycles per slot and the constant. A slot is a domain, or one
 * measured OPP of the memory where bandwidth does not follow the clock.
 */
final class PNormSolver {

  private static final int STEPS = 40;

  private final LatencyForm form;
  private final double exponent;
  private final Observations points;
  private final int domains;
  private final int stepped;
  private final double[] stepHertz;
  private final int[][] slots;
  private final int parameters;

  /**
   * Prepares a fit.
   *
   * @param form the p-norm form to fit; {@link LatencyForm#SATURATING} puts the constant inside the
   *     norm
   * @param stepped the domain whose cycles are free per OPP, or -1 for none
   */
  PNormSolver(LatencyForm form, double exponent, Observations points, int stepped) {
    this.exponent = exponent;
    this.points = points;
    this.stepped = stepped;
    this.form = form;
    domains = points.hertz()[0].length;
    stepHertz =
        stepped < 0
            ? new double[0]
            : Arrays.stream(points.hertz())
                .mapToDouble(h -> h[stepped])
                .distinct()
                .sorted()
                .toArray();
    parameters = domains + Math.max(0, stepHertz.length - 1) + 1;
    slots = new int[points.size()][domains];
    for (int r = 0; r < points.size(); r++) {
      for (int d = 0; d < domains; d++) {
        slots[r][d] = d == stepped ? stepSlot(points.hertz()[r][d]) : d;
      }
    }
  }

  private int stepSlot(double hertz) {
    int step = Arrays.binarySearch(stepHertz, hertz);
    return step == 0 ? stepped : domains + step - 1;
  }

  /** Solves from a sum of the same terms. */
  LatencyModel solve(LatencyModel start) {
    double mean = Arrays.stream(points.values()).average().orElse(Double.NaN);
    double[] x = new double[parameters];
    for (int d = 0; d < domains; d++) {
      x[d] = StrictMath.log(Math.max(start.cycles(d), 0.02 * mean * points.hertz()[0][d]));
    }
    for (int s = 1; s < stepHertz.length; s++) {
      x[domains + s - 1] = x[stepped];
    }
    x[parameters - 1] = StrictMath.log(Math.max(start.constantSeconds(), 0.005 * mean));
    double damping = 1e-2;
    double error = LatencyFitter.squaredError(model(x), points);
    for (int step = 0; step < STEPS && damping < 1e8; step++) {
      double[][] normal = new double[parameters][parameters];
      double[] gradient = new double[parameters];
      accumulate(x, normal, gradient);
      for (int i = 0; i < parameters; i++) {
        normal[i][i] += damping * Math.max(normal[i][i], 1e-9);
      }
      double[] move = CholeskySolver.solve(normal, gradient);
      double[] next = x.clone();
      for (int i = 0; i < parameters; i++) {
        next[i] -= Math.max(-2, Math.min(2, move[i]));
      }
      double nextError = LatencyFitter.squaredError(model(next), points);
      if (nextError < error) {
        boolean converged = error - nextError < 1e-9 * error;
        x = next;
        error = nextError;
        damping = Math.max(damping / 5, 1e-9);
        if (converged) {
          break;
        }
      } else {
        damping *= 5;
      }
    }
    return model(x);
  }

  private LatencyModel model(double[] logarithms) {
    double[] cycles = new double[domains];
    for (int d = 0; d < domains; d++) {
      cycles[d] = StrictMath.exp(logarithms[d]);
    }
    Optional<LatencyModel.Steps> steps = Optional.empty();
    if (stepped >= 0) {
      List<Double> perOpp = new ArrayList<>();
      for (double hertz : stepHertz) {
        perOpp.add(StrictMath.exp(logarithms[stepSlot(hertz)]));
      }
      steps =
          Optional.of(
              new LatencyModel.Steps(
                  stepped, Arrays.stream(stepHertz).boxed().collect(Collectors.toList()), perOpp));
    }
    return new LatencyModel(
        form, exponent, cycles, StrictMath.exp(logarithms[parameters - 1]), steps);
  }

  /** Adds up J'J and J'r of the relative residuals r over logarithmic parameters. */
  private void accumulate(double[] logarithms, double[][] normal, double[] gradient) {
    double[] part = new double[domains];
    double constant = StrictMath.exp(logarithms[parameters - 1]);
    boolean inside = form == LatencyForm.SATURATING;
    for (int r = 0; r < points.size(); r++) {
      double[] derivative = new double[parameters];
      double seconds = points.values()[r];
      double powers = 0;
      for (int d = 0; d < domains; d++) {
        part[d] = StrictMath.exp(logarithms[slots[r][d]]) / points.hertz()[r][d];
        powers += StrictMath.pow(part[d], exponent);
      }
      double inNorm = inside ? StrictMath.pow(constant, exponent) : 0;
      powers += inNorm;
      double norm = StrictMath.pow(powers, 1 / exponent);
      for (int d = 0; d < domains; d++) {
        derivative[slots[r][d]] = norm * StrictMath.pow(part[d], exponent) / powers / seconds;
      }
      derivative[parameters - 1] = (inside ? norm * inNorm / powers : constant) / seconds;
      double residual = (norm + (inside ? 0 : constant)) / seconds - 1;
      double weight = points.weights()[r];
      for (int i = 0; i < parameters; i++) {
        gradient[i] += weight * derivative[i] * residual;
        for (int j = 0; j < parameters; j++) {
          normal[i][j] += weight * derivative[i] * derivative[j];
        }
      }
    }
  }
}
