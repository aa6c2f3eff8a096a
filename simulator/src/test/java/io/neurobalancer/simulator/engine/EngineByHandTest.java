package io.neurobalancer.simulator.engine;

import static io.neurobalancer.simulator.engine.HandDevice.FAST;
import static io.neurobalancer.simulator.engine.HandDevice.SLOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.neurobalancer.governor.Board;
import io.neurobalancer.governor.Counter;
import io.neurobalancer.governor.Governor;
import io.neurobalancer.target.RunObserver;
import io.neurobalancer.target.RunResult;
import io.neurobalancer.target.Schedule;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Runs on a device of round figures, added up by hand. */
final class EngineByHandTest {

  private final HandDevice device = new HandDevice(1, 1);
  private final List<String> log = new ArrayList<>();

  /** Writes down what happens, to the millisecond. */
  private final RunObserver observer =
      new RunObserver() {
        private void note(String format, Object... arguments) {
          log.add(String.format(Locale.ROOT, format, arguments));
        }

        @Override
        public void released(int stream, int job, double seconds, double deadline) {
          note("%d.%d released at %.3f for %.3f", stream, job, seconds, deadline);
        }

        @Override
        public void segment(int stream, int job, int segment, double start, double end) {
          note("%d.%d segment %d from %.3f to %.3f", stream, job, segment, start, end);
        }

        @Override
        public void clock(int domain, int opp, double seconds) {
          note("clock %d to %d at %.3f", domain, opp, seconds);
        }

        @Override
        public void finished(int stream, int job, double response, double joules) {
          note("%d.%d finished after %.3f with %.3f J", stream, job, response, joules);
        }

        @Override
        public void idle(double start, double end, double joules) {
          note("idle from %.3f to %.3f with %.3f J", start, end, joules);
        }
      };

  private RunResult run(Governor.Factory governor, Schedule schedule) {
    return new Engine(device, governor, schedule, observer).run();
  }

  private static Governor.Factory nothing() {
    return (board, now) -> new Governor() {};
  }

  /** Runs jobs fast, and rests slow. */
  private static Governor.Factory racing() {
    return (board, now) ->
        new Governor() {
          @Override
          public void released(int stream, long nowNanos, long deadlineNanos) {
            board.request(FAST);
          }

          @Override
          public void finished(int stream, long nowNanos) {
            board.request(SLOW);
          }
        };
  }

  private static void parts(RunResult run, double... expected) {
    Map<String, Double> parts = run.joulesBySource();
    String[] names = {"cores", "memory and chip", "standing still", "switches", "idle"};
    double sum = 0;
    for (int p = 0; p < names.length; p++) {
      assertThat(parts.getOrDefault(names[p], Double.NaN))
          .as(names[p])
          .isCloseTo(expected[p], within(1e-9));
      sum += expected[p];
    }
    assertThat(parts).hasSize(names.length);
    assertThat(run.joules()).isCloseTo(sum, within(1e-9));
  }

  @Test
  void aJob_wakesTheDevice_runs_andLetsItRest() {
    RunResult run = run(nothing(), Schedule.of(10, 9, 1));
    assertThat(log)
        .containsExactly(
            // 20 ms at 2 W and the rest at 1 W.
            "idle from 0.000 to 10.000 with 10.020 J",
            "0.0 released at 10.000 for 9.000",
            "0.0 segment 0 from 10.030 to 12.030",
            "0.0 finished after 2.030 with 6.060 J",
            "idle from 12.030 to 20.000 with 7.990 J");
    // The idling before the first release does not count.
    parts(run, 2 * 2, 2 * 1, 0.03 * 2, 0, 7.99);
    assertThat(run.switches()).isZero();
    assertThat(run.missRate()).isZero();
  }

  @Test
  void aSwitch_stallsARunningJob_costsItsEnergy_andIsFreeOfTimeAtRest() {
    RunResult run = run(racing(), Schedule.of(10, 9, 1));
    assertThat(log)
        .containsExactly(
            "idle from 0.000 to 10.000 with 10.020 J",
            "0.0 released at 10.000 for 9.000",
            "clock 0 to 1 at 10.000",
            "0.0 segment 0 from 10.030 to 11.040",
            "0.0 finished after 1.040 with 10.620 J",
            "clock 0 to 0 at 11.040",
            "idle from 11.040 to 20.000 with 9.480 J");
    parts(run, 8, 2, 0.03 * 4, 2 * 0.5, 0.02 * 2 + 8.94);
    assertThat(run.switches()).isEqualTo(2);
  }

