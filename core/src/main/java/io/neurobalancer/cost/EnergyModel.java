package io.neurobalancer.cost;

import io.neurobalancer.cost.math.NonNegativeLeastSquares;
import io.neurobalancer.device.FrequencyDomain;
import io.neurobalancer.device.SettingGrid;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Energy of the device while one operator runs, over the frequency grid, in one of the shapes of
 * {@link EnergyForm}.
 *
 * <p>The part that grows with the latency is what burns for as long as the operator runs
 * (background, DRAM at its clock, leakage that follows the core's voltage); the rest is the work
 * itself, whose energy per cycle grows with the voltage and so with the core clock. No coefficient
 * is negative, so no energy is.
 */
public final class EnergyModel {

  private static final int ROBUST_ROUNDS = 3;

  /** Below this, a reading is a mistake rather than a step. */
  private static final double LEAST_FACTOR = 0.1;

  private final SettingGrid grid;
  private final EnergyForm form;
  private final List<Double> knotHertz;
  private final double[] coefficients;
  private final List<Step> steps;

  /**
   * What one OPP of one domain burns more or less than the curve says.
   *
   * @param domain index of the domain
   * @param hertz clock of the OPP
   * @param factor on the energy, positive
   */
  public record Step(int domain, double hertz, double factor) {}

  /**
   * Restores a fitted model.
   *
   * @param knotHertz measured clocks of the memory, ascending; used by {@link
   *     EnergyForm#PER_MEMORY_OPP} only
   * @param coefficients as {@link #coefficients()} returned them
   * @param steps used by {@link EnergyForm#PER_CORE_OPP} only
   * @throws IllegalArgumentException if their number does not fit the form, or one is negative
   */
  public EnergyModel(
      SettingGrid grid,
      EnergyForm form,
      List<Double> knotHertz,
      double[] coefficients,
      List<Step> steps) {
    this.grid = grid;
    this.form = form;
    this.knotHertz = List.copyOf(knotHertz);
    this.coefficients = coefficients.clone();
    this.steps = List.copyOf(steps);
    double[] anyClocks = new double[grid.dimensions()];
    Arrays.fill(anyClocks, 1e9);
    int wanted = terms(grid, form, this.knotHertz, anyClocks, 1).length;
    if (coefficients.length != wanted || Arrays.stream(coefficients).anyMatch(c -> !(c >= 0))) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "An energy model of form %s needs %d coefficients, none negative; there are %s.",
              form,
              wanted,
              Arrays.toString(coefficients)));
    }
  }

  /**
   * Fits by least squares of the relative error, outliers weighed down where there are points
   * enough to tell them.
   *
   * @param joules per point, the energy, positive
   * @param seconds per point, the latency
   */
  static EnergyModel fit(SettingGrid grid, EnergyForm form, Observations joules, double[] seconds) {
    List<Double> knots = form == EnergyForm.PER_MEMORY_OPP ? knots(grid, joules) : List.of();
    double[][] rows = new double[joules.size()][];
    for (int r = 0; r < rows.length; r++) {
      rows[r] = terms(grid, form, knots, joules.hertz()[r], seconds[r]);
      for (int i = 0; i < rows[r].length; i++) {
        rows[r][i] /= joules.values()[r];
      }
    }
    double[] weights = joules.weights();
    double[] x = solve(rows, weights);
    for (int round = 0; round < ROBUST_ROUNDS && rows.length >= 10; round++) {
      double[] residuals = new double[rows.length];
      for (int r = 0; r < rows.length; r++) {
        residuals[r] = dot(rows[r], x) - 1;
      }
      weights = Observations.huber(residuals);
      if (Arrays.stream(weights).allMatch(w -> w == 1)) {
        break;
      }
      x = solve(rows, weights);
    }
    EnergyModel curve = new EnergyModel(grid, form, knots, x, List.of());
    return form == EnergyForm.PER_CORE_OPP
        ? new EnergyModel(grid, form, knots, x, curve.steps(joules, seconds))
        : curve;
  }

  /**
   * Returns by what factor each measured core OPP is off this curve, each drawn towards one by how
   * much points of one OPP differ among themselves, compared with how much OPPs differ.
   */
  private List<Step> steps(Observations joules, double[] seconds) {
    List<Step> found = new ArrayList<>();
    for (int d = 0; d < grid.dimensions(); d++) {
      if (grid.domains().get(d).kind() != FrequencyDomain.Kind.CORE) {
        continue;
      }
      Map<Double, List<Double>> byClock = new TreeMap<>();
      for (int r = 0; r < joules.size(); r++) {
        double off = joules.values()[r] / at(joules.hertz()[r], seconds[r], found) - 1;
        byClock.computeIfAbsent(joules.hertz()[r][d], hertz -> new ArrayList<>()).add(off);
      }
      double within = 0;
      double between = 0;
      for (List<Double> offs : byClock.values()) {
        double mean = mean(offs);
        between += mean * mean / byClock.size();
        for (double off : offs) {
          within += (off - mean) * (off - mean);
        }
      }
      int freedom = joules.size() - byClock.size();
      if (freedom < 1 || between == 0) {
        continue;
      }
      within /= freedom;
      for (Map.Entry<Double, List<Double>> one : byClock.entrySet()) {
        double trust = between / (between + within / one.getValue().size());
        double factor = 1 + trust * mean(one.getValue());
        found.add(new Step(d, one.getKey(), Math.max(LEAST_FACTOR, factor)));
      }
    }
    return found;
  }

  private static double mean(List<Double> values) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return sum / values.size();
  }

  private static double[] solve(double[][] rows, double[] weights) {
    double[][] weighted = new double[rows.length][];
    double[] right = new double[rows.length];
    for (int r = 0; r < rows.length; r++) {
      double scale = Math.sqrt(weights[r]);
      weighted[r] = Arrays.stream(rows[r]).map(v -> v * scale).toArray();
      right[r] = scale;
    }
    return NonNegativeLeastSquares.solve(weighted, right);
  }

  /** Returns the shape. */
  public EnergyForm form() {
    return form;
  }

  /** Returns the measured clocks of the memory at which the background bends, hertz. */
  public List<Double> knotHertz() {
    return knotHertz;
  }

  /** Returns a copy of the coefficients, watts and joules in the order of the form's terms. */
  public double[] coefficients() {
    return coefficients.clone();
  }

  /** Returns the energy at these clocks for an operator that takes that long, joules. */
  public double joules(double[] hertz, double seconds) {
    return at(hertz, seconds, steps);
  }

  private double at(double[] hertz, double seconds, List<Step> known) {
    double joules = dot(terms(grid, form, knotHertz, hertz, seconds), coefficients);
    for (Step step : known) {
      joules *= hertz[step.domain()] == step.hertz() ? step.factor() : 1;
    }
    return joules;
  }

  /** Returns what single OPPs burn beside the curve; empty for other forms. */
  public List<Step> steps() {
    return steps;
  }

  private static double dot(double[] left, double[] right) {
    double sum = 0;
    for (int i = 0; i < left.length; i++) {
      sum += left[i] * right[i];
    }
    return sum;
  }

  private static List<Double> knots(SettingGrid grid, Observations points) {
    for (int d = 0; d < grid.dimensions(); d++) {
      if (grid.domains().get(d).kind() == FrequencyDomain.Kind.MEMORY) {
        int domain = d;
        return Arrays.stream(points.hertz())
            .map(clocks -> clocks[domain])
            .distinct()
            .sorted()
            .collect(Collectors.toList());
      }
    }
    return List.of();
  }

  private static double[] terms(
      SettingGrid grid, EnergyForm form, List<Double> knots, double[] hertz, double seconds) {
    List<Double> terms = new ArrayList<>();
    terms.add(1.0);
    terms.add(seconds);
    boolean curved = form != EnergyForm.BACKGROUND_AND_WORK;
    for (int d = 0; d < grid.dimensions(); d++) {
      FrequencyDomain domain = grid.domains().get(d);
      double share = hertz[d] / domain.opps().max().hertz();
      if (domain.kind() == FrequencyDomain.Kind.CORE) {
        powers(terms, share, seconds, curved ? new int[] {1, 3, 6} : new int[] {1});
        powers(terms, share, 1, curved ? new int[] {1, 2, 5} : new int[] {1, 2});
      } else if (form == EnergyForm.PER_MEMORY_OPP) {
        for (int k = 1; k < knots.size(); k++) {
          double rise = (hertz[d] - knots.get(k - 1)) / (knots.get(k) - knots.get(k - 1));
          terms.add(Math.max(0, Math.min(1, rise)) * seconds);
        }
      } else {
        powers(terms, share, seconds, curved ? new int[] {1, 2, 4, 8} : new int[] {1});
      }
    }
    return terms.stream().mapToDouble(Double::doubleValue).toArray();
  }

  private static void powers(List<Double> terms, double share, double factor, int[] exponents) {
    for (int exponent : exponents) {
      terms.add(factor * StrictMath.pow(share, exponent));
    }
  }
}
