package io.neurobalancer.onnx.engine;

import io.neurobalancer.plan.Plan;
import java.util.List;
import java.util.stream.IntStream;

/** Where a model is to be cut. */
public sealed interface Cutting {

  /** Leaves the model whole. */
  Cutting NONE = new AtMost(1);

  /**
   * At most so many segments, and fewer where a cut costs more than the control that it gives.
   *
   * @param segments at least 1
   */
  record AtMost(int segments) implements Cutting {
    public AtMost {
      check(segments);
    }
  }

  /**
   * So many segments whatever the cuts cost, or as many as the model has operators to cut between.
   *
   * @param segments at least 1
   */
  record Exactly(int segments) implements Cutting {
    public Exactly {
      check(segments);
    }
  }

  /**
   * Before these operators of the workload; a cut that is not allowed there moves to the nearest
   * allowed one.
   *
   * @param operators ascending, none 0
   */
  record Before(List<Integer> operators) implements Cutting {
    public Before {
      operators = List.copyOf(operators);
      for (int i = 0; i < operators.size(); i++) {
        if (operators.get(i) <= (i == 0 ? 0 : operators.get(i - 1))) {
          throw new IllegalArgumentException(
              "Cuts must be before ascending operators from 1 on, not before " + operators + ".");
        }
      }
    }
  }

  /** Returns cuts where a plan changes its setting. */
  static Cutting of(Plan plan) {
    return new Before(
        IntStream.range(1, plan.operators())
            .filter(i -> plan.setting(i) != plan.setting(i - 1))
            .boxed()
            .toList());
  }

  private static void check(int segments) {
    if (segments < 1) {
      throw new IllegalArgumentException(
          "The number of segments (%d) must be positive.".formatted(segments));
    }
  }
}
