package io.neurobalancer.target;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neurobalancer.cost.Samples;
import io.neurobalancer.device.DeviceIdentity;
import io.neurobalancer.device.SettingGrid;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

final class CampaignTest {

  private static final SettingGrid GRID = FakeTarget.small().grid();

  /** One operator whose ridge (computing as long as moving) lies between the corners. */
  private static FakeTarget device(double noise) {
    return new FakeTarget(
            GRID, List.of(new FakeTarget.Kernel("conv", 3, 0, 1e-4, List.of(14e6, 5e6))))
        .noise(noise, 5);
  }

  private static List<Samples.Run> run(Target device, int settings, List<Samples.Run> already) {
    return new Campaign(device, 0, Budget.adaptive(settings), already, run -> {}).run().runs();
  }

  private static List<Integer> settings(List<Samples.Run> runs) {
    return runs.stream().map(Samples.Run::setting).collect(Collectors.toList());
  }

  @Test
  void cornersComeFirst_thenOneBetween_thenWhereFitsDisagree() {
    FakeTarget device = device(0);
    run(device, 6, List.of());
    List<Integer> order = device.visited().stream().distinct().collect(Collectors.toList());
    assertThat(order).startsWith(24, 20, 4, 0).hasSize(6);
    // The ridge: 1.4 / fc = 0.5 / fm. Of the settings on it, none is a corner.
    int sixth = order.get(5);
    double ratio =
        (1.4 / GRID.frequency(sixth, 0).gigahertz()) / (0.5 / GRID.frequency(sixth, 1).gigahertz());
    assertThat(ratio).isBetween(0.3, 1.5);
  }

  @Test
  void aQuietSetting_isRepeatedLess_thanANoisyOne() {
    assertThat(run(device(0.001), 6, List.of())).hasSizeLessThan(60);
    assertThat(run(device(0.05), 6, List.of())).hasSizeGreaterThan(110);
  }

  @Test
  void anInterruptedCampaign_goesOnWhereItStopped() {
    List<Samples.Run> whole = run(device(0), 8, List.of());
    FakeTarget resumed = device(0);
    List<Samples.Run> rest = run(resumed, 8, whole.subList(0, 20));
    assertThat(settings(rest)).isEqualTo(settings(whole));
    assertThat(resumed.visited()).hasSize(whole.size() - 20);
  }

  @Test
  void aHotDevice_coolsDown_andItsHotRunsAreKeptButMarked() {
    FakeTarget device = device(0.001);
    Samples samples =
        new Campaign(
                device,
                0,
                Budget.adaptive(5),
                List.of(),
                run -> {
                  if (device.visited().size() == 20) {
                    device.heat(1.2);
                  }
                })
            .run();
    assertThat(device.cooledSeconds()).isPositive();
    assertThat(samples.runs().stream().filter(run -> run.excluded().isPresent()))
        .isNotEmpty()
        .allSatisfy(run -> assertThat(run.excluded()).contains(Campaign.HOT));
    assertThat(samples.runs()).hasSize(device.visited().size());
    assertThat(samples.counted()).hasSizeLessThan(samples.runs().size());
  }

  @Test
  void aBudgetBeyondTheGrid_measuresAllOfIt_andNoneIsRefused() {
    assertThat(settings(run(device(0), 100, List.of())).stream().distinct()).hasSize(25);
    assertThatThrownBy(() -> Budget.adaptive(0)).hasMessageContaining("(0 settings)");
  }

  @Test
  void aFixedBudget_runsEachSettingAsOften_oneAfterTheOther() {
    FakeTarget device = device(0.05);
    Samples samples = Campaign.measure(device, Budget.settings(6).repeats(3));
    List<Integer> round = device.visited().subList(0, 6);
    assertThat(round).startsWith(24, 20, 4, 0).doesNotHaveDuplicates();
    assertThat(device.visited()).hasSize(18);
    assertThat(device.visited().subList(6, 12)).isEqualTo(round);
    assertThat(device.visited().subList(12, 18)).isEqualTo(round);
    assertThat(samples.runs()).hasSize(18);
  }

  @Test
  void effort_countsRunsAndBlocks_andWhatIsThereAlready() {
    FakeTarget device = device(0).slowMeter(0.05, 1e-6);
    Campaign anew = new Campaign(device, 0, Budget.adaptive(8), List.of(), run -> {});
    Effort effort = anew.effort();
    assertThat(device.visited()).containsExactly(24, 0);
    // At least 8 and at most 20 runs at each of 8 settings; 30 readings, each of 50 ms.
    assertThat(effort.leastRuns()).isEqualTo(64);
    assertThat(effort.mostRuns()).isEqualTo(160);
    assertThat(effort.blocks()).isEqualTo(8);
    assertThat(effort.blockSeconds()).isBetween(1.5, 1.6);
    assertThat(effort.mostSeconds())
        .isEqualTo(160 * effort.slowestRunSeconds() + 8 * effort.blockSeconds());
    assertThat(effort.typicalSeconds()).isLessThan(effort.mostSeconds()).isGreaterThan(12);

    List<Samples.Run> already = run(device(0), 8, List.of()).subList(0, 20);
    Effort rest = new Campaign(device, 0, Budget.adaptive(8), already, run -> {}).effort();
    assertThat(rest.mostRuns()).isEqualTo(140);
    assertThat(new Campaign(device(0), 0, Budget.settings(8), List.of(), run -> {}).effort())
        .satisfies(
            fixed -> {
              assertThat(fixed.leastRuns()).isEqualTo(fixed.mostRuns()).isEqualTo(160);
              assertThat(fixed.blocks()).isZero();
            });
  }

  @Test
  void aTable_isAskedOncePerSetting() {
    FakeTarget table = device(0).origin(DeviceIdentity.Origin.REPLAYED);
    assertThat(Campaign.measure(table, Budget.settings(12)).runs()).hasSize(12);
    assertThat(run(table, 12, List.of())).hasSize(12);
  }

  @Test
  void chosenSettings_areMeasuredInterleaved() {
    FakeTarget device = device(0.05);
    assertThat(settings(Campaign.measure(device, 0, new int[] {7, 3, 7}, 2).runs()))
        .containsExactly(7, 3, 7, 3);
  }

  @Test
  void cornersThatCannotBeMeasured_areReplacedByTheNearestThatCan() {
    // No setting with the slowest memory clock: the corners move up one row.
    FakeTarget device = device(0).measurableOnly(x -> GRID.oppIndex(x, 1) > 0);
    Samples samples = Campaign.measure(device, Budget.settings(100).repeats(1));
    assertThat(settings(samples.runs())).startsWith(24, 21, 4, 1).hasSize(20);
  }

  @Test
  void aDeviceOnWhichNothingCanBeMeasured_isRefused() {
    assertThatThrownBy(
            () -> Campaign.measure(device(0).measurableOnly(x -> false), Budget.settings(3)))
        .hasMessageContaining("None of the settings (25) can be measured.");
  }
}
