package io.neurobalancer.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.neurobalancer.cost.Calibration;
import io.neurobalancer.cost.CostTable;
import io.neurobalancer.device.IdleState;
import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.device.SwitchCost;
import io.neurobalancer.device.SwitchCosts;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Where jobs rest and how deeply, with every place and state counted by hand. */
final class JobPlannerByHandTest {

  private static final IdleState AWAKE = new IdleState("wfi", 0, 0, 0);

  private static final SettingGrid TWO = Problems.grid(2);
  private static final SettingGrid CORE_AND_MEMORY = Problems.grid(2, 2);
  private static final int BOTH_SLOW = CORE_AND_MEMORY.setting(0, 0);
  private static final int CORE_SLOW = CORE_AND_MEMORY.setting(0, 1);
  private static final int MEMORY_SLOW = CORE_AND_MEMORY.setting(1, 0);
  private static final int FAST = CORE_AND_MEMORY.setting(1, 1);

  private static List<Double> watts(double... watts) {
    return DoubleStream.of(watts).boxed().collect(Collectors.toList());
  }

  private static Calibration device(
      List<SwitchCost> costs,
      List<Double> settleSeconds,
      List<IdleState> states,
      List<List<Double>> idleWatts) {
    return new Calibration(new SwitchCosts(costs), settleSeconds, states, idleWatts, Map.of());
  }

  /** Operators of a second and a joule at one setting each; at any other they take 50 s. */
  private static CostTable at(SettingGrid grid, int... settings) {
    double[] seconds = new double[settings.length * grid.size()];
    double[] joules = new double[seconds.length];
    for (int j = 0; j < seconds.length; j++) {
      boolean right = j % grid.size() == settings[j / grid.size()];
      seconds[j] = right ? 1 : 50;
      joules[j] = right ? 1 : 1000;
    }
    return Problems.costs(grid, seconds, joules);
  }

  private static JobPlan plan(CostTable costs, Calibration device, Deadline deadline) {
    return JobPlanner.plan(costs, device, deadline, new ExactPlanner());
  }

  private static void rests(JobPlan job, int setting, double joules) {
    assertThat(job.idleSetting()).isEqualTo(setting);
    assertThat(job.plan().energyJoules()).isCloseTo(joules, within(1e-9));
    assertThat(PlanChecker.check(job.plan())).isEmpty();
  }

  @Test
  void twoClocksGoToRest_ifTheRestIsLongEnoughForBoth() {
    // A switch is half a joule. At rest 10 W, with a slow core 2 W, with both slow 1 W.
    Calibration device =
        device(
            Collections.nCopies(2, SwitchCost.symmetric(0, 0.5)),
            List.of(0.0, 0.0),
            List.of(AWAKE),
            List.of(watts(1, 2, 10, 10)));
    // Half a second: 5 J, or 1 + 1, or 2 + 0.5.
    rests(plan(at(CORE_AND_MEMORY, FAST), device, Deadline.of(1.5)), CORE_SLOW, 1 + 2);
    // Three seconds: 30 J, or 1 + 6, or 2 + 3.
    rests(plan(at(CORE_AND_MEMORY, FAST), device, Deadline.of(4)), BOTH_SLOW, 1 + 5);
  }

  @Test
  void theTimeThatAClockTakesBackUp_isNotRested() {
    // Of 2 s at rest the memory takes one to come up again: 1.5 W for a second, or 1 W for two.
    Calibration device =
        device(
            List.of(SwitchCost.FREE, new SwitchCost(1, 0, 0, 0)),
            List.of(0.0, 0.0),
            List.of(AWAKE),
            List.of(watts(50, 1, 1.5, 50)));
    JobPlan job = plan(at(CORE_AND_MEMORY, FAST), device, Deadline.of(3));
    rests(job, MEMORY_SLOW, 1 + 1.5);
    assertThat(job.plan().makespanSeconds()).isCloseTo(2, within(1e-12));
  }

