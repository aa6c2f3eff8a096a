package io.neurobalancer.cost;

import static org.assertj.core.api.Assertions.assertThat;

import io.neurobalancer.device.SettingGrid;
import io.neurobalancer.target.FakeTarget;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The setting chosen next is the one whose variance, summed up in another way, is the largest. */
final class CommitteeSelectionTest {

  private static final SettingGrid GRID = FakeTarget.small().grid();

  private static final int[] CHOSEN = {24, 0, 4, 20, 12, 7};

  private static double[] roofline(Random random) {
    double cycles = 2 + 8 * random.nextDouble();
    double traffic = 2 + 8 * random.nextDouble();
    double p = 1 + 4 * random.nextDouble();
    double scale = StrictMath.pow(10, -1.5 * random.nextDouble());
    return Arrays.stream(CHOSEN)
        .mapToDouble(
            x -> {
              double computing = cycles / GRID.frequency(x, 0).gigahertz();
              double moving = traffic / GRID.frequency(x, 1).gigahertz();
              double body = Math.pow(Math.pow(computing, p) + Math.pow(moving, p), 1 / p);
              return 1e-3 * scale * body * (1 + 0.02 * random.nextGaussian());
            })
        .toArray();
  }

  /** Variance of one operator at a setting as the mean of squared differences of all pairs. */
  private static double disagreement(double[] seconds, int setting) {
    double[][] clocks =
        Arrays.stream(CHOSEN).mapToObj(x -> Observations.clocks(GRID, x)).toArray(double[][]::new);
    LatencyModel[] models =
        new LatencyFitter(GRID).fitEachExponent(Observations.of(clocks, seconds));
    double[] weights = new double[models.length];
    double[] said = new double[models.length];
    for (int c = 0; c < models.length; c++) {
      LatencyModel model = models[c];
      double worst =
          IntStream.range(0, seconds.length)
              .mapToDouble(r -> Math.abs(model.seconds(clocks[r]) - seconds[r]) / seconds[r])
              .max()
              .orElseThrow();
      weights[c] = Math.pow(worst + 0.005, -2);
      said[c] = model.seconds(Observations.clocks(GRID, setting));
    }
    double sum = 0;
    double pairs = 0;
    for (int c = 0; c < said.length; c++) {
      for (int d = 0; d < said.length; d++) {
        double apart = Math.log(said[c] / said[d]);
        sum += weights[c] * weights[d] * apart * apart;
        pairs += weights[c] * weights[d];
      }
    }
    return sum / pairs / 2;
  }

  private static double score(List<double[]> operators, int setting) {
    double total = operators.stream().mapToDouble(times -> times[0]).sum();
    double covered = 0;
    double score = 0;
    List<double[]> longestFirst = new ArrayList<>(operators);
    longestFirst.sort(Comparator.comparingDouble((double[] times) -> times[0]).reversed());
    for (double[] times : longestFirst) {
      if (covered / total > 0.8) {
        break;
      }
      covered += times[0];
      score += times[0] * times[0] * disagreement(times, setting);
    }
    return score;
  }

  @Test
  void theSettingWhereTheFitsDisagreeMost_isMeasuredNext() {
    CommitteeSelection selection = new CommitteeSelection(GRID, CHOSEN);
    int[] all = IntStream.range(0, GRID.size()).toArray();
    for (int seed = 0; seed < 40; seed++) {
      Random random = new Random(seed);
      List<double[]> operators = new ArrayList<>();
      for (int i = 0; i < 2 + random.nextInt(6); i++) {
        operators.add(roofline(random));
      }
      int best =
          IntStream.of(all)
              .filter(x -> Arrays.stream(CHOSEN).noneMatch(c -> c == x))
              .boxed()
              .max(Comparator.comparingDouble(x -> score(operators, x)))
              .orElseThrow();
      assertThat(selection.most(all, operators.toArray(double[][]::new)))
          .as("seed %d", seed)
          .isEqualTo(best);
    }
  }

  @Test
  void onlyCandidates_areChosen_andNoneTwice() {
    CommitteeSelection selection = new CommitteeSelection(GRID, CHOSEN);
    double[][] operators = {roofline(new Random(1))};
    assertThat(selection.most(new int[] {0, 12, 3}, operators)).isEqualTo(3);
    assertThat(selection.most(new int[] {0, 12}, operators)).isEqualTo(-1);
  }
}
