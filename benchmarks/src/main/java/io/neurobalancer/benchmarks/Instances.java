package io.neurobalancer.benchmarks;

import io.neurobalancer.cost.CostTable;
import io.neurobalancer.device.FrequencyDomain;
import io.neurobalancer.device.OppTable;
import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.device.SwitchCost;
import io.neurobalancer.device.SwitchCosts;
import io.neurobalancer.plan.Planner;
import io.neurobalancer.plan.PlanningProblem;
import io.neurobalancer.plan.Start;
import io.neurobalancer.unit.Frequency;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Seeded planning problems of the size of real ones: log-normal operators from 20 microseconds to
 * some milliseconds, of random intensity, on a core domain and a memory domain.
 */
public final class Instances {

  /** How much slower than the fastest makespan the budgets are. */
  public static final double STRETCH = 1.5;

  private Instances() {}

  /** Returns a grid of a core and a memory domain. */
  public static SettingGrid grid(int coreOpps, int memoryOpps) {
    return new SettingGrid(
        List.of(
            new FrequencyDomain("core", FrequencyDomain.Kind.CORE, opps(coreOpps, 300, 2_600)),
            new FrequencyDomain(
                "memory", FrequencyDomain.Kind.MEMORY, opps(memoryOpps, 200, 2_100))));
  }

  private static OppTable opps(int count, long slowestMegahertz, long fastestMegahertz) {
    return OppTable.of(
        IntStream.range(0, count)
            .mapToObj(
                i ->
                    Frequency.ofMegahertz(
                        slowestMegahertz
                            + (fastestMegahertz - slowestMegahertz) * i / Math.max(1, count - 1)))
            .toList());
  }

  /**
   * Returns a problem whose budget is {@link #STRETCH} times its fastest makespan, with switches of
   * tens of microseconds.
   */
  public static PlanningProblem problem(SettingGrid grid, int operators, Start entry, long seed) {
    Random random = new Random(seed);
    PlanningProblem problem =
        PlanningProblem.builder(costs(grid, operators, random), 1)
            .switchCosts(switches(grid, random))
            .idlePowerWatts(0.1 + 0.2 * random.nextDouble())
            .start(entry)
            .build();
    return problem.withBudget(STRETCH * Planner.fastest(problem).makespanSeconds());
  }

  private static CostTable costs(SettingGrid grid, int operators, Random random) {
    int m = grid.size();
    double[] latency = new double[operators * m];
    double[] energy = new double[operators * m];
    for (int i = 0; i < operators; i++) {
      double seconds = 2e-4 * StrictMath.exp(random.nextGaussian());
      double compute = 0.05 + 0.9 * random.nextDouble();
      double exponent = 1.5 + 2 * random.nextDouble();
      for (int x = 0; x < m; x++) {
        double core = grid.frequency(x, 0).gigahertz();
        double memory = grid.frequency(x, 1).gigahertz();
        double t =
            seconds
                * StrictMath.pow(
                    StrictMath.pow(compute / core, exponent)
                        + StrictMath.pow((1 - compute) / memory, exponent),
                    1 / exponent)
                * (1 + 0.01 * random.nextDouble());
        double watts = 0.3 + 0.25 * core + 0.35 * core * core * core / 2 + 0.3 * memory;
        latency[i * m + x] = t + 5e-6;
        energy[i * m + x] = (t + 5e-6) * watts * (1 + 0.01 * random.nextDouble());
      }
    }
    return new CostTable(
        grid,
        IntStream.range(0, operators).mapToObj(i -> "op" + i).toList(),
        latency,
        energy,
        new double[operators * m]);
  }

  private static SwitchCosts switches(SettingGrid grid, Random random) {
    return new SwitchCosts(
        IntStream.range(0, grid.dimensions())
            .mapToObj(
                d ->
                    new SwitchCost(
                        1e-5 + 5e-5 * random.nextDouble(),
                        1e-5 + 5e-5 * random.nextDouble(),
                        1e-5 + 5e-5 * random.nextDouble(),
                        1e-5 + 5e-5 * random.nextDouble()))
            .toList());
  }
}
