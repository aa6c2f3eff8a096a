package io.neurobalancer.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.neurobalancer.cost.Calibration;
import io.neurobalancer.cost.Samples;
import io.neurobalancer.device.DeviceIdentity;
import io.neurobalancer.governor.Board;
import io.neurobalancer.governor.Governor;
import io.neurobalancer.target.Budget;
import io.neurobalancer.target.Campaign;
import io.neurobalancer.target.Effort;
import io.neurobalancer.target.RunObserver;
import io.neurobalancer.target.RunResult;
import io.neurobalancer.target.Schedule;
import io.neurobalancer.target.Stream;
import io.neurobalancer.unit.NeuroBalancerException;
import io.neurobalancer.workload.DataType;
import io.neurobalancer.workload.Operator;
import io.neurobalancer.workload.OperatorKind;
import io.neurobalancer.workload.Workload;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jobs on a double of a board, in virtual time. */
final class LinuxTargetTest {

  /** Two operators of 4 and 8 million cycles: 12 ms at 1 GHz. */
  private static final Stream STREAM =
      Stream.of(
          new Workload("two", "00", List.of(operator("a", 4_000_000), operator("b", 8_000_000))));

  private static final Schedule JOBS = Schedule.of(0.040, 0.040, 20);

  private final VirtualClock clock = new VirtualClock();
  private final FakeKernel kernel = new FakeKernel(clock);
  private final QuietWatch watch = new QuietWatch();
  private final RunFolder folder;

  LinuxTargetTest(@TempDir Path temporary) {
    folder = new RunFolder(temporary.resolve("run"));
  }

  private static Operator operator(String name, long flops) {
    return new Operator(
        name,
        "Conv",
        OperatorKind.UNKNOWN,
        flops,
        0,
        0,
        0,
        List.of(),
        List.of(),
        List.of(),
        DataType.FLOAT32);
  }

  /** Computes at the clock that the double's second policy really has. */
  private PacedWorkload workload(Stream... streams) {
    return new PacedWorkload(
        List.of(streams),
        1,
        1,
        cycles -> clock.advance(cycles * 1_000_000_000L / kernel.hertz(FakeKernel.POLICY4)));
  }

  private LinuxTarget open() {
    return LinuxTarget.apply(
        kernel, clock, List.of("cpu4", "dmc"), workload(STREAM), 1, folder, watch);
  }

  private static Governor.Factory hold(int setting) {
    return (board, now) -> {
      board.request(setting);
      return new Governor() {};
    };
  }

  @Test
  void aDryRun_saysWhatItWouldSet_andWritesNothing() {
    try (LinuxTarget target = LinuxTarget.dryRun(kernel, clock, List.of(), workload(STREAM), 1)) {
      assertThat(target.identity().origin()).isEqualTo(DeviceIdentity.Origin.REAL);
      assertThat(target.grid().describe(target.grid().fastest())).isEqualTo("2800MHz/1600MHz");
      assertThat(target.intentions().get(0))
          .contains("cpu4")
          .contains(FakeKernel.POLICY4 + "/scaling_setspeed");
      assertThatThrownBy(() -> target.measure(0, 0)).hasMessageContaining("--apply");
      RunResult run = target.run(hold(0), JOBS, RunObserver.NONE);
      assertThat(run.notes().get(0)).contains("dry run");
      assertThat(run.joules()).isPositive();
      assertThat(run.notes()).contains("energy: " + target.intentions().get(2).substring(8));
    }
    assertThat(kernel.writes).isEmpty();
  }

  @Test
  void latencies_followTheClockThatWasSet() {
    try (LinuxTarget target = open()) {
      Samples.Run slow = target.measure(0, target.grid().setting(0, 0));
      Samples.Run fast = target.measure(0, target.grid().setting(5, 0));

      assertThat(slow.latencySeconds(0)).isCloseTo(4e6 / 500e6, within(1e-6));
      assertThat(fast.latencySeconds(1)).isCloseTo(8e6 / 2800e6, within(1e-6));
    }
  }

