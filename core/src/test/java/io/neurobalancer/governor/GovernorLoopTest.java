package io.neurobalancer.governor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class GovernorLoopTest {

  private final FakeBoard board =
      FakeBoard.of(FakeBoard.megahertz(400, 800, 1_200), FakeBoard.megahertz(300, 900));

  /** Asks for one OPP more each time it is told something, and writes down at which time it was. */
  private final class Climbing implements Governor {
    private final StringBuilder told = new StringBuilder();
    private final long period;
    private long next;
    private int opp;

    Climbing(Board on, long period, long nowNanos) {
      this.period = period;
      this.next = nowNanos + period;
      on.request(1, 1);
      told.append("on@").append(board.now);
    }

    private void climb(String what) {
      told.append(' ').append(what).append('@').append(board.now);
      opp = Math.min(2, opp + 1);
      board.request(0, opp);
    }

    @Override
    public void released(int stream, long nowNanos, long deadlineNanos) {
      climb("released");
    }

    @Override
    public void segmentStarting(int stream, int segment, long nowNanos) {
      climb("segment");
    }

    @Override
    public void finished(int stream, long nowNanos) {
      climb("finished");
    }

    @Override
    public long nextTickNanos() {
      return next;
    }

    @Override
    public void tick(long nowNanos) {
      climb("tick");
      next += period;
    }
  }

  private GovernorLoop loop(long period, Climbing[] made) {
    return new GovernorLoop(
        (on, nowNanos) -> made[0] = new Climbing(on, period, nowNanos), board, 7);
  }

  @Test
  void everyDecision_seesASampleOfItsMoment_andIsCommittedAtOnce() {
    Climbing[] made = new Climbing[1];
    GovernorLoop loop = loop(1_000_000, made);
    assertThat(loop.commits()).isEqualTo(1); // the memory clock, at the start
    assertThat(loop.decisions()).isEqualTo(1);
    assertThat(loop.released(0, 10, 99)).isEqualTo(1);
    assertThat(loop.segmentStarting(0, 0, 20)).isEqualTo(1);
    assertThat(loop.finished(0, 30)).isZero(); // there is no faster one
    assertThat(made[0].told).hasToString("on@7 released@10 segment@20 finished@30");
    assertThat(loop.decisions()).isEqualTo(4);
    assertThat(loop.commits()).isEqualTo(3);
  }

  @Test
  void theEndOfAJob_canChangeTheClocksToo() {
    GovernorLoop loop = loop(1_000_000, new Climbing[1]);
    assertThat(loop.finished(0, 30)).isEqualTo(1);
  }

  @Test
  void allTicksThatAreDue_run_theOneThatIsDueNowIncluded() {
    Climbing[] made = new Climbing[1];
    GovernorLoop loop = loop(100, made);
    assertThat(loop.nextTickNanos()).isEqualTo(107);
    assertThat(loop.doWork(106)).isZero();
    assertThat(loop.doWork(207)).isEqualTo(2); // at 107 and 207
    assertThat(made[0].told).hasToString("on@7 tick@207 tick@207");
    assertThat(loop.nextTickNanos()).isEqualTo(307);
    assertThat(loop.commits()).isEqualTo(3);
  }

  @Test
  void aTickThatAsksForItselfAgain_isADefect() {
    GovernorLoop loop = loop(0, new Climbing[1]);
    assertThatThrownBy(() -> loop.doWork(7))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("at 7 ns again");
  }
}
