package io.neurobalancer.simulator.physics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.files.DeviceDescription;
import io.neurobalancer.files.DeviceDescriptions;
import io.neurobalancer.simulator.TestWorkloads;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class DevicePhysicsPropertyTest {

  private static final DeviceDescription PIXEL_4 =
      DeviceDescriptions.bundled("pixel-4-cpu").orElseThrow();

  static LongStream seeds() {
    return LongStream.range(0, 40);
  }

  /** Every bundled device, each with two random networks. */
  static Stream<Arguments> devices() {
    return DeviceDescriptions.names().stream()
        .flatMap(name -> LongStream.range(0, 2).mapToObj(seed -> Arguments.of(name, seed)));
  }

  @ParameterizedTest(name = "{0}, seed {1}")
  @MethodSource("devices")
  void noOperator_isFasterAtALowerClock_orBurnsLessThanIdling(String name, long seed) {
    DeviceDescription profile = DeviceDescriptions.bundled(name).orElseThrow();
    int threads = 1 + (int) (seed % profile.cores().count());
    DevicePhysics physics = new DevicePhysics(profile, TestWorkloads.random(seed, 12), threads);
    SettingGrid grid = physics.grid();
    OperatorCosts crowded = physics.costs(Weather.CROWDED.crowd());
    for (int x = 0; x < grid.size(); x++) {
      for (int s = 0; s < profile.idleStates().size(); s++) {
        assertThat(physics.stallWatts(x)).isGreaterThanOrEqualTo(physics.idleWatts(s, x));
      }
      for (int i = 0; i < 12; i++) {
        assertThat(physics.watts(i, x)).isGreaterThanOrEqualTo(physics.idleWatts(0, x));
        assertThat(physics.stalledShare(i, x)).isBetween(0.0, 1.0);
        assertThat(crowded.seconds(i, x)).isGreaterThanOrEqualTo(physics.seconds(i, x));
        for (int d = 0; d < grid.dimensions(); d++) {
          if (grid.oppIndex(x, d) > 0) {
            int slower = grid.with(x, d, grid.oppIndex(x, d) - 1);
            assertThat(physics.seconds(i, slower)).isGreaterThanOrEqualTo(physics.seconds(i, x));
            assertThat(crowded.seconds(i, slower)).isGreaterThanOrEqualTo(crowded.seconds(i, x));
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
    WeatherField field = new WeatherField(Weather.BUSY, 5);
    WeatherField same = new WeatherField(Weather.BUSY, 5);
    WeatherField other = new WeatherField(Weather.BUSY, 6);
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
    WeatherField field = new WeatherField(Weather.STILL, 5);
    for (int j = 0; j < 10; j++) {
      assertThat(field.factor(j, 3)).isEqualTo(1);
      assertThat(field.stallSeconds(j, 3)).isZero();
    }
  }

  @Test
  void weather_isTheSameAcrossChunks_whicheverWayItIsWalked() {
    WeatherField forward = new WeatherField(Weather.CROWDED, 9);
    List<String> walked = new ArrayList<>();
    for (int j = 1_000; j < 3_000; j++) {
      walked.add(
          forward.factor(j, 1) + " " + forward.crowded(j) + " " + forward.stallSeconds(j, 1));
    }
    WeatherField backward = new WeatherField(Weather.CROWDED, 9);
    for (int j = 2_999; j >= 1_000; j--) {
      assertThat(
              backward.factor(j, 1) + " " + backward.crowded(j) + " " + backward.stallSeconds(j, 1))
          .isEqualTo(walked.get(j - 1_000));
    }
  }

  @Test
  void drift_isCorrelatedFromJobToJob_alsoWhereAChunkEnds() {
    // Without operator jitter the factor is the drift alone: standard deviation 0.03, correlation
    // 0.95 from one job to the next, so steps have 0.03 * sqrt(2 * 0.05) = 0.0095.
    Weather drifting =
        new Weather(
            "drift",
            new Weather.Jitter(0, 0.03, 0.95),
            Weather.STILL.stalls(),
            Weather.Crowd.NONE,
            0);
    WeatherField field = new WeatherField(drifting, 3);
    double steps = 0;
    double spread = 0;
    for (int j = 1; j < 20_000; j++) {
      double step = Math.log(field.factor(j, 0) / field.factor(j - 1, 0));
      steps += step * step;
      spread += Math.pow(Math.log(field.factor(j, 0)), 2);
      assertThat(Math.abs(step)).isLessThan(0.06);
    }
    assertThat(Math.sqrt(steps / 20_000)).isBetween(0.0090, 0.0100);
    assertThat(Math.sqrt(spread / 20_000)).isBetween(0.026, 0.034);
  }

  @Test
  void stalls_comeInBursts_andEpisodesOfAnotherLoadLast() {
    WeatherField field = new WeatherField(Weather.CROWDED, 4);
    int crowded = 0;
    int begun = 0;
    for (int j = 1; j < 50_000; j++) {
      crowded += field.crowded(j) ? 1 : 0;
      begun += field.crowded(j) && !field.crowded(j - 1) ? 1 : 0;
    }
    // Stationary share 0.02 / (0.02 + 0.05) = 0.286, mean length 1 / 0.05 = 20 jobs.
    assertThat(crowded / 50_000.0).isBetween(0.26, 0.31);
    assertThat((double) crowded / begun).isBetween(18.0, 22.0);
    int stalled = 0;
    int followed = 0;
    WeatherField busy = new WeatherField(Weather.BUSY, 4);
    boolean before = false;
    for (int j = 0; j < 50_000; j++) {
      boolean now = false;
      for (int i = 0; i < 20; i++) {
        now |= busy.stallSeconds(j, i) > 0;
      }
      stalled += now ? 1 : 0;
      followed += now && before ? 1 : 0;
      before = now;
    }
    // Were they independent, the share that follows another would equal the share of all jobs.
    assertThat((double) followed / stalled).isGreaterThan(5 * stalled / 50_000.0);
  }

  @Test
  void everyFurtherThread_burnsItsOwnPower_andTheSerialPartLetsTheOthersWait() {
    var workload = TestWorkloads.convolutions(1);
    DevicePhysics one = new DevicePhysics(PIXEL_4, workload, 1);
    DevicePhysics three = new DevicePhysics(PIXEL_4, workload, 3);
    int top = one.grid().fastest();
    double ratio = three.coreWatts(0, top) / one.coreWatts(0, top);
    assertThat(ratio).isBetween(2.5, 3.0);
    // The work is the same, so three cores cost more energy than one by what they wait.
    assertThat(three.coreWatts(0, top) * three.seconds(0, top))
        .isGreaterThan(one.coreWatts(0, top) * one.seconds(0, top));
  }

  @Test
  void aSmallGpuKernel_takesAsLongAsItsHostNeedsToLaunchIt_atAnyClock() {
    DeviceDescription gpu = DeviceDescriptions.bundled("pixel-6-gpu").orElseThrow();
    DevicePhysics physics = new DevicePhysics(gpu, TestWorkloads.activation(1, 64), 1);
    double launch = gpu.gpu().orElseThrow().launchSeconds();
    assertThat(physics.seconds(0, physics.grid().fastest())).isEqualTo(launch);
    assertThat(physics.stalledShare(0, physics.grid().fastest())).isGreaterThan(0.5);
  }

  @Test
  void aGpuTileAtTheEdge_costsAsMuchAsAFullOne() {
    DeviceDescription gpu = DeviceDescriptions.bundled("pixel-6-gpu").orElseThrow();
    DevicePhysics full = new DevicePhysics(gpu, TestWorkloads.pointwise(256, 64, 112), 1);
    DevicePhysics edge = new DevicePhysics(gpu, TestWorkloads.pointwise(256, 49, 112), 1);
    int top = full.grid().fastest();
    // 49 output channels need four tiles of 16, as 64 do; only the traffic is a little less.
    assertThat(edge.seconds(0, top) / full.seconds(0, top)).isBetween(0.93, 1.0);
  }
}
