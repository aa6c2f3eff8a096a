package io.neurobalancer.governor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The pace and the reserve, step by step from their formulas. */
final class EstimatesTest {

  private static final double EXACT = 1e-12;

  @Test
  void aSegment_addsItsTimeToBothSides() {
    // Noise 0.03^2 / 10, variance 0.02^2: the jobs before weigh as much as 0.225 s.
    PaceFilter pace = new PaceFilter(1, 10);
    assertThat(pace.deviation()).isCloseTo(0.02, within(EXACT));
    pace.jobStarts();
    pace.ran(0.1, 0.12);
    assertThat(pace.factor()).isCloseTo((0.225 + 0.12) / (0.225 + 0.1), within(EXACT));
    assertThat(pace.deviation()).isCloseTo(0.02 * Math.sqrt(0.225 / 0.325), within(EXACT));
    pace.jobEnds();
    // A fifth too slow: a quarter of that for the level, 0.08 of its square for the variance. The
    // noise was 0.2^2 times the 0.1 s over which it was seen.
    double variance = 0.92 * 4e-4 + 0.08 * 0.04;
    double weight = (0.92 * 9e-5 + 0.08 * 0.04 * 0.1) / variance;
    assertThat(pace.level()).isCloseTo(1.05, within(EXACT));
    assertThat(pace.deviation())
        .isCloseTo(Math.sqrt(variance * weight / (weight + 0.1)), within(EXACT));
    pace.jobStarts();
    assertThat(pace.factor()).isCloseTo(1.05, within(EXACT));
    pace.ran(0.1, 0.05);
    assertThat(pace.factor()).isCloseTo((weight * 1.05 + 0.05) / (weight + 0.1), within(EXACT));
  }

  @Test
  void anInterruption_countsAsTwoAndAHalfTimesWhatWasExpected_andNoTimeAsNone() {
    PaceFilter pace = new PaceFilter(1, 10);
    pace.jobStarts();
    pace.ran(0.1, 0.12);
    double expected = 0.1 * (0.225 + 0.12) / (0.225 + 0.1);
    pace.ran(0.1, 9);
    assertThat(pace.factor())
        .isCloseTo((0.225 + 0.12 + 2.5 * expected) / (0.225 + 0.2), within(EXACT));
    pace.jobStarts();
    pace.ran(0.1, -1);
    assertThat(pace.factor()).isCloseTo(0.225 / (0.225 + 0.1), within(EXACT));
  }

  @Test
  void theWeightOfEarlierJobs_staysBetweenAFiftiethAndAWholeJob() {
    PaceFilter noisy = new PaceFilter(1, 1); // 0.9 s to begin with
    PaceFilter exact = new PaceFilter(1, 10);
    for (int j = 0; j < 100; j++) {
      noisy.jobStarts();
      exact.jobStarts();
      double off = j % 2 == 0 ? 0.1 : -0.1;
      noisy.ran(0.5, 0.5 + off);
      noisy.ran(0.5, 0.5 - off);
      exact.ran(1, 1 + off);
      noisy.jobEnds();
      exact.jobEnds();
    }
    assertThat(weightSeen(noisy)).isCloseTo(1, within(1e-9));
    PaceFilter silent = new PaceFilter(1, 1_000_000);
    assertThat(weightSeen(silent)).isCloseTo(0.02, within(1e-9));
    assertThat(weightSeen(exact)).isBetween(0.02, 1.0);
  }

  /** From deviation^2 = variance * weight / (weight + seen), after a tenth of a second. */
  private static double weightSeen(PaceFilter pace) {
    pace.jobStarts();
    double before = pace.deviation();
    pace.ran(0.1, 0.1);
    double ratio = Math.pow(pace.deviation() / before, 2);
    return 0.1 * ratio / (1 - ratio);
  }

  @Test
  void aJobWithoutSegments_saysNothing() {
    PaceFilter pace = new PaceFilter(1, 10);
    pace.jobStarts();
    pace.jobEnds();
    assertThat(pace.level()).isEqualTo(1);
    assertThat(pace.deviation()).isCloseTo(0.02, within(EXACT));
  }

