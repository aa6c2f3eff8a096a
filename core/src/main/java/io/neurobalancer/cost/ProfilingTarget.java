package io.neurobalancer.cost;

import io.neurobalancer.device.SettingGrid;
import java.util.List;
import java.util.OptionalDouble;

/**
 * A device on which a workload can be measured: real, replayed or simulated. What it returns is all
 * that a predictor ever learns about it.
 */
public interface ProfilingTarget {

  /** Returns the settings that can be measured. */
  SettingGrid grid();

  /** Returns the names of the operators in execution order. */
  List<String> operatorNames();

  /**
   * Runs the workload once from start to end with every domain held at one setting.
   *
   * @return one sample per operator, in execution order
   */
  List<OperatorSample> run(int setting);

  /** Returns the temperature of the die, degrees Celsius, empty where no sensor is read. */
  default OptionalDouble temperatureCelsius() {
    return OptionalDouble.empty();
  }

  /** Lets the device idle for that long; a target that cannot get hot has nothing to do. */
  default void coolDown(double seconds) {}

  /**
   * One measured execution of one operator.
   *
   * @param latencySeconds measured, positive
   * @param energyJoules energy of the whole device meanwhile, as the target's meter reports it
   */
  record OperatorSample(double latencySeconds, double energyJoules) {}
}
