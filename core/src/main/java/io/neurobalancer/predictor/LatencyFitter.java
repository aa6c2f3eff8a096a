package io.neurobalancer.predictor;

import io.neurobalancer.device.FrequencyDomain;
import io.neurobalancer.device.SettingGrid;
import java.util.Arrays;

/**
 * Fits a {@link LatencyModel} to the latencies of one operator at some settings, least squares of
 * the relative error.
 *
 * <p>The sums are linear and solved exactly under non-negativity. The p-norm is solved by
 * Levenberg-Marquardt over logarithms (so that every coefficient stays positive), from the additive
 * solution, for each exponent of a short ladder.
 */
final class LatencyFitter {

  /**
   * Exponents tried for the p-norm. Measured DNN latency on a Jetson TX2 wants about 3; higher ones
   * are nearly the maximum.
   */
  static final double[] EXPONENTS = {1.5, 2, 3, 4, 6, 10};

  private static final int STEPS = 40;

  private final SettingGrid grid;

  LatencyFitter(SettingGrid grid) {
    this.grid = grid;
  }

  /**
   * Returns the best model of one form.
   *
   * @param hertz per point, one clock per domain, hertz
   * @param seconds per point, the latency, positive
   */
  LatencyModel fit(LatencyForm form, double[][] hertz, double[] seconds) {
    return switch (form) {
      case CORE_ONLY -> linear(form, hertz, seconds);
      case ADDITIVE -> linear(form, hertz, seconds);
      case MAX_ROOFLINE -> maximum(hertz, seconds);
      case P_NORM_ROOFLINE -> {
        LatencyModel start = linear(LatencyForm.ADDITIVE, hertz, seconds);
        LatencyModel best = new LatencyModel(form, 1, start.cycles(), start.constantSeconds());
        double bestError = squaredError(best, hertz, seconds);
        for (double exponent : EXPONENTS) {
          LatencyModel model = pNorm(exponent, start, hertz, seconds);
          double error = squaredError(model, hertz, seconds);
          if (error < bestError) {
            best = model;
            bestError = error;
          }
        }
        yield best;
      }
    };
  }

  /** Returns the p-norm model with a given exponent. */
  LatencyModel fitExponent(double exponent, double[][] hertz, double[] seconds) {
    return pNorm(exponent, linear(LatencyForm.ADDITIVE, hertz, seconds), hertz, seconds);
  }

  private LatencyModel linear(LatencyForm form, double[][] hertz, double[] seconds) {
    int domains = grid.dimensions();
    double[][] rows = new double[seconds.length][domains + 1];
    double[] ones = new double[seconds.length];
    Arrays.fill(ones, 1);
    for (int r = 0; r < seconds.length; r++) {
      for (int d = 0; d < domains; d++) {
        boolean used =
            form != LatencyForm.CORE_ONLY
                || grid.domains().get(d).kind() == FrequencyDomain.Kind.CORE;
        rows[r][d] = used ? 1 / hertz[r][d] / seconds[r] : 0;
      }
      rows[r][domains] = 1 / seconds[r];
    }
    double[] x = NonNegativeLeastSquares.solve(rows, ones);
    return new LatencyModel(form, 1, Arrays.copyOf(x, domains), x[domains]);
  }

  /**
   * Alternates between naming each point's slowest domain and solving the sums that this leaves.
   */
  private LatencyModel maximum(double[][] hertz, double[] seconds) {
    LatencyModel start = linear(LatencyForm.ADDITIVE, hertz, seconds);
    LatencyModel smooth = pNorm(10, start, hertz, seconds);
    double[] cycles = smooth.cycles();
    int domains = cycles.length;
    LatencyModel best =
        new LatencyModel(
            LatencyForm.MAX_ROOFLINE, Double.POSITIVE_INFINITY, cycles, smooth.constantSeconds());
    double bestError = squaredError(best, hertz, seconds);
    for (int step = 0; step < 8; step++) {
      double[][] rows = new double[seconds.length][domains + 1];
      double[] ones = new double[seconds.length];
      Arrays.fill(ones, 1);
      for (int r = 0; r < seconds.length; r++) {
        int slowest = 0;
        for (int d = 1; d < domains; d++) {
          if (cycles[d] / hertz[r][d] > cycles[slowest] / hertz[r][slowest]) {
            slowest = d;
          }
        }
        rows[r][slowest] = 1 / hertz[r][slowest] / seconds[r];
        rows[r][domains] = 1 / seconds[r];
      }
      double[] x = NonNegativeLeastSquares.solve(rows, ones);
      cycles = Arrays.copyOf(x, domains);
      LatencyModel model =
          new LatencyModel(LatencyForm.MAX_ROOFLINE, Double.POSITIVE_INFINITY, cycles, x[domains]);
      double error = squaredError(model, hertz, seconds);
      if (error >= bestError) {
        break;
      }
      best = model;
      bestError = error;
    }
    return best;
  }

