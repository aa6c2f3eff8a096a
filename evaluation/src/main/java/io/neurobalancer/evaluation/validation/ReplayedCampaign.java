package io.neurobalancer.evaluation.validation;

import io.neurobalancer.cost.MeasuredPredictor;
import io.neurobalancer.cost.ProfilingCampaign;
import io.neurobalancer.cost.ProfilingTarget;
import io.neurobalancer.cost.Samples;
import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.simulator.replay.MeasuredTable;
import io.neurobalancer.simulator.replay.ReplayTarget;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A replayed device after a campaign, and what its campaign left unseen.
 *
 * @param predictor fitted to the settings that were visited, and nothing else
 * @param visited by the campaign, ascending
 * @param rest the measured settings that were not, ascending
 */
record ReplayedCampaign(MeasuredPredictor predictor, List<Integer> visited, List<Integer> rest) {

  ReplayedCampaign {
    visited = List.copyOf(visited);
    rest = List.copyOf(rest);
  }

  int[] chosen() {
    return visited.stream().mapToInt(Integer::intValue).toArray();
  }

  int[] unseen() {
    return rest.stream().mapToInt(Integer::intValue).toArray();
  }

  /** Profiles so many settings of a table, each once, and fits. */
  static ReplayedCampaign of(MeasuredTable table, int budget) {
    SettingGrid grid = table.grid();
    ReplayTarget target = new ReplayTarget(table);
    List<Samples.Run> runs = new ArrayList<>();
    int[] chosen = new int[0];
    double[][] seconds = new double[table.operatorNames().size()][0];
    while (chosen.length < budget) {
      int next = ProfilingCampaign.next(grid, chosen, seconds);
      List<ProfilingTarget.OperatorSample> samples = target.run(next);
      chosen = Arrays.copyOf(chosen, chosen.length + 1);
      chosen[chosen.length - 1] = next;
      double[] joules = new double[samples.size()];
      double[] times = new double[samples.size()];
      for (int i = 0; i < samples.size(); i++) {
        times[i] = samples.get(i).latencySeconds();
        joules[i] = samples.get(i).energyJoules();
        seconds[i] = Arrays.copyOf(seconds[i], chosen.length);
        seconds[i][chosen.length - 1] = times[i];
      }
      runs.add(new Samples.Run(next, times, joules));
    }
    MeasuredPredictor predictor =
        MeasuredPredictor.fit(new Samples(grid, table.operatorNames(), runs));
    List<Integer> visited = Arrays.stream(target.visited()).boxed().toList();
    return new ReplayedCampaign(
        predictor,
        visited,
        Arrays.stream(table.measuredSettings()).boxed().filter(x -> !visited.contains(x)).toList());
  }
}
