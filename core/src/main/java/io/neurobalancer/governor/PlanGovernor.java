package io.neurobalancer.governor;

import io.neurobalancer.plan.Plan;
import java.util.stream.IntStream;

/**
 * Carries out a plan without looking back: each segment's setting is asked for as the segment
 * starts, and an idle setting when the job has ended.
 *
 * <p>It governs the first stream of a device; other streams run at whatever it asked for last.
 */
public final class PlanGovernor implements Governor {

  private final Board board;
  private final int[] settings;
  private final int idleSetting;

  private PlanGovernor(Board board, int[] settings, int idleSetting) {
    this.board = board;
    this.settings = settings;
    this.idleSetting = idleSetting;
    board.request(idleSetting);
  }

  /**
   * Returns governors that follow a plan on a device which asks before every operator.
   *
   * @param idleSetting the setting between jobs
   */
  public static Factory of(Plan plan, int idleSetting) {
    return of(plan, idleSetting, IntStream.range(0, plan.operators()).toArray());
  }

  /**
   * Returns governors that follow a plan on a device which asks before every segment.
   *
   * @param idleSetting the setting between jobs
   * @param firstOperators the operator that begins each segment; within a segment nothing switches
   */
  public static Factory of(Plan plan, int idleSetting, int[] firstOperators) {
    int[] settings = new int[firstOperators.length];
    for (int s = 0; s < settings.length; s++) {
      settings[s] = plan.setting(firstOperators[s]);
    }
    return (board, nowNanos) -> {
      if (!board.grid().sameClocks(plan.grid())) {
        throw new IllegalArgumentException(
            "The plan was made for a device with other clocks than this one.");
      }
      return new PlanGovernor(board, settings, idleSetting);
    };
  }

  @Override
  public void segmentStarting(int stream, int segment, long nowNanos) {
    if (stream == 0) {
      board.request(settings[segment]);
    }
  }

  @Override
  public void finished(int stream, long nowNanos) {
    if (stream == 0) {
      board.request(idleSetting);
    }
  }
}
