package io.neurobalancer.baselines;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neurobalancer.unit.NeuroBalancerException;
import org.junit.jupiter.api.Test;

final class DecisionReplayTest {

  private static final String HEAD =
      """
      decisions 1
      governor ondemand
      opps 500000 1000000 1500000 2000000 # kHz
      cpus 4

      """;

  /** The time line of SamplingGovernorsTest's first test, with the decisions derived there. */
  private static final String ONDEMAND =
      """
      0 start 500000
      0 run 500000
      4000000 tick 500000
      8000000 tick 500000
      12000000 tick 2000000
      16000000 tick 2000000
      20000000 tick 2000000
      24000000 sleep 2000000
      40000000 run 500000
      41000000 sleep 500000
      """;

  private static DecisionReplay.Result replay(String events, boolean corrected) {
    return DecisionReplay.run(DecisionRecording.parse(HEAD + events), corrected);
  }

  @Test
  void aLawThatDecidesAsTheKernelDid_isEqualThroughout() {
    for (boolean corrected : new boolean[] {true, false}) {
      DecisionReplay.Result result = replay(ONDEMAND, corrected);
      assertThat(result.decisions()).isEqualTo(9);
      assertThat(result.equal()).isEqualTo(9);
      assertThat(result.changes()).isEqualTo(2); // up at 12 ms, down at 40 ms
      assertThat(result.share()).isEqualTo(1);
      assertThat(result.shareOfChanges()).isEqualTo(1);
      assertThat(result.first()).isEmpty();
    }
  }

  /**
   * A kernel that had gone to 1500 MHz at 12 ms and to 2000 at 16 ms. Corrected, only the decision
   * at 12 ms differs: at 16 ms no sample is due, so the law keeps the 1500 MHz that were put in
   * place where the kernel rises. Free, the law has been at 2000 MHz since 12 ms.
   */
  @Test
  void aDecisionThatDiffers_isNamed_andCorrectedOrLivedWith() {
    String other = ONDEMAND.replace("12000000 tick 2000000", "12000000 tick 1500000");
    DecisionReplay.Result corrected = replay(other, true);
    assertThat(corrected.first())
        .containsExactly(
            new DecisionReplay.Difference(4, 12_000_000, 2, 3),
            new DecisionReplay.Difference(5, 16_000_000, 3, 2));
    assertThat(corrected.changes()).isEqualTo(3);
    assertThat(corrected.equalChanges()).isEqualTo(1);
    DecisionReplay.Result free = replay(other, false);
    assertThat(free.first()).containsExactly(new DecisionReplay.Difference(4, 12_000_000, 2, 3));
    assertThat(free).hasToString("8 of 9 decisions equal (88.89 %), 2 of 3 changes (66.67 %)");
  }

  /**
   * A GPU polled every 50 ms, its busy time counted by its driver: 45 of 50 ms are 90 %, which
   * keeps 1000 MHz; 46 race; 20 of 50 at 2000 MHz want 800 * 100 / 88 = 909: 1000 MHz.
   */
  @Test
  void countersOfTheRecording_areWhatTheLawReads() {
    String text =
        """
        decisions 1
        governor simple_ondemand
        kind GPU
        opps 500000 1000000 1500000 2000000
        0 start 1000000 BUSY_NANOS=7000000
        50000000 tick 1000000 BUSY_NANOS=52000000
        100000000 tick 2000000 BUSY_NANOS=98000000
        150000000 tick 1000000 BUSY_NANOS=118000000
        """;
    assertThat(DecisionReplay.run(DecisionRecording.parse(text), true).equal()).isEqualTo(3);
  }

  /** Sleep takes the estimate away: the time line of SchedutilGovernorTest, without its ticks. */
  @Test
  void wakeUpsAndSleeps_reachTheLaw_withTheClockThatTheKernelHad() {
    String text =
        """
        decisions 1
        governor schedutil:kernel=4.19
        opps 500000 1000000 1500000 2000000
        cpus 4
        0 start 500000
        0 run 500000
        80000000 tick 1000000
        84000000 sleep 1000000
        184000000 run 1000000
        184100000 sleep 500000
        284000000 run 500000
        """;
    DecisionReplay.Result result = DecisionReplay.run(DecisionRecording.parse(text), false);
    assertThat(result.equal()).isEqualTo(6);
    assertThat(result.changes()).isEqualTo(2);
  }

  @Test
  void textThatIsNoRecording_isRefusedWithItsLine() {
    assertRefused("governor ondemand\nopps 500000\n0 start 500000\n", "no line 'decisions'");
    assertRefused("decisions 2\n", "Line 1 of a recording of decisions ('decisions 2')");
    assertRefused(HEAD + "0 start 600000\n", "600MHz is no OPP");
    assertRefused(HEAD + "0 begin 500000\n", "Line 6");
    assertRefused(HEAD + "0 run 500000\n", "the first event is none");
    assertRefused(HEAD + ONDEMAND + "40999999 run 500000\n", "earlier than the event before");
    assertRefused(HEAD + "0 start 500000 BUSY=3\n", "COUNTER=total");
    assertRefused(HEAD, "begins with no start");
    assertRefused(HEAD + "cpus 2\n", "comes twice");
    assertRefused("opps 5 4\n", "no ascending list");
    assertRefused("speed 4\n", "neither a time");
  }

  private static void assertRefused(String text, String message) {
    assertThatThrownBy(() -> DecisionRecording.parse(text))
        .isInstanceOf(NeuroBalancerException.class)
        .hasMessageContaining(message)
        .hasMessageContaining("Maybe");
  }
}
