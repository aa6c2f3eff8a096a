package io.neurobalancer.plan;

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
        PlanningProblem.builder(Problems.physical(grid, rows, random), 1)
            .switchCosts(
                Problems.switches(grid, StrictMath.pow(10, -5 + 3 * random.nextDouble()), random))
            .idlePowerWatts(random.nextInt(2) * random.nextDouble())
            .start(start);
    if (random.nextInt(4) == 0) {
      builder.forbid(random.nextInt(grid.size()));
    }
    return builder.build();
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