  /** An engine whose first five jobs take twice as long, as one does that compiles as it goes. */
  @Test
  void theFirstRuns_areNotMeasured() {
    int[] spent = {0};
    PacedWorkload slowAtFirst =
        new PacedWorkload(
            List.of(STREAM),
            1,
            1,
            cycles -> {
              long slow = spent[0]++ < 5 * STREAM.segments() ? 2 : 1;
              clock.advance(slow * cycles * 1_000_000_000L / kernel.hertz(FakeKernel.POLICY4));
            });
    try (LinuxTarget target =
        LinuxTarget.apply(kernel, clock, List.of("cpu4", "dmc"), slowAtFirst, 1, folder, watch)) {
      for (int run = 0; run < 2; run++) {
        assertThat(target.measure(0, target.grid().setting(0, 0)).latencySeconds(0))
            .isCloseTo(4e6 / 500e6, within(1e-6));
      }
    }
    assertThat(spent[0]).isEqualTo((5 + 2) * STREAM.segments());
  }

  @Test
  void energyOfOperators_isToldByBlocks_becauseMetersAreSlow() {
    try (LinuxTarget target = open()) {
      int setting = target.grid().setting(2, 0);

      assertThat(target.meterPeriodSeconds()).isEqualTo(1e-3);
      assertThat(target.measure(0, setting).energyJoules(0)).isNaN();
      // 0.5 W + 0.2 W at 1.3 GHz cubed, + the other cluster at 1.9008 GHz + 0.3 W/GHz at 0.4 GHz.
      double watts = 0.5 + 0.2 * (Math.pow(1.3, 3) + Math.pow(1.9008, 3)) + 0.3 * 0.4;
      assertThat(target.blockJoules(0, setting, 1, 1, 50))
          .isCloseTo(watts * 8e6 / 1.3e9, within(watts * 1e-5));
      assertThat(target.blockJoules(0, setting, 0, 1, 50))
          .isCloseTo(watts * 12e6 / 1.3e9, within(watts * 1e-5));
    }
  }

  @Test
  void aRun_keepsItsReleases_countsMisses_andMetersWholePeriods() {
    try (LinuxTarget target = open()) {
      // 24 ms a job at 500 MHz, 5 ms at 2.8 GHz; both within 40 ms.
      RunResult slow = target.run(hold(0), JOBS, RunObserver.NONE);
      RunResult fast = target.run(hold(target.grid().fastest()), JOBS, RunObserver.NONE);

      assertThat(slow.jobs()).isEqualTo(20);
      assertThat(slow.missRate()).isZero();
      assertThat(slow.meanResponseSeconds()).isCloseTo(0.024, within(1e-4));
      assertThat(fast.meanResponseSeconds()).isCloseTo(12e6 / 2.8e9, within(1e-4));
      assertThat(slow.energyJoulesPerJob()).isLessThan(fast.energyJoulesPerJob());
      double watts = 0.5 + 0.2 * (Math.pow(0.5, 3) + Math.pow(1.9008, 3)) + 0.3 * 0.4;
      assertThat(slow.energyJoulesPerJob()).isCloseTo(watts * 0.040, within(watts * 0.040 * 0.02));
      assertThat(slow.joulesBySource()).containsKey("psys");
      assertThat(slow.notes()).containsExactly("energy: RAPL psys");

      RunResult late = target.run(hold(0), Schedule.of(0.040, 0.020, 20), RunObserver.NONE);
      assertThat(late.missRate()).isEqualTo(1);
    }
  }

  @Test
  void theTimelineOfARun_isToldToAnObserver() {
    List<String> events = new ArrayList<>();
    RunObserver observer =
        new RunObserver() {
          @Override
          public void released(int stream, int job, double seconds, double deadlineSeconds) {
            events.add(line("release %d at %.0f ms", job, seconds * 1e3));
          }

          @Override
          public void segment(int stream, int job, int segment, double start, double end) {
            events.add(line("segment %d %.0f to %.0f ms", segment, start * 1e3, end * 1e3));
          }

          @Override
          public void clock(int domain, int opp, double seconds) {
            events.add(line("domain %d OPP %d at %.0f ms", domain, opp, seconds * 1e3));
          }

          @Override
          public void finished(int stream, int job, double response, double joules) {
            events.add(line("finish %d after %.0f ms", job, response * 1e3));
          }
        };
    Governor.Factory slowThenFast =
        (board, now) ->
            new Governor() {
              @Override
              public void segmentStarting(int stream, int segment, long nowNanos) {
                board.request(0, segment == 0 ? 0 : 5);
              }
            };
    try (LinuxTarget target = open()) {
      target.run(slowThenFast, Schedule.of(0.040, 0.040, 1).warmUp(1), observer);
    }
    assertThat(events)
        .containsExactly(
            "domain 0 OPP 5 at -1 ms",
            "domain 1 OPP 3 at -1 ms",
            "release -1 at 0 ms",
            "domain 0 OPP 0 at 0 ms",
            "segment 0 0 to 8 ms", // 4 million cycles at 500 MHz
            "domain 0 OPP 5 at 8 ms",
            "segment 1 8 to 11 ms", // 8 million at 2.8 GHz
            "finish -1 after 11 ms",
            "release 0 at 40 ms",
            "domain 0 OPP 0 at 40 ms",
            "segment 0 40 to 48 ms",
            "domain 0 OPP 5 at 48 ms",
            "segment 1 48 to 51 ms",
            "finish 0 after 11 ms");
  }

