package io.neurobalancer.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neurobalancer.governor.Governor;
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
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clocks that do not do what they are told in mid-run, on a double of a board. */
final class DisobedienceTest {

  private static final Schedule JOBS = Schedule.of(0.040, 0.040, 20);

  private static final String GOVERNOR = FakeKernel.POLICY4 + "/scaling_governor";

  private static final List<String> SETTINGS =
      List.of(
          GOVERNOR,
          FakeKernel.POLICY4 + "/scaling_min_freq",
          FakeKernel.POLICY4 + "/scaling_max_freq",
          FakeKernel.DMC + "/governor",
          FakeKernel.DMC + "/min_freq",
          FakeKernel.DMC + "/max_freq");

  private final VirtualClock clock = new VirtualClock();
  private final FakeKernel kernel = new FakeKernel(clock);
  private final RunFolder folder;
  private final Map<String, String> before = state();

  DisobedienceTest(@TempDir Path temporary) {
    folder = new RunFolder(temporary.resolve("run"));
  }

  private Map<String, String> state() {
    clock.advance(50_000_000);
    Map<String, String> values = new TreeMap<>();
    SETTINGS.forEach(file -> values.put(file, kernel.firstLine(file, "")));
    return values;
  }

  @AfterEach
  void everythingIsBack() {
    assertThat(state()).isEqualTo(before);
    assertThat(folder.journal()).doesNotExist();
  }

  private LinuxTarget open() {
    Operator operator =
        new Operator(
            "a",
            "Conv",
            OperatorKind.UNKNOWN,
            4_000_000,
            0,
            0,
            0,
            List.of(),
            List.of(),
            List.of(),
            DataType.FLOAT32);
    PacedWorkload workload =
        new PacedWorkload(
            List.of(Stream.of(new Workload("one", "00", List.of(operator)))),
            1,
            1,
            cycles -> clock.advance(cycles * 1_000_000_000L / kernel.hertz(FakeKernel.POLICY4)));
    return LinuxTarget.apply(
        kernel, clock, List.of("cpu4", "dmc"), workload, 1, folder, new QuietWatch());
  }

  /** Goes from the third clock to the fifth and back at every release. */
  private static Governor restless(io.neurobalancer.governor.Board board) {
    return new Governor() {
      @Override
      public void released(int stream, long nowNanos, long deadlineNanos) {
        board.request(0, board.requested(0) == 2 ? 4 : 2);
      }
    };
  }

  private static RunResult run(LinuxTarget target) {
    return target.run((board, now) -> restless(board), JOBS, RunObserver.NONE);
  }

  private void later(java.util.function.Consumer<FakeKernel> what) {
    kernel.at(clock.nanoTime() + 300_000_000, what);
  }

  @Test
  void aForeignWrite_isNamed_andTheRunIsContested() {
    kernel.put("/proc/77/comm", "thermald", "r");
    try (LinuxTarget target = open()) {
      later(k -> k.rival(GOVERNOR, "performance"));
      RunResult run = run(target);

      assertThat(run.notes().get(0)).contains("contested");
      assertThat(run.notes())
          .anyMatch(
              note ->
                  note.contains("performance")
                      && note.contains("scaling_governor")
                      && note.contains("thermald"));
    }
  }

  @Test
  void aDriverThatSaysOkAndDoesNothing_endsTheRun() {
    try (LinuxTarget target = open()) {
      later(k -> k.policy(FakeKernel.POLICY4).driverFails(true));

      assertThatThrownBy(() -> run(target))
          .isInstanceOfSatisfying(
              NeuroBalancerException.class,
              e -> assertThat(e.kind()).isEqualTo(NeuroBalancerException.Kind.HARDWARE_REFUSED))
          .hasMessageContaining("policy4 was set to")
          .hasMessageContaining("no other value moves it")
          .hasMessageContaining("Everything that was changed is back");
    } finally {
      kernel.policy(FakeKernel.POLICY4).driverFails(false);
      kernel.rival(GOVERNOR, "schedutil");
    }
  }

  @Test
  void aDriverThatFails_isFoundAtTheEnd_whenNoJobLeavesTimeToLook() {
    try (LinuxTarget target = open()) {
      later(k -> k.policy(FakeKernel.POLICY4).driverFails(true));
      // 4 million cycles take 2.5 ms or more, so that no pause is long enough.
      Schedule tight = Schedule.of(0.004, 0.004, 200);

      assertThatThrownBy(() -> target.run((board, now) -> restless(board), tight, RunObserver.NONE))
          .hasMessageContaining("no other value moves it");
    } finally {
      kernel.policy(FakeKernel.POLICY4).driverFails(false);
    }
  }

