package io.neurobalancer.baselines.law;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neurobalancer.baselines.FakeTraining;
import io.neurobalancer.baselines.Machines;
import io.neurobalancer.device.FrequencyDomain;
import io.neurobalancer.device.OppTable;
import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.governor.Board;
import io.neurobalancer.governor.Counter;
import io.neurobalancer.governor.FakeBoard;
import io.neurobalancer.governor.Governor;
import io.neurobalancer.governor.GovernorInfo;
import io.neurobalancer.governor.GovernorSpec;
import io.neurobalancer.unit.NeuroBalancerException;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** What laws are made of: hardware, boards, voters and the grids on which they are asked. */
final class LawsTest {

  private static final OppTable CORE = FakeBoard.megahertz(500, 1_000, 1_500);
  private static final OppTable MEMORY = FakeBoard.megahertz(300, 900);
  private static final Hardware HARDWARE = Machines.of(CORE, MEMORY, 2);

  private static final GovernorInfo INFO =
      new GovernorInfo(
          "here",
          GovernorInfo.Family.LINUX,
          GovernorInfo.Role.CORE,
          GovernorInfo.Hardware.ANY,
          "a law for tests",
          "this test",
          List.of());

  private final FakeBoard board = FakeBoard.of(CORE, MEMORY);
  private final List<String> heard = new ArrayList<>();

  private static Hardware hardware(
      GovernorInfo.Hardware kind, int core, int memory, int cpus, List<GovernorSpec> stock) {
    return new Hardware(
        "board", kind, FakeBoard.of(CORE, MEMORY).grid(), core, memory, cpus, 16, stock, stock);
  }

  private static Hardware cpu(int core, int memory, int cpus) {
    return hardware(GovernorInfo.Hardware.CPU, core, memory, cpus, List.of());
  }

  @Test
  void hardwareThatCannotBe_isRefused() {
    assertThatThrownBy(() -> cpu(0, 0, 1)).hasMessageContaining("same domain (0)");
    assertThatThrownBy(() -> cpu(Hardware.NONE, Hardware.NONE, 1))
        .hasMessageContaining("same domain (-1)");
    assertThatThrownBy(() -> cpu(2, 1, 1)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> cpu(0, 2, 1)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> cpu(0, 1, 0)).hasMessageContaining("(0) must be >= 1");
    assertThatThrownBy(() -> hardware(GovernorInfo.Hardware.ANY, 0, 1, 1, List.of()))
        .hasMessageContaining("clocks a CPU or a GPU");
    assertThat(cpu(0, 1, 1).cpus()).isEqualTo(1);
  }

  @Test
  void missingClocks_areKnownAsMissing_andHaveNoStockGovernors() {
    List<GovernorSpec> two = List.of(GovernorSpec.of("a"), GovernorSpec.of("b"));
    Hardware both = hardware(GovernorInfo.Hardware.GPU, 0, 1, 1, two);
    assertThat(both.hasCore()).isTrue();
    assertThat(both.hasMemory()).isTrue();
    assertThat(both.stockCoreInWords()).isEqualTo("a");
    assertThat(both.stockVotersInWords()).isEqualTo("a + b");
    assertThat(both.core()).isEqualTo(CORE);
    assertThat(both.memory()).isEqualTo(MEMORY);
    assertThat(cpu(0, 1, 1).stockCoreInWords()).isEqualTo("none");
    assertThat(cpu(0, 1, 1).stockVotersInWords()).isEqualTo("none");
    Hardware coreless = hardware(GovernorInfo.Hardware.CPU, Hardware.NONE, 1, 1, two);
    assertThat(coreless.hasCore()).isFalse();
    assertThat(coreless.stockCoreInWords()).isEqualTo("none");
    Hardware memoryless = hardware(GovernorInfo.Hardware.CPU, 0, Hardware.NONE, 1, two);
    assertThat(memoryless.hasMemory()).isFalse();
    assertThat(memoryless.stockVotersInWords()).isEqualTo("none");
  }

