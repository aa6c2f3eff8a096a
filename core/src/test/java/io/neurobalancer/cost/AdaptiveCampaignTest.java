package io.neurobalancer.cost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neurobalancer.device.FrequencyDomain;
import io.neurobalancer.device.OppTable;
import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.unit.Frequency;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class AdaptiveCampaignTest {

  private static final SettingGrid GRID =
      new SettingGrid(
          List.of(
              domain("cpu", FrequencyDomain.Kind.CORE, 700, 1_000, 1_400, 1_800, 2_400),
              domain("memory", FrequencyDomain.Kind.MEMORY, 200, 500, 800, 1_300, 1_800)));

  private static FrequencyDomain domain(String name, FrequencyDomain.Kind kind, long... megahertz) {
    return new FrequencyDomain(
        name,
        kind,
        OppTable.of(LongStream.of(megahertz).mapToObj(Frequency::ofMegahertz).toList()));
  }

  /** One operator whose ridge (computing as long as moving) lies between the corners. */
  private static final class Device implements ProfilingTarget {
    private final double noise;
    private final Random random = new Random(5);
    private final List<Integer> visited = new ArrayList<>();
    private double heat = 1;
    private double cooledSeconds;

    Device(double noise) {
      this.noise = noise;
    }

    static double seconds(int setting) {
      double fc = GRID.frequency(setting, 0).gigahertz();
      double fm = GRID.frequency(setting, 1).gigahertz();
      return 0.01 * Math.cbrt(Math.pow(1.4 / fc, 3) + Math.pow(0.5 / fm, 3)) + 1e-4;
    }

    @Override
    public SettingGrid grid() {
      return GRID;
    }

    @Override
    public List<String> operatorNames() {
      return List.of("conv");
    }

    @Override
    public List<OperatorSample> run(int setting) {
      visited.add(setting);
      double seconds = seconds(setting) * heat * (1 + noise * random.nextGaussian());
      return List.of(new OperatorSample(seconds, seconds * 2));
    }

    @Override
    public void coolDown(double seconds) {
      cooledSeconds += seconds;
      heat = 1;
    }
  }

  private static List<AdaptiveCampaign.Recorded> run(
      ProfilingTarget device, int budget, List<AdaptiveCampaign.Recorded> already) {
    return new AdaptiveCampaign(device, budget, 20, already, run -> {}).run();
  }

  @Test
  void cornersComeFirst_thenOneBetween_thenWhereFitsDisagree() {
    Device device = new Device(0);
    run(device, 6, List.of());
    List<Integer> order = device.visited.stream().distinct().toList();
    assertThat(order).startsWith(24, 20, 4, 0).hasSize(6);
    // The ridge: 1.4 / fc = 0.5 / fm. Of the settings on it, none is a corner.
    int sixth = order.get(5);
    double ratio =
        (1.4 / GRID.frequency(sixth, 0).gigahertz()) / (0.5 / GRID.frequency(sixth, 1).gigahertz());
    assertThat(ratio).isBetween(0.3, 1.5);
  }

  @Test
  void aQuietSetting_isRepeatedLess_thanANoisyOne() {
    assertThat(run(new Device(0.001), 6, List.of())).hasSizeLessThan(60);
    assertThat(run(new Device(0.05), 6, List.of())).hasSizeGreaterThan(110);
  }

  @Test
  void anInterruptedCampaign_goesOnWhereItStopped() {
    List<AdaptiveCampaign.Recorded> whole = run(new Device(0), 8, List.of());
    Device resumed = new Device(0);
    List<AdaptiveCampaign.Recorded> rest = run(resumed, 8, whole.subList(0, 20));
    assertThat(rest.stream().map(r -> r.run().setting()))
        .containsExactlyElementsOf(whole.stream().map(r -> r.run().setting()).toList());
    assertThat(resumed.visited).hasSize(whole.size() - 20);
  }

  @Test
  void aHotDevice_coolsDown_andItsHotRunsAreKeptButMarked() {
    Device device = new Device(0.001);
    List<AdaptiveCampaign.Recorded> runs =
        new AdaptiveCampaign(
                device,
                5,
                20,
                List.of(),
                run -> {
                  if (device.visited.size() == 20) {
                    device.heat = 1.2;
                  }
                })
            .run();
    assertThat(device.cooledSeconds).isPositive();
    assertThat(runs.stream().filter(r -> r.excluded().isPresent()))
        .isNotEmpty()
        .allSatisfy(r -> assertThat(r.excluded()).contains(AdaptiveCampaign.HOT));
    assertThat(runs).hasSize(device.visited.size());
    assertThat(AdaptiveCampaign.profile(GRID, List.of("conv"), runs).runs())
        .hasSizeLessThan(runs.size());
  }

  @Test
  void aBudgetBeyondTheGrid_measuresAllOfIt_andNoneIsRefused() {
    assertThat(run(new Device(0), 100, List.of()).stream().map(r -> r.run().setting()).distinct())
        .hasSize(25);
    assertThatThrownBy(() -> run(new Device(0), 0, List.of())).hasMessageContaining("(0)");
  }
}
