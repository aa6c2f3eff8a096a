package io.neurobalancer.evaluation.validation;

import io.neurobalancer.cost.MeasuredPredictor;
import io.neurobalancer.simulator.replay.MeasuredTable;
import io.neurobalancer.simulator.replay.ReplayTarget;
import io.neurobalancer.target.Budget;
import io.neurobalancer.target.Campaign;
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
    ReplayTarget target = new ReplayTarget(table, "0".repeat(64));
    MeasuredPredictor predictor =
        MeasuredPredictor.fit(Campaign.measure(target, Budget.adaptive(budget).repeats(1)));
    List<Integer> visited = Arrays.stream(target.visited()).boxed().toList();
    return new ReplayedCampaign(
        predictor,
        visited,
        Arrays.stream(table.measuredSettings()).boxed().filter(x -> !visited.contains(x)).toList());
  }
}
