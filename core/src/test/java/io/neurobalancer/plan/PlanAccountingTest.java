package io.neurobalancer.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.neurobalancer.cost.CostTable;
import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.device.SwitchCost;
import io.neurobalancer.device.SwitchCosts;
import io.neurobalancer.unit.NeuroBalancerException;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

/** What a plan takes and burns, added up from its parts, and what is found wrong with one. */
final class PlanAccountingTest {

  private static final SettingGrid GRID = Problems.grid(2, 2);
  private static final int SLOW = GRID.setting(0, 0);
  private static final int CORE = GRID.setting(1, 0);
  private static final int MEMORY = GRID.setting(0, 1);
  private static final int FAST = GRID.setting(1, 1);

  /** Operators of 1, 2 and 4 s and 10, 20 and 40 J at any setting. */
  private static final CostTable COSTS = costs();

  /** The core's clock: 0.1 s and 1 J up, 0.2 s and 2 J down; the memory's: 0.3 and 3, 0.4 and 4. */
  private static final SwitchCosts SWITCHES =
      new SwitchCosts(List.of(new SwitchCost(0.1, 0.2, 1, 2), new SwitchCost(0.3, 0.4, 3, 4)));

  /** The memory's clock goes up with the core's, and down again. */
  private static final int[] PATH = {SLOW, FAST, CORE};

  private static CostTable costs() {
    double[] seconds = new double[12];
    double[] joules = new double[12];
    for (int i = 0; i < 12; i++) {
      seconds[i] = 1 << (i / 4);
      joules[i] = 10 * seconds[i];
    }
    return Problems.costs(GRID, seconds, joules);
  }

  private static PlanningProblem.Builder problem() {
    return PlanningProblem.builder(COSTS, 10)
        .switchCosts(SWITCHES)
        .periodSeconds(20)
        .idlePowerWatts(0.5)
        .wakingJoules(0.7);
  }

  private static Plan plan(PlanningProblem problem, int... settings) {
    return new Plan("by hand", problem, settings);
  }

  private static void adds(Plan plan, double switchSeconds, double switchJoules, int switches) {
    double makespan = 7 + switchSeconds;
    assertThat(plan.makespanSeconds()).isCloseTo(makespan, within(1e-12));
    assertThat(plan.slackSeconds()).isCloseTo(10 - makespan, within(1e-12));
    assertThat(plan.switches()).isEqualTo(switches);
    // What remains of 20 s is idled away at half a watt.
    assertThat(plan.energyJoules())
        .isCloseTo(70 + switchJoules + 0.5 * (20 - makespan) + 0.7, within(1e-12));
    assertThat(PlanChecker.check(plan)).isEmpty();
  }

  @Test
  void switches_arePaidByWhereTheJobStarts() {
    // Inside: both up (0.4 s, 4 J), the memory down (0.4 s, 4 J).
    adds(plan(problem().start(Start.free()).build(), PATH), 0.8, 8, 3);
    assertThat(Start.free()).isEqualTo(new Start.Free());
    // From its own end: the core down too.
    adds(plan(problem().start(Start.steadyState()).build(), PATH), 1.0, 10, 4);
    // From a fast memory clock: down before, and after the job both ways back, in no time of it.
    adds(plan(problem().start(Start.from(MEMORY)).build(), PATH), 1.2, 17, 6);
    // Who stays pays nothing.
    adds(plan(problem().start(Start.steadyState()).build(), FAST, FAST, FAST), 0, 0, 0);
  }

  @Test
  void segments_areRunsOfOneSetting_withWhatTheirOperatorsTake() {
    Plan plan = plan(problem().build(), FAST, FAST, SLOW);
    assertThat(plan.segments())
        .containsExactly(new Segment(0, 1, FAST, 3, 30), new Segment(2, 2, SLOW, 4, 40));
    assertThat(plan.segments().get(0).operators()).isEqualTo(2);
    assertThat(plan.segments().get(1).operators()).isEqualTo(1);
    assertThat(plan.gap()).isInfinite();
    assertThat(plan.proof()).isEqualTo(Plan.Proof.NONE);
    assertThat(plan.withNote("so").withSettings(PATH).note()).isEqualTo("so");
    assertThatThrownBy(() -> plan(problem().build(), FAST))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("one setting per operator (3), not 1");
  }