  private static String line(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }

  @Test
  void twoStreams_shareTheCore_earliestDeadlineFirst() {
    try (LinuxTarget target =
        LinuxTarget.apply(
            kernel, clock, List.of("cpu4", "dmc"), workload(STREAM, STREAM), 1, folder, watch)) {
      RunResult run =
          target.run(
              hold(target.grid().fastest()),
              new Schedule(
                  List.of(
                      new Schedule.Periodic(0.040, 0.040, 5),
                      new Schedule.Periodic(0.020, 0.010, 10)),
                  0),
              RunObserver.NONE);

      assertThat(run.jobs()).isEqualTo(15);
      // The second stream's deadline is earlier: it goes first, and the first one waits for it.
      assertThat(run.responses().get(1).meanSeconds()).isCloseTo(12e6 / 2.8e9, within(2e-4));
      assertThat(run.responses().get(0).meanSeconds()).isCloseTo(24e6 / 2.8e9, within(2e-4));
    }
  }

  @Test
  void aGovernorsTicks_comeWhenTheyAreDue_busyOrIdle() {
    List<Long> ticks = new ArrayList<>();
    Governor.Factory ticking =
        (board, now) ->
            new Governor() {
              private long next = now + 10_000_000;

              @Override
              public long nextTickNanos() {
                return next;
              }

              @Override
              public void tick(long nowNanos) {
                ticks.add(nowNanos - now);
                next += 10_000_000;
              }
            };
    try (LinuxTarget target = open()) {
      target.run(ticking, Schedule.of(0.040, 0.040, 2), RunObserver.NONE);
    }
    assertThat(ticks).hasSizeBetween(8, 10);
    assertThat(ticks.get(0)).isEqualTo(10_000_000L);
  }

  @Test
  void aRivalsLowMaximum_isToldFromACap_byWritingOnce() {
    try (LinuxTarget target = open()) {
      kernel.at(
          clock.nanoTime() + 300_000_000,
          k -> k.rival(FakeKernel.POLICY4 + "/scaling_max_freq", "900000"));
      RunResult contested = target.run(hold(target.grid().fastest()), JOBS, RunObserver.NONE);
      kernel.at(clock.nanoTime() + 300_000_000, k -> k.policy(FakeKernel.POLICY4).cap(1300000));
      RunResult capped = target.run(hold(target.grid().fastest()), JOBS, RunObserver.NONE);

      assertThat(contested.notes()).anyMatch(note -> note.contains("Somebody else wrote 900000"));
      assertThat(capped.notes()).anyMatch(note -> note.contains("is capped at 1300000"));
      assertThat(capped.notes()).noneMatch(note -> note.contains("contested"));
    }
  }

  @Test
  void aSilentErrorOfTheDriver_isFoundByReadingBack_andEverythingIsBack() {
    LinuxTarget target = open();
    target.measure(0, 0);
    kernel.policy(FakeKernel.POLICY4).driverFails(true);

    assertThatThrownBy(() -> target.measure(0, target.grid().fastest()))
        .isInstanceOfSatisfying(
            NeuroBalancerException.class,
            e -> assertThat(e.kind()).isEqualTo(NeuroBalancerException.Kind.HARDWARE_REFUSED))
        .hasMessageContaining("cpu4 was set to 2800MHz and runs at 500MHz");
    assertThat(kernel.firstLine(FakeKernel.POLICY4 + "/scaling_governor", ""))
        .isEqualTo("schedutil");
    target.close();
  }

