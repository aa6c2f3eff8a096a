package io.neurobalancer.plan;

import io.neurobalancer.cost.CostTable;
import io.neurobalancer.device.SettingGrid;
import java.util.Arrays;
import java.util.Random;
import java.util.function.Consumer;

/** All paths of small problems, and paths chosen by lot. */
final class AllPaths {

  private AllPaths() {}

  /** A small problem without limits, whose switches matter. */
  static PlanningProblem problem(int rows, Start start, Random random) {
    int[][] shapes = {{2}, {4}, {2, 3}, {3, 2}, {2, 2, 2}};
    SettingGrid grid = Problems.grid(shapes[random.nextInt(shapes.length)]);
    PlanningProblem.Builder builder =
        PlanningProblem.builder(costs(grid, rows, random), 1)
            .switchCosts(
                Problems.switches(grid, StrictMath.pow(10, -5 + 3 * random.nextDouble()), random))
            .idlePowerWatts(random.nextInt(2) * random.nextDouble())
            .start(start);
    if (random.nextInt(4) == 0) {
      builder.forbid(random.nextInt(grid.size()));
    }
    return builder.build();
  }

  /** Costs of rows of very different size, each of which is faster the dearer it is. */
  static CostTable costs(SettingGrid grid, int rows, Random random) {
    int m = grid.size();
    double[] seconds = new double[rows * m];
    double[] joules = new double[rows * m];
    for (int i = 0; i < rows; i++) {
      double work = 1e-3 * StrictMath.exp(random.nextGaussian());
      double[] share = random.doubles(grid.dimensions(), 0.05, 1).toArray();
      for (int x = 0; x < m; x++) {
        double t = 0.05;
        double watts = 0.2;
        for (int d = 0; d < grid.dimensions(); d++) {
          int speed = 1 + grid.oppIndex(x, d);
          t += share[d] / speed;
          watts += share[d] * speed * speed;
        }
        seconds[i * m + x] = work * t * (1 + 0.05 * random.nextDouble());
        joules[i * m + x] = seconds[i * m + x] * watts * (1 + 0.05 * random.nextDouble());
      }
    }
    return Problems.costs(grid, seconds, joules);
  }

  /** One of the kinds of start; settings 0 and 1 are on every grid. */
  static Start start(Random random) {
    return switch (random.nextInt(3)) {
      case 0 -> Start.steadyState();
      case 1 -> Start.from(random.nextInt(2));
      default -> Start.free();
    };
  }

  /** Hands over every path of allowed settings, always in the same array. */
  static void forEach(Trellis flat, Consumer<int[]> consumer) {
    int[] path = new int[flat.rows];
    for (int i = 0; i < flat.rows; ) {
      if (Arrays.stream(path).allMatch(flat::allowed)) {
        consumer.accept(path);
      }
      for (i = 0; i < flat.rows && ++path[i] == flat.settings; i++) {
        path[i] = 0;
      }
    }
  }

  static int[] any(Trellis flat, Random random) {
    return random.ints(0, flat.settings).filter(flat::allowed).limit(flat.rows).toArray();
  }
}
