package io.neurobalancer.workload;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The operators of one inference, in execution order.
 *
 * @param name what users call the model
 * @param hash SHA-256 of the model file and of the shapes bound to it, lower-case hexadecimal: what
 *     a profile or a plan made for this workload is keyed by
 * @param operators at least one, names distinct
 * @param facts what else is known of the model, for reports
 */
public record Workload(String name, String hash, List<Operator> operators, ModelFacts facts) {

  /** Creates a workload of which nothing is known but its operators. */
  public Workload(String name, String hash, List<Operator> operators) {
    this(name, hash, operators, ModelFacts.of(operators));
  }

  public Workload {
    operators = List.copyOf(operators);
    if (operators.isEmpty()) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "The model '%s' has no operator to run.", name));
    }
    Set<String> seen = new HashSet<>();
    for (Operator operator : operators) {
      if (!seen.add(operator.name())) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT, "Two operators of '%s' are called '%s'.", name, operator.name()));
      }
    }
  }

  /** Returns the number of operators, N. */
  public int size() {
    return operators.size();
  }

  /** Returns the FLOPs of one inference; operators of unknown kind contribute none. */
  public long flops() {
    return operators.stream().mapToLong(Operator::flops).sum();
  }

  /**
   * Returns the bytes of weights as the model stores them: a weight that two operators use counts
   * once, a table of which a look-up touches few rows counts whole.
   */
  public long weightBytes() {
    return facts.storedWeightBytes();
  }

  /** Returns the bytes that one inference touches if nothing stays in a cache. */
  public long bytes() {
    return operators.stream().mapToLong(Operator::bytes).sum();
  }

  /** Returns FLOPs per byte over the whole inference. */
  public double arithmeticIntensity() {
    return bytes() == 0 ? 0 : (double) flops() / bytes();
  }

  /** Returns the operators that no FLOP formula covers. */
  public List<Operator> unknownOperators() {
    return operators.stream()
        .filter(o -> o.kind() == OperatorKind.UNKNOWN)
        .collect(Collectors.toList());
  }
}
