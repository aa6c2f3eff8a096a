package io.neurobalancer.simulator.physics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neurobalancer.unit.NeuroBalancerException;
import org.junit.jupiter.api.Test;

final class WeatherTest {

  private static final int JOBS = 3_000;

  @Test
  void everyPreset_isFoundByItsName_andOthersAreNot() {
    for (Weather preset : Weather.presets()) {
      assertThat(Weather.named(preset.name())).isEqualTo(preset);
    }
    assertThat(Weather.presets()).extracting(Weather::name).doesNotHaveDuplicates().hasSize(15);
    assertThatThrownBy(() -> Weather.named("fog"))
        .isInstanceOf(NeuroBalancerException.class)
        .hasMessageContaining("no weather 'fog'")
        .hasMessageContaining("still, nominal, busy");
  }

  @Test
  void weatherOfTheDay_isMeasuredInNominal_andTheRestInItself() {
    assertThat(Weather.THROTTLED.ofProfiling()).isSameAs(Weather.NOMINAL);
    assertThat(Weather.BUSY.ofProfiling()).isSameAs(Weather.BUSY);
    assertThat(Weather.BUSY.faults()).isEqualTo(Weather.Faults.NONE);
  }

  @Test
  void aLoadOfThirtyPercent_takesThreeTenths_andNoLoadTakesAll() {
    Weather.Crowd crowd = Weather.named("loaded-30").crowd();
    assertThat(crowd.bandwidthShare()).isEqualTo(0.3);
    assertThat(crowd.coreShare()).isEqualTo(0.3);
    for (double[] shares : new double[][] {{1, 0}, {0, 1}, {-0.1, 0}, {0, -0.1}}) {
      assertThatThrownBy(() -> new Weather.Crowd(0, 0, shares[0], shares[1]))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("at least 0 and below 1");
    }
  }

  private static WeatherField stalls(Weather.Stalls stalls) {
    return new WeatherField(
        new Weather("s", Weather.STILL.jitter(), stalls, Weather.Crowd.NONE, 0), 8);
  }

  @Test
  void stalls_hitTheShareThatTheyShould_andTheirLengthsFollowAParetoLaw() {
    WeatherField field = stalls(new Weather.Stalls(0.25, 0, 1, 0, 1e-3, 8e-3));
    int hit = 0;
    int longer = 0;
    int capped = 0;
    for (int j = 0; j < JOBS; j++) {
      double seconds = field.stallSeconds(j, j % 7);
      if (seconds > 0) {
        hit++;
        assertThat(seconds).isBetween(1e-3, 8e-3);
        longer += seconds > 2e-3 ? 1 : 0;
        capped += seconds == 8e-3 ? 1 : 0;
      }
    }
    assertThat((double) hit / JOBS).isBetween(0.22, 0.28);
    // 2^-1.6 = 0.33 are twice the shortest or more, 8^-1.6 = 0.036 reach the cap.
    assertThat((double) longer / hit).isBetween(0.27, 0.39);
    assertThat((double) capped / hit).isBetween(0.015, 0.065);
  }

  @Test
  void inABurst_theBurstsOwnProbabilityCounts() {
    // Bursts that begin at once and never end hit all; those that never begin hit none.
    WeatherField always = stalls(new Weather.Stalls(0, 1, 0, 1, 1e-3, 8e-3));
    WeatherField never = stalls(new Weather.Stalls(0, 0, 0, 1, 1e-3, 8e-3));
    // Begins and ends with every job: every other job.
    WeatherField alternating = stalls(new Weather.Stalls(0, 1, 1, 1, 1e-3, 8e-3));
    int hit = 0;
    for (int j = 0; j < 2_000; j++) {
      assertThat(always.stallSeconds(j, 0)).isPositive();
      assertThat(never.stallSeconds(j, 0)).isZero();
      hit += alternating.stallSeconds(j, 0) > 0 ? 1 : 0;
    }
    assertThat(hit).isEqualTo(1_000);
  }

  @Test
  void operators_jitterByTheirSigma_aroundNoChange_eachForItself() {
    Weather jittery =
        new Weather(
            "j", new Weather.Jitter(0.05, 0, 0), Weather.STILL.stalls(), Weather.Crowd.NONE, 0);
    WeatherField field = new WeatherField(jittery, 2);
    double sum = 0;
    double squares = 0;
    double products = 0;
    for (int j = 0; j < JOBS; j++) {
      double log = Math.log(field.factor(j, 3));
      sum += log;
      squares += log * log;
      products += log * Math.log(field.factor(j, 4));
    }
    assertThat(sum / JOBS).isBetween(-0.004, 0.004);
    assertThat(Math.sqrt(squares / JOBS)).isBetween(0.047, 0.053);
    assertThat(products / squares).isBetween(-0.08, 0.08);
  }

  @Test
  void theDriftOfAJob_isItsOperatorsInCommon() {
    Weather drifting =
        new Weather(
            "d", new Weather.Jitter(0, 0.1, 0), Weather.STILL.stalls(), Weather.Crowd.NONE, 0);
    WeatherField field = new WeatherField(drifting, 2);
    double squares = 0;
    double products = 0;
    double before = 0;
    double sum = 0;
    for (int j = 0; j < JOBS; j++) {
      assertThat(field.factor(j, 5)).isEqualTo(field.factor(j, 0));
      double log = Math.log(field.factor(j, 0));
      sum += log;
      squares += log * log;
      products += log * before;
      before = log;
    }
    assertThat(sum / JOBS).isBetween(-0.008, 0.008);
    assertThat(Math.sqrt(squares / JOBS)).isBetween(0.095, 0.105);
    // Without memory one job says nothing of the next.
    assertThat(products / squares).isBetween(-0.08, 0.08);
  }
}
