package io.neurobalancer.simulator;

import io.neurobalancer.baselines.Baselines;
import io.neurobalancer.baselines.law.Training;
import io.neurobalancer.files.DeviceDescription;
import io.neurobalancer.governor.Governor;
import io.neurobalancer.governor.GovernorSpec;
import io.neurobalancer.simulator.physics.DevicePhysics;
import io.neurobalancer.simulator.physics.Weather;
import io.neurobalancer.target.RunObserver;
import io.neurobalancer.target.RunResult;
import io.neurobalancer.target.Schedule;
import io.neurobalancer.workload.Workload;

/** A device, a workload and a schedule, for tests that run governors. */
record SimRun(SimulatedTarget target, Schedule schedule) {

  /** Is told of each job with the idle time after it. */
  interface Jobs {
    void done(int job, double responseSeconds, double joules);
  }

  static SimRun of(
      DeviceDescription device,
      Workload workload,
      int threads,
      Weather weather,
      long seed,
      double deadline,
      double period,
      int jobs) {
    return new SimRun(
        SimulatedTarget.of(device, workload, threads, weather, seed),
        Schedule.of(period, deadline, jobs));
  }

  DevicePhysics physics() {
    return target.physics(0);
  }

  double periodSeconds() {
    return schedule.streams().get(0).periodSeconds();
  }

  RunResult run(Governor.Factory governor) {
    return target.run(governor, schedule, RunObserver.NONE);
  }

  RunResult run(Governor.Factory governor, Jobs jobs) {
    double[] pending = {-1, 0, 0};
    return target.run(
        governor,
        schedule,
        new RunObserver() {
          @Override
          public void finished(int stream, int job, double responseSeconds, double joules) {
            flush();
            pending[0] = job;
            pending[1] = responseSeconds;
            pending[2] = joules;
          }

          @Override
          public void idle(double startSeconds, double endSeconds, double joules) {
            pending[2] += joules;
            flush();
          }

          private void flush() {
            if (pending[0] >= 0) {
              jobs.done((int) pending[0], pending[1], pending[2]);
            }
            pending[0] = -1;
            pending[2] = 0;
          }
        });
  }

  Governor.Factory baseline(String name) {
    return Baselines.create(GovernorSpec.of(name), target.hardware(), Training.none()).factory();
  }

  static Governor.Factory hold(int setting) {
    return (board, nowNanos) -> {
      board.request(setting);
      return new Governor() {};
    };
  }
}
