package io.neurobalancer.evaluation;

import io.neurobalancer.baselines.law.ForwardingBoard;
import io.neurobalancer.baselines.law.ForwardingGovernor;
import io.neurobalancer.baselines.law.Hardware;
import io.neurobalancer.cost.Calibration;
import io.neurobalancer.cost.CostTable;
import io.neurobalancer.device.FrequencyDomain;
import io.neurobalancer.governor.BalancedGovernor;
import io.neurobalancer.governor.Board;
import io.neurobalancer.governor.FeedbackPlan;
import io.neurobalancer.governor.Governor;
import io.neurobalancer.governor.PlanGovernor;
import io.neurobalancer.plan.DeadlineUnreachableException;
import io.neurobalancer.plan.JobPlan;
import io.neurobalancer.simulator.SimulatedTarget;
import io.neurobalancer.target.Pilot;
import io.neurobalancer.target.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Short trials on the target, in other weather than that of the run that is judged: nothing that
 * was only predicted is adopted, neither for us nor for a rival.
 */
final class Trials {

  private static final int PILOT_JOBS = 100;

  /** As many again and more, where what is there already is about as good. */
  private static final int CLOSE_RACE_JOBS = 500;

  private static final double CLOSE_RACE = 0.03;
  private static final double MOST_MISSES = 0.001;
  private static final long PILOT_WEATHER = 0x9110FL;

  /** What is there already stays, unless a plan is better by more than a short trial can tell. */
  private static final double NOT_WORTH_IT = 0.005;

  /** By how much more our plan with feedback may use than what happened to do best. */
  private static final double HARDLY_MORE = 0.01;

  private final PreparedJob prepared;
  private final Target target;
  private final Hardware hardware;
  private final int warmUp;
  private final Optional<Governor.Factory> stock;

  Trials(PreparedJob prepared, Hardware hardware, int warmUp, Optional<Governor.Factory> stock) {
    this.prepared = prepared;
    this.target = prepared.target();
    this.hardware = hardware;
    this.warmUp = warmUp;
    this.stock = stock;
  }

  private Pilot run(List<Pilot.Candidate> candidates, int jobs) {
    Target other =
        target instanceof SimulatedTarget simulated
            ? simulated.withSeed(simulated.seed() ^ PILOT_WEATHER)
            : target;
    return Pilot.run(other, candidates, prepared.schedule(jobs, warmUp), MOST_MISSES);
  }

  /**
   * Tries our plan with and without feedback, the best plan of two settings, the best measured
   * single setting and the stock governor.
   */
  Pilot pilot() {
    List<Pilot.Candidate> candidates = new ArrayList<>();
    BalancedGovernor.Factory balanced =
        BalancedGovernor.of(
            FeedbackPlan.of(prepared.job(), prepared.deadline(), prepared.costs().calibration()));
    candidates.add(new Pilot.Candidate("feedback", stock.map(balanced::stock).orElse(balanced)));
    candidates.add(new Pilot.Candidate("the plan", follower(prepared.job())));
    try {
      candidates.add(new Pilot.Candidate("two-pair", follower(prepared.plan("two-pair"))));
    } catch (DeadlineUnreachableException e) {
      // Where no two settings are fast enough there is one candidate less.
    }
    bestMeasuredSetting()
        .ifPresent(
            x ->
                candidates.add(
                    new Pilot.Candidate(
                        "the measured setting " + target.grid().describe(x),
                        (board, nowNanos) -> new Holder(board, x))));
    stock.ifPresent(
        governor -> candidates.add(new Pilot.Candidate(GovernorCatalog.STOCK, governor)));
    Pilot pilot = run(candidates, PILOT_JOBS);
    int last = candidates.size() - 1;
    if (stock.isPresent()) {
      if (pilot.preferring(last, CLOSE_RACE, MOST_MISSES).winner() == last) {
        pilot = run(candidates, CLOSE_RACE_JOBS);
      }
      pilot = pilot.preferring(last, NOT_WORTH_IT, MOST_MISSES);
    }
    return stock.isPresent() && pilot.winner() == last
        ? pilot
        : pilot.preferring(0, HARDLY_MORE, MOST_MISSES);
  }

