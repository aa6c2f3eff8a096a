package io.neurobalancer.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.neurobalancer.cost.Calibration;
import io.neurobalancer.cost.CostTable;
import io.neurobalancer.device.IdleState;
import io.neurobalancer.device.SwitchCost;
import io.neurobalancer.device.SwitchCosts;
import io.neurobalancer.unit.NeuroBalancerException;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class JobPlannerTest {

  private static final IdleState SHALLOW = new IdleState("wfi", 0, 0.1, 0);
  private static final IdleState SHALLOW_NOW = new IdleState("wfi", 0, 0, 0);
  private static final IdleState DEEP = new IdleState("off", 0, 1, 5);

  /** One operator; fast takes 1 s and 10 J, slow 2 s and 6 J. */
  private static final CostTable ONE =
      Problems.costs(Problems.grid(2), new double[] {2, 1}, new double[] {6, 10});

  private static Calibration device(
      SwitchCost cost, double settleSeconds, List<IdleState> states, double[]... idleWatts) {
    return new Calibration(
        new SwitchCosts(List.of(cost)),
        List.of(settleSeconds),
        states,
        IntStream.range(0, states.size())
            .mapToObj(s -> IntStream.range(0, 2).mapToObj(x -> idleWatts[s][x]))
            .map(watts -> watts.collect(Collectors.toList()))
            .collect(Collectors.toList()),
        Map.of());
  }

  private static JobPlan plan(Calibration device, Deadline deadline) {
    return JobPlanner.plan(ONE, device, deadline, new ExactPlanner());
  }

  @Test
  void theWakeUpReserved_isThatOfTheStateTheGapLeadsTo() {
    Calibration device =
        device(
            SwitchCost.FREE,
            0,
            List.of(SHALLOW, DEEP),
            new double[] {1, 1},
            new double[] {0.1, 0.1});
    // A gap of at most 3 s never reaches the deep state, whose wake-up would leave no time to be
    // slow: 2 of 2.9 s.
    JobPlan shallow = plan(device, new Deadline(3, 3, 1));
    assertThat(shallow.idleState()).isZero();
    assertThat(shallow.plan().problem().budgetSeconds()).isCloseTo(2.9, within(1e-12));
    assertThat(shallow.plan().settings()).containsExactly(0);
    // 6 J and 1 W for 1 s, and 3 W instead of that while it wakes.
    assertThat(shallow.plan().energyJoules()).isCloseTo(7 + 0.1 * 2, within(1e-12));
    // With a period of 20 s the device sleeps deeply and wakes for a second: 2.9 s is then too
    // short to be slow.
    JobPlan deep = plan(device, new Deadline(2.9, 20, 1));
    assertThat(deep.idleState()).isEqualTo(1);
    assertThat(deep.plan().problem().budgetSeconds()).isCloseTo(1.9, within(1e-12));
    assertThat(deep.plan().settings()).containsExactly(1);
    // It rests slowly, and burns 3 W while it wakes.
    assertThat(deep.plan().energyJoules()).isCloseTo(10 + 0.1 * 19 + 2.9, within(1e-12));
  }

  @Test
  void theMargin_isTakenFromWhatTheWakeUpLeaves() {
    Calibration device = device(SwitchCost.FREE, 0, List.of(SHALLOW), new double[] {1, 1});
    assertThat(plan(device, new Deadline(3, 3, 1.25)).plan().problem().budgetSeconds())
        .isCloseTo(2.9 / 1.25, within(1e-12));
  }

  @Test
  void whereTheDeadlineLeavesNoMargin_theFastestPlanIsTaken_andSaysSo() {
    Calibration device = device(SwitchCost.FREE, 0, List.of(SHALLOW), new double[] {1, 1});
    JobPlan job = plan(device, new Deadline(1.2, 1.2, 1.5));
    assertThat(job.plan().settings()).containsExactly(1);
    assertThat(job.plan().note()).contains("no room for the margin");
    assertThatThrownBy(() -> plan(device, new Deadline(1.05, 1.05, 1.5)))
        .isInstanceOfSatisfying(
            DeadlineUnreachableException.class,
            e -> {
              assertThat(e.kind()).isEqualTo(NeuroBalancerException.Kind.FINDING);
              assertThat(e.wantedSeconds()).isEqualTo(1.05);
              assertThat(e.neededSeconds()).isCloseTo(1.1, within(1e-12));
              assertThat(e).hasMessageContaining("1.050 s").hasMessageContaining("1.100 s");
            });
  }

  @Test
  void restingSlowly_mustEarnBackItsSwitches() {
    // A job that must be fast, then 9 s of rest: 3 W fast, 1 W slow. Slow spares 18 J, and half a
    // joule of waking at 3 W and not at 10.
    for (double joules : new double[] {9.2, 9.3}) {
      Calibration device =
          device(SwitchCost.symmetric(0, joules), 0, List.of(SHALLOW), new double[] {1, 3});
      JobPlan job = plan(device, new Deadline(1.5, 10, 1));
      assertThat(job.plan().settings()).containsExactly(1);
      assertThat(job.idleSetting()).isEqualTo(joules < 9.25 ? 0 : 1);
      assertThat(job.plan().energyJoules())
          .isCloseTo(10 + (joules < 9.25 ? 2 * joules + 9 + 0.2 : 27 + 0.7), within(1e-9));
      assertThat(job.plan().switches()).isEqualTo(joules < 9.25 ? 2 : 0);
    }
  }

  @Test
  void aDeepStateThatCostsMoreThanItSpares_isKeptAwayFrom_byASlowerJob() {
    IdleState costly = new IdleState("off", 0.5, 0.5, 1.5);
    // Slow and shallow is 6 J, 1 W for a second; fast and deep 10 J and seven more for waking.
    for (double shallowWatts : new double[] {1, 20}) {
      Calibration device =
          device(
              SwitchCost.symmetric(0.01, 0),
              0,
              List.of(SHALLOW, costly),
              new double[] {shallowWatts, shallowWatts},
              new double[] {0.5, 0.5});
      JobPlan job =
          JobPlanner.plan(
              Problems.costs(Problems.grid(2), new double[] {2, 1}, new double[] {12, 10}),
              device,
              new Deadline(3, 3, 1),
              new ExactPlanner());
      // The slow job burns more by itself, and is worth it for as long as idling awake is cheap.
      assertThat(job.idleState()).isEqualTo(shallowWatts < 2 ? 0 : 1);
      assertThat(job.plan().setting(0)).isEqualTo(shallowWatts < 2 ? 0 : 1);
    }
  }

  @Test
  void aStateThatHalfOfTheJobsReach_isPaidForAsOftenAsItIsReached() {
    IdleState deep = new IdleState("off", 0, 0.1, 1);
    CostTable two = Problems.costs(Problems.grid(2), new double[] {1.9, 1}, new double[] {6, 8});
    // A slow job leaves a gap of 1 s when it is as planned, and less when it is slower. Awake the
    // device burns 3.2 W; in the gap 2 W, or 0.1 W and a little for waking.
    for (double margin : new double[] {1, 1.1}) {
      Calibration device =
          device(
              SwitchCost.FREE,
              0,
              List.of(SHALLOW_NOW, deep),
              new double[] {2, 2},
              new double[] {0.1, 0.1});
      JobPlan job = JobPlanner.plan(two, device, new Deadline(3, 3, margin), new ExactPlanner());
      double awake = 6 / 1.9;
      double asleep = 0.1 * 1.1 + 0.1 * (awake - 0.1);
      double slow = margin == 1 ? 6 + asleep : 6 + asleep / 2 + 2 * 1.1 / 2;
      double fast = 8 + 0.1 * 2 + 0.1 * (awake - 0.1);
      assertThat(job.idleState()).isEqualTo(1);
      assertThat(job.plan().setting(0)).isEqualTo(slow < fast ? 0 : 1);
      assertThat(job.plan().energyJoules()).isCloseTo(Math.min(slow, fast), within(1e-9));
    }
  }

  @Test
  void aPlanWhoseRestIsChosenAfterwards_isBoundedToo() {
    for (long seed = 0; seed < 50; seed++) {
      Random random = new Random(seed);
      CostTable costs = Problems.physical(Problems.grid(2, 3), 3, random);
      double fastest = Problems.fastestMakespan(PlanningProblem.builder(costs, 1).build());
      IdleState off =
          new IdleState("off", 0.1 * fastest, 0.1 * fastest, 0.3 * fastest * random.nextDouble());
      List<Double> watts = Collections.nCopies(6, 0.1 * random.nextDouble());
      Calibration device =
          new Calibration(
              Problems.switches(costs.grid(), 0.02 * fastest, random),
              List.of(0.0, 0.0),
              List.of(SHALLOW_NOW, off),
              List.of(Collections.nCopies(6, 0.2), watts),
              Map.of());
      double period = fastest * (1.5 + 2 * random.nextDouble());
      JobPlan job =
          JobPlanner.plan(costs, device, new Deadline(period, period, 1), new LagrangianPlanner());
      assertThat(job.plan().lowerBoundJoules()).isFinite();
      assertThat(PlanChecker.check(job.plan())).isEmpty();
    }
  }

  @Test
  void whereAClockDoesNotSettleInTime_itStays() {
    // The rest is worth its switches, but down and up again takes two settlings of 4 s each; the
    // job itself has taken 1 s of the first.
    for (double settle : new double[] {4.9, 5.1}) {
      Calibration device =
          device(SwitchCost.symmetric(0, 1), settle, List.of(SHALLOW), new double[] {1, 3});
      JobPlan job = plan(device, new Deadline(1.5, 10, 1));
      assertThat(job.idleSetting()).isEqualTo(settle < 5 ? 0 : 1);
      assertThat(job.plan().problem().start())
          .isEqualTo(settle < 5 ? Start.from(0) : Start.steadyState());
    }
  }

  @Test
  void theDearestPlaceToRest_isNotChosen_evenIfItIsTheOnlyOneNotMeasured() {
    Calibration measured = device(SwitchCost.FREE, 0, List.of(SHALLOW), new double[] {5, 1});
    assertThat(plan(measured, new Deadline(3, 10, 1)).idleSetting()).isEqualTo(1);
    Calibration unknown =
        device(SwitchCost.symmetric(0, 0.5), 0, List.of(SHALLOW), new double[] {Double.NaN, 1});
    JobPlan job = plan(unknown, new Deadline(1.5, 10, 1));
    assertThat(job.idleSetting()).isEqualTo(1);
    assertThat(job.plan().energyJoules()).isCloseTo(10 + 9 + 0.9, within(1e-12));
    assertThat(job.plan().note()).isEmpty();
  }

  @Test
  void idlingOfUnknownPower_countsNothing_andThePlanSaysSo() {
    double[] unknown = {Double.NaN, Double.NaN};
    Calibration device = device(SwitchCost.FREE, 0, List.of(SHALLOW), unknown);
    JobPlan job = plan(device, new Deadline(3, 10, 1));
    assertThat(job.plan().energyJoules()).isEqualTo(6);
    assertThat(job.plan().note()).contains("idle power is not known");
    // A state that was not measured burns what the shallower one does.
    Calibration half =
        device(SwitchCost.FREE, 0, List.of(SHALLOW, DEEP), new double[] {2, 2}, unknown);
    JobPlan deep = plan(half, new Deadline(4, 10, 1));
    assertThat(deep.idleState()).isEqualTo(1);
    assertThat(deep.plan().energyJoules()).isCloseTo(6 + 2 * 8 + 1, within(1e-12));
  }

  @Test
  void details_reachTheProblem() {
    Calibration device = device(SwitchCost.FREE, 0, List.of(SHALLOW), new double[] {1, 1});
    JobPlan job =
        JobPlanner.plan(
            ONE, device, Deadline.of(3), new LagrangianPlanner(), builder -> builder.forbid(0));
    assertThat(job.plan().settings()).containsExactly(1);
    // Of 3 s it takes one.
    assertThat(job.toString())
        .startsWith("lagrangian: 1 operators")
        .endsWith("; rests at 200MHz for 2.000 s in idle state 0");
  }

  @Test
  void aDeadlineThatMakesNoSense_isRefused() {
    assertThat(Deadline.of("33ms").every(0.05).margin(1.02))
        .isEqualTo(new Deadline(0.033, 0.05, 1.02));
    assertThatThrownBy(() -> new Deadline(2, 1, 1)).hasMessageContaining("2.0 s");
    assertThatThrownBy(() -> Deadline.of(0)).hasMessageContaining("0.0 s");
    assertThatThrownBy(() -> Deadline.of(Double.NaN)).hasMessageContaining("NaN");
    assertThatThrownBy(() -> Deadline.of(1).every(Double.POSITIVE_INFINITY))
        .hasMessageContaining("Infinity");
    assertThatThrownBy(() -> Deadline.of(1).margin(0.99)).hasMessageContaining("0.99");
  }
}
