package io.neurobalancer.governor;

import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.plan.Deadline;
import io.neurobalancer.plan.SuffixFrontier;
import io.neurobalancer.unit.NeuroBalancerException;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Follows a plan with feedback: before every segment it looks up what is best for the time that is
 * really left, so that early work gives its slack to the rest and late work takes it back.
 *
 * <p>Time left is counted from now to the deadline less a {@link Reserve}, and is divided by the
 * pace that a {@link PaceFilter} estimates. A setting that could make the deadline unreachable,
 * should the pace turn out {@value #PRUDENCE} deviations slower, gives way to the fastest plan of
 * the rest.
 *
 * <p>A device that runs below what was asked for is capped: what is predicted follows what it
 * really runs at. One that refuses requests again and again is handed back to the governor that it
 * had before.
 *
 * <p>It governs the first stream of a device. Nothing is allocated after the start.
 */
public final class BalancedGovernor implements Governor {

  private static final double PRUDENCE = 3;

  private static final double DEFAULT_MISS_TARGET = 0.001;

  /** The share of a job that stalls are taken to last at most; more is a poor prediction. */
  private static final double MOST_STALLED = 0.15;

  /** The share of the slack that even the fastest job leaves of which a reserve may take. */
  private static final double MOST_RESERVE = 0.7;

  /** So many segments in a row that a clock did not follow, and it is out of control. */
  private static final int MOST_FAILURES = 50;

  /** So many jobs long must the pace be off by so much before the model is called outdated. */
  private static final double DRIFT = 0.05;

  private static final int DRIFT_JOBS = 50;

  private final Factory made;
  private final Board board;
  private final SettingGrid grid;
  private final SuffixFrontier frontier;
  private final long latestNanos;
  private final PaceFilter pace;
  private final Reserve reserve;
  private final int[] opps;

  private long deadlineNanos;
  private long aimNanos;
  private long expectedNanos;
  private long segmentNanos;
  private int running = -1;
  private int before;
  private int asked;
  private boolean pressed;
  private boolean below;
  private int failures;
  private int driftingJobs;
  private @Nullable Governor stock;

  private long jobs;
  private long decisions;
  private long faster;
  private long slower;
  private long hurried;
  private long unreachable;
  private long capped;
  private long failed;
  private double reserveSeconds;
  private double drift = 1;

  private BalancedGovernor(Factory made, Board board) {
    if (!board.grid().sameClocks(made.plan.grid())) {
      throw new IllegalArgumentException(
          "The plan was made for a device with other clocks than this one.");
    }
    this.made = made;
    this.board = board;
    this.grid = board.grid();
    this.frontier = made.plan.frontier();
    this.latestNanos = made.latestNanos();
    this.pace = new PaceFilter(made.plan.makespanSeconds(), made.segments());
    this.reserve =
        new Reserve(
            made.missTarget,
            made.firstReserveSeconds(),
            MOST_STALLED * made.plan.makespanSeconds(),
            made.mostReserveSeconds());
    this.opps = new int[grid.dimensions()];
    ask(made.plan.idleSetting());
  }

  /**
   * What was done and what it took.
   *
   * @param jobs that ended
   * @param decisions look-ups, one per segment
   * @param faster of them chose a setting faster than the plan's, because work was late
   * @param slower of them chose a setting slower than the plan's, because work was early
   * @param hurried of them took the fastest rest, to keep the deadline within reach
   * @param unreachable of them had less time left than even the fastest rest needs
   * @param capped of them met a clock below what was asked for
   * @param failedRequests that a clock did not follow
   * @param handedBack whether the device was given back to its stock governor
   * @param meanReserveSeconds kept before the deadline
   * @param pace estimated at the end; 1.1 is ten percent slower than predicted
   * @param drift the pace at which the cost model was found outdated, 1 if it was not
   */
  public record Report(
      long jobs,
      long decisions,
      long faster,
      long slower,
      long hurried,
      long unreachable,
      long capped,
      long failedRequests,
      boolean handedBack,
      double meanReserveSeconds,
      double pace,
      double drift) {

    /** Returns what a reader should know, in one line. */
    @Override
    public String toString() {
      String text =
          String.format(
              Locale.ROOT,
              "%d decisions: %d faster and %d slower than the plan, %d in a hurry, %d with the deadline out of reach; reserve %.1f us in the mean, pace %.3f",
              decisions,
              faster,
              slower,
              hurried,
              unreachable,
              meanReserveSeconds * 1e6,
              pace);
      if (capped > 0) {
        text += String.format(Locale.ROOT, "; a clock was capped before %d segments", capped);
      }
      if (failedRequests > 0) {
        text += String.format(Locale.ROOT, "; %d requests were not followed", failedRequests);
      }
      if (handedBack) {
        text += "; the device was handed back to its stock governor";
      }
      if (drift != 1) {
        text +=
            String.format(
                Locale.ROOT,
                "; the device runs at %.2f times its predicted latency: measure it again",
                drift);
      }
      return text + ".";
    }
  }

  /** Begins balanced governors of one plan, on any board with its clocks. */
  public static final class Factory implements Governor.Factory {
    private final FeedbackPlan plan;
    private final int[] firstOperators;
    private final double missTarget;
    private final Governor.@Nullable Factory stock;
    private final int settings;
    private final double[] segmentSeconds;
    private @Nullable BalancedGovernor last;

    private Factory(
        FeedbackPlan plan,
        int[] firstOperators,
        double missTarget,
        Governor.@Nullable Factory stock) {
      this.plan = plan;
      this.firstOperators = firstOperators.clone();
      this.missTarget = missTarget;
      this.stock = stock;
      this.settings = plan.grid().size();
      this.segmentSeconds = new double[segments() * settings];
      float[] latency = plan.latencySeconds();
      for (int s = 0; s < segments(); s++) {
        int end = s + 1 < segments() ? firstOperators[s + 1] : plan.operators();
        for (int i = firstOperators[s]; i < end; i++) {
          for (int x = 0; x < settings; x++) {
            segmentSeconds[s * settings + x] += latency[i * settings + x];
          }
        }
      }
    }

    /** Returns the share of what lies between the deadline and the end of the fastest job. */
    private double mostReserveSeconds() {
      double fastest = plan.frontier().fastestSeconds(0, plan.idleSetting());
      return MOST_RESERVE * Math.max(0, plan.deadline().deadlineSeconds() - fastest);
    }

    private double firstReserveSeconds() {
      return (plan.deadline().marginFactor() - 1) * plan.makespanSeconds();
    }

    /** Returns how long after its deadline a job may end at most, mostly negative or 0. */
    private long latestNanos() {
      Deadline deadline = plan.deadline();
      double latest =
          deadline.periodSeconds() - plan.idleResidencySeconds() - deadline.deadlineSeconds();
      return Math.round(Math.min(0, latest) * 1e9);
    }

    private int segments() {
      return firstOperators.length;
    }

    private double seconds(int segment, int setting) {
      return segmentSeconds[segment * settings + setting];
    }

    /**
     * Returns the same for another share of jobs that may be late.
     *
     * @param share such as 0.001
     * @throws NeuroBalancerException if it is not between 0 and 1
     */
    public Factory missTarget(double share) {
      if (!(share > 0) || !(share < 1)) {
        throw NeuroBalancerException.invalid(
            String.format(
                Locale.ROOT,
                "The share of deadlines that may be missed (%s) must be between 0 and 1.%nMaybe write 0.1%%.",
                share));
      }
      return new Factory(plan, firstOperators, share, stock);
    }

    /** Returns the same for a device that asks before segments beginning with these operators. */
    public Factory segments(int[] starts) {
      return new Factory(plan, starts, missTarget, stock);
    }

    /** Returns the same with a governor that takes over where control is lost. */
    public Factory stock(Governor.Factory governor) {
      return new Factory(plan, firstOperators, missTarget, governor);
    }

    /** Returns what the governor that began last did so far. */
    public Optional<Report> report() {
      return Optional.ofNullable(last).map(BalancedGovernor::report);
    }

    @Override
    public Governor on(Board board, long nowNanos) {
      BalancedGovernor governor = new BalancedGovernor(this, board);
      last = governor;
      return governor;
    }
  }

  /** Returns balanced governors for a plan on a device that asks before every operator. */
  public static Factory of(FeedbackPlan plan) {
    return new Factory(
        plan, IntStream.range(0, plan.operators()).toArray(), DEFAULT_MISS_TARGET, null);
  }

  @Override
  public void released(int stream, long nowNanos, long jobDeadlineNanos) {
    if (stock != null) {
      stock.released(stream, nowNanos, jobDeadlineNanos);
    } else if (stream == 0) {
      double seconds = reserve.seconds();
      reserveSeconds += seconds;
      deadlineNanos = jobDeadlineNanos;
      aimNanos =
          Math.min(jobDeadlineNanos - Math.round(seconds * 1e9), jobDeadlineNanos + latestNanos);
      pressed = false;
      pace.jobStarts();
    }
  }

  @Override
  public void segmentStarting(int stream, int segment, long nowNanos) {
    if (stock != null) {
      stock.segmentStarting(stream, segment, nowNanos);
      return;
    }
    if (stream != 0) {
      return;
    }
    account(nowNanos);
    if (outOfControl(nowNanos)) {
      return;
    }
    int operator = made.firstOperators[segment];
    double left = (aimNanos - nowNanos) * 1e-9;
    double factor = pace.factor();
    int setting = frontier.next(operator, left / factor, asked);
    double fastest = frontier.fastestSeconds(operator, asked);
    if (segment == 0) {
      expectedNanos = Math.max(aimNanos, nowNanos + Math.round(fastest * factor * 1e9));
    }
    if (fastest * factor > left) {
      unreachable++;
      pressed = true;
      if (below) {
        // What is capped for its heat and late anyway only gets hotter when it is hurried.
        setting = made.plan.setting(operator);
      }
    } else if (spoils(segment, setting, nowNanos, factor + PRUDENCE * pace.deviation())) {
      setting = frontier.next(operator, 0, asked);
      hurried++;
      pressed = true;
    }
    pressed |= setting != frontier.next(operator, Double.POSITIVE_INFINITY, asked);
    count(segment, setting);
    before = asked;
    ask(setting);
    running = segment;
    segmentNanos = nowNanos;
  }

  /** Whether a segment at a setting would put the deadline out of reach at some pace. */
  private boolean spoils(int segment, int setting, long nowNanos, double slowest) {
    double left = (deadlineNanos - nowNanos) * 1e-9 - made.seconds(segment, setting) * slowest;
    double rest =
        segment + 1 < made.segments()
            ? frontier.fastestSeconds(made.firstOperators[segment + 1], setting) * slowest
            : 0;
    return left < rest;
  }

  private void count(int segment, int setting) {
    decisions++;
    int planned = made.plan.setting(made.firstOperators[segment]);
    if (setting != planned) {
      if (made.seconds(segment, setting) < made.seconds(segment, planned)) {
        faster++;
      } else {
        slower++;
      }
    }
  }

  /** Compares the segment that has just ended with what was predicted of it. */
  private void account(long nowNanos) {
    if (running < 0) {
      return;
    }
    below = false;
    for (int d = 0; d < opps.length; d++) {
      opps[d] = board.actualOrRequested(d);
      below |= opps[d] < grid.oppIndex(asked, d);
    }
    int setting = grid.setting(opps);
    capped += below ? 1 : 0;
    double predicted =
        made.seconds(running, setting) + made.plan.switchCosts().seconds(grid, before, setting);
    pace.ran(predicted, (nowNanos - segmentNanos) * 1e-9);
    running = -1;
  }

  /** Looks whether the clocks do what they are told; gives the device back where they do not. */
  private boolean outOfControl(long nowNanos) {
    boolean refused = false;
    for (int d = 0; d < opps.length; d++) {
      refused |= board.requested(d) != grid.oppIndex(asked, d);
    }
    failures = refused ? failures + 1 : 0;
    failed += refused ? 1 : 0;
    if (failures < MOST_FAILURES) {
      return false;
    }
    Governor.@Nullable Factory other = made.stock;
    if (other == null) {
      board.request(grid.fastest());
      stock = new Governor() {};
    } else {
      stock = other.on(board, nowNanos);
    }
    return true;
  }

  @Override
  public void finished(int stream, long nowNanos) {
    if (stock != null) {
      stock.finished(stream, nowNanos);
      return;
    }
    if (stream != 0) {
      return;
    }
    account(nowNanos);
    pace.jobEnds();
    boolean late = nowNanos > deadlineNanos;
    reserve.ended((nowNanos - expectedNanos) * 1e-9, pressed, late);
    jobs++;
    driftingJobs = Math.abs(pace.level() - 1) > DRIFT ? driftingJobs + 1 : 0;
    if (driftingJobs >= DRIFT_JOBS) {
      drift = pace.level();
    }
    if (!late) {
      ask(made.plan.idleSetting());
    }
  }

  private void ask(int setting) {
    asked = setting;
    board.request(setting);
  }

  @Override
  public long nextTickNanos() {
    return stock == null ? NEVER : stock.nextTickNanos();
  }

  @Override
  public void tick(long nowNanos) {
    if (stock != null) {
      stock.tick(nowNanos);
    }
  }

  /** Returns what was done so far. */
  public Report report() {
    return new Report(
        jobs,
        decisions,
        faster,
        slower,
        hurried,
        unreachable,
        capped,
        failed,
        stock != null,
        jobs == 0 ? 0 : reserveSeconds / jobs,
        pace.level(),
        drift);
  }
}
