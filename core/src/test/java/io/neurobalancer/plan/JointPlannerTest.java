package io.neurobalancer.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.neurobalancer.cost.Calibration;
import io.neurobalancer.device.IdleState;
import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.device.SwitchCost;
import io.neurobalancer.device.SwitchCosts;
import io.neurobalancer.unit.NeuroBalancerException;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Streams that share a device, with what each of their operators takes counted by hand. */
final class JointPlannerTest {

  private static final SettingGrid TWO = Problems.grid(2);
  private static final SettingGrid THREE = Problems.grid(3);

  /** A device whose idling is free, and whose waking takes some time. */
  private static Calibration device(SettingGrid grid, SwitchCosts costs, double wakeSeconds) {
    return new Calibration(
        costs,
        Collections.nCopies(grid.dimensions(), 0.0),
        List.of(new IdleState("idle", 0, wakeSeconds, 0)),
        List.of(Collections.nCopies(grid.size(), 0.0)),
        Map.of());
  }

  private static JointPlanner.Request request(
      String name, SettingGrid grid, double[] seconds, double[] joules, Deadline deadline) {
    return new JointPlanner.Request(
        name,
        Problems.costs(grid, seconds, joules),
        device(grid, SwitchCosts.free(grid.dimensions()), 0),
        deadline);
  }

  /** One operator: 4, 2 or 1 s; a second is worth so much from 4 to 2 s, four times that beyond. */
  private static JointPlanner.Request stream(String name, double watts, double period) {
    return request(
        name,
        THREE,
        new double[] {4, 2, 1},
        new double[] {4 * watts, 6 * watts, 10 * watts},
        Deadline.of(period));
  }

  @Test
  void theLowestPriceAtWhichAllAreAdmitted_isPaidByAll() {
    // In 5 s: 4 and 4 s; from 1 W on 2 and 4 s; from 3 W on 2 and 2 s, which are admitted. Only
    // from 4 W on the first would hurry more.
    JointPlanner.Joint joint = JointPlanner.plan(List.of(stream("a", 1, 5), stream("b", 3, 5)));
    assertThat(joint.priceWatts()).isCloseTo(3, within(1e-9));
    assertThat(joint.jobs().get(0).plan().settings()).containsExactly(1);
    assertThat(joint.jobs().get(1).plan().settings()).containsExactly(1);
    assertThat(joint.demandSeconds()).containsExactly(2.0, 2.0);
    assertThat(joint.load()).isCloseTo(0.8, within(1e-12));
    // In 6 s one of them may take 4 s: the one whose seconds are worth more.
    joint = JointPlanner.plan(List.of(stream("a", 0.25, 6), stream("b", 0.75, 6)));
    assertThat(joint.priceWatts()).isCloseTo(0.25, within(1e-9));
    assertThat(joint.demandSeconds()).containsExactly(2.0, 4.0);
    assertThat(joint.load()).isCloseTo(1, within(1e-12));
    // In 3 s one must take 1 s, at 4 times 5 W; two of 2 s and 1 s are just admitted.
    joint = JointPlanner.plan(List.of(stream("a", 5, 3), stream("b", 7, 3)));
    assertThat(joint.priceWatts()).isCloseTo(20, within(1e-9));
    assertThat(joint.demandSeconds()).containsExactly(1.0, 2.0);
    // In 8 s nobody has to hurry.
    joint = JointPlanner.plan(List.of(stream("a", 1, 8), stream("b", 3, 8)));
    assertThat(joint.priceWatts()).isZero();
    assertThat(joint.demandSeconds()).containsExactly(4.0, 4.0);
  }

  @Test
  void aDemand_isTheMakespanWithItsMargin_theWaking_andTheSwitchesOfInterruptingAnother() {
    SettingGrid grid = Problems.grid(1, 2);
    SwitchCosts switches =
        new SwitchCosts(
            List.of(new SwitchCost(0.001, 0.002, 0, 0), new SwitchCost(0.004, 0.008, 0, 0)));
    // Fast and slow alike: 1 and 2 s.
    JointPlanner.Request one =
        new JointPlanner.Request(
            "a",
            Problems.costs(grid, new double[] {1, 1, 2, 2}, new double[] {1, 1, 2, 2}),
            device(grid, switches, 0.1),
            new Deadline(8, 10, 1.5));
    // 3 s with half as much again, and 0.1 s to wake.
    JointPlanner.Joint alone = JointPlanner.plan(List.of(one));
    assertThat(alone.demandSeconds().get(0)).isCloseTo(4.6, within(1e-12));
    assertThat(alone.load()).isCloseTo(0.46, within(1e-12));
    // Whoever interrupts another moves both clocks there and back.
    JointPlanner.Joint both =
        JointPlanner.plan(
            List.of(
                one,
                new JointPlanner.Request(
                    "b", one.costs(), one.calibration(), new Deadline(20, 20, 1))));
    assertThat(both.demandSeconds().get(0)).isCloseTo(4.615, within(1e-12));
    assertThat(both.demandSeconds().get(1)).isCloseTo(3.115, within(1e-12));
    assertThat(both.load()).isCloseTo(0.4615 + 3.115 / 20, within(1e-12));
  }

  @Test
  void anOperatorTooLongForTheDeadlineOfAnotherStream_isRunFast_marginIncluded() {
    JointPlanner.Request quick =
        request("quick", TWO, new double[] {1, 1}, new double[] {1, 1}, new Deadline(3, 10, 1));
    // The quick job has 2 s to spare. Among operators of half a second there is one of 2 s, slow,
    // or of 1.5 s, which is 4 J dearer: 8 W.
    double[] seconds = {0.5, 0.5, 2, 1.5, 0.5, 0.5};
    double[] joules = {1, 1, 1, 5, 1, 1};
    JointPlanner.Joint joint =
        JointPlanner.plan(
            List.of(quick, request("long", TWO, seconds, joules, new Deadline(100, 100, 1))));
    assertThat(joint.priceWatts()).isZero();
    assertThat(joint.jobs().get(1).plan().setting(1)).isZero();
    // With a margin it may take 2.2 s.
    joint =
        JointPlanner.plan(
            List.of(quick, request("long", TWO, seconds, joules, new Deadline(100, 100, 1.1))));
    assertThat(joint.priceWatts()).isCloseTo(8, within(1e-9));
    assertThat(joint.jobs().get(1).plan().setting(1)).isEqualTo(1);
  }

  @Test
  void aStream_keepsItsOwnDeadline_alsoWhereItsPeriodIsLonger() {
    // Slow takes 4 s, saves most, and is too late.
    JointPlanner.Request early =
        request(
            "early", THREE, new double[] {4, 2, 1}, new double[] {1, 5, 9}, new Deadline(2, 10, 1));
    JointPlanner.Joint joint = JointPlanner.plan(List.of(early));
    assertThat(joint.jobs().get(0).plan().settings()).containsExactly(1);
    assertThat(joint.priceWatts()).isZero();
    // Two of them are due together: one each second.
    joint = JointPlanner.plan(List.of(early, early));
    assertThat(joint.demandSeconds()).containsExactly(1.0, 1.0);
    assertThat(joint.priceWatts()).isCloseTo(4, within(1e-9));
  }

  @Test
  void noStreams_areRefused() {
    assertThatThrownBy(() -> JointPlanner.plan(List.of()))
        .isInstanceOf(NeuroBalancerException.class)
        .hasMessageContaining("no stream");
  }
}