  private LatencyModel pNorm(
      double exponent, LatencyModel start, double[][] hertz, double[] seconds) {
    int domains = grid.dimensions();
    int n = domains + 1;
    double mean = Arrays.stream(seconds).average().orElseThrow();
    double[] parameters = new double[n];
    double[] startCycles = start.cycles();
    for (int d = 0; d < domains; d++) {
      double typical = hertz[0][d];
      parameters[d] = Math.log(Math.max(startCycles[d], 0.02 * mean * typical));
    }
    parameters[domains] = Math.log(Math.max(start.constantSeconds(), 0.005 * mean));
    double damping = 1e-2;
    double error = squaredError(model(exponent, parameters), hertz, seconds);
    for (int step = 0; step < STEPS && damping < 1e8; step++) {
      double[][] normal = new double[n][n];
      double[] gradient = new double[n];
      accumulate(exponent, parameters, hertz, seconds, normal, gradient);
      for (int i = 0; i < n; i++) {
        normal[i][i] += damping * Math.max(normal[i][i], 1e-9);
      }
      double[] move = CholeskySolver.solve(normal, gradient);
      double[] next = parameters.clone();
      for (int i = 0; i < n; i++) {
        next[i] -= Math.max(-2, Math.min(2, move[i]));
      }
      double nextError = squaredError(model(exponent, next), hertz, seconds);
      if (nextError < error) {
        boolean converged = error - nextError < 1e-9 * error;
        parameters = next;
        error = nextError;
        damping = Math.max(damping / 5, 1e-9);
        if (converged) {
          break;
        }
      } else {
        damping *= 5;
      }
    }
    return model(exponent, parameters);
  }

  private static LatencyModel model(double exponent, double[] logarithms) {
    int domains = logarithms.length - 1;
    double[] cycles = new double[domains];
    for (int d = 0; d < domains; d++) {
      cycles[d] = Math.exp(logarithms[d]);
    }
    return new LatencyModel(
        LatencyForm.P_NORM_ROOFLINE, exponent, cycles, Math.exp(logarithms[domains]));
  }

  /** Adds up J'J and J'r of the relative residuals r over logarithmic parameters. */
  private static void accumulate(
      double exponent,
      double[] logarithms,
      double[][] hertz,
      double[] seconds,
      double[][] normal,
      double[] gradient) {
    int n = logarithms.length;
    int domains = n - 1;
    double[] derivative = new double[n];
    double[] part = new double[domains];
    for (int r = 0; r < seconds.length; r++) {
      double powers = 0;
      for (int d = 0; d < domains; d++) {
        part[d] = Math.exp(logarithms[d]) / hertz[r][d];
        powers += Math.pow(part[d], exponent);
      }
      double norm = Math.pow(powers, 1 / exponent);
      double constant = Math.exp(logarithms[domains]);
      for (int d = 0; d < domains; d++) {
        derivative[d] = norm * Math.pow(part[d], exponent) / powers / seconds[r];
      }
      derivative[domains] = constant / seconds[r];
      double residual = (norm + constant) / seconds[r] - 1;
      for (int i = 0; i < n; i++) {
        gradient[i] += derivative[i] * residual;
        for (int j = 0; j < n; j++) {
          normal[i][j] += derivative[i] * derivative[j];
        }
      }
    }
  }

  static double squaredError(LatencyModel model, double[][] hertz, double[] seconds) {
    double sum = 0;
    for (int r = 0; r < seconds.length; r++) {
      double relative = model.seconds(hertz[r]) / seconds[r] - 1;
      sum += relative * relative;
    }
    return sum;
  }
}
