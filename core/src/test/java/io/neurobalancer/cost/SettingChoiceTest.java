package io.neurobalancer.cost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Offset.offset;

import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.target.FakeTarget;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class SettingChoiceTest {

  private static final SettingGrid GRID = FakeTarget.small().grid();

  private static double share(int setting, int domain, double slowest, double fastest) {
    return Math.log(GRID.frequency(setting, domain).gigahertz() / slowest)
        / Math.log(fastest / slowest);
  }

  private static double distance(int left, int right) {
    return Math.hypot(
        share(left, 0, 0.7, 2.4) - share(right, 0, 0.7, 2.4),
        share(left, 1, 0.2, 1.8) - share(right, 1, 0.2, 1.8));
  }

  private static double nearest(int setting, int[] chosen) {
    return Arrays.stream(chosen).mapToDouble(other -> distance(setting, other)).min().orElseThrow();
  }

  private static double[] of(int[] settings, IntToDoubleFunction law) {
    return Arrays.stream(settings).mapToDouble(law).toArray();
  }

  @Test
  void afterTheCorners_eachSettingIsTheFarthestFromThoseChosen() {
    int[] chosen = SettingChoice.of(GRID).first(12);
    for (int count = 4; count < 12; count++) {
      int[] before = Arrays.copyOf(chosen, count);
      double farthest =
          IntStream.range(0, 25).mapToDouble(x -> nearest(x, before)).max().orElseThrow();
      assertThat(nearest(chosen[count], before)).isCloseTo(farthest, offset(1e-12));
    }
  }

  @Test
  void settingsChosenOneByOne_beginWithTheCorners_andTheFarthest() {
    SettingChoice choice = SettingChoice.of(GRID);
    int[] first = choice.first(5);
    for (int count = 0; count < 5; count++) {
      int[] known = Arrays.copyOf(first, count);
      assertThat(choice.next(known, new double[][] {of(known, x -> 1)})).isEqualTo(first[count]);
    }
    int[] all = IntStream.range(0, 25).toArray();
    assertThatThrownBy(() -> choice.next(all, new double[][] {of(all, x -> 1)}))
        .hasMessage("All settings (25) have been measured already.");
  }

  @Test
  void aMissingCorner_isStoodForByItsNeighbour() {
    SettingChoice choice = new SettingChoice(GRID, x -> x != 24 && x != 0);
    assertThat(choice.size()).isEqualTo(23);
    List<Integer> corners = choice.corners();
    assertThat(corners).hasSize(4).contains(20, 4);
    for (int x = 1; x < 24; x++) {
      assertThat(distance(x, 24)).isGreaterThanOrEqualTo(distance(corners.get(0), 24));
      assertThat(distance(x, 0)).isGreaterThanOrEqualTo(distance(corners.get(3), 0));
    }
    assertThatThrownBy(() -> new SettingChoice(GRID, x -> false))
        .hasMessageContaining("None of the settings (25) can be measured.");
  }

  @Test
  void fitsDisagreeMost_whereComputingAndMemoryTakeEquallyLong() {
    int[] five = SettingChoice.of(GRID).first(5);
    double[] ridge =
        of(
            five,
            x ->
                Math.hypot(
                    8e-3 / GRID.frequency(x, 0).gigahertz(),
                    4e-3 / GRID.frequency(x, 1).gigahertz()));
    int next = SettingChoice.of(GRID).next(five, new double[][] {ridge});
    assertThat(Arrays.stream(five).noneMatch(x -> x == next)).isTrue();
    double balance = 8 * GRID.frequency(next, 1).hertz() / (4.0 * GRID.frequency(next, 0).hertz());
    assertThat(balance).isBetween(0.5, 2.0);
    // An operator of a hundredth of the latency has no say, wherever its own ridge lies.
    double[] little =
        of(
            five,
            x ->
                0.01
                    * Math.hypot(
                        1e-3 / GRID.frequency(x, 0).gigahertz(),
                        8e-3 / GRID.frequency(x, 1).gigahertz()));
    assertThat(SettingChoice.of(GRID).next(five, new double[][] {little, ridge})).isEqualTo(next);
    // What cannot be measured is not chosen.
    SettingChoice holes = new SettingChoice(GRID, x -> x != next);
    int other = holes.next(five, new double[][] {ridge});
    assertThat(other).isNotEqualTo(next);
    assertThat(Arrays.stream(five).noneMatch(x -> x == other)).isTrue();
  }
}