  @Test
  void warmUp_runsButDoesNotCount() {
    RunResult run = run(racing(), Schedule.of(10, 9, 2).warmUp(3));
    assertThat(run.jobs()).isEqualTo(2);
    assertThat(run.switches()).isEqualTo(4);
    assertThat(run.joules()).isCloseTo(2 * (10 + 0.12 + 1 + 0.04 + 8.94), within(1e-9));
    assertThat(log)
        .contains("0.-3 released at 10.000 for 9.000", "0.0 released at 40.000 for 9.000");
    assertThat(device.jobsAsked).containsExactly(0, 1, 2, 3, 4);
  }

  @Test
  void aClockThatChangesInAnOperator_speedsUpTheShareThatIsLeft() {
    // Asked for at 11.03 s, half-way: the switch, then half of the second that it takes fast.
    RunResult run =
        run((board, now) -> new At(board, 11_030_000_000L, FAST), Schedule.of(10, 9, 1));
    assertThat(log)
        .contains(
            "clock 0 to 1 at 11.030",
            "0.0 segment 0 from 10.030 to 11.540",
            "0.0 finished after 1.540 with 8.560 J");
    parts(run, 1 * 2 + 0.5 * 8, 1 * 1 + 0.5 * 2, 0.06, 0.5, 0.02 * 4 + 8.44 * 1.5);
  }

  /** Asks for a setting at a time. */
  private static final class At implements Governor {
    private final Board board;
    private final int setting;
    private long due;

    At(Board board, long due, int setting) {
      this.board = board;
      this.due = due;
      this.setting = setting;
    }

    @Override
    public long nextTickNanos() {
      return due;
    }

    @Override
    public void tick(long nowNanos) {
      assertThat(nowNanos).isEqualTo(due);
      due = NEVER;
      board.request(setting);
    }
  }

  @Test
  void aClockThatHasNotSettled_changesLater() {
    // Fast at release (10 s), slow again 20 ms later: not before 10.05 s.
    run(
        (board, now) -> {
          Governor at = new At(board, 10_020_000_000L, SLOW);
          return new Governor() {
            @Override
            public void released(int stream, long nowNanos, long deadlineNanos) {
              board.request(FAST);
            }

            @Override
            public long nextTickNanos() {
              return at.nextTickNanos();
            }

            @Override
            public void tick(long nowNanos) {
              at.tick(nowNanos);
            }
          };
        },
        Schedule.of(10, 9, 1));
    assertThat(log)
        .contains(
            "clock 0 to 1 at 10.000",
            "clock 0 to 0 at 10.050",
            // 10 ms of stall, 10 ms of work (a hundredth), 10 ms of stall, 99 hundredths of 2 s.
            "0.0 segment 0 from 10.030 to 12.040");
  }

  @Test
  void aGapTooShortForTheDeepState_isWaitedThrough() {
    RunResult run = run(nothing(), Schedule.of(2.4, 2.4, 2));
    assertThat(log)
        .containsExactly(
            "idle from 0.000 to 2.400 with 2.420 J",
            "0.0 released at 2.400 for 2.400",
            "0.0 segment 0 from 2.430 to 4.430",
            "0.0 finished after 2.030 with 6.060 J",
            // 0.37 s at 1.7 W, and nothing to wake from.
            "idle from 4.430 to 4.800 with 0.629 J",
            "0.1 released at 4.800 for 2.400",
            "0.1 segment 0 from 4.800 to 6.800",
            "0.1 finished after 2.000 with 6.000 J",
            "idle from 6.800 to 7.200 with 0.680 J");
    parts(run, 8, 4, 0.06, 0, 0.629 + 0.68);
    assertThat(device.idleState(0.5)).isEqualTo(1);
    assertThat(device.idleState(0.4999)).isZero();
    assertThat(device.idleState(0)).isZero();
  }

