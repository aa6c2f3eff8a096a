package io.neurobalancer.evaluation;

import io.neurobalancer.baselines.law.TraceMeasurements;
import io.neurobalancer.baselines.law.Training;
import io.neurobalancer.governor.Governor;
import io.neurobalancer.simulator.Characterization;
import io.neurobalancer.simulator.SimulatedTarget;
import io.neurobalancer.simulator.physics.DevicePhysics;
import io.neurobalancer.target.RunObserver;
import io.neurobalancer.target.Schedule;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Trains governors on a simulated device, over traces and over jobs in other weather. */
final class SimulatedTraining implements Training {

  private static final long OTHER_WEATHER = 0x3A57L;

  private final SimulatedTarget target;
  private final Schedule.Periodic periodic;
  private final Traces traces;

  SimulatedTraining(SimulatedTarget target, Schedule.Periodic periodic, Traces traces) {
    this.target = target;
    this.periodic = periodic;
    this.traces = traces;
  }

  /**
   * Devices that were measured with traces, each once: which model is governed later, and in what
   * weather, does not matter. Safe for use by several threads.
   */
  static final class Traces {

    private record Key(String device, int threads) {}

    private final Map<Key, TraceMeasurements> measured = new ConcurrentHashMap<>();

    private TraceMeasurements of(SimulatedTarget target) {
      DevicePhysics physics = target.physics(0);
      return measured.computeIfAbsent(
          new Key(target.identity().hash(), physics.threads()),
          key -> new Characterization(physics));
    }
  }

  @Override
  public TraceMeasurements traces() {
    return traces.of(target);
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
