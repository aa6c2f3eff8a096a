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
    Pending pending = new Pending(jobs);
    RunResult result = target.run(governor, schedule, pending);
    pending.flush();
    return result;
  }

  /** Puts the idle time after a job to it. */
  private static final class Pending implements RunObserver {
    private final Jobs jobs;
    private int job = -1;
    private double response;
    private double joules;

    Pending(Jobs jobs) {
      this.jobs = jobs;
    }

    @Override
    public void finished(int stream, int finished, double responseSeconds, double burned) {
      flush();
      job = finished;
      response = responseSeconds;
      joules = burned;
    }

    @Override
    public void idle(double startSeconds, double endSeconds, double burned) {
      joules += burned;
      flush();
    }

    void flush() {
      if (job >= 0) {
        jobs.done(job, response, joules);
      }
      job = -1;
      joules = 0;
    }
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
