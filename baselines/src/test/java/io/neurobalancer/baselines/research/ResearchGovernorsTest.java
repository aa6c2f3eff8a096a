package io.neurobalancer.baselines.research;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.neurobalancer.baselines.FakeTraining;
import io.neurobalancer.baselines.Machines;
import io.neurobalancer.baselines.law.Baseline;
import io.neurobalancer.baselines.law.ClockLaws;
import io.neurobalancer.baselines.law.Hardware;
import io.neurobalancer.baselines.law.Hold;
import io.neurobalancer.baselines.law.Training;
import io.neurobalancer.baselines.linux.LinuxLaws;
import io.neurobalancer.device.OppTable;
import io.neurobalancer.governor.Counter;
import io.neurobalancer.governor.FakeBoard;
import io.neurobalancer.governor.Governor;
import io.neurobalancer.governor.GovernorSpec;
import io.neurobalancer.governor.Timeline;
import java.util.List;
import org.junit.jupiter.api.Test;

/** SysScale, CoScale and GEOPM, with thresholds and models that a test can reckon with. */
final class ResearchGovernorsTest {

  private static final OppTable CORE = FakeBoard.megahertz(500, 1_000, 1_500, 2_000);
  private static final OppTable MEMORY = FakeBoard.megahertz(300, 547, 1_017, 1_804);
  private static final Hardware HARDWARE = Machines.of(CORE, MEMORY, 4);
  private static final double MIB = 1 << 20;

  private final FakeBoard board = FakeBoard.of(CORE, MEMORY);

  private static GovernorSpec spec(String text) {
    return GovernorSpec.parse(text);
  }

  /**
   * Bound 1 %. Kept: 100 and 300 MiB/s (mean 200, deviation 100), both 2 % stalled (mean 2,
   * deviation 0): thresholds 300 and 2 %. The run of 250 MiB/s and 1 % stalled loses 4 % and would
   * be sent down. Its bandwidth is 250 / 300 = 0.83 of its threshold, its stalls 0.5 of theirs:
   * bandwidth is cut to just below 250. The run of 400 MiB/s is over the thresholds as it is.
   */
  @Test
  void sysScale_fitsMeanPlusSigma_andTightensUntilNoSlowRunPasses() {
    SysScaleThresholds fitted =
        SysScaleThresholds.fit(
            List.of(
                new SysScaleThresholds.Run(0.001, 100, 0.02),
                new SysScaleThresholds.Run(0.009, 300, 0.02),
                new SysScaleThresholds.Run(0.04, 250, 0.01),
                new SysScaleThresholds.Run(0.2, 400, 0.3)),
            0.01,
            1);
    assertThat(fitted.bandwidthMbps()).isLessThan(250).isCloseTo(250, within(1e-9));
    assertThat(fitted.stalledShare()).isEqualTo(0.02);
    assertThat(fitted.words())
        .isEqualTo("250 MiB/s and 2.0 % stalled (2 runs kept, tightened 1 times)");
    assertThat(fitted.exceeded(250, 0)).isTrue();
    assertThat(fitted.exceeded(200, 0.02)).isFalse();
    assertThat(fitted.exceeded(200, 0.03)).isTrue();
  }

  @Test
  void sysScale_withoutARunWithinTheBound_neverGoesDown() {
    SysScaleThresholds fitted =
        SysScaleThresholds.fit(List.of(new SysScaleThresholds.Run(0.5, 100, 0.1)), 0.01, 1);
    assertThat(fitted.exceeded(0, 0)).isTrue();
    assertThat(fitted.words()).startsWith("never");
  }

  private static Governor.Factory sysScale(String text, int coreOpp, int... coreCap) {
    SysScaleThresholds[] thresholds = {
      new SysScaleThresholds(100, 0.1, 9, 0), // between 300 and 547 MHz
      new SysScaleThresholds(200, 0.1, 9, 0), // between 547 and 1017 MHz
      new SysScaleThresholds(900, 0.1, 9, 0) // between 1017 and 1804 MHz
    };
    SysScaleGovernor.Points points =
        new SysScaleGovernor.Points(new int[] {0, 1, 2, 3}, thresholds, coreCap);
    return (board, now) ->
        SysScaleGovernor.begin(
            spec(text),
            HARDWARE,
            points,
            (b, begun) -> Hold.at(HARDWARE.coreClock(b), coreOpp),
            board,
            now);
  }

