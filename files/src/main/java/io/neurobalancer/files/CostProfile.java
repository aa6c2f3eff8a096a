package io.neurobalancer.files;

import io.neurobalancer.cost.Samples;
import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.workload.Operator;
import io.neurobalancer.workload.Workload;
import java.util.List;

/**
 * The raw samples of a profiling campaign, and what they are samples of.
 *
 * @param origin what was measured, and by what
 * @param grid the settings of the device
 * @param operators in execution order
 * @param runs every run, those that fits leave out included
 */
public record CostProfile(
    Origin origin, SettingGrid grid, List<Operator> operators, List<Samples.Run> runs) {

  /**
   * What was measured, and by what.
   *
   * @param version of NeuroBalancer
   * @param deviceName as on the command line
   * @param deviceHash of its profile or table
   * @param modelName as on the command line
   * @param modelHash of the model and its shapes
   * @param conditions what else matters, such as threads, weather and seed
   * @param budget settings that were to be measured
   * @param mostRepeats of each
   */
  public record Origin(
      String version,
      String deviceName,
      String deviceHash,
      String modelName,
      String modelHash,
      String conditions,
      int budget,
      int mostRepeats) {}

  public CostProfile {
    operators = List.copyOf(operators);
    runs = List.copyOf(runs);
  }

  /** Returns the names of the operators in execution order. */
  public List<String> operatorNames() {
    return operators.stream().map(Operator::name).toList();
  }

  /** Returns the runs that fits read. */
  public Samples profile() {
    return Samples.of(grid, new Workload(origin.modelName(), origin.modelHash(), operators), runs);
  }

  /** Returns how many runs fits leave out. */
  public long excluded() {
    return runs.stream().filter(run -> run.excluded().isPresent()).count();
  }
}