  @Test
  void theWayFromTheEndOfAJobToItsBeginning_isNotRestedTwice() {
    // The core is fast first and slow then; up takes half a second. Of 4 s 1.5 s are rested: at
    // 2 W, or at 1 W and 1.2 J for the memory.
    Calibration device =
        device(
            List.of(new SwitchCost(0.5, 0, 0, 0), SwitchCost.symmetric(0, 0.6)),
            List.of(0.0, 0.0),
            List.of(AWAKE),
            List.of(watts(1, 2, 50, 50)));
    rests(
        plan(at(CORE_AND_MEMORY, FAST, CORE_SLOW), device, Deadline.of(4)),
        BOTH_SLOW,
        2 + 1.5 + 1.2);
  }

  @Test
  void wakingFromAPlaceThatBurnsMuchAwake_countsAgainstIt() {
    // Awake it burns 1.5 W with a slow core and 10 W with a slow memory, at rest 1 and 0.9 W, for
    // 9 s; half a second in and half a second out.
    CostTable costs =
        Problems.costs(
            CORE_AND_MEMORY, new double[] {50, 50, 50, 1}, new double[] {75, 75, 500, 3});
    Calibration device =
        device(
            Collections.nCopies(2, SwitchCost.FREE),
            List.of(0.0, 0.0),
            List.of(new IdleState("wfi", 0.5, 0.5, 0)),
            List.of(watts(50, 1, 0.9, 50)));
    rests(plan(costs, device, Deadline.of(10)), CORE_SLOW, 3 + 9 + 0.5);
  }

  @Test
  void whereOneClockDoesNotSettle_theOtherRestsAlone() {
    Calibration device =
        device(
            Collections.nCopies(2, SwitchCost.FREE),
            List.of(0.0, 100.0),
            List.of(AWAKE),
            List.of(watts(1, 2, 10, 10)));
    rests(plan(at(CORE_AND_MEMORY, FAST), device, Deadline.of(10)), CORE_SLOW, 1 + 2 * 9);
  }

  @Test
  void aClockHasKeptItsLastPace_onlySinceItsLastSwitch() {
    // The second operator has its clock for a second. To rest slowly takes what is left of 4 s of
    // settling, and 4 s more as the first operator is faster: 7 s.
    SettingGrid three = Problems.grid(3);
    Calibration device =
        device(List.of(SwitchCost.FREE), List.of(4.0), List.of(AWAKE), List.of(watts(1, 6, 5)));
    for (double rest : new double[] {5, 6.9, 7, 8}) {
      JobPlan job = plan(at(three, 1, 2), device, Deadline.of(2 + rest));
      // Else the clock stays, and the job is entered from its own end, however long that settles.
      rests(job, rest < 7 ? 2 : 0, 2 + rest * (rest < 7 ? 5 : 1));
      assertThat(job.plan().problem().start())
          .isEqualTo(rest < 7 ? Start.steadyState() : Start.from(0));
    }
  }

  @Test
  void aJobThatBeginsWhereItRests_letsItsClockSettle() {
    // From rest and back up would be 4 + 6 s of settling, for which 8 s are too short. Beginning
    // slowly, for half a second more, it is 5 s: 4 + 5 J, a switch of 3 J each way, 7.5 s at 1 W.
    CostTable costs =
        Problems.costs(TWO, new double[] {1.5, 1, 50, 1}, new double[] {4, 5, 1000, 5});
    Calibration device =
        device(
            List.of(SwitchCost.symmetric(0, 3)),
            List.of(6.0),
            List.of(AWAKE),
            List.of(watts(1, 3)));
    JobPlan job = plan(costs, device, Deadline.of(10));
    rests(job, 0, 9 + 6 + 7.5);
    assertThat(job.plan().settings()).containsExactly(0, 1);
  }

