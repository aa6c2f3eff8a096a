package io.neurobalancer.simulator.baseline;

import io.neurobalancer.governor.Governor;
import java.util.List;

/**
 * A baseline ready to run once.
 *
 * @param governor not started yet
 * @param notes sentences that a report should print: what it was combined with, what it was trained
 *     to, where it stands in for something
 */
public record Baseline(Governor governor, List<String> notes) {
  public Baseline {
    notes = List.copyOf(notes);
  }
}
