package io.neurobalancer.cli;

import io.neurobalancer.cost.MeasuredPredictor;
import io.neurobalancer.files.DeviceDescription;
import io.neurobalancer.plan.PlanningProblem;
import io.neurobalancer.simulator.Calibration;
import io.neurobalancer.simulator.physics.DevicePhysics;
import io.neurobalancer.simulator.physics.Weather;
import io.neurobalancer.workload.Workload;

/**
 * A measured model with a deadline, ready to be planned.
 *
 * @param model what was measured
 * @param idleSetting the setting between jobs
 * @param deadlineSeconds after each release
 * @param periodSeconds between releases
 * @param problem what is planned: its deadline is what the margin leaves for the operators
 */
record PreparedJob(
    MeasuredModel model,
    int idleSetting,
    double deadlineSeconds,
    double periodSeconds,
    PlanningProblem problem) {

  /** Loads, profiles, fits, and states the problem. */
  static PreparedJob prepare(JobOptions options) {
    DeviceDescription profile = options.device().load();
    Weather weather = options.weather();
    Workload workload = options.model().load();
    int threads = options.device().threads().orElse(profile.cores().defaultThreads());
    MeasuredModel model =
        MeasuredModel.measure(workload, profile, threads, weather, options.seed());
    double deadline = options.deadlineSeconds().orElseGet(model::defaultDeadlineSeconds);
    return model.forDeadline(deadline, options.periodSeconds(deadline));
  }

  Workload workload() {
    return model.workload();
  }

  DeviceDescription profile() {
    return model.profile();
  }

  DevicePhysics physics() {
    return model.physics();
  }

  Weather weather() {
    return model.weather();
  }

  MeasuredPredictor predictor() {
    return model.predictor();
  }

  Calibration facts() {
    return model.facts();
  }

  /** Returns the least time from a release in which the predicted job can end, seconds. */
  double fastestSeconds() {
    return model.fastestSeconds();
  }
}
