package io.neurobalancer.evaluation.fidelity;

import io.neurobalancer.files.DeviceDescription;
import io.neurobalancer.governor.Governor;
import io.neurobalancer.simulator.SimulatedTarget;
import io.neurobalancer.simulator.physics.DevicePhysics;
import io.neurobalancer.simulator.physics.Weather;
import io.neurobalancer.target.RunObserver;
import io.neurobalancer.target.RunResult;
import io.neurobalancer.target.Schedule;
import io.neurobalancer.workload.DataType;
import io.neurobalancer.workload.Operator;
import io.neurobalancer.workload.OperatorKind;
import io.neurobalancer.workload.TensorShape;
import io.neurobalancer.workload.Workload;
import java.util.List;

/**
 * Runs one core as CoreMark does, always busy and never waiting for memory, through the whole
 * simulator: engine, governor, meters.
 */
final class CoreMarkLike {

  private static final long FLOPS = 2_000_000_000L;
  private static final int JOBS = 3;

  private final SimulatedTarget device;
  private final DevicePhysics physics;

  CoreMarkLike(DeviceDescription profile) {
    // The activity of this kind of kernel is that of CoreMark, and a page stays in the cache.
    TensorShape shape = TensorShape.of(1, 1024);
    Operator operator =
        new Operator(
            "coremark",
            "CoreMark",
            OperatorKind.ACTIVATION,
            FLOPS,
            0,
            shape.elements(),
            shape.elements(),
            List.of(shape),
            List.of(),
            List.of(shape),
            DataType.FLOAT32);
    device =
        SimulatedTarget.of(
            profile,
            new Workload("coremark", "0".repeat(64), List.of(operator)),
            1,
            Weather.STILL,
            1);
    physics = device.physics(0);
  }

  /**
   * What one core does and burns at one clock.
   *
   * @param jobsPerSecond finished pieces of work
   * @param watts above a device that is awake and does nothing, as a battery gauge less its
   *     baseline shows it
   */
  record Reading(double jobsPerSecond, double watts) {}

  Reading at(int coreOpp) {
    int setting = physics.grid().setting(coreOpp, 0);
    double seconds = physics.seconds(0, setting);
    RunResult run =
        device.run(
            (board, nowNanos) -> {
              board.request(setting);
              return new Governor() {};
            },
            Schedule.of(seconds, seconds, JOBS),
            RunObserver.NONE);
    DeviceDescription profile = device.description();
    double baseline = profile.power().socActiveWatts() + profile.memoryBackgroundWatts().get(0);
    // The first job wakes the core; the others follow without a gap.
    double total = seconds * JOBS + profile.idleState(seconds).wakeSeconds();
    return new Reading(1 / seconds, run.energyJoulesPerJob() * JOBS / total - baseline);
  }
}
