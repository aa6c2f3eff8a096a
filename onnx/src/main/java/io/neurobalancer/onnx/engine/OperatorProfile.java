package io.neurobalancer.onnx.engine;

import io.neurobalancer.workload.Workload;
import java.util.List;

/**
 * How long each operator of a model takes on this machine.
 *
 * @param workload the operators
 * @param operators one entry per operator, in its order
 * @param reorders nodes that belong to no operator, such as changes of layout; their time counts
 *     for the operator that needs them
 * @param wholeSeconds the median of the runs without a profile, seconds
 * @param wholeSpreadSeconds from their median to the time within which 90 % of them ended, seconds
 * @param overheadSeconds what profiling a node adds to its time; already taken off. Negative where
 *     ONNX Runtime's profile leaves out more than it adds
 * @param runs with a profile, after one that warmed up
 */
public record OperatorProfile(
    Workload workload,
    List<OperatorTime> operators,
    List<String> reorders,
    double wholeSeconds,
    double wholeSpreadSeconds,
    double overheadSeconds,
    int runs) {

  /** How an operator was found in the profile. */
  public enum Match {
    /** Its own nodes ran. */
    OWN,
    /** It ran inside another operator's node, whose time is shared out by work. */
    FUSED,
    /** Nothing that ran belongs to it. */
    NOT_FOUND
  }

  /**
   * One operator.
   *
   * @param name in the workload
   * @param match how it was found
   * @param kernels what ran for it: names and types of nodes
   * @param latencySeconds the median, seconds; NaN if nothing was found
   * @param spreadSeconds from the median to the time within which 90 % of the runs ended, seconds
   */
  public record OperatorTime(
      String name, Match match, List<String> kernels, double latencySeconds, double spreadSeconds) {

    public OperatorTime {
      kernels = List.copyOf(kernels);
    }
  }

  public OperatorProfile {
    operators = List.copyOf(operators);
    reorders = List.copyOf(reorders);
  }

  /** Returns the operators' times together, seconds. */
  public double sumSeconds() {
    return operators.stream()
        .mapToDouble(OperatorTime::latencySeconds)
        .filter(seconds -> !Double.isNaN(seconds))
        .sum();
  }

  /** Returns the names of the operators of which nothing ran. */
  public List<String> notFound() {
    return operators.stream()
        .filter(operator -> operator.match() == Match.NOT_FOUND)
        .map(OperatorTime::name)
        .toList();
  }
}