  @Test
  void firmwareThatCaps_isToldFromADriverThatLies_becauseSlowerClocksAreObeyed() {
    try (LinuxTarget target = open()) {
      later(k -> k.policy(FakeKernel.POLICY4).firmware(0, 1_300_000));
      RunResult result = run(target);

      assertThat(result.jobs()).isEqualTo(20);
      assertThat(result.notes())
          .anyMatch(note -> note.contains("capped by something that no limit shows"))
          .noneMatch(note -> note.contains("contested"));
    }
  }

  @Test
  void aClockThatSomebodyHoldsUp_isToldFromADriverThatLies_becauseFasterOnesAreObeyed() {
    try (LinuxTarget target = open()) {
      later(k -> k.policy(FakeKernel.POLICY4).firmware(1_600_000, 2_800_000));
      RunResult result = run(target);

      assertThat(result.jobs()).isEqualTo(20);
      assertThat(result.notes()).anyMatch(note -> note.contains("held up by somebody else"));
    }
  }

  /** An idle core of such a driver reads as any clock. */
  @Test
  void aClockThatIsMeasured_provesNothing_andIsNotedOnly() {
    kernel.put(FakeKernel.POLICY4 + "/scaling_driver", "intel_cpufreq", "r");
    try (LinuxTarget target = open()) {
      later(k -> k.policy(FakeKernel.POLICY4).driverFails(true));
      RunResult result = run(target);

      assertThat(result.notes()).anyMatch(note -> note.contains("policy4 was set to"));
      kernel.policy(FakeKernel.POLICY4).driverFails(false);
    }
  }

  @Test
  void aGovernorThatARivalSwitches_isLeftToIt_andTheRunIsContested() {
    try (LinuxTarget target = open()) {
      later(k -> k.rival(GOVERNOR, "performance"));
      RunResult result = run(target);

      assertThat(result.jobs()).isEqualTo(20);
      assertThat(result.notes().get(0)).contains("contested");
      assertThat(result.notes())
          .anyMatch(note -> note.contains("Somebody else wrote performance to " + GOVERNOR));
      assertThat(kernel.firstLine(GOVERNOR, "")).isEqualTo("performance");
    }
  }

  /** The memory's exact clock vanishes with its governor: the kept descriptor is refused. */
  @Test
  void aGovernorOfDevfreqThatARivalSwitches_isNamedToo() {
    try (LinuxTarget target = open()) {
      later(
          k -> {
            k.rival(FakeKernel.DMC + "/governor", "simple_ondemand");
            k.dmc.fails(Errno.ENODEV);
          });
      Governor.Factory memory =
          (board, now) ->
              new Governor() {
                @Override
                public void released(int stream, long nowNanos, long deadlineNanos) {
                  board.request(1, 3 - board.requested(1));
                }
              };
      RunResult result = target.run(memory, JOBS, RunObserver.NONE);

      assertThat(result.notes())
          .anyMatch(note -> note.contains("Somebody else wrote simple_ondemand to"));
    }
  }

  @Test
  void measuring_isGivenUpWhenARivalSwitchesTheGovernor_andItIsNamed() {
    try (LinuxTarget target = open()) {
      target.measure(0, 0);
      kernel.rival(GOVERNOR, "performance");

      assertThatThrownBy(() -> target.measure(0, target.grid().fastest()))
          .isInstanceOfSatisfying(
              NeuroBalancerException.class,
              e -> assertThat(e.kind()).isEqualTo(NeuroBalancerException.Kind.HARDWARE_REFUSED))
          .hasMessageContaining("Somebody else wrote performance to " + GOVERNOR);
    }
  }

  @Test
  void aUserWithoutRights_isToldSo_withTheFile() {
    kernel.forbidWrites();

    assertThatThrownBy(this::open)
        .isInstanceOfSatisfying(
            NeuroBalancerException.class,
            e -> assertThat(e.kind()).isEqualTo(NeuroBalancerException.Kind.NO_PERMISSION))
        .hasMessageContaining("no permission to write /sys/")
        .hasMessageContaining("as root");
  }

  /** The list of governors is as Linux 6.1 prints it where no other may be taken. */
  @Test
  void aGovernorSwitchThatIsRefused_isSaid_andLimitsAreUsedInstead() {
    kernel.put(FakeKernel.DMC + "/available_governors", "userspace simple_ondeman", "r");
    kernel.failWrites(FakeKernel.DMC + "/governor", Errno.EINVAL);
    try (LinuxTarget target = open()) {
      assertThat(target.notes())
          .anyMatch(
              note ->
                  note.contains("switch to the userspace governor was refused (EINVAL)")
                      && note.contains("min = max is used instead"));
      target.measure(0, target.grid().setting(0, 1));
      assertThat(kernel.firstLine(FakeKernel.DMC + "/max_freq", "")).isEqualTo("800000000");
      assertThat(kernel.firstLine(FakeKernel.DMC + "/min_freq", "")).isEqualTo("800000000");
    }
    kernel.failWrites(FakeKernel.DMC + "/governor", Errno.OTHER);
  }
}