  @Test
  void aSetting_holdsFurtherDomainsAtTheirFastest() {
    SettingGrid grid =
        new SettingGrid(
            List.of(
                new FrequencyDomain("gpu", FrequencyDomain.Kind.CORE, MEMORY),
                new FrequencyDomain("cpu", FrequencyDomain.Kind.CORE, CORE),
                new FrequencyDomain("memory", FrequencyDomain.Kind.MEMORY, MEMORY)));
    assertThat(Hardware.first(grid, FrequencyDomain.Kind.CORE)).isZero();
    assertThat(Hardware.first(grid, FrequencyDomain.Kind.MEMORY)).isEqualTo(2);
    Hardware three =
        new Hardware("board", GovernorInfo.Hardware.CPU, grid, 1, 2, 1, 16, List.of(), List.of());
    assertThat(three.setting(2, 0)).isEqualTo(grid.setting(1, 2, 0));
  }

  @Test
  void aClock_asksItsOwnDomain_andKnowsWhereItRuns() {
    Clock clock = HARDWARE.memoryClock(board);
    clock.request(1);
    assertThat(board.requested(1)).isEqualTo(1);
    assertThat(clock.requested()).isEqualTo(1);
    board.hold(1, 0);
    assertThat(clock.current()).isZero();
    board.hold(1, Board.UNKNOWN);
    assertThat(clock.current()).isEqualTo(1);
    assertThat(HARDWARE.coreClock(board).opps()).isEqualTo(CORE);
    assertThat(Hold.at(HARDWARE.coreClock(board), 2).voteOpp()).isEqualTo(2);
    assertThat(board.requested(0)).isEqualTo(2);
    assertThat(Hold.voting(1).voteOpp()).isEqualTo(1);
  }

  @Test
  void aForwardingBoard_isTheBoardBehindIt() {
    Board forwarding = new ForwardingBoard(board) {};
    forwarding.request(0, 2);
    board.hold(1, 1);
    board.count(Counter.CYCLES, 7);
    board.joules = 3;
    board.celsius = 40;
    assertThat(board.requested(0)).isEqualTo(2);
    assertThat(forwarding.requested(0)).isEqualTo(2);
    assertThat(forwarding.actual(1)).isEqualTo(1);
    assertThat(forwarding.grid()).isSameAs(board.grid());
    assertThat(forwarding.activeCores()).isEqualTo(1);
    assertThat(forwarding.counter(Counter.CYCLES)).isEqualTo(7);
    assertThat(forwarding.rails()).hasSize(1);
    assertThat(forwarding.joules(0)).isEqualTo(3);
    assertThat(forwarding.celsius()).isEqualTo(40);
  }

  private final class Voter implements MemoryVoter {
    private final String name;
    private final long next;
    private int vote;
    private int core = -1;

    Voter(String name, long next, int vote) {
      this.name = name;
      this.next = next;
      this.vote = vote;
    }

    @Override
    public void coreAsked(int coreOpp) {
      core = coreOpp;
    }

    @Override
    public int voteOpp() {
      return vote;
    }

    @Override
    public long nextTickNanos() {
      return next;
    }

    @Override
    public void tick(long nowNanos) {
      heard.add(name + " tick " + nowNanos);
    }

    @Override
    public void released(int stream, long nowNanos, long deadlineNanos) {
      heard.add(name + " released " + stream + " " + nowNanos + " " + deadlineNanos);
    }

    @Override
    public void segmentStarting(int stream, int segment, long nowNanos) {
      heard.add(name + " segment " + stream + " " + segment + " " + nowNanos);
    }

    @Override
    public void finished(int stream, long nowNanos) {
      heard.add(name + " finished " + stream + " " + nowNanos);
    }
  }

