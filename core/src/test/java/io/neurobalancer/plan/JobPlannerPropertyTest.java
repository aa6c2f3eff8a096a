package io.neurobalancer.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.neurobalancer.cost.Calibration;
import io.neurobalancer.cost.CostTable;
import io.neurobalancer.cost.Quantiles;
import io.neurobalancer.device.IdleState;
import io.neurobalancer.device.SettingGrid;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Random jobs against every assignment with every place to rest. */
final class JobPlannerPropertyTest {

  static LongStream seeds() {
    return Seeds.upTo(150);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void noAssignmentAndPlaceToRest_isCheaper_thanTheOneFound_byMuch(long seed) {
    assertThat(costAgainstBest(seed)).isLessThan(1.25);
  }

  @Test
  void nearlyAlways_theBestAssignmentAndPlaceToRest_areFound() {
    double mean =
        LongStream.range(0, 200)
            .mapToDouble(JobPlannerPropertyTest::costAgainstBest)
            .average()
            .orElseThrow();
    assertThat(mean).isLessThan(1.001);
  }

  /** Returns how many times as dear a random job is planned as it could be. */
  private static double costAgainstBest(long seed) {
    Random random = new Random(seed);
    int[][] shapes = {{3}, {2, 2}, {2, 3}};
    SettingGrid grid = Problems.grid(shapes[random.nextInt(shapes.length)]);
    CostTable costs = Problems.physical(grid, 2 + random.nextInt(3), random);
    double fastest = Problems.fastestMakespan(PlanningProblem.builder(costs, 1).build());
    double settle = random.nextInt(2) * 0.1 * fastest * random.nextDouble();
    List<IdleState> states = new ArrayList<>();
    List<List<Double>> watts = new ArrayList<>();
    for (int s = 0; s < 1 + random.nextInt(3); s++) {
      double share = s * 0.02 * random.nextDouble();
      states.add(new IdleState("s" + s, share * fastest, share * fastest, 4 * share * fastest));
      double base = random.nextDouble() / (1 + s);
      watts.add(
          IntStream.range(0, grid.size())
              .mapToObj(x -> base * (1 + x * random.nextDouble()))
              .collect(Collectors.toList()));
    }
    Calibration device =
        new Calibration(
            Problems.switches(grid, 0.02 * fastest, random),
            Collections.nCopies(grid.dimensions(), settle),
            states,
            watts,
            Map.of());
    double seconds = fastest * (1.2 + random.nextDouble());
    Deadline deadline =
        new Deadline(seconds, seconds * (1 + random.nextInt(2) * random.nextDouble()), 1.02);
    Truth truth = new Truth(costs, device, deadline);
    double least = truth.least();
    JobPlan job;
    try {
      job = JobPlanner.plan(costs, device, deadline, new ExactPlanner());
    } catch (DeadlineUnreachableException e) {
      assertThat(least).isInfinite();
      return 1;
    }
    if (job.plan().note().contains("margin")) {
      assertThat(least).isInfinite();
      return 1;
    }
    assertThat(PlanChecker.check(job.plan())).isEmpty();
    double own = truth.joules(job.plan().settings(), job.idleSetting());
    assertThat(job.plan().energyJoules()).isCloseTo(own, within(1e-9 * own));
    assertThat(own).isGreaterThanOrEqualTo(least * (1 - 1e-9));
    return own / least;
  }

  /** What a job costs on a device that does what is asked, by the definition. */
  private record Truth(CostTable costs, Calibration device, Deadline deadline) {

    /** Tries every assignment with every place to rest. */
    double least() {
      int[] path = new int[costs.operators()];
      double least = Double.POSITIVE_INFINITY;
      for (int i = 0; i < path.length; ) {
        for (int rest = 0; rest < costs.settings(); rest++) {
          least = Math.min(least, joules(path, rest));
        }
        for (i = 0; i < path.length && ++path[i] == costs.settings(); i++) {
          path[i] = 0;
        }
      }
      return least;
    }

    /** Returns the energy of a period; infinite if the job is late or the clocks do not follow. */
    double joules(int[] path, int rest) {
      SettingGrid grid = costs.grid();
      double seconds = 0;
      double joules = 0;
      int before = rest;
      for (int i = 0; i < path.length; i++) {
        seconds += device.switchCosts().seconds(grid, before, path[i]);
        joules += device.switchCosts().joules(grid, before, path[i]);
        seconds += costs.latencySeconds(i, path[i]);
        joules += costs.energyJoules(i, path[i]);
        before = path[i];
      }
      joules += device.switchCosts().joules(grid, before, rest);
      double gap = deadline.periodSeconds() - seconds;
      for (int d = 0; d < grid.dimensions(); d++) {
        double kept = 0;
        for (int i = path.length - 1; i >= 0; i--) {
          if (grid.oppIndex(path[i], d) != grid.oppIndex(before, d)) {
            break;
          }
          kept += costs.latencySeconds(i, path[i]);
        }
        double settle = device.settleSeconds().get(d);
        boolean down = grid.oppIndex(before, d) != grid.oppIndex(rest, d);
        boolean up = grid.oppIndex(rest, d) != grid.oppIndex(path[0], d);
        if (down && Math.max(0, settle - kept) + (up ? settle : 0) > gap) {
          return Double.POSITIVE_INFINITY;
        }
      }
      double awake = Double.POSITIVE_INFINITY;
      for (int i = 0; i < path.length; i++) {
        awake = Math.min(awake, costs.energyJoules(i, rest) / costs.latencySeconds(i, rest));
      }
      double factor = deadline.marginFactor();
      double deviation = (factor - 1) / 3 * seconds;
      double least = Double.POSITIVE_INFINITY;
      for (int s = 0; s < device.idleStates().size(); s++) {
        double awoken = gap - device.idleStates().get(s).wakeSeconds();
        int deepest = device.idleState(awoken + 2 * deviation);
        double wake = device.idleStates().get(s).wakeSeconds();
        double longest = Math.max(wake, device.idleStates().get(deepest).wakeSeconds());
        boolean early =
            seconds <= (deadline.deadlineSeconds() - wake) / factor * (1 + 1e-12)
                && seconds * factor + longest <= deadline.deadlineSeconds() * (1 + 1e-12);
        if (device.idleState(awoken) == s && early) {
          least = Math.min(least, joules + idleJoules(awoken, deviation, gap, rest, awake));
        }
      }
      return least;
    }

    /** Returns the mean over jobs that are normally slower and faster, state by state. */
    private double idleJoules(double awoken, double deviation, double gap, int rest, double awake) {
      double joules = 0;
      double deeper = 0;
      for (int s = device.idleStates().size() - 1; s >= 0; s--) {
        IdleState state = device.idleStates().get(s);
        double deviations = (awoken - state.minimumResidencySeconds()) / deviation;
        double reaching = Quantiles.normalShare(deviations);
        if (s == 0 || deviations > 3) {
          reaching = 1;
        } else if (deviations < -3) {
          reaching = 0;
        }
        double share = Math.max(deeper, reaching) - deeper;
        deeper += share;
        double watts = device.idleWatts(s, rest);
        double waking = (state.entrySeconds() + state.wakeSeconds()) * Math.max(0, awake - watts);
        joules += share * (watts * gap + waking);
      }
      return joules;
    }
  }
}
