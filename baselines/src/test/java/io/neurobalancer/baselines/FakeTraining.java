package io.neurobalancer.baselines;

import io.neurobalancer.baselines.law.TraceMeasurements;
import io.neurobalancer.baselines.law.Training;
import io.neurobalancer.governor.FakeBoard;
import io.neurobalancer.governor.Governor;
import io.neurobalancer.governor.Timeline;

/**
 * Training on a device of 4 x 4 settings whose cores draw 1 to 4 W by their OPP and whose memory
 * draws 0.5 to 2 W by its own. Trace 0 computes, trace 1 streams; both move 10 MiB/s, wait for a
 * tenth of their time and take a second everywhere.
 */
public final class FakeTraining implements Training {

  /** How many jobs were rehearsed. */
  public int rehearsed;

  @Override
  public TraceMeasurements traces() {
    return new Traces();
  }

  @Override
  public double deadlineSeconds() {
    return 0.05;
  }

  @Override
  public double periodSeconds() {
    return 0.1;
  }

  @Override
  public long seed() {
    return 1;
  }

  @Override
  public void rehearse(Governor.Factory governor, int jobs) {
    FakeBoard board =
        FakeBoard.of(
            FakeBoard.megahertz(500, 1_000, 1_500, 2_000),
            FakeBoard.megahertz(300, 547, 1_017, 1_804));
    board.celsius = 40;
    Timeline timeline = new Timeline(board, governor);
    for (int job = 0; job < jobs; job++) {
      timeline.workUntil(job * 100 + 40).sleepUntil(job * 100 + 100);
    }
    rehearsed += jobs;
  }

  private static final class Traces implements TraceMeasurements {
    @Override
    public int traces() {
      return 2;
    }

    @Override
    public int computing() {
      return 0;
    }

    @Override
    public int streaming() {
      return 1;
    }

    @Override
    public double seconds(int trace, int setting) {
      return 1;
    }

    @Override
    public double bandwidth(int trace, int setting) {
      return 10;
    }

    @Override
    public double stalledShare(int trace, int setting) {
      return 0.1;
    }

    @Override
    public double watts(int trace, int setting) {
      return coreWatts(trace, setting) + 0.5 * (setting % 4 + 1);
    }

    @Override
    public double coreWatts(int trace, int setting) {
      return setting / 4 + 1;
    }
  }
}