  @Test
  void everyEvent_reachesCoreGovernorAndVoters_andTheHighestVoteIsAskedFor() {
    Voter core = new Voter("core", 20, 0);
    Voter low = new Voter("low", 10, 0);
    Voter high = new Voter("high", 30, 0);
    board.request(0, 2);
    CombinedGovernor combined = new CombinedGovernor(HARDWARE, board, core, List.of(low, high));
    assertThat(low.core).isEqualTo(2);
    assertThat(board.requested(1)).isZero();
    assertThat(combined.nextTickNanos()).isEqualTo(10);
    high.vote = 1;
    combined.released(1, 2, 3);
    assertThat(board.requested(1)).isEqualTo(1);
    high.vote = 0;
    combined.segmentStarting(1, 4, 5);
    assertThat(board.requested(1)).isZero();
    low.vote = 1;
    combined.finished(1, 6);
    assertThat(board.requested(1)).isEqualTo(1);
    low.vote = 0;
    combined.tick(20);
    assertThat(board.requested(1)).isZero();
    assertThat(heard)
        .containsExactly(
            "core released 1 2 3",
            "low released 1 2 3",
            "high released 1 2 3",
            "core segment 1 4 5",
            "low segment 1 4 5",
            "high segment 1 4 5",
            "core finished 1 6",
            "low finished 1 6",
            "high finished 1 6",
            "core tick 20",
            "low tick 20");
    heard.clear();
    combined.tick(10);
    assertThat(heard).containsExactly("low tick 10");
  }

  @Test
  void withoutAMemoryClock_noVoteIsAskedFor() {
    Hardware memoryless = cpu(0, Hardware.NONE, 1);
    Voter core = new Voter("core", 20, 0);
    CombinedGovernor combined =
        new CombinedGovernor(memoryless, board, core, List.of(Hold.voting(1)));
    combined.finished(0, 1);
    assertThat(board.requested(1)).isZero();
  }

  @Test
  void aSampledGovernor_samplesOncePerPeriod_orWhenItSays() {
    SampledGovernor sampled =
        new SampledGovernor(100, 7) {
          @Override
          protected void sample(long nowNanos) {
            heard.add("sample " + nowNanos + " of " + periodNanos());
            if (nowNanos > 150) {
              sampleAt(nowNanos + 1);
            }
          }
        };
    assertThat(sampled.nextTickNanos()).isEqualTo(107);
    sampled.tick(107);
    assertThat(sampled.nextTickNanos()).isEqualTo(207);
    sampled.tick(207);
    assertThat(sampled.nextTickNanos()).isEqualTo(208);
    assertThat(heard).containsExactly("sample 107 of 100", "sample 207 of 100");
  }

  @Test
  void aScheduler_asksAtWakeUps_sleepsAndTicksOfItsOwnGrid() {
    board.request(0, 2);
    SchedulerDrivenGovernor driven =
        new SchedulerDrivenGovernor(GovernorSpec.parse("law:hz=100"), HARDWARE, board) {
          @Override
          protected void account(long nowNanos) {
            heard.add((running() ? "ran" : "slept") + " to " + nowNanos / 1_000_000);
          }

          @Override
          protected void decide(long nowNanos) {
            heard.add(running() ? "runs" : "sleeps");
            clock().request(running() ? 1 : 0);
          }
        };
    assertThat(board.requested(0)).isZero();
    assertThat(driven.nextTickNanos()).isEqualTo(Governor.NEVER);
    driven.released(0, 13_000_000, 0);
    assertThat(board.requested(0)).isEqualTo(1);
    assertThat(driven.nextTickNanos()).isEqualTo(20_000_000);
    driven.tick(20_000_000);
    assertThat(driven.nextTickNanos()).isEqualTo(30_000_000);
    driven.released(1, 25_000_000, 0);
    driven.finished(0, 31_000_000);
    assertThat(driven.nextTickNanos()).isEqualTo(40_000_000);
    driven.finished(1, 35_000_000);
    assertThat(driven.nextTickNanos()).isEqualTo(Governor.NEVER);
    assertThat(heard)
        .containsExactly(
            "slept to 13",
            "runs",
            "ran to 20",
            "runs",
            "ran to 25",
            "runs",
            "ran to 31",
            "runs",
            "ran to 35",
            "sleeps");
  }