  /**
   * Windows of 30 ms, samples of 1 ms. It starts at the fastest point. First window: 500 MiB/s for
   * 15 of 30 ms, 250 on average: below 900, so down to 1017 MHz; above 200, so it stays there.
   * Second: nothing: down to the slowest. Third: 15 % stalled although there is hardly any traffic:
   * up to the fastest, as every test down fails.
   */
  @Test
  void sysScale_walksDownWhileTheTestBetweenNeighboursAllows() {
    Governor governor = sysScale("sysscale", 0, 3, 3, 3, 3).on(board, 0);
    for (int millisecond = 1; millisecond <= 90; millisecond++) {
      board.now = millisecond * 1_000_000L;
      board.count(Counter.DRAM_BYTES, millisecond <= 15 ? 0.5 * MIB : 0);
      board.count(Counter.STALLED_CYCLES, millisecond > 60 ? 0.15 * 500e6 * 1e-3 : 0);
      assertThat(governor.nextTickNanos()).isEqualTo(board.now);
      governor.tick(board.now);
    }
    assertThat(board.log)
        .containsExactly(
            "0 us memory 1804MHz",
            "30000 us memory 1017MHz",
            "60000 us memory 300MHz",
            "90000 us memory 1804MHz");
  }

  /** The budget leaves the cores 1000 MHz while the memory is fast and 2000 once it is slowest. */
  @Test
  void sysScale_handsTheBudgetOfASlowMemoryToTheCores() {
    new Timeline(board, sysScale("sysscale:window_ms=10:sample_ms=10", 3, 3, 2, 2, 1))
        .sleepUntil(10);
    assertThat(board.log)
        .containsExactly(
            "0 us cpu 1000MHz",
            "0 us memory 1804MHz",
            "10000 us cpu 2000MHz",
            "10000 us memory 300MHz");
  }

  private static int[] points(String text, int... megahertz) {
    return SysScaleGovernor.points(spec(text), FakeBoard.megahertz(megahertz));
  }

  /**
   * The shipped two are 1600 and 1066 MHz. Two thirds of 1804 MHz, 1066 / 1600 of them, are 1201.9
   * MHz: 1017 is nearest; never the fastest itself, even if it were.
   */
  @Test
  void sysScale_movesBetweenAllPoints_orTheTwoNearestToThePapers() {
    assertThat(points("sysscale", 300, 547, 1_017, 1_804)).containsExactly(0, 1, 2, 3);
    assertThat(points("sysscale:points=2", 300, 547, 1_017, 1_804)).containsExactly(2, 3);
    assertThat(points("sysscale:points=2", 1_100, 1_300, 1_804)).containsExactly(1, 2);
    assertThat(points("sysscale:points=2", 100, 2_000, 2_001, 2_002)).containsExactly(1, 3);
    assertThat(points("sysscale:points=2", 300, 1_804)).containsExactly(0, 1);
    assertThat(points("sysscale:points=2", 1_804)).containsExactly(0);
    assertThatThrownBy(() -> points("sysscale:points=3", 300, 547, 1_804))
        .hasMessageContaining("points of governor sysscale ('3') must be all or 2");
  }

  /** Points of 300 and 1804 MHz: the test between them decides, whatever lies between. */
  @Test
  void sysScale_ofTwoPoints_comesBackUpOnEitherCounter() {
    SysScaleGovernor.Points two =
        new SysScaleGovernor.Points(
            new int[] {0, 3},
            new SysScaleThresholds[] {new SysScaleThresholds(100, 0.1, 9, 0)},
            new int[] {3, 3});
    assertThat(two.decide(100, 0.1)).isZero();
    assertThat(two.decide(100.1, 0)).isEqualTo(1);
    assertThat(two.decide(0, 0.11)).isEqualTo(1);
  }

  /** The slower point is only tried where every test above it allows it. */
  @Test
  void sysScale_stopsAtTheFirstTestThatFails() {
    SysScaleGovernor.Points points =
        new SysScaleGovernor.Points(
            new int[] {0, 1, 2},
            new SysScaleThresholds[] {
              new SysScaleThresholds(500, 1, 9, 0), new SysScaleThresholds(100, 1, 9, 0)
            },
            new int[] {3, 3, 3});
    assertThat(points.decide(300, 0)).isEqualTo(2); // 300 is over the upper test's 100
    assertThat(points.decide(90, 0)).isZero();
  }

