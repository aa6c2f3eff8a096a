package io.neurobalancer.governor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What the governor with feedback estimates. */
final class FilterTest {

  private static final int SEGMENTS = 50;

  private static void job(PaceFilter pace, SplittableRandom random, double factor, double noise) {
    pace.jobStarts();
    for (int s = 0; s < SEGMENTS; s++) {
      pace.ran(1e-3, 1e-3 * factor * (1 + noise * random.nextGaussian()));
    }
    pace.jobEnds();
  }

  @Test
  void thePace_convergesToWhatTheDeviceDoes() {
    PaceFilter pace = new PaceFilter(SEGMENTS * 1e-3, SEGMENTS);
    SplittableRandom random = new SplittableRandom(1);
    for (int j = 0; j < 40; j++) {
      job(pace, random, 1.1, 0.02);
    }
    assertThat(pace.level()).isCloseTo(1.1, within(0.005));
  }

  @Test
  void whereJobsDiffer_theFirstSegmentsCountMore_thanWhereSegmentsDo() {
    PaceFilter steady = new PaceFilter(SEGMENTS * 1e-3, SEGMENTS);
    PaceFilter changing = new PaceFilter(SEGMENTS * 1e-3, SEGMENTS);
    SplittableRandom random = new SplittableRandom(2);
    for (int j = 0; j < 100; j++) {
      job(steady, random, 1, 0.1);
      job(changing, random, 1 + 0.2 * random.nextGaussian(), 0.005);
    }
    steady.jobStarts();
    changing.jobStarts();
    double steadyBefore = steady.factor();
    double changingBefore = changing.factor();
    steady.ran(2e-3, 2.4e-3);
    changing.ran(2e-3, 2.4e-3);
    assertThat(Math.abs(changing.factor() - 1.2)).isLessThan(0.05);
    assertThat(Math.abs(steady.factor() - steadyBefore)).isLessThan(0.05);
    assertThat(changing.deviation()).isLessThan(0.2);
    assertThat(changingBefore).isCloseTo(1, within(0.2));
  }

  @Test
  void anInterruption_saysLittleAboutThePace() {
    PaceFilter pace = new PaceFilter(SEGMENTS * 1e-3, SEGMENTS);
    SplittableRandom random = new SplittableRandom(3);
    for (int j = 0; j < 40; j++) {
      job(pace, random, 1, 0.01);
    }
    pace.jobStarts();
    pace.ran(1e-3, 1);
    double most = pace.factor();
    PaceFilter twin = new PaceFilter(SEGMENTS * 1e-3, SEGMENTS);
    random = new SplittableRandom(3);
    for (int j = 0; j < 40; j++) {
      job(twin, random, 1, 0.01);
    }
    twin.jobStarts();
    twin.ran(1e-3, 0.1);
    assertThat(most).isCloseTo(twin.factor(), within(1e-12));
  }

  @Test
  void theReserve_coversAllButTheWantedShareOfErrors() {
    SplittableRandom random = new SplittableRandom(4);
    double missTarget = 0.01;
    Reserve reserve = new Reserve(missTarget, 1e-3, 1e-3, 1);
    int late = 0;
    int jobs = 20_000;
    for (int j = 0; j < jobs; j++) {
      double kept = reserve.seconds();
      // Mostly some hundred microseconds, and now and then a stall of milliseconds.
      double error =
          1e-4 * random.nextGaussian()
              + (random.nextInt(200) == 0 ? 3e-3 * random.nextDouble() : 0);
      boolean missed = error > kept;
      late += missed ? 1 : 0;
      reserve.ended(error, true, missed);
    }
    assertThat((double) late / jobs).isLessThan(1.2 * missTarget);
    assertThat(reserve.seconds()).isLessThan(2e-3);
  }

  @Test
  void theCalibratedReserve_isGivenUp_onlyAsJobsShowThatItIsNeedless() {
    Reserve reserve = new Reserve(0.001, 1e-3, 1e-3, 1);
    for (int j = 1; j <= 1_200; j++) {
      reserve.ended(-0.02, false, false);
    }
    assertThat(reserve.seconds()).isCloseTo(1e-3, within(1e-9));
    // A thousand jobs without a stall are what it takes to tell that one in a thousand has none.
    for (int j = 1; j <= 1_200; j++) {
      reserve.ended((j % 2 == 0 ? 1 : -1) * 2e-5, true, false);
      assertThat(reserve.seconds()).isGreaterThanOrEqualTo(1e-3 * (1 - j / 1e3) - 1e-12);
    }
    assertThat(reserve.seconds()).isLessThan(1e-4);
  }

  @Test
  void howFarAPredictionWasOff_isGivenUpAsSoonAsJobsEndWhereTheyAreAimedAt() {
    // A calibrated second, of which stalls may be a millisecond.
    Reserve reserve = new Reserve(0.001, 1, 1e-3, 10);
    assertThat(reserve.seconds()).isCloseTo(1, within(1e-12));
    for (int j = 0; j < 400; j++) {
      reserve.ended((j % 2 == 0 ? 1 : -1) * 2e-5, true, false);
    }
    assertThat(reserve.seconds()).isBetween(0.6e-3, 1e-3);
  }

  @Test
  void aLateJob_raisesTheReserveOfTheNextOnes_andTimeLowersItAgain() {
    Reserve reserve = new Reserve(0.05, 1e-4, 1e-4, 1);
    for (int j = 0; j < 200; j++) {
      reserve.ended((j % 2 == 0 ? 1 : -1) * 2e-5, true, false);
    }
    double calm = reserve.seconds();
    reserve.ended(5e-3, true, true);
    double alarmed = reserve.seconds();
    assertThat(alarmed).isGreaterThan(2 * calm);
    for (int j = 0; j < 2_000; j++) {
      reserve.ended((j % 2 == 0 ? 1 : -1) * 2e-5, true, false);
    }
    assertThat(reserve.seconds()).isLessThan(0.5 * alarmed);
  }

  @Test
  void jobsThatHadTimeToSpare_doNotMoveTheReserve_andItIsBounded() {
    Reserve reserve = new Reserve(0.001, 1e-3, 1e-3, 2e-3);
    double before = reserve.seconds();
    for (int j = 0; j < 50; j++) {
      reserve.ended(-0.02, false, false);
    }
    assertThat(reserve.seconds()).isCloseTo(before, within(2e-5));
    for (int j = 0; j < 50; j++) {
      reserve.ended(1, true, true);
    }
    assertThat(reserve.seconds()).isEqualTo(2e-3);
  }
}