  @Test
  void aJobThatOverruns_delaysTheNext_whoseReleaseStays() {
    RunResult run = run(nothing(), Schedule.of(1.5, 1.5, 3));
    assertThat(log)
        .contains(
            "0.0 finished after 2.030 with 6.060 J",
            "0.1 released at 3.000 for 1.500",
            "0.1 segment 0 from 3.530 to 5.530",
            "0.1 finished after 2.530 with 6.000 J",
            "0.2 finished after 3.030 with 6.000 J");
    assertThat(run.missRate()).isEqualTo(1);
    // It ends at 7.53 s, after the last period.
    assertThat(run.joules()).isCloseTo(18.06, within(1e-9));
  }

  @Test
  void weather_stretchesOperators_andStallsThem() {
    device.factor = 1.5;
    device.stallSeconds = 0.5;
    RunResult run = run(nothing(), Schedule.of(10, 9, 1));
    assertThat(log).contains("0.0 segment 0 from 10.030 to 13.530");
    parts(run, 3 * 2, 3 * 1, 0.53 * 2, 0, 0.04 + 6.45);
  }

  @Test
  void leakage_growsWhatTheCoresBurn() {
    device.leakage = 0.1;
    RunResult run = run(nothing(), Schedule.of(10, 9, 1));
    parts(run, 2 * 2 * 1.1, 2 * 1, 0.06, 0, 7.99);
  }

  @Test
  void whereNobodyTellsTheCoresPart_operatorsAreOneSource() {
    device.coreShare = 0;
    RunResult run = run(nothing(), Schedule.of(10, 9, 1));
    assertThat(run.joulesBySource())
        .containsOnlyKeys("operators", "standing still", "switches", "idle");
    assertThat(run.joulesBySource().getOrDefault("operators", 0.0)).isCloseTo(6, within(1e-9));
  }

  @Test
  void ofTwoStreams_theEarlierDeadlineRunsFirst_andNoSegmentIsInterrupted() {
    HandDevice two = new HandDevice(2, 2);
    List<String> order = new ArrayList<>();
    RunObserver segments =
        new RunObserver() {
          @Override
          public void segment(int stream, int job, int segment, double start, double end) {
            order.add(String.format(Locale.ROOT, "%d/%d %.2f", stream, segment, start));
          }
        };
    Schedule schedule =
        new Schedule(
            List.of(new Schedule.Periodic(20, 20, 1), new Schedule.Periodic(22, 4.5, 1)), 0);
    new Engine(two, nothing(), schedule, segments).run();
    // The second is released at 22 s, when the first segment of the first (20.03 to 22.03) runs.
    assertThat(order).containsExactly("0/0 20.03", "1/0 22.03", "1/1 24.03", "0/1 26.03");
    order.clear();
    Schedule together =
        new Schedule(
            List.of(new Schedule.Periodic(20, 20, 1), new Schedule.Periodic(20, 20, 1)), 0);
    new Engine(two, nothing(), together, segments).run();
    // Of two alike the first; the wake-up is waited for once.
    assertThat(order).containsExactly("0/0 20.03", "0/1 22.03", "1/0 24.03", "1/1 26.03");
    assertThatThrownBy(() -> new Engine(two, nothing(), Schedule.of(1, 1, 1), segments))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("A schedule of 1 streams cannot run on a device with 2");
  }

  /** Returns what a job counted by its end, at one clock or the other. */
  private Map<Counter, Double> counters(boolean race) {
    Map<Counter, Double> seen = new EnumMap<>(Counter.class);
    Governor.Factory factory =
        (board, now) ->
            new Governor() {
              @Override
              public void released(int stream, long nowNanos, long deadlineNanos) {
                board.request(race ? FAST : SLOW);
              }

              @Override
              public void finished(int stream, long nowNanos) {
                for (Counter counter : Counter.values()) {
                  seen.put(counter, board.counter(counter));
                }
                log.add("joules " + Math.round(board.joules(0) * 1e6));
              }
            };
    run(factory, Schedule.of(10, 9, 1));
    return seen;
  }

  private static void counts(Map<Counter, Double> seen, Counter counter, double expected) {
    assertThat(seen.getOrDefault(counter, Double.NaN))
        .as("%s", counter)
        .isCloseTo(expected, within(1e-8 * expected));
  }

