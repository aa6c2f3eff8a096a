package io.neurobalancer.simulator.replay;

import io.neurobalancer.cost.ProfilingTarget;
import io.neurobalancer.device.SettingGrid;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Lets a table of measurements be profiled like a device. It hands out the row asked for and
 * remembers which were, so that what a fit has not seen can be told.
 */
public final class ReplayTarget implements ProfilingTarget {

  private final MeasuredTable table;
  private final Set<Integer> visited = new TreeSet<>();

  /** Creates a target; the table must hold energies. */
  public ReplayTarget(MeasuredTable table) {
    this.table = table;
    if (!table.hasEnergy()) {
      throw new ReplayException(
          "%s gives no energy for some or all of its latencies, so it cannot be profiled for planning.%nMaybe add a column energy_joules or power_watts."
              .formatted(table.name()));
    }
  }

  @Override
  public SettingGrid grid() {
    return table.grid();
  }

  @Override
  public List<String> operatorNames() {
    return table.operatorNames();
  }

  @Override
  public List<OperatorSample> run(int setting) {
    visited.add(setting);
    List<OperatorSample> samples = new ArrayList<>();
    for (int i = 0; i < table.operatorNames().size(); i++) {
      samples.add(
          new OperatorSample(table.latencySeconds(i, setting), table.energyJoules(i, setting)));
    }
    return samples;
  }

  /** Returns the settings that were asked for so far, ascending. */
  public int[] visited() {
    return visited.stream().mapToInt(Integer::intValue).toArray();
  }
}
