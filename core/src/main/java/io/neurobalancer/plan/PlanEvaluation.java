package io.neurobalancer.plan;

import io.neurobalancer.cost.CostTable;
import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.device.SwitchCosts;
import java.util.Locale;

/**
 * What a choice of settings costs under a problem's objective.
 *
 * @param makespanSeconds release to end of the last operator, switches included, seconds
 * @param energyJoules energy of one period, joules
 * @param switches how many times one domain changes its OPP per job
 */
record PlanEvaluation(double makespanSeconds, double energyJoules, int switches) {

  static PlanEvaluation of(PlanningProblem problem, int[] settings) {
    CostTable costs = problem.costs();
    if (settings.length != costs.operators()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "A plan needs one setting per operator (%d), not %d.",
              costs.operators(),
              settings.length));
    }
    SettingGrid grid = costs.grid();
    SwitchCosts switchCosts = problem.switchCosts();
    double seconds = 0;
    double joules = 0;
    int switches = 0;
    int last = settings[settings.length - 1];
    int before = settings[0];
    if (problem.start() instanceof Start.SteadyState) {
      before = last;
    } else if (problem.start() instanceof Start.FromSetting from) {
      before = from.setting();
      joules += switchCosts.joules(grid, last, from.setting());
      switches += SwitchCosts.switches(grid, last, from.setting());
    }
    for (int i = 0; i < settings.length; i++) {
      if (before != settings[i]) {
        seconds += switchCosts.seconds(grid, before, settings[i]);
        joules += switchCosts.joules(grid, before, settings[i]);
        switches += SwitchCosts.switches(grid, before, settings[i]);
      }
      seconds += costs.latencySeconds(i, settings[i]);
      joules += costs.energyJoules(i, settings[i]);
      before = settings[i];
    }
    joules +=
        problem.idlePowerWatts() * (problem.periodSeconds() - seconds) + problem.wakingJoules();
    return new PlanEvaluation(seconds, joules, switches);
  }
}
