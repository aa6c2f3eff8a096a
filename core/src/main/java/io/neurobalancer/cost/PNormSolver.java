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
  private final Observations points;
  private final int domains;
  private final int stepped;
  private final boolean inside;
  private final double[] stepHertz;
  private final int[][] slots;
  private final double[][] logHertz;
  private final int parameters;

  /**
   * Prepares fits of one form to the same points.
   *
   * @param form the p-norm form to fit; {@link LatencyForm#SATURATING} puts the constant inside the
   *     norm
   * @param stepped the domain whose cycles are free per OPP, or -1 for none
   */
  PNormSolver(LatencyForm form, Observations points, int stepped) {
    this.points = points;
    this.stepped = stepped;
    this.form = form;
    this.inside = form == LatencyForm.SATURATING;
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
    logHertz = new double[points.size()][domains];
    for (int r = 0; r < points.size(); r++) {
      for (int d = 0; d < domains; d++) {
        double hertz = points.hertz()[r][d];
        slots[r][d] = d == stepped ? stepSlot(hertz) : d;
        logHertz[r][d] = StrictMath.log(hertz);
      }
    }
  }

  private int stepSlot(double hertz) {
    int step = Arrays.binarySearch(stepHertz, hertz);
    return step == 0 ? stepped : domains + step - 1;
  }

  /** A p-norm model and the weighted sum of its squared relative residuals. */
  record Solution(LatencyModel model, double squaredError) {}

  /**
   * Solves for one exponent.
   *
   * @param start where to begin: a sum of the same terms, or a solution for an exponent near by. A
   *     coefficient that it has at zero begins a little above, so that it can grow.
   */
  Solution solve(double exponent, LatencyModel start) {
    double mean = Arrays.stream(points.values()).average().orElse(Double.NaN);
    boolean fromSum = start.exponent() == 1;
    double[] x = new double[parameters];
    for (int d = 0; d < domains; d++) {
      double least = (fromSum ? 0.02 : 1e-9) * mean * points.hertz()[0][d];
      x[d] = StrictMath.log(Math.max(start.cycles(d), least));
    }
    for (double hertz : stepHertz) {
      Optional<LatencyModel.Steps> steps = start.steps();
      double least = 1e-9 * mean * hertz;
      x[stepSlot(hertz)] =
          steps.isPresent() ? StrictMath.log(Math.max(steps.get().at(hertz), least)) : x[stepped];
    }
    x[parameters - 1] =
        StrictMath.log(Math.max(start.constantSeconds(), (fromSum ? 0.005 : 1e-9) * mean));
    double damping = 1e-2;
    Residuals now = new Residuals(exponent);
    Residuals tried = new Residuals(exponent);
    now.evaluate(x);
    double[][] normal = new double[parameters][parameters];
    double[] gradient = new double[parameters];
    double[] next = new double[parameters];
    for (int step = 0; step < STEPS && damping < 1e8; step++) {
      now.accumulate(normal, gradient);
      for (int i = 0; i < parameters; i++) {
        normal[i][i] += damping * Math.max(normal[i][i], 1e-9);
      }
      double[] move = CholeskySolver.solve(normal, gradient);
      for (int i = 0; i < parameters; i++) {
        next[i] = x[i] - Math.max(-2, Math.min(2, move[i]));
      }
      tried.evaluate(next);
      if (tried.squaredError < now.squaredError) {
        boolean converged = now.squaredError - tried.squaredError < 1e-9 * now.squaredError;
        double[] old = x;
        x = next;
        next = old;
        Residuals before = now;
        now = tried;
        tried = before;
        damping = Math.max(damping / 5, 1e-9);
        if (converged) {
          break;
        }
      } else {
        damping *= 5;
      }
    }
    return new Solution(model(exponent, x), now.squaredError);
  }

  private LatencyModel model(double exponent, double[] logarithms) {
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

  /**
   * The relative residuals at one place and their derivatives by the logarithmic parameters. Powers
   * are taken as exponentials of logarithms that are at hand, which a fit spends most of its time
   * on.
   */
  private final class Residuals {

    private final double exponent;
    private final double[] residual = new double[points.size()];
    private final double[][] partDerivative = new double[points.size()][domains];
    private final double[] constantDerivative = new double[points.size()];
    private double squaredError;

    Residuals(double exponent) {
      this.exponent = exponent;
    }

    void evaluate(double[] logarithms) {
      double logConstant = logarithms[parameters - 1];
      double constant = StrictMath.exp(logConstant);
      squaredError = 0;
      for (int r = 0; r < residual.length; r++) {
        double[] power = partDerivative[r];
        double largest = inside ? logConstant : Double.NEGATIVE_INFINITY;
        for (int d = 0; d < domains; d++) {
          power[d] = logarithms[slots[r][d]] - logHertz[r][d];
          largest = Math.max(largest, power[d]);
        }
        double constantPower = inside ? power(logConstant - largest) : 0;
        double powers = constantPower;
        for (int d = 0; d < domains; d++) {
          power[d] = power(power[d] - largest);
          powers += power[d];
        }
        double seconds = points.values()[r];
        double norm = StrictMath.exp(largest + StrictMath.log(powers) / exponent) / seconds;
        for (int d = 0; d < domains; d++) {
          power[d] *= norm / powers;
        }
        constantDerivative[r] = inside ? norm * constantPower / powers : constant / seconds;
        residual[r] = norm + (inside ? 0 : constant / seconds) - 1;
        squaredError += points.weights()[r] * residual[r] * residual[r];
      }
    }

    /** The exponent-th power of the exponential of a logarithm that is not positive. */
    private double power(double logarithm) {
      return logarithm == 0 ? 1 : StrictMath.exp(exponent * logarithm);
    }

    /** Sets J'J and J'r. */
    void accumulate(double[][] normal, double[] gradient) {
      Arrays.fill(gradient, 0);
      for (double[] row : normal) {
        Arrays.fill(row, 0);
      }
      int constant = parameters - 1;
      for (int r = 0; r < residual.length; r++) {
        double weight = points.weights()[r];
        int[] slot = slots[r];
        double[] derivative = partDerivative[r];
        double byConstant = weight * constantDerivative[r];
        gradient[constant] += byConstant * residual[r];
        normal[constant][constant] += byConstant * constantDerivative[r];
        for (int d = 0; d < domains; d++) {
          double weighted = weight * derivative[d];
          gradient[slot[d]] += weighted * residual[r];
          for (int e = 0; e < domains; e++) {
            normal[slot[d]][slot[e]] += weighted * derivative[e];
          }
          normal[constant][slot[d]] += weighted * constantDerivative[r];
          normal[slot[d]][constant] += weighted * constantDerivative[r];
        }
      }
    }
  }
}
