package io.neurobalancer.cost;

import io.neurobalancer.cost.math.NonNegativeLeastSquares;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Energy per operator from a meter too slow for single operators: segments (runs of consecutive
 * operators) are repeated until the meter has read them often enough, and the operators' shares are
 * solved from the segment totals by non-negative least squares.
 *
 * <p>An operator's share can be told only if the segments that hold it differ enough: two operators
 * that are always in the same segments can be told together, but not apart. Those are named.
 */
public final class SegmentEnergy {

  /** A block whose part that no other explains is smaller than this share of it tells nothing. */
  private static final double INDEPENDENT = 1e-6;

  private final List<Double> joules;
  private final List<Integer> notIdentifiable;

  private SegmentEnergy(List<Double> joules, List<Integer> notIdentifiable) {
    this.joules = List.copyOf(joules);
    this.notIdentifiable = List.copyOf(notIdentifiable);
  }

  /** Returns how often to repeat a segment so that a meter reads it that many times. */
  public static int repeats(double segmentSeconds, double meterPeriodSeconds, int readings) {
    return (int) Math.max(1, Math.ceil(readings * meterPeriodSeconds / segmentSeconds));
  }

  /**
   * Solves.
   *
   * @param operators how many there are
   * @param blocks at least one, all of one setting
   */
  public static SegmentEnergy solve(int operators, List<Samples.Block> blocks) {
    if (blocks.isEmpty()) {
      throw new IllegalArgumentException("Without energy blocks there is nothing to solve.");
    }
    double[][] rows = new double[blocks.size()][operators];
    double[] right = new double[blocks.size()];
    for (int r = 0; r < right.length; r++) {
      Samples.Block block = blocks.get(r);
      Arrays.fill(rows[r], block.firstOperator(), block.lastOperator() + 1, 1 / block.joules());
      right[r] = 1;
    }
    return new SegmentEnergy(
        Arrays.stream(NonNegativeLeastSquares.solve(rows, right))
            .boxed()
            .collect(Collectors.toList()),
        unclear(operators, blocks));
  }

  /**
   * Returns the operators whose unit vector is no combination of the blocks: of what lies in the
   * blocks' span, the parts along an orthonormal basis of it have squares that add up to one.
   */
  private static List<Integer> unclear(int operators, List<Samples.Block> blocks) {
    double[] inSpan = new double[operators];
    List<double[]> basis = new ArrayList<>();
    for (Samples.Block block : blocks) {
      double[] rest = new double[operators];
      Arrays.fill(rest, block.firstOperator(), block.lastOperator() + 1, 1);
      double length = norm(rest);
      for (double[] unit : basis) {
        double dot = 0;
        for (int i = 0; i < operators; i++) {
          dot += rest[i] * unit[i];
        }
        for (int i = 0; i < operators; i++) {
          rest[i] -= dot * unit[i];
        }
      }
      double left = norm(rest);
      if (left > INDEPENDENT * length) {
        for (int i = 0; i < operators; i++) {
          rest[i] /= left;
          inSpan[i] += rest[i] * rest[i];
        }
        basis.add(rest);
      }
    }
    return IntStream.range(0, operators)
        .filter(i -> inSpan[i] < 1 - INDEPENDENT)
        .boxed()
        .collect(Collectors.toList());
  }

  private static double norm(double[] vector) {
    double sum = 0;
    for (double v : vector) {
      sum += v * v;
    }
    return Math.sqrt(sum);
  }

  /** Returns the energy of an operator, joules; a mere share of its neighbours' if not its own. */
  public double joules(int operator) {
    return joules.get(operator);
  }

  /** Returns the operators whose energy cannot be told from that of others, ascending. */
  public List<Integer> notIdentifiable() {
    return notIdentifiable;
  }
}
