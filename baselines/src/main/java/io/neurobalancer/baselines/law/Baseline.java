package io.neurobalancer.baselines.law;

import io.neurobalancer.governor.Governor;
import java.util.List;

/**
 * A baseline ready to run.
 *
 * @param factory begins it on a board; every time anew, with what was trained before
 * @param notes sentences that a report should print: what it was combined with, what it was trained
 *     to, where it stands in for something
 */
public record Baseline(Governor.Factory factory, List<String> notes) {

  public Baseline {
    notes = List.copyOf(notes);
  }
}
