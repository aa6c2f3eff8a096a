package io.neurobalancer.cost;

import io.neurobalancer.device.SettingGrid;
import java.util.List;
import java.util.Objects;

/**
 * Everything that a profiling campaign measured, sample by sample.
 *
 * @param grid the settings of the device
 * @param operatorNames in execution order
 * @param runs at least one
 */
public record Samples(SettingGrid grid, List<String> operatorNames, List<Run> runs) {

  /** One execution of the whole workload at one setting. */
  public static final class Run {
    private final int setting;
    private final double[] latencySeconds;
    private final double[] energyJoules;

    /**
     * Copies the arrays.
     *
     * @param setting number of the setting
     * @param latencySeconds per operator, positive
     * @param energyJoules per operator, not negative
     */
    public Run(int setting, double[] latencySeconds, double[] energyJoules) {
      this.setting = setting;
      this.latencySeconds = latencySeconds.clone();
      this.energyJoules = energyJoules.clone();
    }

    /** Returns the number of the setting. */
    public int setting() {
      return setting;
    }

    /** Returns the measured latency of an operator, seconds. */
    public double latencySeconds(int operator) {
      return latencySeconds[operator];
    }

    /** Returns the measured energy of the device while an operator ran, joules. */
    public double energyJoules(int operator) {
      return energyJoules[operator];
    }
  }

  public Samples {
    operatorNames = List.copyOf(operatorNames);
    runs = List.copyOf(runs);
    if (runs.isEmpty()) {
      throw new IllegalArgumentException("A profile needs at least one run.");
    }
    for (int r = 0; r < runs.size(); r++) {
      Run run = runs.get(r);
      Objects.checkIndex(run.setting(), grid.size());
      if (run.latencySeconds.length != operatorNames.size()
          || run.energyJoules.length != operatorNames.size()) {
        throw new IllegalArgumentException(
            "Run %d has %d latencies and %d energies; the workload has %d operators."
                .formatted(
                    r, run.latencySeconds.length, run.energyJoules.length, operatorNames.size()));
      }
      for (int i = 0; i < operatorNames.size(); i++) {
        check(run.latencySeconds[i] > 0, r, i, "latency", run.latencySeconds[i]);
        check(run.energyJoules[i] >= 0, r, i, "energy", run.energyJoules[i]);
      }
    }
  }

  /** Returns the settings that were measured, ascending. */
  public int[] measuredSettings() {
    return runs.stream().mapToInt(Run::setting).distinct().sorted().toArray();
  }

  private void check(boolean good, int run, int operator, String what, double value) {
    if (!good || Double.isInfinite(value)) {
      throw new IllegalArgumentException(
          "The %s of operator '%s' in run %d is %s; it must be finite and positive."
              .formatted(what, operatorNames.get(operator), run, value));
    }
  }
}
