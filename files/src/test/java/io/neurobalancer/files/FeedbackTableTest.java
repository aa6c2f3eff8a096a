package io.neurobalancer.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.neurobalancer.cost.Calibration;
import io.neurobalancer.cost.CostTable;
import io.neurobalancer.device.FrequencyDomain;
import io.neurobalancer.device.IdleState;
import io.neurobalancer.device.OppTable;
import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.device.SwitchCost;
import io.neurobalancer.device.SwitchCosts;
import io.neurobalancer.governor.FeedbackPlan;
import io.neurobalancer.plan.Deadline;
import io.neurobalancer.plan.JobPlan;
import io.neurobalancer.plan.Plan;
import io.neurobalancer.plan.PlanningProblem;
import io.neurobalancer.plan.Start;
import io.neurobalancer.unit.Frequency;
import io.neurobalancer.unit.NeuroBalancerException;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class FeedbackTableTest {

  private static final SettingGrid GRID =
      new SettingGrid(
          List.of(
              domain("cpu", FrequencyDomain.Kind.CORE, 500, 900, 1_000),
              domain("memory", FrequencyDomain.Kind.MEMORY, 100, 200)));

  private static FrequencyDomain domain(String name, FrequencyDomain.Kind kind, int... megahertz) {
    return new FrequencyDomain(
        name,
        kind,
        OppTable.of(Arrays.stream(megahertz).mapToObj(Frequency::ofMegahertz).toList()));
  }

  /** One operator, planned at 1 GHz and 200 MHz: the plan of {@link DocumentsTest#plan}. */
  static FeedbackPlan plan() {
    double[] seconds = {0.09, 0.088, 0.052, 0.05, 0.048, 0.046};
    double[] joules = {0.012, 0.013, 0.015, 0.016, 0.017, 0.018};
    SwitchCosts switches =
        new SwitchCosts(List.of(new SwitchCost(1e-5, 2e-5, 1e-6, 3e-6), SwitchCost.FREE));
    PlanningProblem problem =
        PlanningProblem.builder(
                new CostTable(GRID, List.of("conv"), seconds, joules, new double[6]), 0.047)
            .switchCosts(switches)
            .periodSeconds(0.06)
            .start(Start.from(0))
            .build();
    Calibration calibration =
        new Calibration(
            switches,
            List.of(0.0, 0.0),
            List.of(new IdleState("wfi", 0, 0, 0), new IdleState("off", 0, 1e-4, 3e-3)),
            List.of(Collections.nCopies(6, 0.1), Collections.nCopies(6, 0.02)),
            Map.of());
    return FeedbackPlan.of(
        new JobPlan(new Plan("lagrangian", problem, new int[] {5}), 0, 1),
        new Deadline(0.05, 0.06, 1.02),
        calibration);
  }

  @Test
  void whatAGovernorReads_isWhatWasWritten() {
    FeedbackPlan original = plan();
    FeedbackPlan read = DocumentsTest.plan().feedback().orElseThrow().plan(DocumentsTest.plan());
    assertThat(read.grid().sameClocks(GRID)).isTrue();
    assertThat(read.grid().domains().get(1).kind()).isEqualTo(FrequencyDomain.Kind.MEMORY);
    assertThat(read.deadline()).isEqualTo(original.deadline());
    // The idle state asks for 3 ms after a wake-up of 0.1 ms, by jobs 2 % slower than planned too.
    assertThat(read.idleResidencySeconds())
        .isEqualTo(original.idleResidencySeconds())
        .isCloseTo(0.06 - 1e-4 - 0.0569 / 1.02, within(1e-12));
    assertThat(read.idleSetting()).isZero();
    assertThat(read.setting(0)).isEqualTo(5);
    assertThat(read.switchCosts()).isEqualTo(original.switchCosts());
    assertThat(read.latencySeconds()).isEqualTo(original.latencySeconds());
    for (int x = 0; x < GRID.size(); x++) {
      for (double left = 0.04; left < 0.1; left += 1e-3) {
        assertThat(read.frontier().next(0, left, x))
            .isEqualTo(original.frontier().next(0, left, x));
      }
      assertThat(read.frontier().fastestSeconds(0, x))
          .isEqualTo(original.frontier().fastestSeconds(0, x));
    }
  }

  @Test
  void tablesThatDoNotFit_areRefused() {
    FeedbackTable table = FeedbackTable.of(plan());
    assertThatThrownBy(() -> with(table, table.next(), "AAAA").plan(DocumentsTest.plan()))
        .isInstanceOf(NeuroBalancerException.class)
        .hasMessageContaining("feedback.latencySeconds is cut off");
    assertThatThrownBy(() -> with(table, "?", table.latencySeconds()).plan(DocumentsTest.plan()))
        .hasMessageContaining("feedback.next is no base64");
    assertThatThrownBy(() -> with(table, "AAAA", table.latencySeconds()).plan(DocumentsTest.plan()))
        .hasMessageContaining("plan again");
    assertThatThrownBy(() -> with(table, table.next(), "AACAvw==").plan(DocumentsTest.plan()))
        .hasMessageContaining("(-1.0) that is no time");
  }

  private static FeedbackTable with(FeedbackTable table, String next, String latencySeconds) {
    return new FeedbackTable(
        table.marginFactor(),
        table.idleResidencySeconds(),
        table.kinds(),
        table.hertz(),
        table.switchCosts(),
        table.rowOfOperator(),
        table.settings(),
        table.nearest(),
        table.remainingSeconds(),
        next,
        latencySeconds);
  }
}
