package io.neurobalancer.cli;

import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.planner.DeadlineUnreachableException;
import io.neurobalancer.planner.Entry;
import io.neurobalancer.planner.IdleChoice;
import io.neurobalancer.planner.LagrangianPlanner;
import io.neurobalancer.planner.PlanningProblem;
import io.neurobalancer.predictor.MeasuredPredictor;
import io.neurobalancer.predictor.Profile;
import io.neurobalancer.predictor.ProfilingCampaign;
import io.neurobalancer.profiles.DeviceProfile;
import io.neurobalancer.simulator.MeasuredFacts;
import io.neurobalancer.simulator.SimulatedTarget;
import io.neurobalancer.simulator.physics.DevicePhysics;
import io.neurobalancer.simulator.physics.Weather;
import io.neurobalancer.unit.Durations;
import io.neurobalancer.workload.Workload;

/**
 * A model on a simulated device, profiled and ready to be planned: the steps that a user of a real
 * device would take too. Everything that the planning problem holds comes from measurements.
 *
 * @param workload the operators
 * @param profile the device
 * @param physics the simulated truth, for running only
 * @param weather what disturbs the device
 * @param predictor fitted from a sparse profile
 * @param facts measured switch costs, idle power and waking time
 * @param idleSetting the setting between jobs
 * @param deadlineSeconds after each release
 * @param periodSeconds between releases
 * @param fastestSeconds the least time in which the predicted job can end after its release
 * @param problem what is planned: its deadline is what the margin leaves for the operators
 */
record PreparedJob(
    Workload workload,
    DeviceProfile profile,
    DevicePhysics physics,
    Weather weather,
    MeasuredPredictor predictor,
    MeasuredFacts facts,
    int idleSetting,
    double deadlineSeconds,
    double periodSeconds,
    double fastestSeconds,
    PlanningProblem problem) {

  static final int PROFILED_SETTINGS = 12;
  static final int PROFILED_REPEATS = 20;

  /** The share of jobs that must end in time, by the calibrated spread of the makespan. */
  private static final double RELIABILITY = 0.999;

  /** Loads, profiles, fits, and states the problem. */
  static PreparedJob prepare(JobOptions options) {
    DeviceProfile profile = options.device().load();
    Weather weather = options.weather();
    Workload workload = options.model().load();
    int threads = options.device().threads().orElse(profile.cores().defaultThreads());
    DevicePhysics physics = new DevicePhysics(profile, workload, threads);
    SettingGrid grid = physics.grid();
    long seed = options.seed();
    Profile samples =
        ProfilingCampaign.measure(
            new SimulatedTarget(physics, weather, seed),
            ProfilingCampaign.settings(grid, PROFILED_SETTINGS),
            PROFILED_REPEATS,
            runs -> {});
    MeasuredPredictor predictor = MeasuredPredictor.fit(samples);
    MeasuredFacts facts = MeasuredFacts.measure(physics, seed);
    PlanningProblem open = problem(predictor, facts, grid.slowest(), 1, 1);
    double fastestOperators = fastestMakespan(open);
    double fastest = fastestOperators + facts.wakeSeconds();
    double deadline = options.deadlineSeconds().orElse(roundUp(1.5 * fastest));
    double period = options.periodSeconds(deadline);
    if (deadline < fastest) {
      throw new CliException(
          ExitCode.FINDING,
          "The deadline (%s) is shorter than the fastest possible job (%s for %d operators on %s).%nMaybe ask for at least that, or use a smaller model or more --threads."
              .formatted(
                  Durations.format(deadline),
                  Durations.format(fastest),
                  workload.size(),
                  profile.name()));
    }
    double margin = predictor.report().makespanFactor(RELIABILITY);
    // Where the deadline leaves no room for the margin, the fastest plan is the best that can be
    // done.
    double target =
        Math.max((deadline - facts.wakeSeconds()) / margin, fastestOperators * (1 + 1e-9));
    IdleChoice choice =
        IdleChoice.choose(
            grid,
            idle ->
                problem(
                    predictor,
                    facts,
                    idle,
                    Math.max(
                        target,
                        fastestMakespan(problem(predictor, facts, idle, 1, 1)) * (1 + 1e-9)),
                    period));
    return new PreparedJob(
        workload,
        profile,
        physics,
        weather,
        predictor,
        facts,
        choice.idleSetting(),
        deadline,
        period,
        fastest,
        choice.plan().problem());
  }

  private static PlanningProblem problem(
      MeasuredPredictor predictor,
      MeasuredFacts facts,
      int idleSetting,
      double deadlineSeconds,
      double periodSeconds) {
    return PlanningProblem.builder(predictor.costs(), deadlineSeconds)
        .switchCosts(facts.switchCosts())
        .idlePowerWatts(facts.idlePowerWatts(idleSetting))
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

  /** Rounds up to three significant digits, so that a default deadline reads well. */
  private static double roundUp(double seconds) {
    double unit = Math.pow(10, Math.floor(Math.log10(seconds)) - 2);
    return Math.ceil(seconds / unit) * unit;
  }
}