  @Test
  void withoutRoomForTheMargin_theJobThatEndsFirstIsTaken() {
    // Fast, then slow: from its own end the clock has to go up before it goes down, 0.2 and 0.1 s.
    // Who rests fast begins at once.
    Calibration device =
        device(
            List.of(new SwitchCost(0.2, 0.1, 0, 0)),
            List.of(0.0),
            List.of(AWAKE),
            List.of(watts(1, 0.2)));
    JobPlan job = plan(at(TWO, 1, 0), device, new Deadline(2.4, 2.4, 1.5));
    assertThat(job.plan().makespanSeconds()).isCloseTo(2.1, within(1e-12));
    assertThat(job.plan().note()).contains("no room for the margin");
    rests(job, 1, 2 + 0.2 * 0.3);
    // With less time than the way from its own end takes, that is the only place to rest.
    for (double margin : new double[] {1, 1.5}) {
      JobPlan only = plan(at(TWO, 1, 0), device, new Deadline(2.2, 2.2, margin));
      assertThat(only.plan().note().isEmpty()).isEqualTo(margin == 1);
      rests(only, 1, 2 + 0.2 * 0.1);
    }
    // Where there is no time to come up again, cheap rest is none.
    Calibration slowly =
        device(
            List.of(new SwitchCost(0.3, 0, 0, 0)),
            List.of(0.0),
            List.of(AWAKE),
            List.of(watts(0.1, 3)));
    rests(plan(at(TWO, 1), slowly, new Deadline(1.2, 1.2, 1.5)), 1, 1 + 3 * 0.2);
  }

  /** One operator at settings of rising speed; a switch costs a joule. */
  private static JobPlan one(
      double[] seconds,
      double[] joules,
      double margin,
      IdleState deep,
      double shallowWatts,
      double deepWatts) {
    int m = seconds.length;
    return plan(
        Problems.costs(Problems.grid(m), seconds, joules),
        device(
            List.of(SwitchCost.symmetric(0, 1)),
            List.of(0.0),
            List.of(AWAKE, deep),
            List.of(Collections.nCopies(m, shallowWatts), Collections.nCopies(m, deepWatts))),
        new Deadline(3, 3, margin));
  }

  @Test
  void aDeepRestThatMostJobsReach_isBetterThanOneThatAllReach_orNone() {
    // A job may take 1.8 s to leave time for the deep state, a tenth of its margin less per
    // deviation. Slow never gets there: 5.5 + 0.8 J. Fast always does: more than 8 J.
    // At 1.84 s most jobs are too late. Of those planned with 1.75 s, 0.857 deviations shorter, by
    // the tables 80.4 percent rest at 0.1 W (and wake for 0.2 s, at 2.86 W) for 1.25 s, the others
    // at 2 W.
    JobPlan job =
        one(
            new double[] {2.6, 1.84, 1.75, 1},
            new double[] {5.5, 4.95, 5, 8},
            1.1,
            new IdleState("off", 0, 0.2, 1),
            2,
            0.1);
    assertThat(job.plan().settings()).containsExactly(2);
    assertThat(job.idleState()).isEqualTo(1);
    assertThat(job.plan().energyJoules())
        .isCloseTo(5 + 0.804 * (0.125 + 0.551) + 0.196 * 2.5, within(2e-3));
    assertThat(job.plan().problem().start()).isEqualTo(Start.steadyState());
  }

  @Test
  void aLengthThatLeadsToNoStateItWakesFrom_isNotPlanned() {
    // After 1.8 s a device that wakes at once has 1.2 s and sleeps; one that has slept wakes for
    // half a second, has 0.7 s and does not. Slow: 6 J and 0.8 s at 2 W.
    JobPlan job =
        one(
            new double[] {2.2, 1.8, 1.2},
            new double[] {6, 2, 8},
            1,
            new IdleState("off", 0, 0.5, 1),
            2,
            0.1);
    assertThat(job.plan().settings()).containsExactly(0);
    assertThat(job.idleState()).isZero();
    assertThat(job.plan().energyJoules()).isCloseTo(7.6, within(1e-9));
  }