  /**
   * Tries every clock of one kind, held all the time, while the device's own governor goes on to
   * set the other: what an engineer does who may write one clock only.
   *
   * @return nothing where the device has no clock of this kind, none of the other, or no stock
   */
  Optional<Pilot> held(FrequencyDomain.Kind kind) {
    if (stock.isEmpty() || !hardware.hasCore() || !hardware.hasMemory()) {
      return Optional.empty();
    }
    int domain =
        kind == FrequencyDomain.Kind.CORE ? hardware.coreDomain() : hardware.memoryDomain();
    FrequencyDomain clock = target.grid().domains().get(domain);
    Governor.Factory other = stock.get();
    List<Pilot.Candidate> candidates = new ArrayList<>();
    for (int opp = 0; opp < clock.opps().size(); opp++) {
      int held = opp;
      candidates.add(
          new Pilot.Candidate(
              clock.name() + " at " + clock.opps().frequency(opp),
              (board, nowNanos) ->
                  new HeldClock(
                      board, other.on(new WithoutClock(board, domain), nowNanos), domain, held)));
    }
    return Optional.of(run(candidates, PILOT_JOBS));
  }

  /** Returns the measured setting that, held all the time, is predicted to use least. */
  private Optional<Integer> bestMeasuredSetting() {
    CostTable costs = prepared.costs().costs();
    Calibration calibration = prepared.costs().calibration();
    Optional<Integer> best = Optional.empty();
    double least = Double.POSITIVE_INFINITY;
    for (int x : prepared.costs().quality().measuredSettings()) {
      double seconds = 0;
      double joules = 0;
      for (int i = 0; i < costs.operators(); i++) {
        seconds += costs.latencySeconds(i, x);
        joules += costs.energyJoules(i, x);
      }
      double gap = prepared.deadline().periodSeconds() - seconds;
      int state = calibration.idleState(Math.max(0, gap));
      double wake = calibration.idleStates().get(state).wakeSeconds();
      if (seconds * prepared.deadline().marginFactor() + wake
          > prepared.deadline().deadlineSeconds()) {
        continue;
      }
      double idle = calibration.idleWatts(state, x);
      double period = joules + (Double.isNaN(idle) ? 0 : idle * gap);
      if (period < least) {
        least = period;
        best = Optional.of(x);
      }
    }
    return best;
  }

  private static Governor.Factory follower(JobPlan followed) {
    return PlanGovernor.of(followed.plan(), followed.idleSetting());
  }

  /** Holds a setting, and asks for it again before every segment: a request may be lost. */
  private static final class Holder implements Governor {
    private final Board board;
    private final int setting;

    Holder(Board board, int setting) {
      this.board = board;
      this.setting = setting;
      board.request(setting);
    }

    @Override
    public void segmentStarting(int stream, int segment, long nowNanos) {
      board.request(setting);
    }
  }

  /** A board on which one clock cannot be set. */
  private static final class WithoutClock extends ForwardingBoard {
    private final int domain;

    WithoutClock(Board board, int domain) {
      super(board);
      this.domain = domain;
    }

    @Override
    public void request(int asked, int opp) {
      if (asked != domain) {
        super.request(asked, opp);
      }
    }
  }

  /** Holds one clock beside a governor of the other. */
  private static final class HeldClock extends ForwardingGovernor {
    private final Board board;
    private final int domain;
    private final int opp;

    HeldClock(Board board, Governor other, int domain, int opp) {
      super(other);
      this.board = board;
      this.domain = domain;
      this.opp = opp;
      board.request(domain, opp);
    }

    @Override
    public void segmentStarting(int stream, int segment, long nowNanos) {
      super.segmentStarting(stream, segment, nowNanos);
      board.request(domain, opp);
    }
  }
}
