package io.neurobalancer.plan;

/**
 * Consecutive operators at one setting.
 *
 * @param firstOperator index of the first operator
 * @param lastOperator index of the last operator, inclusive
 * @param setting the setting of all of them
 * @param latencySeconds the operators' latencies together, seconds, without the switch into the
 *     segment
 * @param energyJoules the operators' energies together, joules, without the switch into the segment
 */
public record Segment(
    int firstOperator, int lastOperator, int setting, double latencySeconds, double energyJoules) {

  /** Returns how many operators the segment has. */
  public int operators() {
    return lastOperator - firstOperator + 1;
  }
}
