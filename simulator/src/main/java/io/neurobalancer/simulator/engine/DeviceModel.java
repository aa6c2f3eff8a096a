package io.neurobalancer.simulator.engine;

import io.neurobalancer.device.IdleState;
import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.device.SwitchCosts;
import io.neurobalancer.target.Stream;
import java.util.List;

/** All that the {@link Engine} knows of a device, be it equations or a table of measurements. */
public interface DeviceModel {

  /** Returns the settings. */
  SettingGrid grid();

  /** Returns whether it is known what operators take and burn at a setting; tables have holes. */
  default boolean known(int setting) {
    return true;
  }

  /** Returns the streams, each with the costs of its operators. */
  List<StreamModel> streams();

  /** Returns what a switch costs while a job runs: the stall, and the energy with it. */
  SwitchCosts switchCosts();

  /** Returns the least time from one switch of a domain to the next, seconds. */
  double settleSeconds(int domain);

  /** Returns the idle states, shallowest first, at least one. */
  List<IdleState> idleStates();

  /** Returns the power in an idle state with the clocks at a setting, watts, NaN if unknown. */
  double idleWatts(int state, int setting);

  /** Returns the power while the cores stand still within a job, watts, NaN if unknown. */
  double stallWatts(int setting);

  /** Returns how many cores the inference uses. */
  int activeCores();

  /** Returns whether instructions, cycles and bytes are known, or only how long cores are busy. */
  boolean countsWork();

  /** Returns the path of heat, where there is one. */
  Thermal thermal();

  /** Returns by how much more than at 40 degrees Celsius the cores leak at a temperature. */
  double extraLeakage(double celsius);

  /**
   * Returns whether a switch does not happen.
   *
   * @param attempt counts the switches of a run from 0
   */
  default boolean switchFails(long attempt) {
    return false;
  }

  /**
   * Returns the idle state of a gap whose length is known, as a timer's is: the deepest whose
   * minimum residency fits; the shallowest state always does.
   */
  default int idleState(double gapSeconds) {
    List<IdleState> states = idleStates();
    int chosen = 0;
    for (int s = 1; s < states.size(); s++) {
      if (gapSeconds >= states.get(s).minimumResidencySeconds()) {
        chosen = s;
      }
    }
    return chosen;
  }

  /**
   * The path of heat from die to air.
   *
   * @param ambientCelsius around the device
   * @param kelvinPerWatt of dissipated power, 0 for a device that never gets warm
   * @param timeConstantSeconds of the first-order response
   * @param capCelsius above which the fastest clocks of a domain are taken away
   * @param cappedDomain index of that domain
   */
  record Thermal(
      double ambientCelsius,
      double kelvinPerWatt,
      double timeConstantSeconds,
      double capCelsius,
      int cappedDomain) {}

  /** What the jobs of one stream cost. */
  interface StreamModel {

    /** Returns the stream. */
    Stream stream();

    /** Returns what operators cost in a job, which may have another load beside it. */
    OperatorModel costs(int job);

    /** Returns by what factor an operator of a job takes longer than in still weather. */
    double factor(int job, int operator);

    /** Returns for how long an operator of a job is stalled, whatever the clocks, seconds. */
    double stallSeconds(int job, int operator);

    /** Returns the instructions that one core retires for an operator. */
    double instructions(int operator);

    /** Returns the DRAM traffic of an operator, bytes. */
    double trafficBytes(int operator);
  }

  /** What operators take and burn at settings. */
  interface OperatorModel {

    /** Returns the latency in still weather, seconds. */
    double seconds(int operator, int setting);

    /** Returns the power of the device at 40 degrees Celsius, watts. */
    double watts(int operator, int setting);

    /** Returns the part of it that the cores burn, and so leak, watts. */
    double coreWatts(int operator, int setting);

    /** Returns the share of its time in which an operator waits for memory or for its host. */
    double stalledShare(int operator, int setting);

    /** Returns what a co-running load moves to and from DRAM meanwhile, bytes per second. */
    double foreignBytesPerSecond(int setting);
  }
}