  @Test
  void aCpuTakenOffLine_endsTheRun_andIsNamed() {
    LinuxTarget target = open();
    kernel.at(clock.nanoTime() + 100_000_000, k -> k.policy(FakeKernel.POLICY4).offline(true));
    Governor.Factory restless =
        (board, now) ->
            new Governor() {
              @Override
              public void released(int stream, long nowNanos, long deadlineNanos) {
                board.request(0, 5 - board.requested(0));
              }
            };

    assertThatThrownBy(() -> target.run(restless, JOBS, RunObserver.NONE))
        .isInstanceOf(NeuroBalancerException.class)
        .hasMessageContaining("EBUSY")
        .hasMessageContaining("policy4");
    assertThat(kernel.firstLine(FakeKernel.DMC + "/governor", "")).isEqualTo("simple_ondemand");
    kernel.policy(FakeKernel.POLICY4).offline(false);
    assertThat(Restoration.byHand(kernel, clock, folder).settled()).isTrue();
  }

  @Test
  void aSensorThatVanishes_makesTheEnergyUnknown_notZero() {
    try (LinuxTarget target = open()) {
      kernel.at(clock.nanoTime() + 200_000_000, k -> k.remove(FakeKernel.PSYS + "/energy_uj"));
      RunResult run = target.run(hold(0), JOBS, RunObserver.NONE);

      assertThat(run.joules()).isNaN();
      assertThat(run.joulesBySource().get("psys")).isNaN();
      assertThat(run.notes()).anyMatch(note -> note.contains("psys can no longer be read"));
      assertThat(run.missRate()).isZero();
    }
  }

  @Test
  void aCounterThatWraps_losesNothing() {
    kernel.wrapAfter(50_000); // wraps every 25 ms or so
    try (LinuxTarget target = open()) {
      RunResult run = target.run(hold(0), JOBS, RunObserver.NONE);

      double watts = 0.5 + 0.2 * (Math.pow(0.5, 3) + Math.pow(1.9008, 3)) + 0.3 * 0.4;
      assertThat(run.energyJoulesPerJob()).isCloseTo(watts * 0.040, within(watts * 0.040 * 0.02));
    }
  }

  @Test
  void aClockThatJumps_costsDeadlines_notTheSettings() {
    try (LinuxTarget target = open()) {
      kernel.at(clock.nanoTime() + 200_000_000, k -> clock.advance(3_600_000_000_000L));
      RunResult run = target.run(hold(0), JOBS, RunObserver.NONE);

      assertThat(run.jobs()).isEqualTo(20);
      assertThat(run.missRate()).isGreaterThan(0.5);
    }
    assertThat(kernel.firstLine(FakeKernel.POLICY4 + "/scaling_governor", ""))
        .isEqualTo("schedutil");
  }

  @Test
  void aMachineThatSlept_makesTheRunContested() {
    try (LinuxTarget target = open()) {
      kernel.at(clock.nanoTime() + 300_000_000, k -> k.set("/proc/uptime", "4000.00 200.00"));
      RunResult run = target.run(hold(0), JOBS, RunObserver.NONE);

      assertThat(run.notes()).anyMatch(note -> note.contains("the machine slept"));
    }
  }

  @Test
  void calibration_namesItsMeters_andSaysWhatIsNotMeasured() {
    kernel.put("/sys/devices/system/cpu/cpu0/cpuidle/state0/name", "WFI", "r");
    kernel.put("/sys/devices/system/cpu/cpu0/cpuidle/state0/latency", "1", "r");
    kernel.put("/sys/devices/system/cpu/cpu0/cpuidle/state0/residency", "1", "r");
    kernel.put("/sys/devices/system/cpu/cpu0/cpuidle/state1/name", "cpu-sleep", "r");
    kernel.put("/sys/devices/system/cpu/cpu0/cpuidle/state1/latency", "350", "r");
    kernel.put("/sys/devices/system/cpu/cpu0/cpuidle/state1/residency", "900", "r");
    try (LinuxTarget target = open()) {
      Calibration calibration = target.calibrate();

      assertThat(calibration.switchCosts().perDomain()).hasSize(2);
      assertThat(calibration.idleStates().get(1).wakeSeconds()).isEqualTo(350e-6);
      double idle = 0.5 + 0.2 * (Math.pow(2.8, 3) + Math.pow(1.9008, 3)) + 0.3 * 1.6;
      assertThat(calibration.idleWatts(1, target.grid().fastest()))
          .isCloseTo(idle, within(idle * 0.01));
      assertThat(calibration.meters().get("idle")).startsWith("RAPL psys");
      assertThat(calibration.meters().get("wake")).contains("timers");
    }
    kernel.failReads(FakeKernel.PSYS + "/energy_uj", Errno.EACCES);
    try (LinuxTarget target = open()) {
      Calibration blind = target.calibrate();

      assertThat(blind.meters().get("idle")).startsWith("not measured");
      assertThat(blind.idleWatts(0, 0)).isNaN();
    }
  }

