package io.neurobalancer.plan;

import io.neurobalancer.unit.Durations;

/**
 * What a device does from one release to the next: wake up, run a plan, rest.
 *
 * @param plan of the operators; its problem holds the budget, the idle power and the start that go
 *     with the other two components
 * @param idleSetting the setting to ask for when the job has ended; the setting of the plan's last
 *     operator where the clocks had better stay
 * @param idleState the idle state that the gap after the plan leads to
 */
public record JobPlan(Plan plan, int idleSetting, int idleState) {

  /** Returns one line: the plan, and where the device rests after it. */
  @Override
  public String toString() {
    return plan
        + "; rests at "
        + plan.grid().describe(idleSetting)
        + " for "
        + Durations.format(plan.problem().periodSeconds() - plan.makespanSeconds())
        + " in idle state "
        + idleState;
  }
}
