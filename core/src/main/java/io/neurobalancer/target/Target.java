package io.neurobalancer.target;

import io.neurobalancer.cost.Calibration;
import io.neurobalancer.cost.Samples;
import io.neurobalancer.device.DeviceIdentity;
import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.governor.Governor;
import java.util.List;

/**
 * A device on which streams of jobs run: simulated, replayed or real. It gives back on {@link
 * #close} what it changed.
 */
public interface Target extends AutoCloseable {

  /** Returns which device this is. */
  DeviceIdentity identity();

  /** Returns its settings: one or more frequency domains. */
  SettingGrid grid();

  /** Returns what runs on it, at least one stream. */
  List<Stream> streams();

  /**
   * Runs a stream's workload once from start to end with every domain held at one setting.
   *
   * @return one latency and one energy per operator, in execution order; an energy that no meter
   *     tells is NaN
   */
  Samples.Run measure(int stream, int setting);

  /** Returns whether a setting can be measured; a table may have holes. */
  default boolean measurable(int setting) {
    return true;
  }

  /** Lets the device idle for that long; a target that cannot get hot has nothing to do. */
  default void coolDown(double seconds) {}

  /** Measures what a planner needs besides the operators' costs, each figure with its meter. */
  Calibration calibrate();

  /**
   * Runs jobs of every stream under a governor.
   *
   * @param observer told what happens as it happens
   */
  RunResult run(Governor.Factory governor, Schedule schedule, RunObserver observer);

  /** Gives back what was changed. Idempotent. */
  @Override
  void close();
}
