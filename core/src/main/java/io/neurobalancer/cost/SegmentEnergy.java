package io.neurobalancer.cost;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Energy per operator from a meter too slow for single operators: segments (runs of consecutive
 * operators) are repeated until the meter has read them often enough, and the operators' shares are
 * solved from the segment totals by non-negative least squares.
 *
 * <p>An operator's share can be told only if the segments that hold it differ enough: two operators
 * that are always in the same segments can be told together, but not apart. Those are named.
 */
public final class SegmentEnergy {

  /** A column whose part that no other explains is smaller than this share of it is not its own. */
  private static final double INDEPENDENT = 1e-6;

  private final List<Double> joules;
  private final List<Integer> notIdentifiable;

  private SegmentEnergy(List<Double> joules, List<Integer> notIdentifiable) {
    this.joules = List.copyOf(joules);
    this.notIdentifiable = List.copyOf(notIdentifiable);
  }

  /**
   * One segment, metered as a whole.
   *
   * @param firstOperator index of its first operator
   * @param lastOperator index of its last operator, inclusive
   * @param joules of one execution of the segment: the meter's total over the number of repeats
   */
  public record Total(int firstOperator, int lastOperator, double joules) {
    public Total {
      if (firstOperator < 0 || lastOperator < firstOperator || !(joules > 0)) {
        throw new IllegalArgumentException(
            "A segment from operator %d to %d with %s J is none."
                .formatted(firstOperator, lastOperator, joules));
      }
    }
  }

  /** Returns how often to repeat a segment so that a meter reads it that many times. */
  public static int repeats(double segmentSeconds, double meterPeriodSeconds, int readings) {
    return (int) Math.max(1, Math.ceil(readings * meterPeriodSeconds / segmentSeconds));
  }

  /**
   * Solves.
   *
   * @param operators how many there are
   * @param totals at least one
   */
  public static SegmentEnergy solve(int operators, List<Total> totals) {
    if (totals.isEmpty()) {
      throw new IllegalArgumentException("Without segment totals there is nothing to solve.");
    }
    double[][] rows = new double[totals.size()][operators];
    double[] right = new double[totals.size()];
    for (int r = 0; r < right.length; r++) {
      Total total = totals.get(r);
      Arrays.fill(rows[r], total.firstOperator(), total.lastOperator() + 1, 1 / total.joules());
      right[r] = 1;
    }
    List<Integer> unclear = new ArrayList<>();
    for (int i = 0; i < operators; i++) {
      if (!identifiable(rows, i)) {
        unclear.add(i);
      }
    }
    return new SegmentEnergy(
        Arrays.stream(NonNegativeLeastSquares.solve(rows, right)).boxed().toList(), unclear);
  }

  /** Whether column {@code i} is no combination of the others, by Gram-Schmidt. */
  private static boolean identifiable(double[][] rows, int i) {
    List<double[]> basis = new ArrayList<>();
    for (int j = 0; j < rows[0].length; j++) {
      if (j != i) {
        double[] rest = orthogonal(column(rows, j), basis);
        double length = norm(rest);
        if (length > INDEPENDENT * norm(column(rows, j))) {
          basis.add(Arrays.stream(rest).map(v -> v / length).toArray());
        }
      }
    }
    double[] own = column(rows, i);
    return norm(orthogonal(own, basis)) > INDEPENDENT * norm(own) && norm(own) > 0;
  }

  private static double[] column(double[][] rows, int j) {
    return Arrays.stream(rows).mapToDouble(row -> row[j]).toArray();
  }

  private static double[] orthogonal(double[] vector, List<double[]> basis) {
    double[] rest = vector.clone();
    for (double[] unit : basis) {
      double dot = 0;
      for (int r = 0; r < rest.length; r++) {
        dot += rest[r] * unit[r];
      }
      for (int r = 0; r < rest.length; r++) {
        rest[r] -= dot * unit[r];
      }
    }
    return rest;
  }

  private static double norm(double[] vector) {
    return Math.sqrt(Arrays.stream(vector).map(v -> v * v).sum());
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