  @Test
  void aJobWhoseFasterRunsSleep_mustHaveTimeToWakeFromThat() {
    // 2.05 s leave no time for the deep state; two deviations faster they do. The next job may take
    // 2.255 s and has 0.745 s left to wake.
    for (double wake : new double[] {0.74, 0.76}) {
      JobPlan job =
          one(
              new double[] {2.05, 1},
              new double[] {3, 20},
              1.1,
              new IdleState("off", 0, wake, 1),
              1,
              0.1);
      assertThat(job.plan().setting(0)).isEqualTo(wake < 0.745 ? 0 : 1);
      assertThat(job.idleState()).isEqualTo(wake < 0.745 ? 0 : 1);
    }
    // 2 s, or 2.5 s with the margin, leave just the half second.
    JobPlan just =
        one(
            new double[] {2, 1},
            new double[] {3, 20},
            1.25,
            new IdleState("off", 0, 0.5, 1.2),
            1,
            0.1);
    assertThat(just.plan().settings()).containsExactly(0);
  }

  @Test
  void aJobIsSlowedDownNoMoreThanItTakes_toBeKeptFromACostlySleep() {
    // Three operators of half a second and 3 J. To fall asleep and wake takes 1.2 s at 6 W. A gap
    // below 1.2 s is spent awake at half a watt: one operator takes a second. That costs 505, 510
    // or 515 mJ; or 4, 5 or 6 J, which is still cheaper.
    for (double more : new double[] {0.505, 4}) {
      double step = more < 1 ? 0.005 : 1;
      CostTable costs =
          Problems.costs(
              TWO,
              new double[] {1, 0.5, 1, 0.5, 1, 0.5},
              new double[] {3 + more, 3, 3 + more + step, 3, 3 + more + 2 * step, 3});
      JobPlan job =
          plan(
              costs,
              device(
                  List.of(SwitchCost.FREE),
                  List.of(0.0),
                  List.of(AWAKE, new IdleState("off", 1, 0.2, 1.2)),
                  List.of(watts(0.5, 0.5), watts(0, 0))),
              Deadline.of(3));
      assertThat(job.plan().settings()).containsExactly(0, 1, 1);
      assertThat(job.idleState()).isZero();
      assertThat(job.plan().energyJoules()).isCloseTo(9 + more + 0.5, within(1e-9));
    }
  }

  @Test
  void aJobIsNotSlowedDownToTheVeryLengthAtWhichItStillSleeps() {
    // As above; a little more time, which is cheapest, leaves 1.21 s.
    JobPlan job =
        plan(
            Problems.costs(
                TWO,
                new double[] {1, 0.5, 1, 0.5, 0.79, 0.5},
                new double[] {3.5, 3, 4, 3, 3.16, 3}),
            device(
                List.of(SwitchCost.FREE),
                List.of(0.0),
                List.of(AWAKE, new IdleState("off", 1, 0.2, 1.2)),
                List.of(watts(0.5, 0.5), watts(0, 0))),
            Deadline.of(3));
    assertThat(job.idleState()).isZero();
    assertThat(job.plan().makespanSeconds()).isGreaterThan(1.8);
    assertThat(job.plan().energyJoules()).isLessThan(10.3);
  }

  @Test
  void theShallowestState_isThereForTheShortestGap() {
    CostTable slowest = Problems.costs(TWO, new double[] {2, 1}, new double[] {6, 10});
    Calibration device =
        device(
            List.of(SwitchCost.FREE),
            List.of(0.0),
            List.of(new IdleState("wfi", 0, 0, 2.5)),
            List.of(watts(1, 1)));
    rests(plan(slowest, device, Deadline.of(3)), 0, 6 + 1);
  }

  @Test
  void whereEveryEndAsksForAnother_theJobIsPricedAtItsLast() {
    // Ending slow, idling costs 0.1 W, and fast is cheaper: 10 + 0.2 J rather than 11 + 0.1. Ending
    // fast it costs 3 W, and slow is cheaper: 11 + 3 J rather than 10 + 6. Slow and staying there
    // is best, as a switch costs 5 J.
    CostTable costs =
        Problems.costs(Problems.grid(3), new double[] {50, 2, 1}, new double[] {1000, 11, 10});
    Calibration device =
        device(
            List.of(SwitchCost.symmetric(0, 5)),
            List.of(0.0),
            List.of(AWAKE),
            List.of(watts(0.1, 0.1, 3)));
    rests(plan(costs, device, Deadline.of(3)), 1, 11 + 0.1);
  }

