package io.neurobalancer.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.neurobalancer.cost.CostTable;
import io.neurobalancer.device.SettingGrid;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What is said of a plan, against the plans that it speaks of. */
final class ExplanationTest {

  private static final double CLOSE = 1e-12;

  /** Any plan of a random problem, at any price: in groups of two, the first operator alone. */
  private static Plan any(Random random) {
    int[][] shapes = {{5}, {2, 3}, {3, 2}};
    SettingGrid grid = Problems.grid(shapes[random.nextInt(shapes.length)]);
    int n = 1 + 2 * random.nextInt(4);
    PlanningProblem.Builder builder =
        PlanningProblem.builder(Problems.physical(grid, n, random), 1e3)
            .switchCosts(Problems.switches(grid, 1e-3, random))
            .idlePowerWatts(random.nextInt(2) * random.nextDouble())
            .start(Problems.start(grid, random))
            .forbid(0);
    boolean grouped = random.nextBoolean();
    if (grouped) {
      builder.cuts(IntStream.range(0, n).filter(i -> i % 2 == 1).toArray());
    }
    int[] settings = new int[n];
    for (int i = 0; i < n; i++) {
      boolean same = i > 0 && (grouped ? i % 2 == 0 : random.nextInt(3) == 0);
      settings[i] = same ? settings[i - 1] : 1 + random.nextInt(grid.size() - 1);
    }
    return new Plan("any", builder.build(), settings, -1e9, random.nextInt(2) * 3.0);
  }

  /** What a plan costs, its time priced as the plan says. */
  private static double priced(Plan plan, int[] settings) {
    Plan other = new Plan("other", plan.problem(), settings);
    return other.energyJoules()
        + plan.marginalJoulesPerSecond().orElseThrow() * other.makespanSeconds();
  }

  private static double with(Plan plan, int first, int end, int setting) {
    int[] settings = plan.settings();
    for (int i = first; i < end; i++) {
      settings[i] = setting;
    }
    return priced(plan, settings);
  }

  /** What some operators burn beyond idling at a setting. */
  private static double joules(Plan plan, int first, int end, int setting) {
    CostTable costs = plan.problem().costs();
    double joules = 0;
    for (int i = first; i < end; i++) {
      joules += costs.energyJoules(i, setting);
      joules -= plan.problem().idlePowerWatts() * costs.latencySeconds(i, setting);
    }
    return joules;
  }

  private static double seconds(Plan plan, int first, int end, int setting) {
    double seconds = 0;
    for (int i = first; i < end; i++) {
      seconds += plan.problem().costs().latencySeconds(i, setting);
    }
    return seconds;
  }

  @Test
  void aRunnerUp_isTheSettingWithWhichThePlanWouldBeCheapestAmongOthers() {
    for (int seed = 0; seed < 80; seed++) {
      Plan plan = any(new Random(seed));
      List<Explanation> why = Explanation.of(plan);
      int n = plan.operators();
      assertThat(why).hasSize(n);
      double own = priced(plan, plan.settings());
      int first = 0;
      for (int i = 0; i < n; i++) {
        if (plan.problem().cutBefore(i)) {
          first = i;
        }
        int end = i + 1;
        while (end < n && !plan.problem().cutBefore(end)) {
          end++;
        }
        double least = Double.POSITIVE_INFINITY;
        double rate = 0;
        for (int x = 1; x < plan.grid().size(); x++) {
          if (x != plan.setting(i)) {
            least = Math.min(least, with(plan, first, end, x) - own);
            double later =
                seconds(plan, first, end, x) - seconds(plan, first, end, plan.setting(i));
            double saved = joules(plan, first, end, plan.setting(i)) - joules(plan, first, end, x);
            rate = later > 0 ? Math.max(rate, saved / later) : rate;
          }
        }
        Explanation told = why.get(i);
        assertThat(told.operator()).isEqualTo(i);
        assertThat(told.setting()).isEqualTo(plan.setting(i));
        assertThat(told.runnerUpCostJoules()).as("seed %d", seed).isCloseTo(least, within(CLOSE));
        assertThat(with(plan, first, end, told.runnerUp()) - own).isCloseTo(least, within(CLOSE));
        assertThat(told.marginalJoulesPerSecond()).isCloseTo(rate, within(1e-9));
      }
    }
  }

  @Test
  void slackTaken_andWhatItSaves_countFromTheOperatorsOwnFastestSetting() {
    for (int seed = 0; seed < 40; seed++) {
      Plan plan = any(new Random(seed));
      for (Explanation told : Explanation.of(plan)) {
        int i = told.operator();
        double fastest = Double.POSITIVE_INFINITY;
        double there = 0;
        for (int x = 1; x < plan.grid().size(); x++) {
          if (seconds(plan, i, i + 1, x) < fastest) {
            fastest = seconds(plan, i, i + 1, x);
            there = joules(plan, i, i + 1, x);
          }
        }
        int own = plan.setting(i);
        assertThat(told.latencySeconds()).isEqualTo(seconds(plan, i, i + 1, own));
        assertThat(told.energyJoules()).isEqualTo(plan.problem().costs().energyJoules(i, own));
        assertThat(told.slackTakenSeconds())
            .isCloseTo(seconds(plan, i, i + 1, own) - fastest, within(CLOSE));
        assertThat(told.savedJoules())
            .isCloseTo(there - joules(plan, i, i + 1, own), within(CLOSE));
      }
    }
  }

