package io.neurobalancer.cost;

import io.neurobalancer.device.IdleState;
import io.neurobalancer.device.SwitchCosts;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What a planner needs of a device besides the operators' costs.
 *
 * @param switchCosts time and energy of one switch of each domain, up and down
 * @param settleSeconds per domain, the least time from one switch to the next
 * @param idleStates shallowest first, at least one
 * @param idleWatts per idle state, the power of the device between jobs, one per setting; NaN where
 *     no meter tells it
 * @param meters per figure ({@code switch}, {@code settle}, {@code wake}, {@code idle}), what
 *     measured it, or {@code not measured: why}
 */
public record Calibration(
    SwitchCosts switchCosts,
    List<Double> settleSeconds,
    List<IdleState> idleStates,
    List<List<Double>> idleWatts,
    Map<String, String> meters) {

  public Calibration {
    settleSeconds = List.copyOf(settleSeconds);
    idleStates = List.copyOf(idleStates);
    idleWatts = idleWatts.stream().map(List::copyOf).collect(Collectors.toList());
    meters = Map.copyOf(meters);
  }

  /** Returns the power of the device between jobs in an idle state at a setting, watts. */
  public double idleWatts(int state, int setting) {
    return idleWatts.get(state).get(setting);
  }

  /**
   * Returns the idle state of a gap whose length is known, as a timer's is: the deepest whose
   * minimum residency fits; the shallowest state always does.
   */
  public int idleState(double gapSeconds) {
    int chosen = 0;
    for (int s = 1; s < idleStates.size(); s++) {
      if (gapSeconds >= idleStates.get(s).minimumResidencySeconds()) {
        chosen = s;
      }
    }
    return chosen;
  }

  /** Returns the longest wake-up of any idle state, seconds. */
  public double longestWakeSeconds() {
    return idleStates.stream().mapToDouble(IdleState::wakeSeconds).max().orElse(0);
  }
}
