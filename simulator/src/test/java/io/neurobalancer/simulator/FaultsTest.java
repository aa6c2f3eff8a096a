package io.neurobalancer.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.neurobalancer.cost.Samples;
import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.files.DeviceDescription;
import io.neurobalancer.files.DeviceDescriptions;
import io.neurobalancer.governor.Governor;
import io.neurobalancer.simulator.physics.DevicePhysics;
import io.neurobalancer.simulator.physics.Weather;
import io.neurobalancer.target.RunObserver;
import io.neurobalancer.target.RunResult;
import io.neurobalancer.target.Schedule;
import io.neurobalancer.workload.Workload;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** What does not work as it should, and what it does to measurements and switches. */
final class FaultsTest {

  private static final DeviceDescription PIXEL_4 =
      DeviceDescriptions.bundled("pixel-4-cpu").orElseThrow();
  private static final Workload WORKLOAD = TestWorkloads.random(3, 20);
  private static final SettingGrid GRID = new DevicePhysics(PIXEL_4, WORKLOAD, 1).grid();

  private static SimulatedTarget target(Weather weather) {
    return SimulatedTarget.of(PIXEL_4, WORKLOAD, 1, weather, 5);
  }

  private static double seconds(Samples.Run run) {
    double seconds = 0;
    for (int i = 0; i < WORKLOAD.size(); i++) {
      seconds += run.latencySeconds(i);
    }
    return seconds;
  }

  @Test
  void theTimerOfAWrongModel_showsATenthLess_andItsMeterErrsAlwaysTheSameWay() {
    SimulatedTarget right = target(Weather.NOMINAL);
    SimulatedTarget wrong = target(Weather.WRONG_MODEL);
    double[] off = new double[GRID.size()];
    for (int x = 0; x < GRID.size(); x += 7) {
      Samples.Run one = right.measure(0, x);
      Samples.Run other = wrong.measure(0, x);
      assertThat(seconds(other) / seconds(one)).isCloseTo(0.9, within(0.005));
      off[x] = other.energyJoules(0) / one.energyJoules(0);
      assertThat(off[x]).isBetween(0.79, 1.21);
    }
    double[] used = Arrays.stream(off).filter(o -> o > 0).toArray();
    assertThat(Arrays.stream(used).max().orElseThrow() - Arrays.stream(used).min().orElseThrow())
        .isGreaterThan(0.2);
    double again = wrong.measure(0, 7).energyJoules(0) / right.measure(0, 7).energyJoules(0);
    assertThat(again).isCloseTo(off[7], within(1e-9));
  }

  @Test
  void aMeterThatSticks_showsOneReadingInThreeTwice() {
    SimulatedTarget target = target(Weather.STICKING_METER);
    int repeated = 0;
    int readings = 0;
    double last = Double.NaN;
    for (int r = 0; r < 100; r++) {
      Samples.Run run = target.measure(0, GRID.fastest());
      for (int i = 0; i < WORKLOAD.size(); i++) {
        repeated += run.energyJoules(i) == last ? 1 : 0;
        last = run.energyJoules(i);
        readings++;
      }
    }
    assertThat((double) repeated / readings).isCloseTo(1.0 / 3, within(0.03));
  }

  /** Asks for two settings in turn, once each job, and counts how often the device followed. */
  @Test
  void oneSwitchInTwenty_doesNotHappen_andTheRequestIsLost() {
    int[] asked = new int[1];
    int[] lost = new int[1];
    Governor.Factory factory =
        (board, nowNanos) ->
            new Governor() {
              private int wanted;

              @Override
              public void released(int stream, long now, long deadline) {
                if (asked[0] > 0 && board.requested(0) != wanted) {
                  lost[0]++;
                  assertThat(board.actual(0)).isEqualTo(board.requested(0));
                }
                wanted = board.actual(0) == 5 ? 10 : 5;
                board.request(0, wanted);
                asked[0]++;
              }
            };
    RunResult result =
        target(Weather.FAILING_SWITCHES).run(factory, Schedule.of(1, 1, 2_000), RunObserver.NONE);
    assertThat((double) lost[0] / asked[0]).isCloseTo(0.05, within(0.015));
    // Each job has one switch that happened, or none.
    assertThat(result.switches()).isBetween(1_850L, 1_950L);
    int[] before = {asked[0], lost[0]};
    target(Weather.NOMINAL).run(factory, Schedule.of(1, 1, 200), RunObserver.NONE);
    assertThat(asked[0]).isGreaterThan(before[0]);
    assertThat(lost[0]).isEqualTo(before[1]);
  }

  @Test
  void whatIsMeasuredOnANominalDay_isNotTouchedByTheWeatherThatComes() {
    double nominal = seconds(target(Weather.NOMINAL).measure(0, GRID.fastest()));
    for (Weather weather : Weather.presets()) {
      if (weather.profiledInNominal() && weather.faults().equals(Weather.Faults.NONE)) {
        assertThat(seconds(target(weather).measure(0, GRID.fastest())))
            .as(weather.name())
            .isEqualTo(nominal);
      }
    }
  }
}