  @Test
  void whereThereIsOneSetting_nothingComesClose() {
    PlanningProblem problem =
        PlanningProblem.builder(
                Problems.costs(Problems.grid(2), new double[] {2, 1}, new double[] {2, 5}), 3)
            .forbid(0)
            .build();
    Explanation alone = Explanation.of(new Plan("any", problem, new int[] {1})).get(0);
    assertThat(alone.runnerUp()).isEqualTo(1);
    assertThat(alone.runnerUpCostJoules()).isZero();
    assertThat(alone.marginalJoulesPerSecond()).isZero();
    assertThat(alone.slackTakenSeconds()).isZero();
  }

  /** Latencies fall with so many percent per percent of clock: of two cores, and of memory. */
  private static Explanation.Bound bound(int setting, double core0, double core1, double memory) {
    SettingGrid grid = Problems.grid(3, 2, 3);
    double[] seconds = new double[grid.size()];
    for (int x = 0; x < seconds.length; x++) {
      seconds[x] =
          StrictMath.pow(grid.frequency(x, 0).gigahertz(), -core0)
              * StrictMath.pow(grid.frequency(x, 1).gigahertz(), -core1)
              * StrictMath.pow(grid.frequency(x, 2).gigahertz(), -memory);
    }
    PlanningProblem problem =
        PlanningProblem.builder(Problems.costs(grid, seconds, seconds), 1e3).build();
    return Explanation.of(new Plan("any", problem, new int[] {setting})).get(0).bound();
  }

  @Test
  void whatAnOperatorIsBoundBy_isTheClockThatItsLatencyFollows() {
    for (int x = 0; x < 18; x++) {
      assertThat(bound(x, 1, 0, 0)).isEqualTo(Explanation.Bound.COMPUTE);
      assertThat(bound(x, 0, 1, 0)).isEqualTo(Explanation.Bound.COMPUTE);
      assertThat(bound(x, 0, 0, 1)).isEqualTo(Explanation.Bound.MEMORY);
      assertThat(bound(x, 0, 0, 0)).isEqualTo(Explanation.Bound.OVERHEAD);
      assertThat(bound(x, 1, 0, 1)).isEqualTo(Explanation.Bound.BALANCED);
      // Less than 0.15 percent per percent hardly counts.
      assertThat(bound(x, 0.14, 0.14, 0.14)).isEqualTo(Explanation.Bound.OVERHEAD);
      assertThat(bound(x, 0.16, 0, 0)).isEqualTo(Explanation.Bound.COMPUTE);
      assertThat(bound(x, 0, 0, 0.16)).isEqualTo(Explanation.Bound.MEMORY);
      // Half as much again decides, of the core that counts most.
      assertThat(bound(x, 0.1, 0.31, 0.2)).isEqualTo(Explanation.Bound.COMPUTE);
      assertThat(bound(x, 0.29, 0.1, 0.2)).isEqualTo(Explanation.Bound.BALANCED);
      assertThat(bound(x, 0.2, 0.1, 0.29)).isEqualTo(Explanation.Bound.BALANCED);
      assertThat(bound(x, 0.2, 0.2, 0.31)).isEqualTo(Explanation.Bound.MEMORY);
    }
  }

  @Test
  void aClockThatCannotMove_bindsNothing() {
    SettingGrid grid = Problems.grid(1, 2);
    PlanningProblem problem =
        PlanningProblem.builder(Problems.costs(grid, new double[] {2, 1}, new double[] {1, 1}), 3)
            .build();
    assertThat(Explanation.of(new Plan("any", problem, new int[] {0})).get(0).bound())
        .isEqualTo(Explanation.Bound.MEMORY);
  }

  @Test
  void aSegment_isWorthWhatThePlanWouldCostMore_atTheSettingOfItsBetterNeighbour() {
    int several = 0;
    for (int seed = 0; seed < 120; seed++) {
      Plan plan = any(new Random(seed));
      double price = plan.marginalJoulesPerSecond().orElseThrow();
      boolean cyclic = plan.problem().start() instanceof Start.SteadyState;
      List<SegmentExplanation> why = SegmentExplanation.of(plan);
      List<Segment> segments = plan.segments();
      assertThat(why).hasSameSizeAs(segments);
      for (int s = 0; s < segments.size(); s++) {
        Segment segment = segments.get(s);
        SegmentExplanation told = why.get(s);
        assertThat(told.segment()).isEqualTo(segment);
        int first = segment.firstOperator();
        int end = segment.lastOperator() + 1;
        double least = Double.POSITIVE_INFINITY;
        for (int neighbour : new int[] {s - 1, s + 1}) {
          boolean inside = neighbour >= 0 && neighbour < segments.size();
          int x = segments.get(Math.floorMod(neighbour, segments.size())).setting();
          if ((inside || cyclic) && x != segment.setting()) {
            least = Math.min(least, with(plan, first, end, x) - priced(plan, plan.settings()));
          }
        }
        if (least == Double.POSITIVE_INFINITY) {
          assertThat(told).isEqualTo(new SegmentExplanation(segment, segment.setting(), 0, 0));
          continue;
        }
        several++;
        int x = told.substitute();
        assertThat(x).isNotEqualTo(segment.setting());
        assertThat(with(plan, first, end, x) - priced(plan, plan.settings()))
            .as("seed %d", seed)
            .isCloseTo(least, within(CLOSE));
        assertThat(told.netJoules()).as("seed %d", seed).isCloseTo(least, within(CLOSE));
        assertThat(told.operatorsSaveJoules())
            .isCloseTo(
                joules(plan, first, end, x)
                    - joules(plan, first, end, segment.setting())
                    + price * seconds(plan, first, end, x)
                    - price * seconds(plan, first, end, segment.setting()),
                within(CLOSE));
      }
    }
    assertThat(several).isGreaterThan(100);
  }
}
