package io.neurobalancer.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.neurobalancer.cost.CostTable;
import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.device.SwitchCost;
import io.neurobalancer.device.SwitchCosts;
import io.neurobalancer.unit.NeuroBalancerException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class SuffixFrontierTest {

  /** Fast 1 s at 5 J; slow 2 s at 2 J, 3 J and 4.5 J: a second saves 3, 2 and 0.5 J. */
  private static final PlanningProblem ESSAY =
      PlanningProblem.builder(
              Problems.costs(
                  Problems.grid(2),
                  new double[] {2, 1, 2, 1, 2, 1},
                  new double[] {2, 5, 3, 5, 4.5, 5}),
              4)
          .start(Start.free())
          .build();

  @Test
  void whoeverHasTime_givesItToTheOperatorThatSavesMost() {
    SuffixFrontier frontier = SuffixFrontier.of(ESSAY);
    // 4 s for three: the first takes the second to spare.
    assertThat(frontier.next(0, 4.001, 1)).isZero();
    assertThat(frontier.next(1, 2.001, 0)).isEqualTo(1);
    assertThat(frontier.next(2, 1.001, 1)).isEqualTo(1);
    // An early first operator leaves a second to the next one, but not to the last.
    assertThat(frontier.next(1, 3.001, 0)).isZero();
    assertThat(frontier.next(0, 6.001, 1)).isZero();
    assertThat(frontier.next(2, 2.001, 1)).isZero();
  }

  @Test
  void whoeverIsLate_runsAsFastAsCanBe() {
    SuffixFrontier frontier = SuffixFrontier.of(ESSAY);
    for (int i = 0; i < 3; i++) {
      assertThat(frontier.next(i, 0.5, 0)).isEqualTo(1);
      assertThat(frontier.next(i, -1, 0)).isEqualTo(1);
      assertThat(frontier.fastestSeconds(i, 0)).isCloseTo(3 - i, within(1e-5));
    }
  }

  @Test
  void aSwitchThatDoesNotPay_isNotMade() {
    PlanningProblem dear =
        PlanningProblem.builder(ESSAY.costs(), 4)
            .start(Start.free())
            .switchCosts(new SwitchCosts(List.of(SwitchCost.symmetric(0, 1.6))))
            .build();
    SuffixFrontier frontier = SuffixFrontier.of(dear);
    // There and back costs 3.2 J and saves 3; who is slow already has only the way back to pay.
    assertThat(frontier.next(0, 4.001, 1)).isEqualTo(1);
    assertThat(frontier.next(0, 4.001, 0)).isZero();
  }

  @Test
  void withinAGroup_theSettingStays() {
    PlanningProblem grouped =
        PlanningProblem.builder(ESSAY.costs(), 4).start(Start.free()).cuts(2).build();
    SuffixFrontier frontier = SuffixFrontier.of(grouped);
    assertThat(frontier.next(1, 100, 1)).isEqualTo(1);
    assertThat(frontier.next(1, 0, 0)).isZero();
    assertThat(frontier.next(2, 0, 0)).isEqualTo(1);
    assertThat(frontier.rowOfOperator()).containsExactly(0, -1, 1);
  }

  static LongStream seeds() {
    return Seeds.upTo(20);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void followingIt_costsWithinOnePercent_ofPlanningTheSuffixAnew(long seed) {
    Random random = new Random(seed);
    SettingGrid grid = Problems.grid(8, 5);
    int n = 60;
    PlanningProblem open =
        PlanningProblem.builder(Problems.physical(grid, n, random), 1)
            .switchCosts(withoutEnergy(Problems.switches(grid, 2e-5, random)))
            .idlePowerWatts(0.1)
            .start(Start.free())
            .build();
    PlanningProblem problem =
        open.withBudget(Problems.fastestMakespan(open) * (1.2 + 0.8 * random.nextDouble()));
    SuffixFrontier frontier = SuffixFrontier.of(problem);
    assertThat(frontier.bytes()).isLessThan(2_000_000);
    int[] settings = frontier.settings();
    double sum = 0;
    int rounds = 8;
    for (int round = 0; round < rounds; round++) {
      int first = random.nextInt(n - 15);
      int present = settings[random.nextInt(settings.length)];
      PlanningProblem suffix = suffix(problem, first, present);
      double remaining = Problems.fastestMakespan(suffix) * (1.1 + 0.8 * random.nextDouble());
      Plan anew = new LagrangianPlanner().plan(suffix.withBudget(remaining));
      int[] followed = new int[n - first];
      double left = remaining;
      int at = present;
      for (int i = first; i < n; i++) {
        int next = frontier.next(i, left, at);
        left -=
            problem.switchCosts().seconds(grid, at, next) + problem.costs().latencySeconds(i, next);
        at = next;
        followed[i - first] = next;
      }
      Plan plan = new Plan("followed", suffix.withBudget(remaining), followed);
      assertThat(plan.makespanSeconds()).isLessThanOrEqualTo(remaining);
      assertThat(plan.energyJoules()).isGreaterThanOrEqualTo(anew.lowerBoundJoules() * (1 - 1e-9));
      assertThat(plan.energyJoules()).isLessThan(1.1 * anew.energyJoules());
      sum += plan.energyJoules() / anew.energyJoules() / rounds;
    }
    assertThat(sum).isLessThan(1.01);
  }

  /** Switches of no energy: then the way back to where a suffix starts costs nothing. */
  private static SwitchCosts withoutEnergy(SwitchCosts costs) {
    return new SwitchCosts(
        costs.perDomain().stream()
            .map(c -> new SwitchCost(c.upSeconds(), c.downSeconds(), 0, 0))
            .toList());
  }

  private static PlanningProblem suffix(PlanningProblem problem, int first, int present) {
    CostTable costs = problem.costs();
    int m = costs.settings();
    CostTable rest =
        Problems.costs(
            costs.grid(),
            Arrays.copyOfRange(costs.latencySeconds(), first * m, costs.operators() * m),
            Arrays.copyOfRange(costs.energyJoules(), first * m, costs.operators() * m));
    return PlanningProblem.builder(rest, 1)
        .switchCosts(problem.switchCosts())
        .idlePowerWatts(problem.idlePowerWatts())
        .start(Start.from(present))
        .build();
  }

  @Test
  void fromASettingThatHasNoRow_theNearestOneAnswers() {
    SettingGrid grid = Problems.grid(3, 3);
    PlanningProblem problem =
        PlanningProblem.builder(Problems.physical(grid, 5, new Random(1)), 1)
            .forbid(0, 1, 3, 4)
            .start(Start.free())
            .build();
    SuffixFrontier frontier = SuffixFrontier.of(problem);
    for (int x = 0; x < grid.size(); x++) {
      for (int i = 0; i < 5; i++) {
        assertThat(problem.forbidden(frontier.next(i, 1, x))).isFalse();
      }
    }
    byte[] nearest = frontier.nearest();
    int[] settings = frontier.settings();
    IntStream.range(0, settings.length)
        .forEach(s -> assertThat(nearest[settings[s]]).isEqualTo((byte) s));
  }

  @Test
  void itsTables_makeTheSameFrontierAgain_andOtherSizesAreRefused() {
    SuffixFrontier one = SuffixFrontier.of(ESSAY);
    SuffixFrontier two =
        new SuffixFrontier(
            one.rowOfOperator(), one.settings(), one.nearest(), one.remainingSeconds(), one.next());
    for (double seconds = 0; seconds < 7; seconds += 0.3) {
      assertThat(two.next(1, seconds, 0)).isEqualTo(one.next(1, seconds, 0));
    }
    assertThatThrownBy(
            () ->
                new SuffixFrontier(
                    one.rowOfOperator(), one.settings(), one.nearest(), new float[3], one.next()))
        .isInstanceOf(NeuroBalancerException.class)
        .hasMessageContaining("3 times");
    assertThatThrownBy(
            () ->
                new SuffixFrontier(
                    one.rowOfOperator(),
                    one.settings(),
                    new byte[] {0, 2},
                    one.remainingSeconds(),
                    one.next()))
        .isInstanceOf(NeuroBalancerException.class);
  }
}