  @Test
  void counters_countWhileCoresAreAwake() {
    Map<Counter, Double> slow = counters(false);
    counts(slow, Counter.BUSY_NANOS, 2.03e9);
    counts(slow, Counter.CYCLES, 2.03e9);
    counts(slow, Counter.STALLED_CYCLES, 0.53e9);
    counts(slow, Counter.INSTRUCTIONS, 1e6);
    counts(slow, Counter.DRAM_BYTES, 6_400 + 2 * 3_200);
    // Lines of 64 bytes, shared by two cores.
    counts(slow, Counter.CACHE_MISSES, 100);
    assertThat(log).contains("joules 16080000");
    // Fast: 30 ms of waking and 10 ms of switching are cycles of 2 GHz too.
    Map<Counter, Double> fast = counters(true);
    counts(fast, Counter.BUSY_NANOS, 1.04e9);
    counts(fast, Counter.CYCLES, 2.08e9);
    counts(fast, Counter.STALLED_CYCLES, 0.58e9);
  }

  @Test
  void whereNoWorkIsCounted_onlyTimeIs() {
    device.countsWork = false;
    Map<Counter, Double> blind = counters(false);
    counts(blind, Counter.BUSY_NANOS, 2.03e9);
    counts(blind, Counter.CYCLES, 2.03e9);
    for (Counter counter :
        List.of(
            Counter.STALLED_CYCLES,
            Counter.INSTRUCTIONS,
            Counter.DRAM_BYTES,
            Counter.CACHE_MISSES)) {
      assertThat(blind.getOrDefault(counter, 0.0)).isNaN();
    }
  }

  @Test
  void aGovernorThatAsksForTheSameTickAgain_isADefect() {
    Governor.Factory factory =
        (board, now) ->
            new Governor() {
              @Override
              public long nextTickNanos() {
                return 1_000;
              }
            };
    assertThatThrownBy(() -> run(factory, Schedule.of(10, 9, 1)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("asks for a tick at");
  }

  @Test
  void theBoard_tellsWhatRuns_andHowWarmItIs() {
    List<String> told = new ArrayList<>();
    Governor.Factory factory =
        (board, now) -> {
          board.request(0, FAST);
          told.add(board.requested(0) + " " + board.actual(0) + " " + board.celsius());
          return new Governor() {
            @Override
            public void released(int stream, long nowNanos, long deadlineNanos) {
              told.add(board.requested(0) + " " + board.actual(0));
              told.add(board.toString());
              told.add(board.rails().size() + " " + board.activeCores());
            }
          };
        };
    run(factory, Schedule.of(10, 9, 1));
    assertThat(told).containsExactly("1 0 30.0", "1 1", "Engine at 10.0 s, 2000MHz", "1 2");
  }

  @Test
  void aDieThatGetsTooWarm_losesItsFastClock_untilItCools() {
    // 5 K/W: 1.5 W at rest lead to 37.5 degrees, 10 W to 80, slow work (3 W) to 45.
    device.kelvinPerWatt = 5;
    device.capCelsius = 50;
    run(
        (board, now) -> {
          board.request(FAST);
          return new Governor() {};
        },
        Schedule.of(10, 9, 1));
    List<String> clocks = log.stream().filter(line -> line.startsWith("clock")).toList();
    assertThat(clocks).first().isEqualTo("clock 0 to 1 at 0.000");
    assertThat(clocks).hasSize(1);
    // From 36.5 degrees at release, 13.5 K of 43.5 take 5 s ln(43.5 / 30) = 1.86 s: longer than
    // the job. At a cap of 45 it is 5 s ln(43.5 / 35) = 1.09 s; at 40, 0.42 s.
    device.capCelsius = 40;
    log.clear();
    run(
        (board, now) -> {
          board.request(FAST);
          return new Governor() {};
        },
        Schedule.of(10, 9, 1));
    assertThat(log)
        .anySatisfy(
            line -> {
              assertThat(line).startsWith("clock 0 to 0 at 10.");
              assertThat(Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                  .isBetween(10.3, 10.7);
            });
  }
}