  @Test
  void aCampaign_takesAsLongAsItSaid() {
    try (LinuxTarget target = open()) {
      Campaign campaign =
          new Campaign(target, 0, Budget.adaptive(6).repeats(10), List.of(), run -> {});
      Effort said = campaign.effort();
      long before = clock.nanoTime();
      campaign.run();
      long measured = clock.nanoTime();
      target.calibrate();
      double took = (clock.nanoTime() - before) * 1e-9;

      // 12 million cycles; one segment; 30 readings of a meter that tells every millisecond.
      assertThat(said.fastestRunSeconds()).isCloseTo(12e6 / 2.8e9, within(1e-6));
      assertThat(said.slowestRunSeconds()).isCloseTo(12e6 / 500e6, within(1e-6));
      assertThat(said.leastRuns()).isEqualTo(48);
      assertThat(said.mostRuns()).isEqualTo(60);
      assertThat(said.blocks()).isEqualTo(6 * STREAM.segments());
      assertThat(said.blockSeconds()).isBetween(0.030, 0.040);
      // Two steady and one toggling block per clock, each of 100 ms or half of it, four corners.
      assertThat(said.calibrationSeconds()).isCloseTo(0.8, within(1e-9));
      assertThat((clock.nanoTime() - measured) * 1e-9)
          .isCloseTo(said.calibrationSeconds(), within(0.3));
      assertThat(took).isBetween(said.typicalSeconds() / 1.5, said.typicalSeconds() * 1.5);
      assertThat(took).isLessThan(said.mostSeconds());
    }
  }

  @Test
  void aDomain_isNotSwitchedFasterThanItsTransitionLatency() {
    Governor.Factory hasty =
        (board, now) ->
            new Governor() {
              @Override
              public void segmentStarting(int stream, int segment, long nowNanos) {
                board.request(0, segment == 0 ? 1 : 2);
              }
            };
    // Operators of a thousand cycles take microseconds, less than the 50 us of the policy.
    Stream quick =
        Stream.of(new Workload("quick", "00", List.of(operator("a", 1000), operator("b", 1000))));
    try (LinuxTarget target =
        LinuxTarget.apply(
            kernel, clock, List.of("cpu4", "dmc"), workload(quick), 1, folder, watch)) {
      kernel.writes.clear();
      target.run(hasty, Schedule.of(0.040, 0.040, 3), RunObserver.NONE);

      // The second operator's wish comes too early each time; the first one's is met already.
      assertThat(kernel.writes.stream().filter(w -> w.startsWith("scaling_setspeed")).count())
          .isBetween(2L, 6L);
      assertThat(kernel.writes.stream().filter("scaling_setspeed=1300000"::equals).count())
          .isLessThan(3);
    }
  }

  @Test
  void readings_withinOneCallOfAGovernor_areOfOneInstant() {
    try (LinuxTarget target = open()) {
      List<Double> joules = new ArrayList<>();
      Governor.Factory curious =
          (Board board, long now) ->
              new Governor() {
                @Override
                public void released(int stream, long nowNanos, long deadlineNanos) {
                  joules.add(board.joules(0));
                  clock.advance(5_000_000);
                  joules.add(board.joules(0));
                }
              };
      target.run(curious, Schedule.of(0.040, 0.040, 3), RunObserver.NONE);

      assertThat(joules.get(0)).isEqualTo(joules.get(1));
      assertThat(joules.get(2)).isGreaterThan(joules.get(1));
    }
  }
}
