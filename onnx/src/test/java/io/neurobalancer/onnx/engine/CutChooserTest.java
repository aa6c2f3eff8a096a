package io.neurobalancer.onnx.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CutChooserTest {

  private static List<Cut> cuts(double... prices) {
    List<Cut> cuts = new ArrayList<>();
    for (int c = 0; c < prices.length; c++) {
      cuts.add(new Cut(c + 1, 1, 0, prices[c]));
    }
    return cuts;
  }

  private static List<Integer> operators(List<Cut> cuts) {
    return cuts.stream().map(Cut::operator).toList();
  }

  private static double charge(List<Cut> chosen, double[] seconds) {
    double total = Arrays.stream(seconds).sum();
    double charge = 0;
    double segment = 0;
    for (int i = 0; i < seconds.length; i++) {
      int operator = i;
      if (chosen.stream().anyMatch(cut -> cut.operator() == operator)) {
        charge += 0.02 * segment * segment / total;
        segment = 0;
      }
      segment += seconds[i];
    }
    return charge
        + 0.02 * segment * segment / total
        + chosen.stream().mapToDouble(Cut::priceSeconds).sum();
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9})
  void theChoice_isTheBestOfAll(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    double[] seconds = random.doubles(9, 1e-4, 2e-3).toArray();
    List<Cut> allowed = cuts(random.doubles(8, 1e-6, 6e-5).toArray());
    CutChooser chooser = new CutChooser(allowed, seconds);
    for (int segments = 1; segments <= 5; segments++) {
      double best = Double.POSITIVE_INFINITY;
      double bestExactly = Double.POSITIVE_INFINITY;
      for (int subset = 0; subset < 1 << 8; subset++) {
        int chosen = subset;
        List<Cut> some =
            allowed.stream().filter(cut -> (chosen >> (cut.operator() - 1) & 1) == 1).toList();
        if (some.size() < segments) {
          best = Math.min(best, charge(some, seconds));
        }
        if (some.size() == segments - 1) {
          bestExactly = Math.min(bestExactly, charge(some, seconds));
        }
      }
      assertThat(charge(chooser.choose(new Cutting.AtMost(segments)), seconds))
          .isCloseTo(best, within(1e-12));
      List<Cut> exactly = chooser.choose(new Cutting.Exactly(segments));
      assertThat(exactly).hasSize(segments - 1);
      assertThat(charge(exactly, seconds)).isCloseTo(bestExactly, within(1e-12));
    }
  }

  @Test
  void aCutThatCostsMoreThanItGives_isNotMade() {
    // Ten operators of 1 ms: uncut is charged 0.02 * 10 ms = 200 us, cut in the middle 100 us.
    double[] seconds = new double[10];
    Arrays.fill(seconds, 1e-3);
    List<Cut> dear = List.of(new Cut(5, 1, 0, 101e-6));
    List<Cut> cheap = List.of(new Cut(5, 1, 0, 99e-6));
    assertThat(new CutChooser(dear, seconds).choose(new Cutting.AtMost(8))).isEmpty();
    assertThat(new CutChooser(cheap, seconds).choose(new Cutting.AtMost(8))).hasSize(1);
    assertThat(new CutChooser(dear, seconds).choose(new Cutting.Exactly(2))).hasSize(1);
  }

  @Test
  void wantedCuts_moveToTheNearestAllowedOnes() {
    List<Cut> allowed = List.of(new Cut(2, 1, 0, 0), new Cut(6, 1, 0, 0), new Cut(9, 1, 0, 0));
    CutChooser chooser = new CutChooser(allowed, new double[12]);
    assertThat(operators(chooser.choose(new Cutting.Before(List.of(1, 2, 7, 11)))))
        .containsExactly(2, 6, 9);
    assertThat(chooser.choose(new Cutting.Before(List.of()))).isEmpty();
    assertThat(new CutChooser(List.of(), new double[3]).choose(new Cutting.Exactly(4))).isEmpty();
  }

  @Test
  void cutsThatMakeNoSense_areRefused() {
    assertThatThrownBy(() -> new Cutting.AtMost(0)).hasMessageContaining("(0) must be positive");
    assertThatThrownBy(() -> new Cutting.Before(List.of(3, 3)))
        .hasMessageContaining("ascending operators from 1 on");
    assertThatThrownBy(() -> new Cutting.Before(List.of(0))).hasMessageContaining("from 1 on");
  }
}
