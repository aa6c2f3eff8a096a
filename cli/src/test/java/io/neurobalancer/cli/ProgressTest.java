package io.neurobalancer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

final class ProgressTest {

  private final StringWriter notes = new StringWriter();
  private double seconds;

  private Progress progress(long steps) {
    return new Progress(
        "jobs", steps, false, new PrintWriter(notes), () -> Math.round(seconds * 1e9));
  }

  /** Makes steps of so many seconds each, after a time that was no step's. */
  private void run(Progress progress, int steps, double each) {
    seconds += 1000;
    for (int i = 0; i < steps; i++) {
      seconds += each;
      progress.step();
    }
  }

  @Test
  void workOfMoreThanAMinute_isSaidOnce_byThePaceOfItsSteps() {
    try (Progress progress = progress(100)) {
      run(progress, 50, 1);
    }
    // The first step sets the clock; three seconds later four are done and 96 seconds are left.
    assertThat(notes.toString().lines())
        .containsExactly("This takes about 96 seconds more (4 of 100 jobs done).");
  }

  @Test
  void workOfLess_isNotWorthASentence() {
    try (Progress progress = progress(60)) {
      run(progress, 60, 1);
    }
    assertThat(notes.toString()).isEmpty();
  }

  @Test
  void aFewStepsOfMany_areTooEarlyToTell_andAThousandAreEnough() {
    try (Progress progress = progress(10_000_000)) {
      run(progress, 1_000, 0.01);
      assertThat(notes.toString()).isEmpty();
      run(progress, 1, 0.01 - 1000);
      assertThat(notes.toString()).contains("28 hours more (1001 of 10000000");
    }
  }

  @Test
  void whatAnEarlierRunDid_isNoPaceOfThisOne() {
    try (Progress progress = progress(1000).from(900)) {
      seconds -= 1000;
      run(progress, 100, 1);
    }
    assertThat(notes.toString()).startsWith("This takes about 90 seconds more (910 of 1000");
  }

  @Test
  void spans_areRoundedInWords() {
    assertThat(Progress.about(61.4)).isEqualTo("61 seconds");
    assertThat(Progress.about(120)).isEqualTo("2 minutes");
    assertThat(Progress.about(3 * 3600 - 60)).isEqualTo("3 hours");
    assertThat(Progress.about(50 * 3600)).isEqualTo("2 days");
    assertThat(Progress.about(1e300)).contains("days");
  }
}