  @Test
  void aGap_isTheShareOfTheEnergyThatTheBoundLeavesOpen() {
    PlanningProblem problem = problem().start(Start.free()).build();
    double energy = plan(problem, SLOW, SLOW, SLOW).energyJoules();
    Plan half = Plan.searched("s", problem, new int[3], energy / 2, OptionalDouble.of(3));
    assertThat(half.gap()).isCloseTo(0.5, within(1e-12));
    assertThat(half.proof()).isEqualTo(Plan.Proof.SEARCH);
    // Rounding may carry a bound over the energy; more than that may not.
    Plan rounded =
        Plan.searched("s", problem, new int[3], energy * (1 + 5e-10), OptionalDouble.empty());
    assertThat(rounded.gap()).isZero();
    assertThat(rounded.lowerBoundJoules()).isEqualTo(energy);
    assertThatThrownBy(
            () ->
                Plan.searched(
                    "s", problem, new int[3], energy * (1 + 2e-9), OptionalDouble.empty()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static void finds(Plan plan, PlanChecker.Kind kind, String text) {
    assertThat(PlanChecker.check(plan)).containsExactly(new PlanChecker.Finding(kind, text));
  }

  @Test
  void forbiddenSettings_andChangesWithoutACut_areFound() {
    finds(
        plan(problem().forbid(FAST).build(), PATH),
        PlanChecker.Kind.NOT_ALLOWED,
        "Operator 1 runs at a forbidden setting (" + FAST + ").");
    finds(
        plan(problem().cuts(2).build(), PATH),
        PlanChecker.Kind.NOT_ALLOWED,
        "The setting changes before operator 1, where no cut is.");
    assertThat(PlanChecker.check(plan(problem().cuts(2).build(), SLOW, SLOW, FAST))).isEmpty();
  }

  @Test
  void switchesAreCounted_overThePeriod_andMayBeAsManyAsTheLimit() {
    // The memory's clock goes up and down again, wherever a free job begins.
    PlanningProblem.Builder free = problem().start(Start.free());
    assertThat(PlanChecker.check(plan(free.switchLimit(1, SwitchLimit.atMost(2)).build(), PATH)))
        .isEmpty();
    finds(
        plan(free.switchLimit(1, SwitchLimit.atMost(1)).build(), PATH),
        PlanChecker.Kind.SWITCH_LIMIT,
        "Domain 'memory' switches 2 times; it may 1 times.");
    // From a fast memory clock: down, up, down, and up again when the job has ended.
    PlanningProblem.Builder returning = problem().start(Start.from(MEMORY));
    assertThat(
            PlanChecker.check(plan(returning.switchLimit(1, SwitchLimit.atMost(4)).build(), PATH)))
        .isEmpty();
    finds(
        plan(returning.switchLimit(1, SwitchLimit.atMost(3)).build(), PATH),
        PlanChecker.Kind.SWITCH_LIMIT,
        "Domain 'memory' switches 4 times; it may 3 times.");
    // In the steady state the core comes down before the job and goes up in it.
    finds(
        plan(
            problem().start(Start.steadyState()).switchLimit(0, SwitchLimit.atMost(1)).build(),
            PATH),
        PlanChecker.Kind.SWITCH_LIMIT,
        "Domain 'core0' switches 2 times; it may 1 times.");
  }

  @Test
  void aClock_isKeptAsLongAsTheOperatorsBetweenTwoSwitches() {
    // The memory runs fast for operator 1, which takes 2 s.
    assertThat(
            PlanChecker.check(
                plan(
                    problem().start(Start.free()).switchLimit(1, SwitchLimit.dwell(2)).build(),
                    PATH)))
        .isEmpty();
    finds(
        plan(problem().start(Start.free()).switchLimit(1, SwitchLimit.dwell(2.001)).build(), PATH),
        PlanChecker.Kind.SWITCH_LIMIT,
        "Domain 'memory' switches before operator 2 after 2.00000000 s; it must keep its clock for"
            + " 2.00100000 s.");
    // Before the first switch of a job the clock has settled.
    assertThat(
            PlanChecker.check(
                plan(
                    problem().start(Start.free()).switchLimit(1, SwitchLimit.dwell(3)).build(),
                    SLOW,
                    FAST,
                    FAST)))
        .isEmpty();
  }

  @Test
  void aJobThatTakesLongerThanItsBudget_isLate() {
    PlanningProblem problem = problem().start(Start.free()).build();
    Plan late = plan(problem.withBudget(7.7), PATH);
    assertThat(PlanChecker.check(late))
        .extracting(PlanChecker.Finding::kind)
        .containsExactly(PlanChecker.Kind.LATE);
    assertThat(PlanChecker.check(plan(problem.withBudget(7.8), PATH))).isEmpty();
    assertThat(PlanChecker.boundJoules(late)).isEqualTo(Double.NEGATIVE_INFINITY);
  }

  @Test
  void otherProblems_differInOneThing() {
    PlanningProblem problem =
        problem()
            .start(Start.from(MEMORY))
            .forbid(CORE)
            .cuts(1)
            .classes(List.of("a", "b", "c"))
            .switchLimit(1, SwitchLimit.atMost(2))
            .build();
    for (PlanningProblem other :
        List.of(
            problem.withBudget(11),
            problem.withPeriod(30),
            problem.withForbidden(FAST),
            problem.withFreeSwitches(),
            problem.withIdlePower(2),
            problem.withStart(Start.free()))) {
      assertThat(other.costs()).isSameAs(COSTS);
      assertThat(other.wakingJoules()).isEqualTo(0.7);
      assertThat(other.forbidden(CORE)).isTrue();
      assertThat(other.forbidden(SLOW)).isFalse();
      assertThat(other.cutBefore(0)).isTrue();
      assertThat(other.cutBefore(1)).isTrue();
      assertThat(other.cutBefore(2)).isFalse();
      assertThat(other.classes()).containsExactly("a", "b", "c");
      assertThat(other.switchLimit(0).isNone()).isTrue();
      assertThat(other.switchLimit(1)).isEqualTo(SwitchLimit.atMost(2));
    }
    assertThat(problem.withForbidden(FAST).forbidden(FAST)).isTrue();
    assertThat(problem.forbidden(FAST)).isFalse();
    assertThat(problem.withPeriod(30).periodSeconds()).isEqualTo(30);
    assertThat(problem.withPeriod(5).periodSeconds()).isEqualTo(10);
    assertThat(problem.withBudget(25).periodSeconds()).isEqualTo(25);
    assertThat(problem.withIdlePower(2).idlePowerWatts()).isEqualTo(2);
    assertThat(problem.withFreeSwitches().switchCosts()).isEqualTo(SwitchCosts.free(2));
    assertThat(problem.withFreeSwitches().start()).isEqualTo(Start.from(MEMORY));
    assertThat(problem.sharedJoules()).isCloseTo(0.5 * 20 + 0.7, within(1e-12));
  }

  private static void refused(PlanningProblem.Builder builder, String text) {
    assertThatThrownBy(builder::build)
        .isInstanceOf(NeuroBalancerException.class)
        .hasMessageContaining(text);
  }

  @Test
  void numbersOutOfRange_areRefused_andThoseAtItsEndsAreNot() {
    refused(PlanningProblem.builder(COSTS, 0), "The budget (0.0) must be finite and positive");
    refused(problem().idlePowerWatts(-1), "The idle power (-1.0) must be finite and not negative");
    refused(problem().wakingJoules(Double.NaN), "energy of going to rest and waking (NaN)");
    refused(problem().periodSeconds(Double.POSITIVE_INFINITY), "The period (Infinity)");
    refused(problem().switchCosts(SwitchCosts.free(1)), "for 1 domains; the device has 2");
    refused(problem().forbid(0, 1, 2, 3), "Every setting is forbidden (all 4)");
    refused(problem().start(Start.from(4)), "(4) is none of the 4 settings");
    refused(problem().start(Start.from(-1)), "(-1) is none of the 4 settings");
    assertThat(problem().idlePowerWatts(0).wakingJoules(0).forbid(0, 1, 2).build().forbidden(3))
        .isFalse();
    assertThatThrownBy(() -> problem().forbid(4)).hasMessageContaining("(4) is none");
    assertThatThrownBy(() -> problem().cuts(3)).hasMessageContaining("before operator 3");
    assertThatThrownBy(() -> problem().cuts(-1)).hasMessageContaining("before operator -1");
    assertThatThrownBy(() -> problem().classes(List.of("a"))).hasMessageContaining("1 operators");
    assertThatThrownBy(() -> problem().switchLimit(2, SwitchLimit.NONE))
        .hasMessageContaining("domain 2; the device has 2");
    assertThatThrownBy(() -> problem().switchLimit(-1, SwitchLimit.NONE))
        .hasMessageContaining("domain -1");
    assertThatThrownBy(() -> SwitchLimit.atMost(-1)).hasMessageContaining("(-1)");
    assertThatThrownBy(() -> SwitchLimit.dwell(-1)).hasMessageContaining("(-1.0 s)");
    assertThatThrownBy(() -> SwitchLimit.dwell(Double.POSITIVE_INFINITY))
        .hasMessageContaining("(Infinity s)");
    assertThat(SwitchLimit.atMost(0).isNone()).isFalse();
    assertThat(SwitchLimit.dwell(0).isNone()).isTrue();
    assertThatThrownBy(() -> new Deadline(2, 1, 1)).hasMessageContaining("at most the period");
    assertThatThrownBy(() -> new Deadline(0, 1, 1)).hasMessageContaining("must be positive");
    assertThatThrownBy(() -> new Deadline(1, Double.POSITIVE_INFINITY, 1))
        .hasMessageContaining("must be finite");
    assertThatThrownBy(() -> new Deadline(1, 1, 0.9)).hasMessageContaining("at least 1");
    assertThatThrownBy(() -> Deadline.of(1).margin(Double.POSITIVE_INFINITY))
        .hasMessageContaining("finite and at least 1");
    assertThat(Deadline.of("2ms").every(3).margin(1.5)).isEqualTo(new Deadline(2e-3, 3, 1.5));
  }
}
