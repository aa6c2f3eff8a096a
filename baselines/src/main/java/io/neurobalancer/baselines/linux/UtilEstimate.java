package io.neurobalancer.baselines.linux;

/**
 * A task's estimate of what it will use ({@code util_est}): what it used last, raised at once,
 * lowered by a quarter of the difference each time it goes to sleep.
 *
 * <p>The average is kept in whole parts of 1024 and rounds down; a difference of less than ten
 * parts, one percent, changes nothing.
 *
 * <p>Source: Linux, {@code kernel/sched/fair.c} ({@code util_est_update}). Before 5.5 the average
 * itself rose by a quarter, too, while the task's last utilization counted beside it: the same
 * after the first job of a constant load.
 */
final class UtilEstimate {

  private static final int MARGIN = 1_024 / 100;
  private static final int WEIGHT_SHIFT = 2;

  private int average;

  /** The task sleeps, with this utilization. */
  void slept(int utilization) {
    if (utilization >= average) {
      average = utilization;
    } else if (average - utilization >= MARGIN) {
      average = ((average << WEIGHT_SHIFT) + utilization - average) >> WEIGHT_SHIFT;
    }
  }

  /** Returns the estimate, 0 to 1024. */
  int utilization() {
    return average;
  }
}
