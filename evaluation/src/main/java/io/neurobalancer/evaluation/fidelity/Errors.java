package io.neurobalancer.evaluation.fidelity;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Relative errors of a simulation against measurements. */
final class Errors {

  private final List<Double> absolute = new ArrayList<>();
  private double sum;

  void add(double simulated, double measured) {
    double relative = simulated / measured - 1;
    absolute.add(Math.abs(relative));
    sum += relative;
  }

  int count() {
    return absolute.size();
  }

  /** Returns the mean absolute relative error. */
  double mean() {
    return absolute.stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN);
  }

  /** Returns the absolute relative error that half of the points stay below. */
  double median() {
    List<Double> sorted = new ArrayList<>(absolute);
    Collections.sort(sorted);
    return sorted.isEmpty() ? Double.NaN : sorted.get((sorted.size() - 1) / 2);
  }

  /** Returns the largest absolute relative error. */
  double worst() {
    return absolute.stream().mapToDouble(Double::doubleValue).max().orElse(Double.NaN);
  }

  /** Returns the mean relative error with its sign: above 0 if the simulation is high. */
  double bias() {
    return sum / absolute.size();
  }
}
