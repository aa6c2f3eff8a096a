package io.neurobalancer.cost;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** Latency of one operator over the frequency grid. */
public final class LatencyModel {

  private final LatencyForm form;
  private final double exponent;
  private final double[] cycles;
  private final double constantSeconds;
  private final Optional<Steps> steps;

  /**
   * The clock cycles of one domain where they are given OPP by OPP.
   *
   * @param domain index of the domain
   * @param hertz clocks of the measured OPPs, ascending, hertz
   * @param cycles per measured OPP, not negative
   */
  public record Steps(int domain, List<Double> hertz, List<Double> cycles) {
    public Steps {
      hertz = List.copyOf(hertz);
      cycles = List.copyOf(cycles);
      if (hertz.isEmpty() || hertz.size() != cycles.size()) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "Cycles per OPP need one value per clock; there are %d for %d clocks.",
                cycles.size(),
                hertz.size()));
      }
    }

    /** Returns the cycles at a clock: interpolated between measured OPPs, constant beyond them. */
    double at(double clockHertz) {
      int above = 0;
      while (above < hertz.size() && hertz.get(above) < clockHertz) {
        above++;
      }
      if (above == 0) {
        return cycles.get(0);
      }
      if (above == hertz.size()) {
        return cycles.get(above - 1);
      }
      double share =
          (clockHertz - hertz.get(above - 1)) / (hertz.get(above) - hertz.get(above - 1));
      return cycles.get(above - 1) * (1 - share) + cycles.get(above) * share;
    }
  }

  /**
   * Copies the array.
   *
   * @param form the shape
   * @param exponent p of the p-norm forms, finite; 1 for sums
   * @param cycles per domain, the clock cycles that it contributes: a of a/fc, b of b/fm; not
   *     negative
   * @param constantSeconds what no clock changes, not negative: added to the norm, or inside it for
   *     {@link LatencyForm#SATURATING}
   */
  LatencyModel(LatencyForm form, double exponent, double[] cycles, double constantSeconds) {
    this(form, exponent, cycles, constantSeconds, Optional.empty());
  }

  /**
   * As above, with the cycles of one domain given OPP by OPP.
   *
   * @param steps overrides the cycles of its domain
   * @throws IllegalArgumentException if a number is out of range
   */
  public LatencyModel(
      LatencyForm form,
      double exponent,
      double[] cycles,
      double constantSeconds,
      Optional<Steps> steps) {
    this.form = form;
    this.exponent = exponent;
    this.cycles = cycles.clone();
    this.constantSeconds = constantSeconds;
    this.steps = steps;
    if (!(exponent >= 1)
        || Double.isInfinite(exponent)
        || !(constantSeconds >= 0)
        || Arrays.stream(cycles).anyMatch(a -> !(a >= 0))) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "A latency model needs a finite exponent of at least 1 (%s), a constant (%s s) and cycles (%s) that are not negative.",
              exponent,
              constantSeconds,
              Arrays.toString(cycles)));
    }
  }

  /** Returns the shape. */
  public LatencyForm form() {
    return form;
  }

  /** Returns p; 1 for sums. */
  public double exponent() {
    return exponent;
  }

  /** Returns the clock cycles that a domain contributes. */
  public double cycles(int domain) {
    return cycles[domain];
  }

  /** Returns a copy of the clock cycles, one entry per domain. */
  double[] cycles() {
    return cycles.clone();
  }

  /** Returns the clock cycles that each domain contributes. */
  public List<Double> cyclesPerDomain() {
    return Arrays.stream(cycles).boxed().collect(Collectors.toList());
  }

  /** Returns what no clock changes, seconds. */
  public double constantSeconds() {
    return constantSeconds;
  }

  /** Returns the cycles that are given OPP by OPP, if any are. */
  public Optional<Steps> steps() {
    return steps;
  }

  /**
   * Returns the latency at these clocks.
   *
   * @param hertz one clock per domain, hertz
   * @return seconds
   */
  public double seconds(double... hertz) {
    boolean inside = form == LatencyForm.SATURATING;
    double[] part = new double[cycles.length + (inside ? 1 : 0)];
    double largest = 0;
    for (int d = 0; d < cycles.length; d++) {
      part[d] = cycles[d] / hertz[d];
    }
    if (steps.isPresent()) {
      int d = steps.get().domain();
      part[d] = steps.get().at(hertz[d]) / hertz[d];
    }
    if (inside) {
      part[cycles.length] = constantSeconds;
    }
    double outside = inside ? 0 : constantSeconds;
    for (double one : part) {
      largest = Math.max(largest, one);
    }
    if (largest == 0) {
      return largest + outside;
    }
    double norm = 0;
    for (double one : part) {
      norm += StrictMath.pow(one / largest, exponent);
    }
    return largest * StrictMath.pow(norm, 1 / exponent) + outside;
  }
}