  @Test
  void theReserve_isZDeviations_andZFollowsTheMisses() {
    // One late job in ten is wanted. On time to the point: the variance fades by 0.04 a job.
    Reserve reserve = new Reserve(0.1, 3.5, 3.5, 100);
    assertThat(reserve.seconds()).isCloseTo(3.5, within(EXACT));
    reserve.ended(0, true, true);
    assertThat(reserve.seconds()).isCloseTo((3.5 + 0.45) * Math.sqrt(0.96), within(EXACT));
    reserve.ended(0, true, false);
    assertThat(reserve.seconds()).isCloseTo((3.95 - 0.05) * 0.96, within(EXACT));
    for (int j = 2; j < 20; j++) {
      reserve.ended(0, true, true);
    }
    assertThat(reserve.seconds()).isCloseTo(8 * Math.pow(0.96, 10), within(1e-9));
    for (int j = 20; j < 220; j++) {
      reserve.ended(0, true, false);
    }
    assertThat(reserve.seconds()).isCloseTo(2 * Math.pow(0.96, 110), within(1e-9));
  }

  @Test
  void anError_movesMeanAndVariance_butCountsAsNoMoreThanSixDeviations() {
    // A deviation of 1, and an end 3 s before the aim that decided the settings.
    Reserve reserve = new Reserve(0.1, 3.5, 3.5, 100);
    reserve.ended(-3, true, false);
    assertThat(reserve.seconds())
        .isCloseTo(-0.12 + 3.45 * Math.sqrt(0.96 + 0.04 * 9), within(EXACT));
    Reserve clipped = new Reserve(0.1, 3.5, 3.5, 100);
    clipped.ended(-1_000, true, false);
    assertThat(clipped.seconds())
        .isCloseTo(-0.24 + 3.45 * Math.sqrt(0.96 + 0.04 * 36), within(EXACT));
  }

  @Test
  void anEarlyEnd_saysNothing_whereTheAimDidNotDecide_andAnEndAtTheAimDoes() {
    Reserve reserve = new Reserve(0.1, 3.5, 3.5, 100);
    for (int j = 0; j < 10; j++) {
      reserve.ended(0, true, false);
    }
    double faded = Math.pow(0.96, 5);
    assertThat(reserve.seconds()).isCloseTo(3 * faded, within(1e-9));
    reserve.ended(-50, false, false);
    assertThat(reserve.seconds()).isCloseTo(2.95 * faded, within(1e-9));
    reserve.ended(0, false, false);
    assertThat(reserve.seconds()).isCloseTo(2.9 * faded * Math.sqrt(0.96), within(1e-9));
  }

  @Test
  void rareStalls_areRemembered_asLongAsTheWindowSays() {
    // One in ten may be late, so the window is 2 / 0.1 = 20 jobs, of which two may exceed the
    // reserve: the third largest error counts once there are 20.
    SplittableRandom random = new SplittableRandom(5);
    Reserve reserve = new Reserve(0.1, 1e-12, 1e-12, 100);
    List<Double> errors = new ArrayList<>();
    for (int j = 1; j <= 300; j++) {
      // Five errors per window at most, as many as are kept; none at all for a while.
      double error = j % 5 == 0 && j % 100 < 70 ? 1 + random.nextDouble() : 0;
      errors.add(error);
      reserve.ended(error, true, false);
      List<Double> window = new ArrayList<>(errors.subList(Math.max(0, j - 21), j));
      window.sort(Comparator.reverseOrder());
      int allowed = Math.min(j, 20) / 10;
      double third = allowed < window.size() ? window.get(allowed) : 0;
      assertThat(reserve.seconds()).as("job %d", j).isCloseTo(third, within(1e-6));
    }
  }

  @Test
  void theLargestErrors_areKept_inWhateverOrderTheyCome() {
    // No job may be late in so few: the largest error counts, as long as it is remembered.
    for (long seed = 0; seed < 5; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      Reserve reserve = new Reserve(1e-3, 1e-12, 1e-12, 100);
      double largest = 0;
      for (int j = 0; j < 40; j++) {
        double error = 1 + random.nextDouble();
        largest = Math.max(largest, error);
        reserve.ended(error, true, false);
        assertThat(reserve.seconds()).isEqualTo(largest);
      }
    }
  }

  @Test
  void whatWasCalibrated_isGivenUpByTheJobsThatTell() {
    // Pressed or late jobs tell: after four of ten, six tenths are left.
    Reserve reserve = new Reserve(0.1, 1e-3, 1e-3, 100);
    for (int j = 0; j < 100; j++) {
      reserve.ended(-1e-9, false, false);
    }
    for (int j = 0; j < 3; j++) {
      reserve.ended(-1e-9, true, false);
    }
    assertThat(reserve.seconds()).isCloseTo(7e-4, within(1e-12));
    reserve.ended(-1e-9, false, true);
    assertThat(reserve.seconds()).isCloseTo(6.48e-4, within(5e-5));
  }
}
