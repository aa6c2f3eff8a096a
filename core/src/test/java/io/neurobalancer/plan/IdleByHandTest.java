package io.neurobalancer.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.neurobalancer.cost.Calibration;
import io.neurobalancer.cost.CostTable;
import io.neurobalancer.device.IdleState;
import io.neurobalancer.device.SwitchCosts;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What resting costs: never nothing, where anything of it is known. */
final class IdleByHandTest {

  private static final double UNKNOWN = Double.NaN;

  /** Two operators: at the slow clock 3 and 4 W, at the fast one 12 and 10 W. */
  private static final CostTable COSTS =
      Problems.costs(Problems.grid(2), new double[] {2, 1, 1, 0.5}, new double[] {6, 12, 4, 5});

  /** Waiting, or off: 0.2 s to enter, 0.3 s to leave, for gaps of a second. */
  private static final List<IdleState> STATES =
      List.of(new IdleState("wfi", 0, 0.01, 0), new IdleState("off", 0.2, 0.3, 1));

  private static IdlePricing pricing(double margin, List<Double> waiting, List<Double> off) {
    return new IdlePricing(
        COSTS,
        new Calibration(SwitchCosts.free(1), List.of(0.0), STATES, List.of(waiting, off), Map.of()),
        new Deadline(3, 3, margin));
  }

  private static void isFilled(List<Double> waiting, List<Double> off, double... expected) {
    IdlePricing pricing = pricing(1, waiting, off);
    for (int s = 0; s < 2; s++) {
      for (int x = 0; x < 2; x++) {
        assertThat(pricing.watts(s, x)).isEqualTo(expected[2 * s + x]);
      }
    }
  }

  @Test
  void aPowerThatNoMeterTells_isTheDearestOfItsState_orOfAShallowerOne_orOfADeeperOne() {
    isFilled(List.of(0.5, 0.9), List.of(0.1, 0.2), 0.5, 0.9, 0.1, 0.2);
    isFilled(List.of(UNKNOWN, 0.9), List.of(0.1, UNKNOWN), 0.9, 0.9, 0.1, 0.1);
    isFilled(List.of(0.9, 0.5), List.of(UNKNOWN, UNKNOWN), 0.9, 0.5, 0.9, 0.9);
    isFilled(List.of(UNKNOWN, UNKNOWN), List.of(0.1, 0.2), 0.2, 0.2, 0.1, 0.2);
    assertThat(pricing(1, List.of(UNKNOWN, UNKNOWN), List.of(UNKNOWN, 0.2)).known()).isTrue();
    isFilled(List.of(UNKNOWN, UNKNOWN), List.of(UNKNOWN, UNKNOWN), 0, 0, 0, 0);
    assertThat(pricing(1, List.of(UNKNOWN, UNKNOWN), List.of(UNKNOWN, UNKNOWN)).known()).isFalse();
    assertThat(pricing(1, List.of(1.0, 1.0), List.of(1.0, 1.0)).states()).isEqualTo(2);
  }

  @Test
  void goingToRestAndWaking_burnWhatTheDeviceDoesAwake_underItsLeastOperator() {
    // Awake 3 W or 10 W, off 1 W or 2 W: half a second of the difference.
    IdlePricing pricing = pricing(1, List.of(2.5, 4.0), List.of(1.0, 2.0));
    assertThat(pricing.wakingJoules(1, 0)).isCloseTo(2 * 0.5, within(1e-12));
    assertThat(pricing.wakingJoules(1, 1)).isCloseTo(8 * 0.5, within(1e-12));
    assertThat(pricing.wakingJoules(0, 0)).isCloseTo(0.5 * 0.01, within(1e-12));
    assertThat(pricing.wakeSeconds(1)).isEqualTo(0.3);
    // Who burns more at rest than awake, or as much, gains nothing by waking.
    assertThat(pricing(1, List.of(3.0, 11.0), List.of(3.0, 11.0)).wakingJoules(1, 0)).isZero();
    assertThat(pricing(1, List.of(3.0, 11.0), List.of(3.0, 11.0)).wakingJoules(1, 1)).isZero();
    List<Double> nothing = List.of(UNKNOWN, UNKNOWN);
    assertThat(pricing(1, nothing, nothing).wakingJoules(1, 0)).isZero();
  }

  @Test
  void aJobMoreDeviationsSlow_leavesAShorterGap() {
    // A margin of 30 percent: a tenth per deviation. 3 s less 0.3 s of waking.
    IdlePricing pricing = pricing(1.3, List.of(1.0, 1.0), List.of(1.0, 1.0));
    assertThat(pricing.slowed(2, 1.5)).isCloseTo(2.3, within(1e-12));
    assertThat(pricing.slowed(2, -1.5)).isCloseTo(1.7, within(1e-12));
    assertThat(pricing.reached(1, 1.6, 0)).isEqualTo(1); // 1.1 s
    assertThat(pricing.reached(1, 1.6, 1)).isZero(); // 0.94 s
    assertThat(pricing.reached(1, 1.8, 0)).isZero(); // 0.9 s
    assertThat(pricing.reached(0, 1.8, 0)).isEqualTo(1); // 1.19 s, as there is less to wake from
    assertThat(pricing.always(1)).containsExactly(0, 1);
    assertThat(pricing.always(0)).containsExactly(1, 0);
  }

  @Test
  void theShareOfDeepRests_isThatOfJobsShortEnough() {
    // 1.7 s are short enough; that is 0.625 deviations above 1.6 s: 73.4 percent, by the tables.
    IdlePricing pricing = pricing(1.3, List.of(1.0, 1.0), List.of(1.0, 1.0));
    double[] shares = pricing.shares(1, 1.6);
    assertThat(shares[1]).isCloseTo(0.7340, within(1e-4));
    assertThat(shares[0]).isCloseTo(0.2660, within(1e-4));
    // Three deviations either way decide whether there is anything to weigh.
    assertThat(pricing.shares(1, 1.3)).containsExactly(0, 1); // 1.69 s at most
    assertThat(pricing.shares(1, 2.5)).containsExactly(1, 0); // 1.75 s at least
  }
}
