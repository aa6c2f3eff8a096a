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

  /** Returns whether a setting can be measured; a table of measurements may lack some. */
  default boolean measurable(int setting) {
    return true;
  }

  /**
   * Returns the time between two readings of the meter behind {@link #measure}, seconds: zero where
   * it tells the energy of each operator. Where it is too slow for that, {@link #blockJoules} is
   * asked instead.
   */
  default double meterPeriodSeconds() {
    return 0;
  }

  /**
   * Runs consecutive operators at one setting over and over, and reads the meter before and after.
   * Called only where {@link #meterPeriodSeconds} is not zero, with operators that fill whole
   * segments of the stream.
   *
   * @param lastOperator index of the last one, inclusive
   * @param repeats how often to run them
   * @return the energy of one execution of them, joules; NaN or zero if the meter did not move
   */
  default double blockJoules(
      int stream, int setting, int firstOperator, int lastOperator, int repeats) {
    return Double.NaN;
  }

  /** Lets the device idle for that long; a target that cannot get hot has nothing to do. */
  default void coolDown(double seconds) {}

  /** Measures what a planner needs besides the operators' costs, each figure with its meter. */
  Calibration calibrate();

  /** Returns about how long {@link #calibrate} takes, seconds. */
  default double calibrationSeconds() {
    return 0;
  }

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
