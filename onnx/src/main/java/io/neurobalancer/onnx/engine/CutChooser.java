package io.neurobalancer.onnx.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Chooses cuts: a cut costs what it adds to a run, and is worth the control that it gives.
 *
 * <p>Between cuts a governor can neither switch nor correct, so a segment of t seconds of a run of
 * T is charged {@code SHARE * t * t / T}: the whole run in one piece is charged a fiftieth of
 * itself, K equal pieces a K-th of that. The cuts chosen minimise these charges and the prices
 * together. Hence a cut is only made where it saves more than its price, and all prices together
 * stay below a fiftieth of the run. It is a shortest path through the allowed cuts, layer by layer.
 */
final class CutChooser {

  private static final double SHARE = 0.02;

  private final List<Cut> allowed;
  private final double[] startSeconds;
  private final double total;

  /**
   * Prepares.
   *
   * @param allowed ascending
   * @param operatorSeconds how long each operator of the workload takes
   */
  CutChooser(List<Cut> allowed, double[] operatorSeconds) {
    this.allowed = List.copyOf(allowed);
    startSeconds = new double[allowed.size() + 2];
    double sum = 0;
    int next = 0;
    for (int i = 0; i < operatorSeconds.length; i++) {
      if (next < allowed.size() && allowed.get(next).operator() == i) {
        startSeconds[++next] = sum;
      }
      sum += operatorSeconds[i];
    }
    total = Math.max(sum, 1e-9);
    startSeconds[allowed.size() + 1] = total;
  }

  List<Cut> choose(Cutting cutting) {
    if (cutting instanceof Cutting.AtMost most) {
      return shortest(most.segments(), false);
    }
    if (cutting instanceof Cutting.Exactly exactly) {
      return shortest(Math.min(exactly.segments(), allowed.size() + 1), true);
    }
    if (cutting instanceof Cutting.Before before) {
      return nearest(before.operators());
    }
    throw new IllegalStateException(String.valueOf(cutting));
  }

  private List<Cut> shortest(int segments, boolean exactly) {
    int end = allowed.size() + 1;
    double[][] cost = new double[segments + 1][end + 1];
    int[][] from = new int[segments + 1][end + 1];
    for (double[] layer : cost) {
      Arrays.fill(layer, Double.POSITIVE_INFINITY);
    }
    cost[0][0] = 0;
    for (int k = 1; k <= segments; k++) {
      for (int to = 1; to <= end; to++) {
        double price = to == end ? 0 : allowed.get(to - 1).priceSeconds();
        for (int start = k == 1 ? 0 : 1; start < (k == 1 ? 1 : to); start++) {
          double length = startSeconds[to] - startSeconds[start];
          double candidate = cost[k - 1][start] + SHARE * length * length / total + price;
          if (candidate < cost[k][to]) {
            cost[k][to] = candidate;
            from[k][to] = start;
          }
        }
      }
    }
    int best = segments;
    for (int k = segments - 1; k >= 1 && !exactly; k--) {
      best = cost[k][end] <= cost[best][end] ? k : best;
    }
    List<Cut> chosen = new ArrayList<>();
    int at = end;
    for (int k = best; k > 1; k--) {
      at = from[k][at];
      chosen.add(0, allowed.get(at - 1));
    }
    return chosen;
  }

  /** Moves wanted cuts to the nearest allowed ones; two that meet become one. */
  private List<Cut> nearest(List<Integer> operators) {
    List<Cut> chosen = new ArrayList<>();
    for (int operator : operators) {
      Cut best = null;
      for (Cut cut : allowed) {
        if (best == null
            || Math.abs(cut.operator() - operator) < Math.abs(best.operator() - operator)) {
          best = cut;
        }
      }
      if (best != null && !chosen.contains(best)) {
        chosen.add(best);
      }
    }
    return chosen;
  }
}