  /**
   * Cores draw 1 to 4 W, the memory 0.5 to 2 W, of which 5 W are there for both. Reserved for the
   * fastest memory, 2 W leave the cores 3 W, 1500 MHz. A slower memory hands on what it saves, or
   * with redistribution off nothing. Nothing slows any trace down and nothing is measured, so the
   * first window goes down to 300 MHz.
   */
  @Test
  void sysScale_trainsThresholdsAndShares_onTheDevice() {
    Training training = new FakeTraining();
    ClockLaws laws = new ClockLaws(LinuxLaws.STOCK_CORE, List.of());
    String text = "sysscale:budget_mw=5000:core_governor=performance";
    Baseline shared = SysScaleGovernor.train(spec(text), HARDWARE, training, laws);
    new Timeline(board, shared.factory()).sleepUntil(30);
    assertThat(board.log)
        .containsExactly(
            "0 us cpu 1500MHz",
            "0 us memory 1804MHz",
            "30000 us cpu 2000MHz",
            "30000 us memory 300MHz");
    assertThat(shared.notes())
        .contains(
            "sysscale goes from 547MHz down to 300MHz up to 10 MiB/s and 10.0 % stalled (2 runs"
                + " kept, tightened 0 times).");
    FakeBoard other = FakeBoard.of(CORE, MEMORY);
    Baseline apart =
        SysScaleGovernor.train(spec(text + ":budget_redistribution=off"), HARDWARE, training, laws);
    new Timeline(other, apart.factory()).sleepUntil(30);
    assertThat(other.log)
        .containsExactly("0 us cpu 1500MHz", "0 us memory 1804MHz", "30000 us memory 300MHz");
    assertThatThrownBy(
            () ->
                SysScaleGovernor.train(
                    spec("sysscale:budget_redistribution=maybe"), HARDWARE, training, laws))
        .hasMessageContaining("('maybe') must be on or off");
  }

  /**
   * Efficient clocks 1000 MHz and 547 MHz, best bandwidth 4000 MiB/s at the fastest memory clock.
   * In 10 ms busy: 25 % stalled: F_core = 1000 + 1000 * 0.75 = 1750: 2000 MHz. 10 MiB in 10 ms are
   * 1000 MiB/s, a quarter: F_memory = 547 + 1257 * 0.25 = 861: 1017 MHz. Then 80 % stalled: 1200:
   * 1500. An idle period changes nothing.
   */
  @Test
  void geopm_setsEachClockByItsActivity() {
    GeopmActivityGovernor governor =
        new GeopmActivityGovernor(
            spec("geopm-cpu-activity"),
            HARDWARE,
            1,
            1,
            new double[] {600, 1_000, 2_000, 4_000},
            board,
            0);
    busy(governor, 10, 0.25, 10);
    busy(governor, 20, 0.8, 0);
    board.now = 30_000_000;
    governor.tick(board.now);
    assertThat(board.log)
        .containsExactly(
            "0 us cpu 2000MHz",
            "0 us memory 1804MHz",
            "10000 us memory 1017MHz",
            "20000 us cpu 1500MHz",
            "20000 us memory 547MHz");
  }

  private void busy(Governor governor, long untilMilliseconds, double stalled, double mebibytes) {
    long nanos = untilMilliseconds * 1_000_000 - board.now;
    board.now += nanos;
    board.count(Counter.BUSY_NANOS, (double) nanos);
    double cycles = nanos * 1e-9 * CORE.frequency(board.requested(0)).hertz();
    board.count(Counter.CYCLES, cycles);
    board.count(Counter.STALLED_CYCLES, cycles * stalled);
    board.count(Counter.DRAM_BYTES, mebibytes * MIB);
    governor.tick(board.now);
  }

