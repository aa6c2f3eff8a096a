package io.neurobalancer.evaluation;

import io.neurobalancer.baselines.law.TraceMeasurements;
import io.neurobalancer.baselines.law.Training;
import io.neurobalancer.governor.Governor;
import io.neurobalancer.simulator.Characterization;
import io.neurobalancer.simulator.SimulatedTarget;
import io.neurobalancer.target.RunObserver;
import io.neurobalancer.target.Schedule;
import org.jspecify.annotations.Nullable;

/** Trains governors on a simulated device, over traces and over jobs in other weather. */
final class SimulatedTraining implements Training {

  private static final long OTHER_WEATHER = 0x3A57L;

  private final SimulatedTarget target;
  private final Schedule.Periodic periodic;
  private @Nullable TraceMeasurements traces;

  SimulatedTraining(SimulatedTarget target, Schedule.Periodic periodic) {
    this.target = target;
    this.periodic = periodic;
  }

  @Override
  public TraceMeasurements traces() {
    TraceMeasurements known = traces;
    if (known == null) {
      known = new Characterization(target.physics(0));
      traces = known;
    }
    return known;
  }

  @Override
  public double deadlineSeconds() {
    return periodic.deadlineSeconds();
  }

  @Override
  public double periodSeconds() {
    return periodic.periodSeconds();
  }

  @Override
  public long seed() {
    return target.seed();
  }

  @Override
  public void rehearse(Governor.Factory governor, int jobs) {
    target
        .withSeed(target.seed() ^ OTHER_WEATHER)
        .run(
            governor,
            Schedule.of(periodic.periodSeconds(), periodic.deadlineSeconds(), jobs),
            RunObserver.NONE);
  }
}
