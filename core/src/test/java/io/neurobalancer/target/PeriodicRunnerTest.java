package io.neurobalancer.target;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.neurobalancer.device.FrequencyDomain;
import io.neurobalancer.device.OppTable;
import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.governor.Board;
import io.neurobalancer.governor.Counter;
import io.neurobalancer.governor.DrivenBoard;
import io.neurobalancer.governor.Governor;
import io.neurobalancer.governor.Rail;
import io.neurobalancer.unit.Frequency;
import io.neurobalancer.unit.NeuroBalancerException;
import io.neurobalancer.workload.DataType;
import io.neurobalancer.workload.Operator;
import io.neurobalancer.workload.OperatorKind;
import io.neurobalancer.workload.Workload;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.IntBinaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class PeriodicRunnerTest {

  private static final long MS = 1_000_000;
  private static final SettingGrid GRID =
      new SettingGrid(
          List.of(
              new FrequencyDomain(
                  "cpu",
                  FrequencyDomain.Kind.CORE,
                  OppTable.of(List.of(new Frequency(1_000_000), new Frequency(2_000_000))))));

  private final FakeClock clock = new FakeClock();
  private final List<String> log = new ArrayList<>();

  /** A clock that moves when someone sleeps, or when the fake inference computes. */
  private static final class FakeClock implements RunClock {
    private long now = -5 * MS; // a nano clock may well be negative
    private int interruptAfterSleeps = Integer.MAX_VALUE;

    @Override
    public long nanoTime() {
      return now;
    }

    @Override
    public void sleepUntil(long nanoTime) {
      now = Math.max(now, nanoTime);
      if (--interruptAfterSleeps == 0) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Returns an inference whose segments take that many milliseconds, by stream and job. */
  private Inference inference(int streams, int segments, IntBinaryOperator millis) {
    List<Stream> all =
        IntStream.range(0, streams)
            .mapToObj(s -> Stream.of(workload("m" + s, segments)))
            .collect(Collectors.toList());
    int[] runs = new int[streams];
    return new Inference() {
      @Override
      public List<Stream> streams() {
        return all;
      }

      @Override
      public void run(int stream, int segment) {
        clock.now += MS * millis.applyAsInt(stream, runs[stream]++ / segments);
      }

      @Override
      public void close() {}
    };
  }

  private static Workload workload(String name, int operators) {
    return new Workload(
        name,
        "00",
        IntStream.range(0, operators)
            .mapToObj(
                i ->
                    new Operator(
                        "o" + i,
                        "Conv",
                        OperatorKind.CONVOLUTION,
                        1,
                        1,
                        1,
                        1,
                        List.of(),
                        List.of(),
                        List.of(),
                        DataType.FLOAT32))
            .collect(Collectors.toList()));
  }

  private final RunObserver observer =
      new RunObserver() {
        @Override
        public void released(int stream, int job, double seconds, double deadlineSeconds) {
          say("%d#%d released %.0f until %.0f", stream, job, seconds * 1e3, deadlineSeconds * 1e3);
        }

        @Override
        public void finished(int stream, int job, double responseSeconds, double joules) {
          say("%d#%d took %.0f, %.1f mJ", stream, job, responseSeconds * 1e3, joules * 1e3);
        }

        @Override
        public void idle(double startSeconds, double endSeconds, double joules) {
          say("idle %.0f to %.0f, %.1f mJ", startSeconds * 1e3, endSeconds * 1e3, joules * 1e3);
        }
      };

  private void say(String format, Object... values) {
    log.add(String.format(Locale.ROOT, format, values));
  }

  private List<String> said(String what) {
    return log.stream().filter(l -> l.contains(what)).collect(Collectors.toList());
  }

  private static Governor.Factory idle() {
    return (board, now) -> new Governor() {};
  }

  @Test
  void aSlowJob_delaysNoRelease_andTheNextOnesResponseCountsFromItsRelease() {
    RunResult result =
        new PeriodicRunner(
                clock, inference(1, 1, (s, job) -> job == 1 ? 25 : 4), new NullBoard(GRID, 1))
            .run(idle(), Schedule.of(0.010, 0.010, 5), observer);
    // Job 1 runs from 10 to 35, job 2 to 39 (19 after its release at 20), job 3 to 43 (13 after
    // 30), job 4 to 47 (7 after 40).
    assertThat(said("released"))
        .containsExactly(
            "0#0 released 0 until 10",
            "0#1 released 10 until 20",
            "0#2 released 20 until 30",
            "0#3 released 30 until 40",
            "0#4 released 40 until 50");
    assertThat(said("took"))
        .containsExactly(
            "0#0 took 4, NaN mJ",
            "0#1 took 25, NaN mJ",
            "0#2 took 19, NaN mJ",
            "0#3 took 13, NaN mJ",
            "0#4 took 7, NaN mJ");
    assertThat(result.jobs()).isEqualTo(5);
    assertThat(result.missRate()).isEqualTo(0.6);
    assertThat(result.joules()).isNaN();
    assertThat(result.notes())
        .containsExactly(
            "Energy was not measured: no meter.",
            "3 jobs were still running when the next one was released.");
  }

  @Test
  void releases_doNotDrift_overAHundredThousandPeriods() {
    double[] last = new double[1];
    new PeriodicRunner(clock, inference(1, 1, (s, job) -> 1), new NullBoard(GRID, 1))
        .run(
            idle(),
            Schedule.every("33333.3us").jobs(100_000),
            new RunObserver() {
              @Override
              public void released(int stream, int job, double seconds, double deadlineSeconds) {
                last[0] = seconds;
              }
            });
    assertThat(last[0]).isCloseTo(99_999 * 0.0333333, within(1e-8));
  }

  @Test
  void warmUpJobs_run_butCountForNothing() {
    RunResult result =
        new PeriodicRunner(clock, inference(1, 1, (s, job) -> job < 2 ? 9 : 3), metered(0.5))
            .run(idle(), Schedule.of(0.010, 0.005, 3).warmUp(2), observer);
    assertThat(log.get(0)).isEqualTo("0#-2 released 0 until 5");
    assertThat(result.jobs()).isEqualTo(3);
    assertThat(result.missRate()).isZero();
    // Half a watt over three periods of 10 ms.
    assertThat(result.joules()).isCloseTo(0.015, within(1e-9));
    assertThat(result.joulesBySource()).containsOnlyKeys("soc");
    assertThat(log)
        .contains("0#0 took 3, 1.5 mJ", "idle 23 to 30, 3.5 mJ", "idle 43 to 50, 3.5 mJ");
  }

  @Test
  void aGovernor_isToldInOrder_ticksBetween_andItsRequestsAreSeen() {
    List<String> calls = new ArrayList<>();
    Governor.Factory factory =
        (board, start) ->
            new Governor() {
              private long tick = start + 4 * MS;

              @Override
              public void released(int stream, long now, long deadline) {
                calls.add("released " + (deadline - now) / MS);
              }

              @Override
              public void segmentStarting(int stream, int segment, long now) {
                calls.add("segment " + segment);
                board.request(0, segment == 0 ? 0 : 1);
              }

              @Override
              public void finished(int stream, long now) {
                calls.add("finished");
              }

              @Override
              public long nextTickNanos() {
                return tick;
              }

              @Override
              public void tick(long now) {
                calls.add("tick");
                tick = now + 4 * MS;
              }
            };
    List<String> clocks = new ArrayList<>();
    RunResult result =
        new PeriodicRunner(clock, inference(1, 2, (s, job) -> 2), new NullBoard(GRID, 1))
            .run(
                factory,
                Schedule.of(0.010, 0.010, 1),
                new RunObserver() {
                  @Override
                  public void requested(int domain, int opp, double seconds) {
                    clocks.add(String.format(Locale.ROOT, "%d at %.0f", opp, seconds * 1e3));
                  }

                  @Override
                  public void clock(int domain, int opp, double seconds) {
                    throw new AssertionError("a board that cannot read back tells of no clock");
                  }
                });
    // The governor begins at -1 ms: a tick is due at 3, when a segment runs until 4, then at 8.
    assertThat(calls)
        .containsExactly("released 10", "segment 0", "segment 1", "finished", "tick", "tick");
    assertThat(clocks).containsExactly("1 at -1", "0 at 0", "1 at 2");
    assertThat(result.switches()).isEqualTo(2);
  }

  @Test
  void ofTwoStreams_theEarlierDeadlineRunsFirst_andNothingIsLeftOut() {
    Schedule schedule =
        new Schedule(
            List.of(new Schedule.Periodic(0.020, 0.020, 2), new Schedule.Periodic(0.010, 0.010, 4)),
            0);
    RunResult result =
        new PeriodicRunner(clock, inference(2, 1, (s, job) -> 3), new NullBoard(GRID, 1))
            .run(idle(), schedule, observer);
    assertThat(said("took"))
        .containsExactly(
            "1#0 took 3, NaN mJ",
            "0#0 took 6, NaN mJ",
            "1#1 took 3, NaN mJ",
            // Both are released at 20 ms; the second stream's job is due at 30, the first's at 40.
            "1#2 took 3, NaN mJ",
            "0#1 took 6, NaN mJ",
            "1#3 took 3, NaN mJ");
    assertThat(result.responses().get(0).count()).isEqualTo(2);
    assertThat(result.responses().get(1).count()).isEqualTo(4);
  }

  @Test
  void aPeriodShorterThanTheFastestRun_isRefusedBeforeTheFirstJob() {
    PeriodicRunner runner =
        new PeriodicRunner(
            clock, inference(1, 2, (s, job) -> job == 2 ? 6 : 8), new NullBoard(GRID, 1));
    assertThatThrownBy(() -> runner.checkPeriods(Schedule.of(0.010, 0.010, 5), 4))
        .isInstanceOf(NeuroBalancerException.class)
        .hasMessage(
            "The period (10.00 ms) is shorter than the fastest of 4 runs of 'm0' (12.00 ms): every"
                + " job would be late.\n"
                + "Maybe raise the period to 14.40 ms or more.");
    assertThat(runner.checkPeriods(Schedule.of(0.020, 0.020, 5), 4).get(0))
        .isCloseTo(0.016, within(1e-9));
  }

  @Test
  void anInterrupt_stopsAfterTheJobThatRuns_andIsNoted() {
    clock.interruptAfterSleeps = 3;
    RunResult result =
        new PeriodicRunner(clock, inference(1, 1, (s, job) -> 4), new NullBoard(GRID, 1))
            .run(idle(), Schedule.of(0.010, 0.010, 50), observer);
    assertThat(Thread.interrupted()).isTrue();
    assertThat(result.jobs()).isEqualTo(2);
    assertThat(result.notes()).anyMatch(note -> note.startsWith("Interrupted"));
    assertThat(log).contains("0#1 took 4, NaN mJ");
  }

  @Test
  void aScheduleOfAnotherNumberOfStreams_isRefused() {
    PeriodicRunner runner =
        new PeriodicRunner(clock, inference(2, 1, (s, job) -> 1), new NullBoard(GRID, 1));
    assertThatThrownBy(() -> runner.run(idle(), Schedule.every("10ms"), observer))
        .hasMessageContaining("1 streams, the inference 2");
  }

  @Test
  void theNullBoard_remembersRequests_andCanTellNothing() {
    NullBoard board = new NullBoard(GRID, 1);
    assertThat(board.requested(0)).isEqualTo(1);
    board.request(0, 0);
    assertThat(board.commit(0)).isEqualTo(1);
    assertThat(board.commit(0)).isZero();
    assertThat(board.actual(0)).isEqualTo(Board.UNKNOWN);
    assertThat(board.actualOrRequested(0)).isZero();
    assertThat(board.counter(Counter.BUSY_NANOS)).isNaN();
    assertThatThrownBy(() -> board.request(0, 2)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  /** A board with one rail that draws a constant power. */
  private static DrivenBoard metered(double watts) {
    NullBoard nothing = new NullBoard(GRID, 1);
    return new DrivenBoard() {
      private long sampled;

      @Override
      public void sample(long nowNanos) {
        sampled = nowNanos;
      }

      @Override
      public int commit(long nowNanos) {
        return nothing.commit(nowNanos);
      }

      @Override
      public SettingGrid grid() {
        return GRID;
      }

      @Override
      public void request(int domain, int opp) {
        nothing.request(domain, opp);
      }

      @Override
      public int requested(int domain) {
        return nothing.requested(domain);
      }

      @Override
      public int actual(int domain) {
        return nothing.requested(domain);
      }

      @Override
      public int activeCores() {
        return 1;
      }

      @Override
      public double counter(Counter counter) {
        return Double.NaN;
      }

      @Override
      public List<Rail> rails() {
        return List.of(new Rail("soc", "test", 0));
      }

      @Override
      public double joules(int rail) {
        return watts * sampled * 1e-9;
      }

      @Override
      public double celsius() {
        return Double.NaN;
      }
    };
  }
}
