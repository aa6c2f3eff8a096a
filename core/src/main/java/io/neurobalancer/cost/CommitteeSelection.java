package io.neurobalancer.cost;

import io.neurobalancer.device.SettingGrid;
import java.util.Arrays;

/**
 * Where a fit is least sure: p-norm rooflines of several exponents are fitted to what is known,
 * each weighted by how well it fits, and the variance of their predictions is summed over
 * operators. It is largest near the ridge, where computing and memory traffic take equally long;
 * measuring there tells the exponents apart.
 */
final class CommitteeSelection {

  /** Errors below this are noise and make no candidate better than another. */
  private static final double NOISE = 0.005;

  /** Operators are considered, longest first, until they make up this share of the latency. */
  private static final double SHARE = 0.8;

  private final SettingGrid grid;
  private final int[] chosen;
  private final LatencyFitter fitter;
  private final double[][] hertz;

  CommitteeSelection(SettingGrid grid, int[] chosen) {
    this.grid = grid;
    this.chosen = chosen;
    this.fitter = new LatencyFitter(grid);
    this.hertz =
        Arrays.stream(chosen).mapToObj(x -> Observations.clocks(grid, x)).toArray(double[][]::new);
  }

  /** Returns the candidate setting not chosen yet at which the fits disagree most. */
  int most(int[] candidates, double[][] seconds) {
    double[][] longestFirst = seconds.clone();
    Arrays.sort(longestFirst, (a, b) -> Double.compare(b[0], a[0]));
    double total = Arrays.stream(seconds).mapToDouble(times -> times[0]).sum();
    double[] score = new double[grid.size()];
    double covered = 0;
    for (double[] times : longestFirst) {
      if (covered > SHARE * total) {
        break;
      }
      covered += times[0];
      add(times, score);
    }
    int best = -1;
    for (int x : candidates) {
      int setting = x;
      if (Arrays.stream(chosen).noneMatch(c -> c == setting)
          && (best < 0 || score[x] > score[best])) {
        best = x;
      }
    }
    return best;
  }

  /** Adds one operator's variance, weighed by the square of its share of the latency. */
  private void add(double[] seconds, double[] score) {
    Observations points = Observations.of(hertz, seconds);
    int candidates = LatencyFitter.EXPONENTS.length;
    LatencyModel[] models = fitter.fitEachExponent(points);
    double[] weights = new double[candidates];
    for (int c = 0; c < candidates; c++) {
      double worst = 0;
      for (int r = 0; r < seconds.length; r++) {
        worst = Math.max(worst, Math.abs(models[c].seconds(hertz[r]) / seconds[r] - 1));
      }
      weights[c] = 1 / ((worst + NOISE) * (worst + NOISE));
    }
    double sum = Arrays.stream(weights).sum();
    for (int x = 0; x < score.length; x++) {
      double[] clocks = Observations.clocks(grid, x);
      double[] logarithms = new double[candidates];
      double mean = 0;
      for (int c = 0; c < candidates; c++) {
        logarithms[c] = StrictMath.log(models[c].seconds(clocks));
        mean += weights[c] / sum * logarithms[c];
      }
      double variance = 0;
      for (int c = 0; c < candidates; c++) {
        double off = logarithms[c] - mean;
        variance += weights[c] / sum * off * off;
      }
      score[x] += variance * seconds[0] * seconds[0];
    }
  }
}
