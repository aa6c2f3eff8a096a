package io.neurobalancer.simulator;

import io.neurobalancer.governor.Governor;
import io.neurobalancer.governor.Machine;
import io.neurobalancer.plan.Plan;

/**
 * Carries out a plan without looking back: each operator's setting is asked for as the operator
 * starts, and an idle setting when the job has ended.
 */
public final class PlanFollower implements Governor {

  private final String name;
  private final int[][] oppIndices;
  private final int[] idleOppIndices;
  private Machine machine = NoMachine.INSTANCE;

  /**
   * Prepares a plan.
   *
   * @param name in reports
   * @param idleSetting the setting between jobs
   */
  public PlanFollower(String name, Plan plan, int idleSetting) {
    this.name = name;
    int domains = plan.grid().dimensions();
    this.oppIndices = new int[plan.operators()][domains];
    this.idleOppIndices = new int[domains];
    for (int d = 0; d < domains; d++) {
      idleOppIndices[d] = plan.grid().oppIndex(idleSetting, d);
      for (int i = 0; i < oppIndices.length; i++) {
        oppIndices[i][d] = plan.grid().oppIndex(plan.setting(i), d);
      }
    }
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public void start(long nowNanos, Machine device) {
    machine = device;
    request(idleOppIndices);
  }

  @Override
  public void operatorStarting(int operator, long nowNanos) {
    request(oppIndices[operator]);
  }

  @Override
  public void jobFinished(long nowNanos) {
    request(idleOppIndices);
  }

  private void request(int[] indices) {
    for (int d = 0; d < indices.length; d++) {
      machine.actuator().request(d, indices[d]);
    }
  }
}
