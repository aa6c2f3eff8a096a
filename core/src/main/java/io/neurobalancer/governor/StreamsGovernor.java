package io.neurobalancer.governor;

import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.unit.NeuroBalancerException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Follows the plans of several streams with feedback. Each job has a budget of processor time that
 * was admitted; it is spent like the time to a deadline, whatever other streams run in between, so
 * that no stream takes what another was promised.
 *
 * <p>Nothing is allocated after the start.
 */
public final class StreamsGovernor implements Governor {

  private static final int NONE = -1;

  private final Board board;
  private final SettingGrid grid;
  private final Stream[] streams;
  private final int[] opps;
  private int running = NONE;
  private int asked;
  private int active;

  /** Where one stream is. */
  private static final class Stream {
    private final FeedbackPlan plan;
    private final float[] latency;
    private final double budgetSeconds;
    private final PaceFilter pace;
    private double spentSeconds;
    private int segment;
    private long segmentNanos;
    private int before;

    Stream(FeedbackPlan plan, double budgetSeconds) {
      this.plan = plan;
      this.latency = plan.latencySeconds();
      this.budgetSeconds = budgetSeconds;
      this.pace = new PaceFilter(plan.makespanSeconds(), plan.operators());
    }
  }

  private StreamsGovernor(Board board, List<FeedbackPlan> plans, List<Double> budgets) {
    this.board = board;
    this.grid = board.grid();
    this.opps = new int[grid.dimensions()];
    this.streams = new Stream[plans.size()];
    for (int s = 0; s < streams.length; s++) {
      if (!plans.get(s).grid().sameClocks(grid)) {
        throw new IllegalArgumentException(
            "The plan of a stream was made for a device with other clocks than this one.");
      }
      streams[s] = new Stream(plans.get(s), budgets.get(s));
    }
    ask(streams[0].plan.idleSetting());
  }

  /**
   * Returns governors of these streams on devices that ask before every operator.
   *
   * @param plans one per stream
   * @param budgetSeconds what each job may take of the processor
   * @throws NeuroBalancerException if the numbers differ
   */
  public static Factory of(List<FeedbackPlan> plans, List<Double> budgetSeconds) {
    if (plans.isEmpty() || plans.size() != budgetSeconds.size()) {
      throw NeuroBalancerException.invalid(
          String.format(
              Locale.ROOT,
              "There are %d plans and %d budgets; each stream needs one of both.",
              plans.size(),
              budgetSeconds.size()));
    }
    List<FeedbackPlan> copy = new ArrayList<>(plans);
    List<Double> budgets = new ArrayList<>(budgetSeconds);
    return (board, nowNanos) -> new StreamsGovernor(board, copy, budgets);
  }

  @Override
  public void released(int stream, long nowNanos, long deadlineNanos) {
    active++;
    streams[stream].spentSeconds = 0;
    streams[stream].pace.jobStarts();
  }

  @Override
  public void segmentStarting(int stream, int segment, long nowNanos) {
    account(nowNanos);
    Stream next = streams[stream];
    int setting =
        next.plan
            .frontier()
            .next(segment, (next.budgetSeconds - next.spentSeconds) / next.pace.factor(), asked);
    next.before = asked;
    next.segment = segment;
    next.segmentNanos = nowNanos;
    running = stream;
    ask(setting);
  }

  /** Books the segment that has just ended. */
  private void account(long nowNanos) {
    if (running == NONE) {
      return;
    }
    Stream ended = streams[running];
    for (int d = 0; d < opps.length; d++) {
      opps[d] = board.actualOrRequested(d);
    }
    int setting = grid.setting(opps);
    double seconds = (nowNanos - ended.segmentNanos) * 1e-9;
    ended.spentSeconds += seconds;
    ended.pace.ran(
        ended.latency[ended.segment * grid.size() + setting]
            + ended.plan.switchCosts().seconds(grid, ended.before, setting),
        seconds);
    running = NONE;
  }

  @Override
  public void finished(int stream, long nowNanos) {
    account(nowNanos);
    streams[stream].pace.jobEnds();
    active--;
    if (active == 0) {
      ask(streams[stream].plan.idleSetting());
    }
  }

  private void ask(int setting) {
    asked = setting;
    board.request(setting);
  }
}
