package io.neurobalancer.workload;

import java.util.List;

/**
 * What is known of a model beyond its operators.
 *
 * @param storedWeightBytes bytes of all weights that its operators use, each counted once, in the
 *     precision in which the model stores them
 * @param assumptions one sentence for each thing that the model leaves open and that was assumed,
 *     such as the length of a sequence
 * @param controlFlow the operators that stand for bodies
 */
public record ModelFacts(
    long storedWeightBytes, List<String> assumptions, List<ControlFlow> controlFlow) {

  public ModelFacts {
    assumptions = List.copyOf(assumptions);
    controlFlow = List.copyOf(controlFlow);
    if (storedWeightBytes < 0) {
      throw new IllegalArgumentException(
          "A model cannot have weights of " + storedWeightBytes + " bytes.");
    }
  }

  /** Returns the facts of bare operators: no two share a weight, nothing was assumed. */
  static ModelFacts of(List<Operator> operators) {
    return new ModelFacts(
        operators.stream().mapToLong(Operator::weightBytes).sum(), List.of(), List.of());
  }

  /**
   * An operator that runs other operators: If, Loop, Scan. It is planned as one, since a runtime
   * cannot be left in the middle of a body.
   *
   * @param operator its name in the workload
   * @param type as the model calls it
   * @param bodies at least one, in the order of the model
   */
  public record ControlFlow(String operator, String type, List<Body> bodies) {
    public ControlFlow {
      bodies = List.copyOf(bodies);
    }
  }

  /**
   * One branch of an If, or the body of a loop.
   *
   * @param name of the branch, such as {@code then_branch}
   * @param executions how often it ran in one inference; 0 for a branch that was not taken
   * @param operators how many it has
   * @param flops of all its executions; 0 where it did not run
   * @param weightBytes of the weights that it stores itself
   */
  public record Body(String name, long executions, int operators, long flops, long weightBytes) {}
}
