package io.neurobalancer.plan;

import io.neurobalancer.cost.CostTable;
import io.neurobalancer.device.FrequencyDomain;
import io.neurobalancer.device.OppTable;
import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.device.SwitchCost;
import io.neurobalancer.device.SwitchCosts;
import io.neurobalancer.unit.Frequency;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** Builds planning problems for tests. */
final class Problems {

  private Problems() {}

  /** A grid with these numbers of OPPs; the last of several domains is memory. */
  static SettingGrid grid(int... opps) {
    List<FrequencyDomain> domains = new ArrayList<>();
    for (int d = 0; d < opps.length; d++) {
      boolean memory = d == opps.length - 1 && d > 0;
      domains.add(
          new FrequencyDomain(
              memory ? "memory" : "core" + d,
              memory ? FrequencyDomain.Kind.MEMORY : FrequencyDomain.Kind.CORE,
              OppTable.of(
                  LongStream.rangeClosed(1, opps[d])
                      .mapToObj(i -> Frequency.ofMegahertz(i * 200))
                      .toList())));
    }
    return new SettingGrid(domains);
  }

  static CostTable costs(SettingGrid grid, double[] latency, double[] energy) {
    return new CostTable(
        grid,
        IntStream.range(0, latency.length / grid.size()).mapToObj(i -> "op" + i).toList(),
        latency,
        energy,
        new double[latency.length]);
  }

  /**
   * Costs that follow a roofline and a quadratic energy, roughly, of operators of very different
   * size.
   */
  static CostTable physical(SettingGrid grid, int operators, Random random) {
    int m = grid.size();
    double[] latency = new double[operators * m];
    double[] energy = new double[operators * m];
    for (int i = 0; i < operators; i++) {
      double work = StrictMath.exp(2 * random.nextGaussian());
      double[] share = random.doubles(grid.dimensions(), 0.02, 1).toArray();
      for (int x = 0; x < m; x++) {
        double t = 0.02;
        double dynamic = 0;
        for (int d = 0; d < grid.dimensions(); d++) {
          double f = grid.frequency(x, d).gigahertz();
          t += share[d] / f;
          dynamic += share[d] * (0.3 + f * f);
        }
        t *= work * 1e-3 * (1 + 0.02 * random.nextDouble());
        latency[i * m + x] = t;
        energy[i * m + x] = t * (0.4 + dynamic) * (1 + 0.02 * random.nextDouble());
      }
    }
    return costs(grid, latency, energy);
  }

  static SwitchCosts switches(SettingGrid grid, double scaleSeconds, Random random) {
    return new SwitchCosts(
        IntStream.range(0, grid.dimensions())
            .mapToObj(
                d ->
                    new SwitchCost(
                        scaleSeconds * random.nextDouble(),
                        scaleSeconds * random.nextDouble(),
                        scaleSeconds * random.nextDouble(),
                        scaleSeconds * random.nextDouble()))
            .toList());
  }

  /** One of the three kinds of start. */
  static Start start(SettingGrid grid, Random random) {
    return switch (random.nextInt(3)) {
      case 0 -> Start.steadyState();
      case 1 -> Start.from(random.nextInt(grid.size()));
      default -> Start.free();
    };
  }

  static double fastestMakespan(PlanningProblem problem) {
    return Planner.fastest(problem).makespanSeconds();
  }
}
