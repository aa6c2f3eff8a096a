package io.neurobalancer.simulator.physics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.profiles.DeviceProfile;
import io.neurobalancer.profiles.DeviceProfiles;
import io.neurobalancer.simulator.TestWorkloads;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class DevicePhysicsPropertyTest {

  private static final DeviceProfile PIXEL_4 = DeviceProfiles.bundled("pixel-4-cpu").orElseThrow();

  static LongStream seeds() {
    return LongStream.range(0, 40);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void noOperator_isFasterAtALowerClock_orBurnsLessThanIdling(long seed) {
    DevicePhysics physics =
        new DevicePhysics(PIXEL_4, TestWorkloads.random(seed, 12), 1 + (int) (seed % 3));
    SettingGrid grid = physics.grid();
    for (int i = 0; i < 12; i++) {
      for (int x = 0; x < grid.size(); x++) {
        assertThat(physics.watts(i, x)).isGreaterThan(physics.idleWatts(x));
        assertThat(physics.stalledShare(i, x)).isBetween(0.0, 1.0);
        for (int d = 0; d < grid.dimensions(); d++) {
          if (grid.oppIndex(x, d) > 0) {
            int slower = grid.with(x, d, grid.oppIndex(x, d) - 1);
            assertThat(physics.seconds(i, slower)).isGreaterThanOrEqualTo(physics.seconds(i, x));
          }
        }
      }
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void furtherThreads_helpLargeOperators_butNeverBeyondTheirNumber(long seed) {
    var workload = TestWorkloads.random(seed, 8);
    DevicePhysics one = new DevicePhysics(PIXEL_4, workload, 1);
    DevicePhysics three = new DevicePhysics(PIXEL_4, workload, 3);
    int top = one.grid().fastest();
    for (int i = 0; i < 8; i++) {
      assertThat(one.seconds(i, top) / three.seconds(i, top)).isLessThan(3);
    }
  }

  @Test
  void moreThreadsThanCores_areRefused() {
    assertThatThrownBy(() -> new DevicePhysics(PIXEL_4, TestWorkloads.random(1, 2), 4))
        .hasMessageContaining("has 3 cores, so 4 threads cannot run");
  }

  @Test
  void weather_isAFunctionOfSeedJobAndOperator_only() {
    WeatherField field = new WeatherField(Weather.BUSY, 5, 100);
    WeatherField same = new WeatherField(Weather.BUSY, 5, 100);
    WeatherField other = new WeatherField(Weather.BUSY, 6, 100);
    int differing = 0;
    for (int j = 99; j >= 0; j--) {
      for (int i = 0; i < 20; i++) {
        assertThat(field.factor(j, i)).isEqualTo(same.factor(j, i));
        assertThat(field.stallSeconds(j, i)).isEqualTo(same.stallSeconds(j, i)).isNotNegative();
        differing += field.factor(j, i) == other.factor(j, i) ? 0 : 1;
      }
    }
    assertThat(differing).isGreaterThan(1_990);
  }

  @Test
  void stillWeather_disturbsNothing() {
    WeatherField field = new WeatherField(Weather.STILL, 5, 10);
    for (int j = 0; j < 10; j++) {
      assertThat(field.factor(j, 3)).isEqualTo(1);
      assertThat(field.stallSeconds(j, 3)).isZero();
    }
  }
}
