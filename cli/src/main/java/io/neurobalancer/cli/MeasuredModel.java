package io.neurobalancer.cli;

import io.neurobalancer.cost.MeasuredPredictor;
import io.neurobalancer.cost.ProfilingCampaign;
import io.neurobalancer.cost.Samples;
import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.files.DeviceDescription;
import io.neurobalancer.plan.DeadlineUnreachableException;
import io.neurobalancer.plan.Entry;
import io.neurobalancer.plan.IdleChoice;
import io.neurobalancer.plan.LagrangianPlanner;
import io.neurobalancer.plan.PlanningProblem;
import io.neurobalancer.simulator.Calibration;
import io.neurobalancer.simulator.SimulatedTarget;
import io.neurobalancer.simulator.physics.DevicePhysics;
import io.neurobalancer.simulator.physics.Weather;
import io.neurobalancer.unit.Durations;
import io.neurobalancer.workload.Workload;

/**
 * A model on a simulated device after its profiling run: the steps that a user of a real device
 * would take too. Everything that a planning problem holds comes from these measurements.
 *
 * @param workload the operators
 * @param profile the device
 * @param physics the simulated truth, for running only
 * @param weather what disturbs the device
 * @param predictor fitted from a sparse profile
 * @param facts measured switch costs, idle power and waking time
 * @param fastestOperatorsSeconds the least predicted makespan, waking aside
 */
record MeasuredModel(
    Workload workload,
    DeviceDescription profile,
    DevicePhysics physics,
    Weather weather,
    MeasuredPredictor predictor,
    Calibration facts,
    double fastestOperatorsSeconds) {

  static final int PROFILED_SETTINGS = 12;
  static final int PROFILED_REPEATS = 20;

  /** The share of jobs that must end in time, by the calibrated spread of the makespan. */
  private static final double RELIABILITY = 0.999;

  /** Profiles a model on a device, and fits. */
  static MeasuredModel measure(
      Workload workload, DeviceDescription profile, int threads, Weather weather, long seed) {
    DevicePhysics physics = new DevicePhysics(profile, workload, threads);
    SettingGrid grid = physics.grid();
    Samples samples =
        ProfilingCampaign.measure(
            new SimulatedTarget(physics, weather, seed),
            ProfilingCampaign.settings(grid, PROFILED_SETTINGS),
            PROFILED_REPEATS,
            runs -> {});
    MeasuredPredictor predictor = MeasuredPredictor.fit(samples);
    Calibration facts = Calibration.measure(physics, seed);
    double fastest = fastestMakespan(problem(predictor, facts, 0, grid.slowest(), 1, 1));
    return new MeasuredModel(workload, profile, physics, weather, predictor, facts, fastest);
  }

  /** Returns the least time from a release in which the predicted job can end, seconds. */
  double fastestSeconds() {
    return fastestOperatorsSeconds + facts.wakeSeconds();
  }

  /**
   * Returns 1.5 times the fastest possible job, rounded up to three digits so that it reads well.
   */
  double defaultDeadlineSeconds() {
    double seconds = 1.5 * fastestSeconds();
    double unit = Math.pow(10, Math.floor(Math.log10(seconds)) - 2);
    return Math.ceil(seconds / unit) * unit;
  }

  /**
   * States the planning problem of a deadline.
   *
   * @throws CliException if the job cannot end in time even at the fastest settings
   */
  PreparedJob forDeadline(double deadlineSeconds, double periodSeconds) {
    if (deadlineSeconds < fastestSeconds()) {
      throw new CliException(
          ExitCode.FINDING,
          "The deadline (%s) is shorter than the fastest possible job (%s for %d operators on %s).%nMaybe ask for at least that, or use a smaller model or more --threads."
              .formatted(
                  Durations.format(deadlineSeconds),
                  Durations.format(fastestSeconds()),
                  workload.size(),
                  profile.name()));
    }
    double margin = predictor.report().makespanFactor(RELIABILITY);
    // Where the deadline leaves no room for the margin, the fastest plan is the best that can be
    // done.
    double target =
        Math.max(
            (deadlineSeconds - facts.wakeSeconds()) / margin, fastestOperatorsSeconds * (1 + 1e-9));
    IdleChoice choice =
        IdleChoice.choose(
            physics.grid(),
            new IdleChoice.Rest() {
              @Override
              public int states() {
                return facts.idleStates().size();
              }

              @Override
              public int state(double gapSeconds) {
                return facts.idleState(gapSeconds);
              }

              @Override
              public PlanningProblem problem(int state, int idleSetting) {
                double fastest =
                    fastestMakespan(
                        MeasuredModel.problem(predictor, facts, state, idleSetting, 1, 1));
                return MeasuredModel.problem(
                    predictor,
                    facts,
                    state,
                    idleSetting,
                    Math.max(target, fastest * (1 + 1e-9)),
                    periodSeconds);
              }
            });
    return new PreparedJob(
        this, choice.idleSetting(), deadlineSeconds, periodSeconds, choice.plan().problem());
  }

  private static PlanningProblem problem(
      MeasuredPredictor predictor,
      Calibration facts,
      int idleState,
      int idleSetting,
      double deadlineSeconds,
      double periodSeconds) {
    return PlanningProblem.builder(predictor.costs(), deadlineSeconds)
        .switchCosts(facts.switchCosts())
        .idlePowerWatts(facts.idlePowerWatts(idleState, idleSetting))
        .periodSeconds(periodSeconds)
        .entry(Entry.from(idleSetting))
        .build();
  }

  private static double fastestMakespan(PlanningProblem problem) {
    try {
      return new LagrangianPlanner().plan(problem.withDeadline(1e-12)).makespanSeconds();
    } catch (DeadlineUnreachableException e) {
      return e.fastest().makespanSeconds();
    }
  }
}