  @Test
  void lawsOfAName_areFoundByTheirClock_andTheFirstCounts() {
    Voter first = new Voter("first", 1, 0);
    ClockLaws laws =
        new ClockLaws(
            List.of(
                new Law.Core(INFO, (spec, hardware, on, now) -> first),
                new Law.Core(INFO, (spec, hardware, on, now) -> new Voter("second", 1, 0))),
            List.of(new Law.Memory(INFO, (spec, hardware, on, now) -> Hold.voting(1))));
    GovernorSpec here = GovernorSpec.of("here");
    assertThat(laws.core(here, HARDWARE, board, 0)).isSameAs(first);
    assertThat(laws.memory(here, HARDWARE, board, 0).voteOpp()).isEqualTo(1);
    assertThatThrownBy(() -> laws.core(GovernorSpec.of("there"), HARDWARE, board, 0))
        .isInstanceOf(NeuroBalancerException.class)
        .hasMessageContaining("no governor 'there' of a core clock")
        .hasMessageContaining("here, here");
    assertThatThrownBy(() -> laws.memory(GovernorSpec.parse("here:x=1"), HARDWARE, board, 0))
        .isInstanceOf(NeuroBalancerException.class)
        .hasMessageContaining("x");
    assertThatThrownBy(() -> laws.core(GovernorSpec.parse("here:x=1"), HARDWARE, board, 0))
        .isInstanceOf(NeuroBalancerException.class);
    Hardware stocked = hardware(GovernorInfo.Hardware.CPU, 0, 1, 1, List.of(here, here));
    assertThat(laws.stockCore(stocked, board, 0)).isSameAs(first);
    assertThat(laws.stockVoters(stocked, board, 0)).hasSize(2);
    assertThatThrownBy(() -> laws.stockCore(cpu(0, 1, 1), board, 0))
        .hasMessageContaining("The stock governor of board's core clock is not known.");
    Hardware coreless = hardware(GovernorInfo.Hardware.CPU, Hardware.NONE, 1, 1, List.of(here));
    assertThat(laws.stockCore(coreless, board, 0).nextTickNanos()).isEqualTo(Governor.NEVER);
    Hardware memoryless = hardware(GovernorInfo.Hardware.CPU, 0, Hardware.NONE, 1, List.of(here));
    assertThat(laws.stockVoters(memoryless, board, 0)).isEmpty();
  }

  @Test
  void laws_sayWhichClocksTheyNeed() {
    assertThat(new Law.Core(INFO, (spec, hardware, on, now) -> Hold.voting(0)).clocks())
        .containsExactly(FrequencyDomain.Kind.CORE);
    assertThat(new Law.Memory(INFO, (spec, hardware, on, now) -> Hold.voting(0)).clocks())
        .containsExactly(FrequencyDomain.Kind.MEMORY);
    assertThat(Law.BOTH).hasSize(2);
  }

  @Test
  void withoutTraining_everyUseIsRefused() {
    Training none = Training.none();
    for (ThrowingCallable use :
        List.<ThrowingCallable>of(
            none::traces,
            none::deadlineSeconds,
            none::periodSeconds,
            none::seed,
            () -> none.rehearse((on, now) -> Hold.voting(0), 1))) {
      assertThatThrownBy(use)
          .isInstanceOf(NeuroBalancerException.class)
          .hasMessageContaining("trained on the device before it runs");
    }
    assertThat(new FakeTraining().traces().bestBandwidth(0)).isEqualTo(10);
  }
}