  /** phi 0 makes the efficient clocks the fastest, phi 1 the fastest the efficient ones. */
  @Test
  void geopm_leansWithPhi() {
    for (double[] phiAndMegahertz : new double[][] {{0, 2_000}, {1, 1_000}, {0.75, 1_500}}) {
      FakeBoard leaning = FakeBoard.of(CORE, MEMORY);
      GeopmActivityGovernor governor =
          new GeopmActivityGovernor(
              spec("geopm-cpu-activity:phi=" + phiAndMegahertz[0]),
              HARDWARE,
              1,
              1,
              new double[] {1, 1, 1, 1},
              leaning,
              0);
      leaning.now = 10_000_000;
      leaning.count(Counter.BUSY_NANOS, 10_000_000);
      leaning.count(Counter.CYCLES, 20e6); // nothing stalled: the upper end of the range
      governor.tick(leaning.now);
      assertThat(CORE.frequency(leaning.requested(0)).megahertz()).isEqualTo(phiAndMegahertz[1]);
    }
  }

  /**
   * Two core clocks, two memory clocks. An epoch of 5 ms, all computing: 10e6 cycles at 2000 MHz.
   * The memory's step down adds no time and saves 0.3 W, the core's doubles the time, beyond 10 %.
   * So the memory goes down and the core stays.
   */
  @Test
  void coScale_takesTheMemoryFromComputingWork() {
    FakeBoard two = FakeBoard.of(FakeBoard.megahertz(1_000, 2_000), pair());
    CoScaleGovernor governor = coScale(two, "coscale");
    two.now = 5_000_000;
    two.count(Counter.BUSY_NANOS, 5_000_000);
    two.count(Counter.CYCLES, 10e6);
    governor.tick(two.now);
    assertThat(two.log)
        .containsExactly("0 us cpu 2000MHz", "0 us memory 1000MHz", "5000 us memory 500MHz");
  }

  /**
   * The same epoch waiting for memory but 0.1 ms: 10 MiB at 2000 MiB/s are 5 ms of transfer; the
   * memory's step down would double it, the core's adds 0.1 ms, 2 %.
   */
  @Test
  void coScale_takesTheCoreFromStreamingWork() {
    FakeBoard two = FakeBoard.of(FakeBoard.megahertz(1_000, 2_000), pair());
    CoScaleGovernor governor = coScale(two, "coscale");
    two.now = 5_000_000;
    two.count(Counter.BUSY_NANOS, 5_000_000);
    two.count(Counter.CYCLES, 10e6);
    two.count(Counter.STALLED_CYCLES, 9.8e6);
    two.count(Counter.DRAM_BYTES, 9.8 * MIB);
    governor.tick(two.now);
    assertThat(two.log)
        .containsExactly("0 us cpu 2000MHz", "0 us memory 1000MHz", "5000 us cpu 1000MHz");
  }

  private static OppTable pair() {
    return FakeBoard.megahertz(500, 1_000);
  }

  private static CoScaleGovernor coScale(FakeBoard two, String text) {
    return new CoScaleGovernor(
        spec(text),
        Machines.of(FakeBoard.megahertz(1_000, 2_000), pair(), 4),
        new CoScaleGovernor.Models(
            new double[] {1e9, 2e9},
            new double[] {0.3, 1},
            new double[] {0.15, 0.5},
            new double[] {0.3, 0.6},
            new double[] {1_000, 2_000}),
        two,
        0);
  }

  /**
   * Bound 12 %: each epoch of 5 ms at the fastest core clock leaves 0.6 ms unused. 10 ms at the
   * slow one cost 10 * (0.3 + 0.3) = 6 mJ against 5 * (1 + 0.3) = 6.5, but need 4.4 ms more than an
   * epoch's 5.6: after eight epochs 4.8 have carried over.
   */
  @Test
  void coScale_spendsWhatEarlierEpochsLeft() {
    FakeBoard two = FakeBoard.of(FakeBoard.megahertz(1_000, 2_000), pair());
    CoScaleGovernor governor = coScale(two, "coscale:bound=0.12");
    for (int epoch = 1; epoch <= 8; epoch++) {
      two.now = epoch * 5_000_000L;
      two.count(Counter.BUSY_NANOS, 5_000_000);
      two.count(Counter.CYCLES, 10e6);
      governor.tick(two.now);
    }
    assertThat(two.log)
        .containsExactly(
            "0 us cpu 2000MHz",
            "0 us memory 1000MHz",
            "5000 us memory 500MHz",
            "40000 us cpu 1000MHz");
  }
}
