package io.neurobalancer.baselines;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neurobalancer.baselines.law.Baseline;
import io.neurobalancer.baselines.law.Hardware;
import io.neurobalancer.baselines.law.Training;
import io.neurobalancer.device.FrequencyDomain;
import io.neurobalancer.device.OppTable;
import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.governor.Counter;
import io.neurobalancer.governor.FakeBoard;
import io.neurobalancer.governor.GovernorInfo;
import io.neurobalancer.governor.GovernorSpec;
import io.neurobalancer.governor.Timeline;
import io.neurobalancer.unit.NeuroBalancerException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class BaselinesTest {

  private static final OppTable CORE = FakeBoard.megahertz(500, 1_000, 1_500, 2_000);
  private static final OppTable MEMORY = FakeBoard.megahertz(300, 547, 1_017, 1_804);
  private static final Hardware HARDWARE = Machines.of(CORE, MEMORY, 4);

  private final FakeBoard board = FakeBoard.of(CORE, MEMORY);

  private static Baseline create(String text, Hardware hardware) {
    return Baselines.create(GovernorSpec.parse(text), hardware, Training.none());
  }

  private Timeline run(String text, Hardware hardware) {
    return new Timeline(board, create(text, hardware).factory());
  }

  private static Hardware stock(String core, String... voters) {
    return new Hardware(
        "board",
        GovernorInfo.Hardware.CPU,
        FakeBoard.of(CORE, MEMORY).grid(),
        0,
        1,
        4,
        16,
        List.of(GovernorSpec.parse(core)),
        List.of(voters).stream().map(GovernorSpec::parse).toList());
  }

  @Test
  void everyBaseline_hasASource_andDistinctNames() {
    assertThat(Baselines.catalog().stream().map(GovernorInfo::name).toList())
        .doesNotHaveDuplicates();
    assertThat(Baselines.catalog()).allMatch(info -> info.source().length() > 10);
    assertThat(Baselines.catalog()).allMatch(info -> !info.summary().isBlank());
  }

  /** What a law cannot run without. */
  private static final Map<String, String> NEEDED =
      Map.of(
          "mem_latency", ":ratio_ceil=400:core_dev_table=600000:1144 2000000:6881",
          "compute", ":core_dev_table=600000:1144 2000000:6881",
          "core-map", ":table=1500000:547000 2000000:1804000",
          "mali-utilization", ":table=500000:0:85 1000000:50:85 1500000:60:85 2000000:70:100");

  /** All that choose a clock by load; the others are told one, or are held against a model. */
  static List<String> loadDriven() {
    return Baselines.catalog().stream()
        .filter(info -> info.role() != GovernorInfo.Role.BOTH)
        .map(GovernorInfo::name)
        .toList();
  }

  /**
   * A second of work that fills the bus and every cycle, then 4 seconds in which 1 of 100 ms works
   * on next to no data. The second load must not end at the fastest OPP of the clock that the
   * governor sets, the first must reach it. The other clock has a stock governor that follows.
   */
  @ParameterizedTest
  @MethodSource("loadDriven")
  void everyGovernor_isFastUnderLoad_andSlowerUnderNextToNone(String name) {
    Hardware hardware = stock("ondemand", "simple_ondemand");
    int clock = Baselines.find(name).orElseThrow().role() == GovernorInfo.Role.CORE ? 0 : 1;
    String text = name + NEEDED.getOrDefault(name, "");
    Timeline timeline = run(text, hardware).loading(40e9, 0.1, 0.5);
    for (int ms = 1; ms <= 1_000; ms++) {
      timeline.workUntil(ms).segment(ms); // GPU drivers hear of kernels
    }
    assertThat(board.requested(clock)).as("after a second of work").isEqualTo(3);
    timeline.loading(1e6, 2, 0.01);
    for (int ms = 1_000; ms < 5_000; ms += 100) {
      timeline.sleepUntil(ms + 99).workUntil(ms + 100).segment(1);
    }
    assertThat(board.requested(clock)).as("after four seconds of rest").isLessThan(3);
    List<String> first = List.copyOf(board.log);
    assertThat(first).isNotEmpty();
    FakeBoard again = FakeBoard.of(CORE, MEMORY);
    Timeline other = new Timeline(again, create(text, hardware).factory());
    other.loading(40e9, 0.1, 0.5);
    for (int ms = 1; ms <= 1_000; ms++) {
      other.workUntil(ms).segment(ms);
    }
    assertThat(first.subList(0, again.log.size())).isEqualTo(again.log);
  }

  /** Research governors at the end of a second of work that streams, and of one that computes. */
  @Test
  void researchGovernors_tellStreamingFromComputing() {
    assertThat(settled("sysscale", 20e9, 0.9)).isEqualTo("3 3"); // stock core, memory asked for
    assertThat(settled("sysscale", 1e6, 0.0)).isEqualTo("3 0");
    assertThat(settled("coscale:bound=0.2", 1e6, 0.0)).endsWith(" 0");
    assertThat(settled("geopm-cpu-activity", 0, 0.0)).isEqualTo("3 0");
    // 1 MB/s are a tenth of the 10 MiB/s that traces reached: 300 + 1504 * 0.095 = 443 MHz.
    assertThat(settled("geopm-cpu-activity", 1e6, 0.0)).isEqualTo("3 1");
    assertThat(settled("geopm-cpu-activity", 20e9, 0.9)).endsWith(" 3");
  }

  private static String settled(String text, double bytesPerSecond, double stalled) {
    FakeBoard device = FakeBoard.of(CORE, MEMORY);
    Baseline baseline =
        Baselines.create(
            GovernorSpec.parse(text), stock("ondemand", "simple_ondemand"), new FakeTraining());
    new Timeline(device, baseline.factory()).loading(bytesPerSecond, 1, stalled).workUntil(1_000);
    return device.requested(0) + " " + device.requested(1);
  }

  /**
   * 500 decisions of a second each at ten jobs a second: 499 come to be, 498 are rewarded. Each
   * reward is 1 for being in time and 2 / 15 for 1.5 W, above 1, so it is stored twice and training
   * begins with the 75th: 424 batches. The run after it begins alike twice.
   */
  @Test
  void ztt_isRehearsedFirst_andEveryRunBeginsWithWhatItLearnedThen() {
    FakeTraining training = new FakeTraining();
    Baseline ztt =
        Baselines.create(GovernorSpec.parse("ztt"), stock("ondemand", "simple_ondemand"), training);
    assertThat(training.rehearsed).isEqualTo(5_000);
    assertThat(ztt.notes().get(0)).contains("(424 batches)");
    List<List<String>> logs = new ArrayList<>();
    for (int run = 0; run < 2; run++) {
      FakeBoard device = FakeBoard.of(CORE, MEMORY);
      device.celsius = 40;
      Timeline timeline = new Timeline(device, ztt.factory());
      for (int job = 0; job < 200; job++) {
        timeline.workUntil(job * 100 + 40).sleepUntil(job * 100 + 100);
      }
      logs.add(device.log);
    }
    assertThat(logs.get(1)).isEqualTo(logs.get(0));
  }

  /** Ondemand samples at 12 ms and at the wake-up, as SamplingGovernorsTest derives. */
  @Test
  void theBusFollowsTheHighestVote() {
    run("stock", stock("ondemand", "core-map:table=2000000:1017000", "powersave"))
        .workUntil(24)
        .sleepUntil(40)
        .workUntil(41);
    assertThat(board.log)
        .containsExactly(
            "12000 us cpu 2000MHz",
            "12000 us memory 1017MHz",
            "40000 us cpu 500MHz",
            "40000 us memory 300MHz");
  }

  @Test
  void aVoterThatHoldsItsClock_leavesTheCoreClockAlone() {
    run("stock", stock("ondemand", "performance")).sleepUntil(20);
    assertThat(board.log).containsExactly("0 us memory 1804MHz");
  }

  @Test
  void stock_isTheDevicesCombination_andALawOnItsOwnLeavesTheVotersToStock() {
    assertThat(create("stock", stock("schedutil", "powersave", "performance")).notes())
        .containsExactly(
            "stock on board is schedutil on the core clock and powersave + performance on the"
                + " memory clock.");
    run("stock", stock("ondemand", "performance")).workUntil(24).sleepUntil(40).workUntil(41);
    List<String> asStock = List.copyOf(board.log);
    board.log.clear();
    FakeBoard alone = FakeBoard.of(CORE, MEMORY);
    new Timeline(alone, create("ondemand", stock("schedutil", "performance")).factory())
        .workUntil(24)
        .sleepUntil(40)
        .workUntil(41);
    assertThat(alone.log).isEqualTo(asStock).hasSize(3);
  }

  @Test
  void aLawOfOtherHardware_saysSo() {
    assertThat(Baselines.unfit(Baselines.find("schedutil").orElseThrow(), HARDWARE)).isEmpty();
    assertThat(Baselines.unfit(Baselines.find("android.msm-adreno-tz").orElseThrow(), HARDWARE))
        .contains("msm-adreno-tz is written for a GPU, and board is a CPU.");
  }

  private static Hardware coreOnly() {
    SettingGrid grid =
        new SettingGrid(List.of(new FrequencyDomain("cpu", FrequencyDomain.Kind.CORE, CORE)));
    return new Hardware(
        "board",
        GovernorInfo.Hardware.CPU,
        grid,
        0,
        Hardware.first(grid, FrequencyDomain.Kind.MEMORY),
        4,
        Double.NaN,
        List.of(GovernorSpec.of("ondemand")),
        List.of(GovernorSpec.of("bw_hwmon")));
  }

  @Test
  void aDeviceWithoutAMemoryClock_runsStockOnItsCores_andRefusesVoters() {
    assertThat(Baselines.unfit(Baselines.find("bw_hwmon").orElseThrow(), coreOnly()))
        .contains("bw_hwmon needs a memory clock, and board has none.");
    assertThatThrownBy(() -> create("bw_hwmon", coreOnly()))
        .isInstanceOf(NeuroBalancerException.class)
        .hasMessageContaining("bw_hwmon needs a memory clock, and board has none.")
        .hasMessageContaining("Maybe");
    FakeBoard one = new FakeBoard(new FrequencyDomain("cpu", FrequencyDomain.Kind.CORE, CORE));
    new Timeline(one, create("stock", coreOnly()).factory()).workUntil(24);
    assertThat(one.log).containsExactly("12000 us cpu 2000MHz");
  }

  /** A GPU between a memory clock and a CPU: which is which, the hardware says. */
  @Test
  void aDeviceOfThreeClocks_holdsTheThirdAtItsFastest() {
    FrequencyDomain memory = new FrequencyDomain("emc", FrequencyDomain.Kind.MEMORY, MEMORY);
    FrequencyDomain gpu = new FrequencyDomain("gpu", FrequencyDomain.Kind.CORE, CORE);
    FrequencyDomain cpu =
        new FrequencyDomain("cpu", FrequencyDomain.Kind.CORE, FakeBoard.megahertz(400, 900));
    FakeBoard three = new FakeBoard(memory, gpu, cpu);
    Hardware hardware =
        new Hardware(
            "board",
            GovernorInfo.Hardware.GPU,
            three.grid(),
            1,
            0,
            1,
            16,
            List.of(GovernorSpec.of("simple_ondemand")),
            List.of(GovernorSpec.parse("core-map:table=1000000:547000")));
    Timeline timeline = new Timeline(three, create("stock", hardware).factory());
    three.count(Counter.BUSY_NANOS, 35e6); // 70 of 100 units of 50 ms: 350 MHz at 500, over 0.88
    timeline.sleepUntil(50);
    assertThat(three.log).containsExactly("0 us cpu 900MHz");
    three.count(Counter.BUSY_NANOS, 50e6); // busy throughout: fastest
    timeline.sleepUntil(100);
    assertThat(three.log)
        .containsExactly("0 us cpu 900MHz", "100000 us gpu 2000MHz", "100000 us emc 547MHz");
  }

  @Test
  void aDottedName_isThePlainOne_andTunablesAreObeyed() {
    run("linux.userspace:core=1500MHz:memory=1017MHz", HARDWARE).workUntil(100);
    assertThat(board.log).containsExactly("0 us cpu 1500MHz", "0 us memory 1017MHz");
  }

  @Test
  void unknownNamesTunablesAndClocks_areRefused_beforeAnyDeviceIsTouched() {
    assertRefused("stok", "no governor 'stok'");
    assertRefused("schedutil:rate=5", "no tunable 'rate'");
    assertRefused("userspace:core=1GHz1", "'1GHz1' is not a frequency");
    assertRefused("userspace:core=1.1GHz", "tunable core of governor userspace: 1100MHz is no OPP");
    assertRefused("ondemand:up_threshold=101", "must be from 1 to 100");
    assertRefused("mem_latency", "core_dev_table");
    assertRefused("bw_hwmon:io_percent=eighty", "io_percent of governor bw_hwmon ('eighty')");
    assertRefused(
        "mem_latency:core_dev_table=2000000:1 1000000:2", "not above that of the row before");
  }

  private static void assertRefused(String text, String message) {
    assertThatThrownBy(() -> create(text, HARDWARE))
        .isInstanceOf(NeuroBalancerException.class)
        .hasMessageContaining(message);
  }

  @Test
  void aGovernorThatIsTrained_isRefusedWhereNothingWasMeasured() {
    assertThatThrownBy(() -> create("sysscale", HARDWARE))
        .isInstanceOf(NeuroBalancerException.class)
        .hasMessageContaining("trained on the device");
  }

  @Test
  void aBoardWithoutACounter_isRefusedBeforeAnythingIsComputedWithIt() {
    board.lacks(Counter.DRAM_BYTES);
    Baseline votes = create("bw_hwmon", HARDWARE);
    assertThatThrownBy(() -> votes.factory().on(board, 0))
        .isInstanceOf(NeuroBalancerException.class)
        .hasMessageContaining("bw_hwmon reads DRAM_BYTES, which this board does not count")
        .hasMessageContaining("Maybe");
    new Timeline(board, create("schedutil", stock("schedutil", "powersave")).factory())
        .workUntil(10); // reads no counter
  }
}
