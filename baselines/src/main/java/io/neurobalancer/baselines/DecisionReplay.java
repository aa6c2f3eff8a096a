package io.neurobalancer.baselines;

import io.neurobalancer.baselines.law.Hardware;
import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.governor.Board;
import io.neurobalancer.governor.Counter;
import io.neurobalancer.governor.Governor;
import io.neurobalancer.governor.Rail;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Lets a law decide over a time line that a kernel's governor decided over, and counts how often
 * both decided alike.
 *
 * <p>The law is asked when the kernel was, by the recorded events and not by its own ticks. In a
 * <em>corrected</em> replay what the kernel asked for is put in place after every event, so that
 * each decision is judged on its own; in a free one the law lives with its own decisions, and one
 * that differs may make others differ.
 */
public final class DecisionReplay {

  private static final int DIFFERENCES_KEPT = 100_000;

  private DecisionReplay() {}

  /**
   * A decision that differs.
   *
   * @param event which one, from 0
   * @param nanos when
   * @param kernelOpp what the kernel asked for
   * @param lawOpp what the law asked for
   */
  public record Difference(int event, long nanos, int kernelOpp, int lawOpp) {}

  /**
   * How often both decided alike.
   *
   * @param decisions how many events there were after the start
   * @param equal after how many of them both had asked for the same clock
   * @param changes at how many of them the kernel or the law changed the clock: a share of all
   *     decisions flatters a law where most of them change nothing
   * @param equalChanges at how many of those both had asked for the same clock
   * @param first the first decisions that differ
   */
  public record Result(
      long decisions, long equal, long changes, long equalChanges, List<Difference> first) {

    public Result {
      first = List.copyOf(first);
    }

    /** Returns the share of decisions that are equal, NaN if there was none. */
    public double share() {
      return (double) equal / decisions;
    }

    /** Returns the share of changes that are equal, NaN if there was none. */
    public double shareOfChanges() {
      return (double) equalChanges / changes;
    }

    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "%d of %d decisions equal (%.2f %%), %d of %d changes (%.2f %%)",
          equal,
          decisions,
          share() * 100,
          equalChanges,
          changes,
          shareOfChanges() * 100);
    }
  }

  /** Replays a recording under the law and the tunables that it names. */
  public static Result run(DecisionRecording recording, boolean corrected) {
    Hardware hardware = recording.hardware();
    return run(
        recording,
        (board, nowNanos) ->
            Baselines.coreGovernor(recording.governor(), hardware, board, nowNanos),
        corrected);
  }

  /** Replays a recording under any governor of the clock. */
  public static Result run(
      DecisionRecording recording, Governor.Factory factory, boolean corrected) {
    List<DecisionRecording.Event> events = recording.events();
    ReplayBoard board = new ReplayBoard(recording.hardware().grid());
    board.advance(events.get(0));
    Governor governor = factory.on(board, events.get(0).nanos());
    if (corrected) {
      board.opp = events.get(0).opp();
    }
    Tally tally = new Tally();
    int kernelBefore = events.get(0).opp();
    for (int e = 1; e < events.size(); e++) {
      DecisionRecording.Event event = events.get(e);
      board.advance(event);
      int lawBefore = board.opp;
      ask(governor, event);
      board.running =
          event.kind() == DecisionRecording.Kind.RUN
              || (board.running && event.kind() != DecisionRecording.Kind.SLEEP);
      tally.count(
          new Difference(e, event.nanos(), event.opp(), board.opp),
          event.opp() != kernelBefore || board.opp != lawBefore);
      kernelBefore = event.opp();
      if (corrected) {
        board.opp = event.opp();
      }
    }
    return tally.result();
  }

  private static void ask(Governor governor, DecisionRecording.Event event) {
    switch (event.kind()) {
      case START -> {}
      case RUN -> governor.released(0, event.nanos(), Governor.NEVER);
      case SLEEP -> governor.finished(0, event.nanos());
      case TICK -> governor.tick(event.nanos());
    }
  }

  private static final class Tally {
    private long decisions;
    private long equal;
    private long changes;
    private long equalChanges;
    private final List<Difference> first = new ArrayList<>();

    void count(Difference decision, boolean changed) {
      boolean same = decision.kernelOpp() == decision.lawOpp();
      decisions++;
      equal += same ? 1 : 0;
      changes += changed ? 1 : 0;
      equalChanges += changed && same ? 1 : 0;
      if (!same && first.size() < DIFFERENCES_KEPT) {
        first.add(decision);
      }
    }

    Result result() {
      return new Result(decisions, equal, changes, equalChanges, first);
    }
  }

  /** A board whose clock follows at once and whose counters are those of the recording. */
  private static final class ReplayBoard implements Board {
    private final SettingGrid grid;
    private final Map<Counter, Double> counters = new EnumMap<>(Counter.class);
    private long nanos;
    private boolean running;
    private int opp;

    ReplayBoard(SettingGrid grid) {
      this.grid = grid;
      counters.put(Counter.BUSY_NANOS, 0.0);
      counters.put(Counter.CYCLES, 0.0);
    }

    /** Counts until an event, at the clock of before, then takes what its line tells. */
    void advance(DecisionRecording.Event event) {
      if (running) {
        double busy = (double) (event.nanos() - nanos);
        counters.merge(Counter.BUSY_NANOS, busy, Double::sum);
        double hertz = grid.frequency(opp, 0).hertz();
        counters.merge(Counter.CYCLES, busy * 1e-9 * hertz, Double::sum);
      }
      nanos = event.nanos();
      counters.putAll(event.counters());
    }

    @Override
    public SettingGrid grid() {
      return grid;
    }

    @Override
    public void request(int domain, int wanted) {
      opp = wanted;
    }

    @Override
    public int requested(int domain) {
      return opp;
    }

    @Override
    public int actual(int domain) {
      return opp;
    }

    @Override
    public int activeCores() {
      return 1;
    }

    @Override
    public double counter(Counter counter) {
      return counters.getOrDefault(counter, Double.NaN);
    }

    @Override
    public List<Rail> rails() {
      return List.of();
    }

    @Override
    public double joules(int rail) {
      return Double.NaN;
    }

    @Override
    public double celsius() {
      return Double.NaN;
    }
  }
}
