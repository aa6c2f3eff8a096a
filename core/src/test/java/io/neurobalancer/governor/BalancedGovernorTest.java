package io.neurobalancer.governor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.neurobalancer.cost.Calibration;
import io.neurobalancer.cost.CostTable;
import io.neurobalancer.device.FrequencyDomain;
import io.neurobalancer.device.IdleState;
import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.device.SwitchCosts;
import io.neurobalancer.plan.Deadline;
import io.neurobalancer.plan.JobPlan;
import io.neurobalancer.plan.LagrangianPlanner;
import io.neurobalancer.plan.Plan;
import io.neurobalancer.plan.PlanningProblem;
import io.neurobalancer.plan.Start;
import io.neurobalancer.unit.NeuroBalancerException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class BalancedGovernorTest {

  private static final int OPERATORS = 20;
  private static final int[] MEGAHERTZ = {400, 600, 800, 1_000, 1_200, 1_600};
  static final FrequencyDomain CORE =
      new FrequencyDomain("cpu", FrequencyDomain.Kind.CORE, FakeBoard.megahertz(MEGAHERTZ));
  private static final long MS = 1_000_000;
  private static final long DEADLINE = 20_050_000;

  /** Each operator takes 1 ms at 1 GHz; power rises with the cube of the clock. */
  private static final CostTable COSTS = costs();

  /** 20 ms at 1 GHz, and a microsecond for rounding. */
  private static final Plan PLAN =
      new LagrangianPlanner()
          .plan(PlanningProblem.builder(COSTS, 20.001e-3).start(Start.steadyState()).build());

  private static CostTable costs() {
    SettingGrid grid = new SettingGrid(List.of(CORE));
    double[] seconds = new double[OPERATORS * MEGAHERTZ.length];
    double[] joules = new double[seconds.length];
    for (int j = 0; j < seconds.length; j++) {
      double gigahertz = MEGAHERTZ[j % MEGAHERTZ.length] * 1e-3;
      seconds[j] = 1e-3 / gigahertz;
      joules[j] = (0.1 + gigahertz * gigahertz * gigahertz) * seconds[j];
    }
    return new CostTable(
        grid,
        IntStream.range(0, OPERATORS).mapToObj(i -> "op" + i).toList(),
        seconds,
        joules,
        new double[seconds.length]);
  }

  /** Returns the latency of any operator at an OPP. */
  static double seconds(int opp) {
    return COSTS.latencySeconds(0, opp);
  }

  private static BalancedGovernor.Factory factory(double marginFactor) {
    return BalancedGovernor.of(plan(marginFactor));
  }

  static FeedbackPlan plan(double marginFactor) {
    Calibration calibration =
        new Calibration(
            SwitchCosts.free(1),
            List.of(0.0),
            List.of(new IdleState("idle", 0, 0, 0)),
            List.of(Collections.nCopies(MEGAHERTZ.length, 0.0)),
            Map.of());
    int last = PLAN.setting(OPERATORS - 1);
    return FeedbackPlan.of(
        new JobPlan(PLAN, last, 0),
        new Deadline(DEADLINE * 1e-9, 40e-3, marginFactor),
        calibration);
  }

  /** Runs jobs on a board whose operators take as long as a test says, and notes what happened. */
  private static final class Bench {
    private final FakeBoard board = new FakeBoard(CORE);
    private final List<Integer> settings = new ArrayList<>();
    private final Governor governor;
    private long now;

    Bench(Governor.Factory factory) {
      governor = factory.on(board, 0);
    }

    /**
     * Runs a job.
     *
     * @param percent per operator, what it takes of what is predicted at the clock that runs
     * @return the time from release to end, nanoseconds
     */
    long job(IntUnaryOperator percent) {
      long release = now;
      settings.clear();
      governor.released(0, now, release + DEADLINE);
      for (int i = 0; i < OPERATORS; i++) {
        governor.segmentStarting(0, i, now);
        int opp = board.actualOrRequested(0);
        settings.add(opp);
        now += (long) (COSTS.latencySeconds(i, opp) * percent.applyAsInt(i) * 1e7);
      }
      governor.finished(0, now);
      long response = now - release;
      now = release + 40 * MS;
      return response;
    }
  }

  @Test
  void workOnTime_isDoneAsPlanned() {
    Bench bench = new Bench(factory(1));
    long response = bench.job(i -> 100);
    assertThat(response * 1e-9).isCloseTo(PLAN.makespanSeconds(), within(3e-4));
    assertThat(energy(bench.settings))
        .isCloseTo(PLAN.energyJoules(), within(0.01 * PLAN.energyJoules()));
  }

  private static double energy(List<Integer> settings) {
    return IntStream.range(0, OPERATORS)
        .mapToDouble(i -> COSTS.energyJoules(i, settings.get(i)))
        .sum();
  }

  @Test
  void aStall_isMadeUpFor_andTheRestOfTheJobRunsFaster() {
    Bench bench = new Bench(factory(1.02));
    for (int j = 0; j < 20; j++) {
      bench.job(i -> 100);
    }
    List<Integer> usual = List.copyOf(bench.settings);
    // A stall of 4 ms in the third operator.
    long response = bench.job(i -> i == 2 ? 500 : 100);
    assertThat(response).isLessThanOrEqualTo(DEADLINE);
    assertThat(bench.settings.get(10)).isGreaterThan(usual.get(10));
  }

  @Test
  void earlyWork_leavesItsSlackToTheRest() {
    Bench bench = new Bench(factory(1.02));
    bench.job(i -> i < 5 ? 40 : 100);
    assertThat(energy(bench.settings)).isLessThan(0.9 * PLAN.energyJoules());
  }

  @Test
  void aDeviceThatBecomesSlower_isNotLateAgain_andItsModelIsCalledOutdated() {
    BalancedGovernor.Factory factory = factory(1.02);
    Bench bench = new Bench(factory);
    int late = 0;
    for (int j = 0; j < 100; j++) {
      late += bench.job(i -> 125) > DEADLINE ? 1 : 0;
    }
    assertThat(late).isLessThanOrEqualTo(1);
    BalancedGovernor.Report report = factory.report().orElseThrow();
    assertThat(report.pace()).isCloseTo(1.25, within(0.01));
    assertThat(report.drift()).isCloseTo(1.25, within(0.01));
    assertThat(report.toString()).contains("1.25 times its predicted latency");
    assertThat(report.jobs()).isEqualTo(100);
    assertThat(report.decisions()).isEqualTo(100 * OPERATORS);
    assertThat(report.faster()).isGreaterThan(30 * OPERATORS);
  }

  @Test
  void theReserve_shrinksWhileJobsEndWhereTheyAreAimedAt() {
    BalancedGovernor.Factory factory = factory(1.2);
    Bench bench = new Bench(factory);
    long first = bench.job(i -> 100);
    for (int j = 0; j < 200; j++) {
      bench.job(i -> 100);
    }
    // A fifth of what it takes to know that none in a thousand is late.
    long soon = bench.job(i -> 100);
    for (int j = 0; j < 800; j++) {
      bench.job(i -> 100);
    }
    long last = bench.job(i -> 100);
    assertThat(first).isLessThan(18 * MS);
    assertThat(soon).isLessThan(18 * MS);
    assertThat(last).isGreaterThan(19 * MS).isLessThanOrEqualTo(DEADLINE);
  }

  @Test
  void requestsThatAreLost_areRepeated_andInTheEndTheDeviceIsHandedBack() {
    List<Long> stock = new ArrayList<>();
    BalancedGovernor.Factory factory =
        factory(1.02)
            .stock(
                (board, nowNanos) -> {
                  stock.add(nowNanos);
                  return new Governor() {
                    @Override
                    public void released(int stream, long now, long deadline) {
                      stock.add(now);
                    }
                  };
                });
    Bench bench = new Bench(factory);
    bench.job(i -> 100);
    assertThat(bench.board.requested(0)).isPositive();
    bench.board.request(0, 0);
    bench.board.refuse(0, true);
    bench.job(i -> 100);
    assertThat(stock).isEmpty();
    bench.board.refuse(0, false);
    bench.job(i -> 100);
    assertThat(bench.settings.get(1)).isPositive();
    bench.board.request(0, 0);
    bench.board.refuse(0, true);
    for (int j = 0; j < 4; j++) {
      bench.job(i -> 100);
    }
    assertThat(stock).hasSizeGreaterThanOrEqualTo(2);
    BalancedGovernor.Report report = factory.report().orElseThrow();
    assertThat(report.handedBack()).isTrue();
    assertThat(report.failedRequests()).isPositive();
    assertThat(report.toString()).contains("handed back to its stock governor");
  }

  @Test
  void aCappedClock_isCounted_andNotHurriedWhereTheDeadlineIsOutOfReach() {
    BalancedGovernor.Factory factory = factory(1.02);
    Bench bench = new Bench(factory);
    bench.board.hold(0, 1);
    for (int j = 0; j < 3; j++) {
      assertThat(bench.job(i -> 100)).isGreaterThan(DEADLINE);
    }
    BalancedGovernor.Report report = factory.report().orElseThrow();
    assertThat(report.capped()).isGreaterThan(2 * OPERATORS);
    assertThat(report.pace()).isCloseTo(1, within(0.01));
    assertThat(report.unreachable()).isPositive();
    assertThat(bench.board.requested(0)).isEqualTo(PLAN.setting(OPERATORS - 1));
    bench.board.hold(0, Board.UNKNOWN);
    bench.job(i -> 100);
    assertThat(bench.job(i -> 100)).isLessThanOrEqualTo(DEADLINE);
  }

  @Test
  void otherStreams_areNotGoverned() {
    FakeBoard board = new FakeBoard(CORE);
    Governor governor = factory(1).on(board, 0);
    int before = board.requested(0);
    governor.released(1, 0, 1);
    governor.segmentStarting(1, 0, 0);
    governor.finished(1, 100 * MS);
    assertThat(board.requested(0)).isEqualTo(before);
    assertThat(governor.nextTickNanos()).isEqualTo(Governor.NEVER);
  }

  @Test
  void aPlanForOtherClocks_andAnImpossibleTarget_areRefused() {
    FakeBoard other = FakeBoard.of(FakeBoard.megahertz(100, 200), FakeBoard.megahertz(100));
    assertThatThrownBy(() -> factory(1).on(other, 0)).hasMessageContaining("other clocks");
    assertThatThrownBy(() -> factory(1).missTarget(0))
        .isInstanceOf(NeuroBalancerException.class)
        .hasMessageContaining("between 0 and 1");
  }
}
