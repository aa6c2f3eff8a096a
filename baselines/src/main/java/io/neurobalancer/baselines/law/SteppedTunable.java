package io.neurobalancer.baselines.law;

import io.neurobalancer.governor.GovernorSpec;
import io.neurobalancer.unit.NeuroBalancerException;
import java.util.ArrayList;
import java.util.List;

/**
 * A tunable whose value depends on a clock, written as {@code value kHz:value kHz:value}: the first
 * value below the first clock, each further one from its clock on.
 */
public final class SteppedTunable {

  private final long[] fromKilohertz;
  private final long[] values;

  private SteppedTunable(long[] fromKilohertz, long[] values) {
    this.fromKilohertz = fromKilohertz;
    this.values = values;
  }

  /**
   * Reads the tunable.
   *
   * @throws NeuroBalancerException if it is not written so
   */
  public static SteppedTunable of(GovernorSpec spec, String tunable, String fallback) {
    String text = spec.text(tunable, fallback);
    List<Long> from = new ArrayList<>();
    List<Long> values = new ArrayList<>();
    try {
      for (String token : text.split(" +", -1)) {
        String[] pair = token.split(":", -1);
        boolean first = values.isEmpty();
        if (pair.length != (first ? 1 : 2)) {
          throw new NumberFormatException(token);
        }
        from.add(first ? 0L : Long.parseLong(pair[0]));
        values.add(Long.parseLong(pair[pair.length - 1]));
        if (values.get(values.size() - 1) < 1) {
          throw new NumberFormatException(token);
        }
      }
    } catch (NumberFormatException e) {
      throw NeuroBalancerException.invalid(
          "The tunable %s of governor %s ('%s') is not written as 'value kHz:value kHz:value', values positive."
              .formatted(tunable, spec.name(), text),
          e);
    }
    return new SteppedTunable(array(from), array(values));
  }

  /** Returns the value at a clock. */
  public long at(long kilohertz) {
    int i = values.length - 1;
    while (i > 0 && kilohertz < fromKilohertz[i]) {
      i--;
    }
    return values[i];
  }

  private static long[] array(List<Long> list) {
    return list.stream().mapToLong(Long::longValue).toArray();
  }
}
