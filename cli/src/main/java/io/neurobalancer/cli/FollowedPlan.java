package io.neurobalancer.cli;

import io.neurobalancer.device.FrequencyDomain;
import io.neurobalancer.device.OppTable;
import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.files.PlanDocument;
import io.neurobalancer.governor.BalancedGovernor;
import io.neurobalancer.governor.FeedbackPlan;
import io.neurobalancer.governor.Governor;
import io.neurobalancer.target.Schedule;
import io.neurobalancer.target.Stream;
import io.neurobalancer.unit.Frequency;
import io.neurobalancer.unit.NeuroBalancerException;
import io.neurobalancer.workload.Workload;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A plan file that a run follows.
 *
 * @param file for messages
 * @param document what it says
 */
record FollowedPlan(Path file, PlanDocument document) {

  static FollowedPlan read(Path file) {
    return new FollowedPlan(file, PlanDocument.read(file));
  }

  /**
   * @throws NeuroBalancerException if the plan is for another model
   */
  void checkModel(String name, Workload workload) {
    String hash = workload.hash();
    if (!document.model().hash().equals(hash)) {
      throw NeuroBalancerException.invalid(
          "The plan '%s' is for another model, or for other input shapes: %s (hash %.12s), not %s (hash %.12s).%nMaybe name that model with --model, or plan again."
              .formatted(file, document.model().name(), document.model().hash(), name, hash));
    }
  }

  /**
   * @throws NeuroBalancerException if the plan is for another device, or for this one as it was
   */
  void checkDevice(String name, String hash) {
    if (!document.device().hash().equals(hash)) {
      boolean sameName = document.device().name().equals(name);
      throw NeuroBalancerException.invalid(
          (sameName
                  ? "The plan '%s' is for %s as it was described before (hash %.12s); %s has changed since (hash %.12s).%nMaybe plan again."
                  : "The plan '%s' is for another device: %s (hash %.12s), not %s (hash %.12s).%nMaybe name that device with --device, or plan again.")
              .formatted(file, document.device().name(), document.device().hash(), name, hash));
    }
  }

  /** Returns the operators before which the plan changes its clocks. */
  List<Integer> cuts() {
    List<Integer> cuts = new ArrayList<>();
    for (int i = 1; i < document.operators().size(); i++) {
      if (!document.operators().get(i).hertz().equals(document.operators().get(i - 1).hertz())) {
        cuts.add(i);
      }
    }
    return cuts;
  }

  /** Returns a governor that follows the plan with feedback, where the plan has a table for it. */
  Governor.Factory governor(SettingGrid grid, Stream stream, Schedule schedule, double missShare) {
    checkOperators(stream);
    if (document.feedback().isPresent()) {
      Schedule.Periodic periodic = schedule.streams().get(0);
      FeedbackPlan feedback =
          document
              .feedback()
              .get()
              .plan(document)
              .withDeadline(periodic.deadlineSeconds(), periodic.periodSeconds());
      if (!feedback.grid().sameClocks(grid)) {
        throw NeuroBalancerException.invalid(
            "The plan '%s' is for a device with other clocks (%d settings) than this one (%d settings).%nMaybe plan again for this device."
                .formatted(file, feedback.grid().size(), grid.size()));
      }
      int[] starts = new int[stream.segments()];
      Arrays.setAll(starts, stream::firstOperator);
      return BalancedGovernor.of(feedback).segments(starts).missTarget(missShare);
    }
    return blindly(grid, stream);
  }

  private void checkOperators(Stream stream) {
    if (document.operators().size() != stream.workload().size()) {
      throw NeuroBalancerException.invalid(
          "The plan has %d operators, the model %d.%nMaybe plan it again."
              .formatted(document.operators().size(), stream.workload().size()));
    }
  }

  /** Returns a governor that follows the plan, whatever happens. */
  Governor.Factory blindly(SettingGrid grid, Stream stream) {
    checkOperators(stream);
    int[] settings = new int[stream.segments()];
    for (int s = 0; s < settings.length; s++) {
      settings[s] = setting(document.operators().get(stream.firstOperator(s)).hertz(), grid);
    }
    int idle = document.idleHertz().map(hertz -> setting(hertz, grid)).orElse(settings[0]);
    return (board, now) ->
        new Governor() {
          @Override
          public void segmentStarting(int index, int segment, long nowNanos) {
            board.request(settings[segment]);
          }

          @Override
          public void finished(int index, long nowNanos) {
            board.request(idle);
          }
        };
  }

  private static int setting(List<Long> hertz, SettingGrid grid) {
    if (hertz.size() != grid.dimensions()) {
      throw NeuroBalancerException.invalid(
          "The plan has %d clocks, the device %d.%nMaybe plan again for this device."
              .formatted(hertz.size(), grid.dimensions()));
    }
    int[] opps = new int[hertz.size()];
    for (int d = 0; d < opps.length; d++) {
      try {
        opps[d] = grid.domains().get(d).opps().indexOf(new Frequency(hertz.get(d)));
      } catch (IllegalArgumentException e) {
        throw NeuroBalancerException.invalid(
            "The plan is for another device: its %s has no clock of %s.%nMaybe plan again for this device."
                .formatted(grid.domains().get(d).name(), new Frequency(hertz.get(d))),
            e);
      }
    }
    return grid.setting(opps);
  }

  /** Returns the clocks that the plan uses, so that its decisions can be taken and recorded. */
  SettingGrid grid() {
    return document
        .feedback()
        .map(table -> table.plan(document).grid())
        .orElseGet(() -> grid(document));
  }

  private static SettingGrid grid(PlanDocument document) {
    List<FrequencyDomain> domains = new ArrayList<>();
    for (int d = 0; d < document.domains().size(); d++) {
      int domain = d;
      List<Frequency> clocks =
          java.util.stream.Stream.concat(
                  document.operators().stream().map(entry -> entry.hertz().get(domain)),
                  document.idleHertz().stream().map(hertz -> hertz.get(domain)))
              .distinct()
              .sorted()
              .map(Frequency::new)
              .toList();
      domains.add(
          new FrequencyDomain(
              document.domains().get(d), FrequencyDomain.Kind.CORE, OppTable.of(clocks)));
    }
    return new SettingGrid(domains);
  }
}