  @Test
  void aJobPlannedAnewForItsRest_maySettleTooLate_whereThePresentOneDoesNot() {
    // Up costs 0.1 J, down 3 J. From its own end the first operator stays fast; from rest it would
    // take the middle setting, 1 J cheaper: its last clock is then kept for one second, not two,
    // and 4 + 5 s of settling are longer than 8.5 s.
    CostTable costs =
        Problems.costs(
            Problems.grid(3),
            new double[] {50, 1, 1, 50, 50, 1},
            new double[] {99, 4, 5, 99, 99, 1});
    Calibration device =
        device(
            List.of(new SwitchCost(0, 0, 0.1, 3)),
            List.of(5.0),
            List.of(AWAKE),
            List.of(watts(1, 10, 10)));
    JobPlan job = plan(costs, device, Deadline.of(10.5));
    rests(job, 0, 6 + 3.1 + 8.5);
    assertThat(job.plan().settings()).containsExactly(2, 2);
  }

  @Test
  void aJobThatMustRestWhereItBegins_mayYetSlowItsMemory() {
    // The core comes up in half a second, for which there is no time after its own end. Fast it
    // rests at 50 W, with a slow memory at 1 W for 2 s and a joule of switches.
    Calibration device =
        device(
            List.of(new SwitchCost(0.5, 0, 0, 0), SwitchCost.symmetric(0, 0.5)),
            List.of(0.0, 0.0),
            List.of(AWAKE),
            List.of(watts(50, 50, 1, 50)));
    rests(
        plan(at(CORE_AND_MEMORY, FAST, CORE_SLOW), device, new Deadline(2.3, 4, 1)),
        MEMORY_SLOW,
        2 + 2 + 1);
  }

  private static void needs(
      Calibration device, Deadline deadline, double seconds, int... forbidden) {
    CostTable costs = Problems.costs(TWO, new double[] {2, 1}, new double[] {6, 10});
    assertThatThrownBy(
            () ->
                JobPlanner.plan(
                    costs,
                    device,
                    deadline,
                    new ExactPlanner(),
                    builder -> builder.forbid(forbidden)))
        .isInstanceOfSatisfying(
            DeadlineUnreachableException.class,
            e -> {
              assertThat(e.wantedSeconds()).isEqualTo(deadline.deadlineSeconds());
              assertThat(e.neededSeconds()).isCloseTo(seconds, within(1e-12));
            });
  }

  @Test
  void whatAJobNeedsAtLeast_isItsWakingAndItsFastestOperators_ofThoseAllowed() {
    Calibration device =
        device(
            List.of(SwitchCost.FREE),
            List.of(0.0),
            List.of(new IdleState("wfi", 0, 0.1, 0), new IdleState("off", 0, 1, 5)),
            IntStream.range(0, 2).mapToObj(s -> watts(1, 1)).collect(Collectors.toList()));
    needs(device, new Deadline(1.05, 3, 1), 1.1);
    needs(device, new Deadline(1.05, 3, 1), 2.1, 1);
    // With no more time than waking takes there is none for the job.
    needs(device, new Deadline(0.1, 0.1, 1), 1.1);
    // A gap of 5.05 s less 0.1 s of waking is too short to sleep, one of 5.15 s is not.
    needs(device, new Deadline(1.05, 6.05, 1), 1.1);
    needs(device, new Deadline(1.05, 6.15, 1), 2);
    // There would be time for a job that had not slept, but there is so much rest that all have:
    // 2 s to wake and one for the operator.
    Calibration sleepy =
        device(
            List.of(SwitchCost.FREE),
            List.of(0.0),
            List.of(AWAKE, new IdleState("off", 0, 2, 5)),
            List.of(watts(1, 1), watts(1, 1)));
    needs(sleepy, new Deadline(1.5, 20, 1), 3);
  }
}
